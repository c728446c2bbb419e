"""The chain over the tickets of a lot: who came before whom, in a form that cannot be changed once it is published.

A leaf is the SHA-256 of `order id|ticket|milliseconds`, so it tells nobody who bought what; whoever knows an order's id
finds its leaf, and the database makes them (`orders.ticket`). Each head is the SHA-256 of the head before and the next
leaf; before the first there are 64 zeros.
"""

import hashlib
from collections.abc import Iterable

BEGINNING = "0" * 64


def head_after(head: str, leaves: Iterable[str]) -> str:
    """The head that follows when these leaves come next, in hex."""
    link = bytes.fromhex(head)
    for leaf in leaves:
        link = hashlib.sha256(link + bytes.fromhex(leaf)).digest()
    return link.hex()
