"""The Merkle tree of RFC 6962 with SHA-256: hashes, inclusion and consistency proofs, and their verification.

Proofs are made from hashes of complete subtrees, wherever these are kept; verification needs the proof alone.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Nodes = Callable[[int, int], bytes]
"""`nodes(level, index)`: hash of the complete subtree over leaves [index·2^level, (index+1)·2^level)."""
Span = tuple[int, int]
"""Leaves [start, end) whose hash is one step of a proof."""


class ProofRefused(Exception):
    """The proof does not show what it is said to show; the message says where it breaks."""


class BeyondTree(ValueError):
    """The leaf or the size that was asked about is not in the tree."""


def leaf_hash(record: bytes) -> bytes:
    """Hash of a leaf. Source: RFC 6962 §2.1 (0x00 keeps leaves and nodes apart)."""
    return hashlib.sha256(b"\x00" + record).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node. Source: RFC 6962 §2.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two smaller than `size`, which is at least 2: where the tree parts."""
    return int(1 << ((size - 1).bit_length() - 1))


def root_of(nodes: Nodes, size: int) -> bytes:
    """Root of the first `size` leaves."""
    return EMPTY_ROOT if size == 0 else hash_of(nodes, (0, size))


def hash_of(nodes: Nodes, span: Span) -> bytes:
    """Hash over a span that starts at a multiple of a power of two no smaller than its length."""
    parts = [nodes(level, index) for level, index in complete_parts(span)]
    return fold(parts)


def complete_parts(span: Span) -> list[tuple[int, int]]:
    """The complete subtrees (level, index) that a span falls into, from the left; each is smaller than the one before.

    Only the right edge of a tree is ragged, so only the last part of a proof has more than one.
    """
    start, end = span
    parts = []
    while start < end:
        level = (end - start).bit_length() - 1
        parts.append((level, start >> level))
        start += 1 << level
    return parts


def fold(parts: Sequence[bytes]) -> bytes:
    """One hash out of those of ever smaller complete subtrees, from the right."""
    result = parts[-1]
    for part in reversed(parts[:-1]):
        result = node_hash(part, result)
    return result


def inclusion_spans(index: int, size: int) -> list[Span]:
    """What an inclusion proof is made of, from the leaf's sibling up. Raises BeyondTree. Source: RFC 6962 §2.1.1."""
    if not 0 <= index < size:
        raise BeyondTree(f"Leaf {index} is not among the {size} leaves of the tree.")
    start, end = 0, size
    spans = []
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """What a consistency proof is made of. Raises BeyondTree. Source: RFC 6962 §2.1.2."""
    if not 0 <= old <= new:
        raise BeyondTree(f"A tree of {new} leaves did not grow out of one of {old}.")
    if old in (0, new):
        return []
    start, end = 0, new
    spans = []
    # Down to the last complete subtree of the old tree, noting what lies beside the way.
    while end > old:
        middle = start + split(end - start)
        if old <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    # The old tree itself is known to the asker when it is one complete subtree from the first leaf.
    if start > 0:
        spans.append((start, end))
    return spans[::-1]


def prove_inclusion(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """Sibling hashes from the leaf to the root."""
    return [hash_of(nodes, span) for span in inclusion_spans(index, size)]


def prove_consistency(nodes: Nodes, old: int, new: int) -> list[bytes]:
    """Hashes from which both roots follow; empty when `old` is 0 or `new`."""
    return [hash_of(nodes, span) for span in consistency_spans(old, new)]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that a proof implies for a leaf hash. Raises ProofRefused for a wrong length, or BeyondTree.

    Source: RFC 9162 §2.1.3.2.
    """
    spans = inclusion_spans(index, size)
    _refuse_malformed(proof, len(spans))
    result = leaf
    for (start, _), sibling in zip(spans, proof, strict=True):
        result = node_hash(result, sibling) if start > index else node_hash(sibling, result)
    return result


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raises ProofRefused unless the leaf hash is leaf `index` of the tree with that size and root."""
    try:
        implied = root_from_inclusion(leaf, index, size, proof)
    except BeyondTree as error:
        raise ProofRefused(str(error)) from error
    if implied != root:
        raise ProofRefused(f"The proof of leaf {index} does not lead to the root of the tree of {size} leaves.")


def verify_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raises ProofRefused unless the new tree begins with all of the old one. Source: RFC 9162 §2.1.4.2."""
    try:
        spans = consistency_spans(old, new)
    except BeyondTree as error:
        raise ProofRefused(str(error)) from error
    _refuse_malformed(proof, len(spans))
    if old == 0:
        implied = EMPTY_ROOT, new_root if new else EMPTY_ROOT
    elif old == new:
        implied = new_root, new_root
    else:
        implied = _both_roots(old, old_root, spans, proof)
    if implied != (old_root, new_root):
        raise ProofRefused(f"The tree of {new} leaves did not grow out of the tree of {old} leaves.")


def _both_roots(old: int, old_root: bytes, spans: Sequence[Span], proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The two roots that a consistency proof implies."""
    steps = list(zip(spans, proof, strict=True))
    if steps[0][0][1] == old:
        ours = theirs = proof[0]
        steps = steps[1:]
    else:
        # The old tree is complete, so the proof begins with it and leaves it out.
        ours = theirs = old_root
    for (start, _), sibling in steps:
        if start >= old:
            theirs = node_hash(theirs, sibling)
        else:
            ours, theirs = node_hash(sibling, ours), node_hash(sibling, theirs)
    return ours, theirs


def _refuse_malformed(proof: Sequence[bytes], steps: int) -> None:
    if len(proof) != steps or any(len(step) != HASH_BYTES for step in proof):
        raise ProofRefused(f"The proof must have {steps} hashes of {HASH_BYTES} bytes.")


class Tree:
    """A whole tree in memory, for the small ones: every complete subtree is kept."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        """`leaves` are leaf hashes."""
        self.levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    def append(self, leaf: bytes) -> int:
        """Add a leaf hash; its index."""
        index = len(self.levels[0])
        self.levels[0].append(leaf)
        for below, level in pairwise(range(len(self.levels) + 1)):
            if len(self.levels[below]) % 2:
                break
            if level == len(self.levels):
                self.levels.append([])
            self.levels[level].append(node_hash(*self.levels[below][-2:]))
        return index

    @property
    def size(self) -> int:
        """How many leaves."""
        return len(self.levels[0])

    def node(self, level: int, index: int) -> bytes:
        """Hash of a complete subtree."""
        return self.levels[level][index]

    def root(self, size: int | None = None) -> bytes:
        """Root of the first `size` leaves; of all, by default."""
        return root_of(self.node, self.size if size is None else size)
