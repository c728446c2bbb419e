"""orders: what is sold in a broadcast, from the units set aside for it to the order that a buyer follows.

Owns the counted units of every lot, the stock of every broadcast, checkouts, orders, payments, parcels, refunds and
complaints about goods, and the trail of what offices do to them. Says `orders.stock.*`, `orders.level.changed`,
`orders.tickets.sealed`, `orders.order.*`, `orders.complaint.changed` and `orders.acts.logged`.
Hears catalog (lots as submitted and decided), broadcast (filings and the room as it stands) and accounts (erasures).
It never decides whether something may be sold, never holds anybody's money, and tells nobody who a buyer is.
"""
