"""The public log as a library: one RFC 6962 tree, in the formats of C2SP, that a stranger can check.

No web, no database, no clock. `canonical` makes the bytes of a leaf, `merkle` the hashes and proofs, `tiles` the files
that are published, `notes`, `cosignatures` and `checkpoint` the signed heads, `proofs` what a citizen keeps, `receipts`
what a buyer keeps, and `reader` checks all of it with nothing but the files and a public key.
"""
