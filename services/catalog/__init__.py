"""catalog: what regions grow, who grows it, and what is offered of it.

It owns marks, producers, specialties, listings with their lots, and evidence documents; it serves the region tree and
the categories, and finds things by text, region, category and season. It says `catalog.listing.submitted`,
`catalog.listing.decided`, `catalog.listing.withdrawn` and `catalog.edits.logged`; it listens to the gate's
decisions, to appeals that end a suspension, and to filings. It never decides whether a lot may be listed: that is
the gate's answer, which it keeps and shows.
"""
