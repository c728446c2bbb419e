"""The integrity engine: what of a broadcast was real. It decides about events, never about people or officials.

A library without web, database or network. Read in this order: `schema` and `tables` (what comes in), `facts` (joins),
one module per abuse, `findings` and `figures` (what goes out), `engine`. `config.yaml` holds every threshold and why.
"""
