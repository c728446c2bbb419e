"""disclosure: what was real, published so that nothing of it can be changed silently.

Owns the public log: its leaves, tiles, checkpoints and key, and the documents that its leaves name. Hears compliance
(public decisions, confirmed overrides, published and withdrawn parameters) and catalog (prices of listed lots). It
never changes or takes back a leaf, never makes anybody wait for the log, and no leaf names a person.
"""
