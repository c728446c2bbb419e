"""A buyer's receipt: it shows that one order was counted, or removed and why, and tells nobody who bought.

A disclosure publishes the root of a tree with one salted leaf per order, in random order and filled up to a power of
two. The buyer is given the status, the salt and the path. Without the salt a leaf says nothing, not even to somebody
who tries every possible status; when a buyer's data is erased our copy of the salt goes, and the root stays.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.disclosure.ledger.canonical import SALT_BYTES, canonical
from services.disclosure.ledger.merkle import HASH_BYTES, ProofRefused, Tree, verify_inclusion
from services.disclosure.ledger.notes import decoded, encoded

FORMAT = "sunfair-receipt/1"
LARGEST_RECEIPT_BYTES = 100_000

RandomBytes = Callable[[int], bytes]


def receipt_leaf(salt: bytes, status: dict[str, Any]) -> bytes:
    """Leaf hash of one order: SHA-256(0x00 ‖ salt of 32 bytes ‖ RFC 8785 of its status)."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"A salt has {SALT_BYTES} random bytes.")
    return hashlib.sha256(b"\x00" + salt + canonical(status)).digest()


@dataclass(frozen=True)
class Receipt:
    """What the buyer keeps."""

    status: dict[str, Any]
    salt: bytes
    index: int
    size: int
    path: tuple[bytes, ...]

    def dump(self) -> bytes:
        """As a file."""
        document = {
            "format": FORMAT,
            "status": self.status,
            "salt": encoded(self.salt),
            "index": self.index,
            "size": self.size,
            "path": [encoded(step) for step in self.path],
        }
        return canonical(document)


@dataclass(frozen=True)
class ReceiptTree:
    """All orders of one disclosure: the root that is published and, per order, its salt and its place.

    `nodes` are the hashes of every level, leaves first, one after the other: `node_place` says where each stands.
    """

    root: bytes
    size: int
    nodes: bytes
    statuses: tuple[dict[str, Any], ...]
    salts: tuple[bytes, ...]
    places: tuple[int, ...]

    def receipt(self, number: int) -> Receipt:
        """What the buyer of an order is given."""
        place = self.places[number]
        path = tuple(
            self.nodes[start * HASH_BYTES : (start + 1) * HASH_BYTES] for start in path_places(place, self.size)
        )
        return Receipt(self.statuses[number], self.salts[number], place, self.size, path)

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """Those of all orders, in their order."""
        return tuple(self.receipt(number) for number in range(len(self.statuses)))


def node_place(level: int, index: int, size: int) -> int:
    """Where a node stands among `nodes` of a tree whose size is a power of two."""
    return 2 * size - (2 * size >> level) + index


def path_places(place: int, size: int) -> list[int]:
    """Where the sibling hashes of a leaf stand among the nodes, from the leaf up."""
    return [node_place(level, (place >> level) ^ 1, size) for level in range(size.bit_length() - 1)]


def make_receipts(
    statuses: Sequence[dict[str, Any]], random_bytes: RandomBytes = secrets.token_bytes, room: int = 2
) -> ReceiptTree:
    """The tree over these orders, in their order. The leaves are not: a place tells no time of order.

    Filled up with random leaves to a power of two, at least `room`, so that the size tells no exact count.
    """
    size = 1 << (max(2, room, len(statuses)) - 1).bit_length()
    salts = tuple(random_bytes(SALT_BYTES) for _ in statuses)
    leaves = [receipt_leaf(salt, status) for salt, status in zip(salts, statuses, strict=True)]
    leaves += [random_bytes(SALT_BYTES) for _ in range(size - len(leaves))]
    # Sorting hashes of secrets is a shuffle that needs no further randomness.
    order = sorted(range(size), key=leaves.__getitem__)
    place = {original: position for position, original in enumerate(order)}
    tree = Tree(leaves[original] for original in order)
    nodes = b"".join(node for level in tree.levels for node in level)
    places = tuple(place[number] for number in range(len(statuses)))
    return ReceiptTree(tree.root(), size, nodes, tuple(statuses), salts, places)


def read_receipt(raw: bytes) -> Receipt:
    """A receipt from its file. Raises ProofRefused for what is none."""
    if len(raw) > LARGEST_RECEIPT_BYTES:
        raise ProofRefused(f"A receipt has at most {LARGEST_RECEIPT_BYTES} bytes.")
    try:
        document = json.loads(raw)
        receipt = Receipt(
            dict(document["status"]),
            decoded(document["salt"]),
            _natural(document["index"]),
            _natural(document["size"]),
            tuple(decoded(step) for step in document["path"]),
        )
        known = document["format"] == FORMAT and len(receipt.salt) == SALT_BYTES
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ProofRefused("The file is no receipt.") from error
    if not known:
        raise ProofRefused("The file is no receipt of a kind that is known here.")
    return receipt


def _natural(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise ValueError("Not a natural number.")
    return value


def verify_receipt(receipt: Receipt, root: bytes) -> dict[str, Any]:
    """The status of the order under the root that a disclosure published. Raises ProofRefused."""
    try:
        leaf = receipt_leaf(receipt.salt, receipt.status)
    except ValueError as error:
        raise ProofRefused("The status in the receipt has no canonical form.") from error
    verify_inclusion(leaf, receipt.index, receipt.size, receipt.path, root)
    return receipt.status
