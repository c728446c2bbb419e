"""Reading a log from its published files alone: proofs out of tiles, entries, growth, and the rebuilding of all of it.

A file comes from wherever `fetch` takes it: a folder, a server, a mirror. None is believed: every hash that is used
leads to the root of a checkpoint that was verified before.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from services.disclosure.ledger.checkpoint import Checkpoint, Head
from services.disclosure.ledger.merkle import (
    HASH_BYTES,
    BeyondTree,
    ProofRefused,
    Span,
    Tree,
    complete_parts,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from services.disclosure.ledger.tiles import (
    TILE_WIDTH,
    Tile,
    TileRefused,
    all_bundles,
    all_tiles,
    complete_hash,
    decode_bundle,
    hashes_in,
    place_of,
    tile_of,
)

Fetch = Callable[[str], bytes | None]
"""The file at a path below the log's prefix; None when it is not there."""


class LogBroken(Exception):
    """The published files do not make the tree that the checkpoint names; the message says which file."""


@dataclass
class LogReader:
    """The files of one log at one size."""

    fetch: Fetch
    size: int
    kept: dict[Tile, list[bytes]] = field(default_factory=dict)

    def content(self, tile: Tile) -> bytes:
        """The bytes of a file; a partial one may be the beginning of its full one. Raises LogBroken when withheld."""
        found = self.fetch(tile.path())
        if found is None and tile.width < TILE_WIDTH:
            full = self.fetch(Tile(tile.level, tile.index).path())
            found = None if full is None else _beginning(full, tile)
        if found is None:
            raise LogBroken(f"{tile.path()} is withheld: the log must publish it and does not.")
        return found

    def hashes(self, tile: Tile) -> list[bytes]:
        """The hashes of a tile. Raises LogBroken."""
        if tile not in self.kept:
            try:
                self.kept[tile] = hashes_in(self.content(tile), tile.width)
            except TileRefused as error:
                raise LogBroken(f"{tile.path()}: {error}") from error
        return self.kept[tile]

    def node(self, level: int, index: int) -> bytes:
        """Hash of a complete subtree, out of its tile. Raises LogBroken."""
        tile_level, tile_index, first, count = place_of(level, index)
        hashes = self.hashes(tile_of(tile_level, tile_index, self.size))
        return complete_hash(hashes[first : first + count])

    def root(self) -> bytes:
        """The root that the tiles give."""
        return root_of(self.node, self.size)

    def entries(self, tile: Tile) -> list[bytes]:
        """The entries of a bundle. Raises LogBroken."""
        try:
            return decode_bundle(self.content(tile), tile.width)
        except TileRefused as error:
            raise LogBroken(f"{tile.path()}: {error}") from error

    def entry(self, index: int) -> bytes:
        """One entry, not yet proven. Raises LogBroken, or BeyondTree."""
        if not 0 <= index < self.size:
            raise BeyondTree(f"Entry {index} is not among the {self.size} entries of the log.")
        return self.entries(tile_of(None, index // TILE_WIDTH, self.size))[index % TILE_WIDTH]


def _beginning(content: bytes, tile: Tile) -> bytes:
    """What a full tile or bundle had in it when it was as wide as `tile`."""
    if tile.level is not None:
        return content[: tile.width * HASH_BYTES]
    at = 0
    for _ in range(tile.width):
        at += 2 + int.from_bytes(content[at : at + 2], "big")
    return content[:at]


def tiles_under(spans: Iterable[Span], size: int) -> set[Tile]:
    """The tiles that a proof of these spans is made from, in a tree of `size` leaves."""
    places = [place_of(*part) for span in spans for part in complete_parts(span)]
    return {tile_of(level, index, size) for level, index, _, _ in places}


def read_entry(fetch: Fetch, index: int, head: Head) -> tuple[bytes, list[bytes]]:
    """An entry and its proof under a believed head, both out of the files. Raises LogBroken when they do not fit."""
    reader = LogReader(fetch, head.size)
    record = reader.entry(index)
    proof = prove_inclusion(reader.node, index, head.size)
    try:
        verify_inclusion(leaf_hash(record), index, head.size, proof, head.root)
    except ProofRefused as error:
        raise LogBroken(f"Entry {index} is not what the checkpoint signed: {error}") from error
    return record, proof


def check_growth(fetch: Fetch, old: Checkpoint, new: Checkpoint) -> list[bytes]:
    """The proof that the newer checkpoint only added to the older one. Raises LogBroken when it did anything else."""
    if old.head.origin != new.head.origin:
        raise LogBroken(f"{old.head.origin} and {new.head.origin} are two logs.")
    if new.head.size < old.head.size:
        raise LogBroken(f"The log shrank from {old.head.size} to {new.head.size} leaves: it was rolled back.")
    if new.head.size == old.head.size:
        if new.head.root != old.head.root:
            raise LogBroken(f"Two different trees of {old.head.size} leaves are signed: the log was forked.")
        return []
    reader = LogReader(fetch, new.head.size)
    proof = prove_consistency(reader.node, old.head.size, new.head.size)
    try:
        verify_consistency(old.head.size, old.head.root, new.head.size, new.head.root, proof)
    except ProofRefused as error:
        raise LogBroken(f"What was signed at {old.head.size} leaves was changed afterwards: {error}") from error
    return proof


def rebuild(fetch: Fetch, head: Head) -> Iterator[bytes]:
    """Every entry in order, and at the end the proof of the whole. Raises LogBroken at the first thing that is amiss.

    Each bundle is hashed and compared with its tile, each tile with the one above, and the top with the checkpoint.
    """
    reader = LogReader(fetch, head.size)
    tree = Tree()
    for bundle in all_bundles(head.size):
        entries = reader.entries(bundle)
        for entry in entries:
            tree.append(leaf_hash(entry))
        tile = Tile(0, bundle.index, bundle.width)
        if reader.hashes(tile) != tree.levels[0][tile.start :]:
            raise LogBroken(f"{tile.path()} does not have the hashes of the entries in {bundle.path()}.")
        yield from entries
    for tile in all_tiles(head.size):
        if tile.level:
            _compare(reader, tree, tile)
    if tree.root() != head.root:
        raise LogBroken(f"The {head.size} entries do not have the root that the checkpoint signed.")


def _compare(reader: LogReader, tree: Tree, tile: Tile) -> None:
    """A tile above the leaves against the tree of the entries themselves."""
    level = 8 * (tile.level or 0)
    wanted = [tree.node(level, position) for position in range(tile.start, tile.start + tile.width)]
    if reader.hashes(tile) != wanted:
        raise LogBroken(f"{tile.path()} does not have the hashes of the tiles below it.")
