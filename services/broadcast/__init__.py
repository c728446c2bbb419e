"""broadcast: what goes on air, from the first draft of a filing to the last entry of its room's record.

Owns officials and their declarations, hosts, rooms, filings and their approvals, slots and the calendar; and the live
room of each broadcast: its state, segments, shelf, studio and record, its chat and the stays of its viewers. Says
`broadcast.filing.*`, the whole filing each time, `broadcast.room.*`, `broadcast.chat.*` and `broadcast.viewers.*`, with
tokens of the broadcast in place of people. Hears compliance (decisions, events, certified evidence), catalog (listings
submitted, decided and withdrawn), orders (stock set aside) and accounts (who people are).
It never decides whether something may go on air, and never shows a presenter by name.
"""
