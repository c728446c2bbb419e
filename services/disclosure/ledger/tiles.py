"""The published files of the log (c2sp.org/tlog-tiles): tiles of 256 hashes, bundles of 256 entries, and their paths.

A partial tile is the beginning of the full one, so a log keeps one growing tile per place and serves its beginnings.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.disclosure.ledger.merkle import HASH_BYTES, fold, node_hash

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
HIGHEST_LEVEL = 63
LARGEST_ENTRY_BYTES = 65535
ENTRIES = "entries"

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<above>(?:x[0-9]{3}/)*)(?P<last>[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


class TileRefused(ValueError):
    """The path names no tile, or the bytes are none; the message says why."""


@dataclass(frozen=True)
class Tile:
    """One file: level 0 to 63, or None for a bundle of entries; `width` hashes or entries of at most 256."""

    level: int | None
    index: int
    width: int = TILE_WIDTH

    def path(self) -> str:
        """Where it is served, below the log's prefix."""
        digits = f"{self.index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
        number = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{ENTRIES if self.level is None else self.level}/{number}{partial}"

    @property
    def start(self) -> int:
        """Position of its first hash among those of its level."""
        return self.index * TILE_WIDTH


def parse_path(path: str) -> Tile:
    """The tile a path names. Raises TileRefused for another spelling than the one that `path` gives."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise TileRefused("This is no path of a tile.")
    level = None if found["level"] == ENTRIES else int(found["level"])
    index = int(found["above"].replace("x", "").replace("/", "") + found["last"])
    tile = Tile(level, index, int(found["width"] or TILE_WIDTH))
    if tile.path() != path or (level or 0) > HIGHEST_LEVEL or index >= 1 << 63:
        raise TileRefused("This is no path of a tile.")
    return tile


def widths_of(size: int) -> Iterator[tuple[int, int]]:
    """(level, how many hashes it has) of every level that a tree of `size` leaves fills."""
    level, count = 0, size
    while count:
        yield level, count
        level, count = level + 1, count // TILE_WIDTH


def tile_of(level: int | None, index: int, size: int) -> Tile:
    """The tile at that place in a tree of `size` leaves, full or partial. Raises TileRefused when it is not there."""
    count = size if level is None else size >> (TILE_HEIGHT * level)
    width = min(count - index * TILE_WIDTH, TILE_WIDTH)
    if index < 0 or width < 1:
        raise TileRefused(
            f"A tree of {size} leaves has no tile {index} at level {ENTRIES if level is None else level}."
        )
    return Tile(level, index, width)


def all_tiles(size: int) -> Iterator[Tile]:
    """Every tile of hashes of a tree of `size` leaves, from the leaves up."""
    for level, count in widths_of(size):
        for index in range(-(-count // TILE_WIDTH)):
            yield tile_of(level, index, size)


def all_bundles(size: int) -> Iterator[Tile]:
    """Every bundle of entries of a log of `size` leaves."""
    for index in range(-(-size // TILE_WIDTH)):
        yield tile_of(None, index, size)


def place_of(level: int, index: int) -> tuple[int, int, int, int]:
    """Where the complete subtree (level, index) is found: tile level, tile index, first hash in it, how many."""
    tile_level, inside = divmod(level, TILE_HEIGHT)
    first = index << inside
    return tile_level, first // TILE_WIDTH, first % TILE_WIDTH, 1 << inside


def hashes_in(content: bytes, width: int) -> list[bytes]:
    """The hashes of a tile. Raises TileRefused unless there are exactly `width`."""
    if len(content) != width * HASH_BYTES:
        raise TileRefused(f"A tile of {width} hashes has {width * HASH_BYTES} bytes, not {len(content)}.")
    return [content[start : start + HASH_BYTES] for start in range(0, len(content), HASH_BYTES)]


def complete_hash(hashes: Sequence[bytes]) -> bytes:
    """Hash over a complete subtree: a power of two of hashes of one level."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[place], row[place + 1]) for place in range(0, len(row), 2)]
    return fold(row)


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Entries, each with its length in two bytes before it. Raises TileRefused for one that is too long."""
    if any(len(entry) > LARGEST_ENTRY_BYTES for entry in entries):
        raise TileRefused(f"An entry of the log has at most {LARGEST_ENTRY_BYTES} bytes.")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_bundle(content: bytes, width: int) -> list[bytes]:
    """The entries of a bundle. Raises TileRefused unless there are exactly `width` and nothing else."""
    entries: list[bytes] = []
    at = 0
    while at < len(content):
        end = at + 2 + int.from_bytes(content[at : at + 2], "big")
        if at + 2 > len(content) or end > len(content):
            raise TileRefused("The bundle ends in the middle of an entry.")
        entries.append(content[at + 2 : end])
        at = end
    if len(entries) != width:
        raise TileRefused(f"The bundle has {len(entries)} entries, not {width}.")
    return entries
