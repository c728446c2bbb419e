"""Columns of numbers and what is asked of them again and again; everything costs n log n at most."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Array = NDArray[Any]


def codes(values: Array) -> Ints:
    """Dense codes 0…k−1 of values in their order, equal for equal values."""
    if values.dtype.kind in "iub" and len(values):
        low, span = int(values.min()), int(values.max()) - int(values.min())
        # Where values lie close together, marking those that occur is many times faster than sorting.
        if span <= 16 * len(values):
            shifted = values.astype(np.int64) - low
            present = np.zeros(span + 1, dtype=np.int64)
            present[shifted] = 1
            return (np.cumsum(present) - 1)[shifted]
    return np.unique(values, return_inverse=True)[1].astype(np.int64).ravel()


def pair_codes(first: Array, second: Array) -> Ints:
    """Dense codes of pairs of values."""
    left, right = codes(first), codes(second)
    width = int(right.max()) + 1 if len(right) else 1
    return codes(left * width + right)


def counted(of: Ints, where: Mask | None = None) -> Ints:
    """For each item: how many items (of those `where`) have its code."""
    if len(of) == 0:
        return np.zeros(0, dtype=np.int64)
    chosen = of if where is None else of[where]
    return np.bincount(chosen, minlength=int(of.max()) + 1)[of].astype(np.int64)


def distinct_per(of: Array, others: Array, where: Mask | None = None) -> Ints:
    """For each item: how many different `others` share its value; items not `where` are neither counted nor asked."""
    out = np.zeros(len(of), dtype=np.int64)
    chosen = np.arange(len(of)) if where is None else np.flatnonzero(where)
    if len(chosen) == 0:
        return out
    group = codes(of[chosen])
    pairs = sorted_once(group * (len(chosen) + 1) + codes(others[chosen]))
    per = np.bincount(pairs // (len(chosen) + 1), minlength=int(group.max()) + 1)
    out[chosen] = per[group]
    return out


def share_per(of: Ints, where: Mask) -> Floats:
    """For each item: the share of items with its code that are `where`."""
    total = np.bincount(of)
    part = np.bincount(of[where], minlength=len(total))
    return (part / np.maximum(1, total))[of]


def positions(keys: Ints, wanted: Ints) -> Ints:
    """Where each wanted value stands in `keys` (ascending, without repeats); −1 where it does not."""
    if len(keys) == 0:
        return np.full(len(wanted), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, at, -1).astype(np.int64)


def is_in(values: Ints, wanted: Ints) -> Mask:
    """Which values are among the wanted: the wanted are sorted, the values looked up, nothing of the many is sorted."""
    return positions(sorted_once(wanted), values) >= 0


def sorted_once(values: Ints) -> Ints:
    """The different values in ascending order."""
    if len(values) == 0:
        return values
    ordered = np.sort(values)
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return np.asarray(ordered[first])


def looked_up(values: Array, at: Ints, unknown: Any) -> Array:
    """`values` at these positions; `unknown` where the position is −1."""
    if len(values) == 0:
        return np.full(len(at), unknown)
    return np.where(at >= 0, values[np.maximum(at, 0)], unknown)


def first_of(groups: Ints, order_by: Array, size: int) -> Ints:
    """For each of `size` groups: the item that comes first by `order_by`; −1 for an empty group."""
    out = np.full(size, -1, dtype=np.int64)
    order = np.lexsort((order_by, groups))
    own, at = np.unique(groups[order], return_index=True)
    out[own] = order[at]
    return out


def joined(first: Ints, second: Ints, size: int) -> Ints:
    """Connected components of `size` nodes under these links, by union-find: each node's representative."""
    parent = list(range(size))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for left, right in zip(first.tolist(), second.tolist(), strict=True):
        a, b = root(left), root(right)
        if a != b:
            parent[max(a, b)] = min(a, b)
    return np.array([root(node) for node in range(size)], dtype=np.int64)


def groups_by(*tokens: Ints) -> Ints:
    """Items joined by any shared token (0 joins nobody): each item's component, as dense codes."""
    size = len(tokens[0]) if tokens else 0
    links: list[tuple[Ints, Ints]] = []
    for values in tokens:
        order = np.argsort(values, kind="stable")
        same = (values[order][1:] == values[order][:-1]) & (values[order][1:] != 0)
        links.append((order[:-1][same], order[1:][same]))
    first = np.concatenate([np.zeros(0, dtype=np.int64), *(left for left, _ in links)])
    second = np.concatenate([np.zeros(0, dtype=np.int64), *(right for _, right in links)])
    return codes(joined(first, second, size))
