"""disclosure: what was real, published so that nothing of it can be changed silently.

Owns the public log. It never changes or takes back a leaf, and no leaf names a person.
"""
