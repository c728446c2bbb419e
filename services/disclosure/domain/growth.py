"""How a tree grows by a batch of leaves: which tiles change, and what the new root is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.disclosure.ledger.merkle import HASH_BYTES, root_of
from services.disclosure.ledger.tiles import TILE_WIDTH, complete_hash, place_of

Place = tuple[int, int]
"""A tile's level and its index there."""


@dataclass(frozen=True)
class Growth:
    """The tree after a batch. `tiles` holds those that changed, whole."""

    size: int
    root: bytes
    tiles: dict[Place, bytes]


def edge_of(size: int) -> list[Place]:
    """The tiles of a tree of `size` leaves that are not full yet; one per level at most."""
    edge = []
    level, count = 0, size
    while count:
        if count % TILE_WIDTH:
            edge.append((level, count // TILE_WIDTH))
        level, count = level + 1, count // TILE_WIDTH
    return edge


def grow(size: int, edge: Mapping[Place, bytes], leaves: Sequence[bytes]) -> Growth:
    """The tree of `size` leaves, whose unfinished tiles are `edge`, with further leaf hashes."""
    changed: dict[Place, bytes] = {}
    level, count, arriving = 0, size, list(leaves)
    while arriving:
        place = level, count // TILE_WIDTH
        row = edge.get(place, b"") + b"".join(arriving)
        finished = []
        for number, start in enumerate(range(0, len(row), TILE_WIDTH * HASH_BYTES), count // TILE_WIDTH):
            tile = row[start : start + TILE_WIDTH * HASH_BYTES]
            changed[level, number] = tile
            if len(tile) == TILE_WIDTH * HASH_BYTES:
                finished.append(complete_hash(_split(tile)))
        level, count, arriving = level + 1, count // TILE_WIDTH, finished
    grown = size + len(leaves)
    return Growth(grown, _root(grown, {**edge, **changed}), changed)


def _split(tile: bytes) -> list[bytes]:
    return [tile[start : start + HASH_BYTES] for start in range(0, len(tile), HASH_BYTES)]


def _root(size: int, tiles: Mapping[Place, bytes]) -> bytes:
    """The root, which needs the last unfinished tile of each level and no other."""

    def node(level: int, index: int) -> bytes:
        tile_level, tile_index, first, count = place_of(level, index)
        start = first * HASH_BYTES
        return complete_hash(_split(tiles[tile_level, tile_index][start : start + count * HASH_BYTES]))

    return root_of(node, size)
