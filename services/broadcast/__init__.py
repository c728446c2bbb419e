"""broadcast: what goes on air, from the first draft of a filing to the last entry of its room's record.

Owns officials and their declarations, hosts, rooms, filings and their approvals, slots and the calendar; and the live
room of each broadcast: its state, segments, shelf, studio and record. Says `broadcast.filing.*`, the whole filing each
time, and `broadcast.room.*`. Hears compliance (decisions, events, certified evidence), catalog (listings submitted,
decided and withdrawn), orders (stock set aside) and accounts (who people are).
It never decides whether something may go on air, and never shows a presenter by name.
"""
