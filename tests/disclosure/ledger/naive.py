"""The tree as RFC 6962 writes it down, recursively and without a thought for speed: what the real one must equal."""

import hashlib
from functools import cache


def records(count: int) -> list[bytes]:
    """Different leaves."""
    return [f"leaf {number}".encode() for number in range(count)]


@cache
def tree_hash(start: int, end: int) -> bytes:
    """MTH over `records` from start to end. Source: RFC 6962 §2.1."""
    if start == end:
        return hashlib.sha256().digest()
    if end - start == 1:
        return hashlib.sha256(b"\x00" + f"leaf {start}".encode()).digest()
    middle = start + _k(end - start)
    return hashlib.sha256(b"\x01" + tree_hash(start, middle) + tree_hash(middle, end)).digest()


def path(index: int, start: int, end: int) -> list[bytes]:
    """PATH(m, D[n]); `index` counts from `start`. Source: RFC 6962 §2.1.1."""
    if end - start == 1:
        return []
    k = _k(end - start)
    if index < k:
        return [*path(index, start, start + k), tree_hash(start + k, end)]
    return [*path(index - k, start + k, end), tree_hash(start, start + k)]


def proof(old: int, new: int) -> list[bytes]:
    """PROOF(m, D[n]). Source: RFC 6962 §2.1.2."""
    return [] if old == 0 else _subproof(old, 0, new, known=True)


def _subproof(m: int, start: int, end: int, *, known: bool) -> list[bytes]:
    if m == end - start:
        return [] if known else [tree_hash(start, end)]
    k = _k(end - start)
    if m <= k:
        return [*_subproof(m, start, start + k, known=known), tree_hash(start + k, end)]
    return [*_subproof(m - k, start + k, end, known=False), tree_hash(start, start + k)]


def _k(count: int) -> int:
    k = 1
    while k * 2 < count:
        k *= 2
    return k
