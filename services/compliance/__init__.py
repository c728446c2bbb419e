"""Compliance: may it go on air. The gate's rules, its answers, and the records on which they rest.

Owns events of force majeure and their declarations, slow-sales evidence and its certification, the rules and dated
parameters, checks, decisions, clearances, reviews and citizens' reports. Publishes `compliance.decision.made`,
`compliance.force_majeure.changed`, `compliance.slow_sales.certified`, `compliance.parameter.published` and
`.withdrawn`, `compliance.override.confirmed`, `compliance.suspension.overturned` and `compliance.key.published`.
Listens to listings and producers of catalog, filings of broadcast and accounts, and keeps what it needs of them. It
never lets through what it could not check, never answers before the answer is stored, and never changes an answer it
has given.
"""
