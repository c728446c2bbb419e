"""broadcast: what goes on air, from the first draft of a filing to its place in the public calendar.

Owns officials and their declarations, hosts, rooms, filings and their approvals, slots and the calendar.
Says `broadcast.filing.*`, the whole filing each time. Hears compliance (decisions, events, certified evidence),
catalog (listings decided and withdrawn) and accounts (who people are).
It never decides whether something may go on air, and never shows a presenter by name.
"""
