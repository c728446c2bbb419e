"""Compliance: may it go on air; it owns events, declarations, rules, checks, decisions, reviews and reports."""
