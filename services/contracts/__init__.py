"""Contracts: what the services say to each other and hold in common.

Owns the event contracts, the value types, the region tree and the working-day calendar. Data and pure
look-ups only: it opens no connection, reads no clock, and decides nothing about produce, people or law.
"""
