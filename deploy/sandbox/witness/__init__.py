"""A witness of the public log: a small program that another organisation runs, on its own machine with its own key.

It remembers one head per log and signs only what that head grew into (c2sp.org/tlog-witness). It needs nothing of
Sunfair but the log's public key, and can witness any other log that speaks C2SP.
"""
