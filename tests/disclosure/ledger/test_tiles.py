"""The published files: their paths, and a whole log read, checked and rebuilt from them alone."""

from collections.abc import Callable

import pytest

from services.disclosure.ledger.checkpoint import open_checkpoint
from services.disclosure.ledger.merkle import BeyondTree, Tree, leaf_hash
from services.disclosure.ledger.reader import LogBroken, LogReader, check_growth, read_entry, rebuild
from services.disclosure.ledger.tiles import (
    Tile,
    TileRefused,
    all_bundles,
    all_tiles,
    decode_bundle,
    encode_bundle,
    parse_path,
    tile_of,
)
from tests.disclosure.ledger import naive
from tests.disclosure.ledger.published import PublishedLog

LARGEST = 260


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(1, 1234067), "tile/1/x001/x234/067"),
        (Tile(2, 999, 17), "tile/2/999.p/17"),
        (Tile(None, 1000, 1), "tile/entries/x001/000.p/1"),
        (Tile(63, 0, 255), "tile/63/000.p/255"),
    ],
)
def test_paths_are_those_of_the_specification(tile: Tile, path: str) -> None:
    assert tile.path() == path
    assert parse_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/00/000",
        "tile/64/000",
        "tile/0/0",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/x000/001",
        "tile/0/001/001",
        "tile/0/000/",
        "tile/entry/000",
        "tile/-1/000",
        "tile/0/../000",
        "tile/0/" + "x999/" * 8 + "999",
        "tile/0/٠٠٠",
    ],
)
def test_any_other_path_is_refused(path: str) -> None:
    with pytest.raises(TileRefused):
        parse_path(path)


def test_the_tiles_of_70000_leaves_are_those_of_the_specification() -> None:
    tiles = list(all_tiles(70_000))
    level_0 = [tile for tile in tiles if tile.level == 0]
    assert [tile.width for tile in level_0] == [256] * 273 + [112]
    assert [(tile.level, tile.width) for tile in tiles[274:]] == [(1, 256), (1, 17), (2, 1)]
    assert len(list(all_bundles(70_000))) == 274
    assert list(all_tiles(256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(all_tiles(0)) == []


def test_a_tile_beyond_the_tree_is_refused() -> None:
    for level, index in ((0, 2), (1, 1), (2, 0), (None, 2), (0, -1)):
        with pytest.raises(TileRefused):
            tile_of(level, index, 300)


@pytest.mark.parametrize("entry", [b"x" * 65536, b"x" * 10_000_000])
def test_an_entry_that_is_too_long_is_refused(entry: bytes) -> None:
    with pytest.raises(TileRefused):
        encode_bundle([entry])


def test_bundles_that_are_cut_or_padded_are_refused() -> None:
    good = encode_bundle([b"", b"one", b"x" * 65535])
    assert decode_bundle(good, 3) == [b"", b"one", b"x" * 65535]
    for bad, width in ((good[:-1], 3), (good + b"\x00", 3), (good, 2), (good, 4), (b"\x00", 1)):
        with pytest.raises(TileRefused):
            decode_bundle(bad, width)


@pytest.fixture(scope="module")
def log() -> PublishedLog:
    """A log of 260 entries."""
    return PublishedLog(naive.records(LARGEST))


@pytest.fixture(scope="module")
def files(log: PublishedLog) -> dict[str, bytes]:
    """Its files."""
    return log.files()


def test_every_size_to_260_has_the_root_of_the_definition_in_its_tiles(log: PublishedLog) -> None:
    files = log.files(*range(LARGEST))
    for size in range(LARGEST + 1):
        assert LogReader(files.get, size).root() == naive.tree_hash(0, size)


def test_an_old_size_is_read_from_the_newer_full_tiles(log: PublishedLog) -> None:
    full_only = {path: content for path, content in log.files().items() if ".p/" not in path}
    reader = LogReader(full_only.get, 200)
    assert reader.root() == naive.tree_hash(0, 200)
    assert reader.entry(199) == b"leaf 199"


def test_every_entry_is_proven_from_the_files(log: PublishedLog, files: dict[str, bytes]) -> None:
    head = log.checkpoint().head
    for index in (0, 1, 255, 256, 259):
        record, proof = read_entry(files.get, index, head)
        assert record == log.entries[index]
        assert proof == naive.path(index, 0, LARGEST)
    with pytest.raises(BeyondTree):
        read_entry(files.get, LARGEST, head)


def test_the_whole_log_is_rebuilt_from_its_files(log: PublishedLog, files: dict[str, bytes]) -> None:
    assert list(rebuild(files.get, log.checkpoint().head)) == log.entries


def test_an_empty_log_is_rebuilt_from_no_files() -> None:
    nothing: dict[str, bytes] = {}
    assert list(rebuild(nothing.get, PublishedLog([]).checkpoint().head)) == []


def test_a_changed_byte_in_any_file_is_found(log: PublishedLog, files: dict[str, bytes]) -> None:
    head = log.checkpoint().head
    for path, content in files.items():
        for place in {0, len(content) // 2, len(content) - 1}:
            turned = bytearray(content)
            turned[place] ^= 4
            with pytest.raises(LogBroken):
                list(rebuild((files | {path: bytes(turned)}).get, head))


def test_a_withheld_file_is_named(log: PublishedLog, files: dict[str, bytes]) -> None:
    head = log.checkpoint().head
    for path in files:
        with pytest.raises(LogBroken, match="withheld") as refusal:
            list(rebuild({other: files[other] for other in files if other != path}.get, head))
        assert path in str(refusal.value)


def test_a_forged_entry_with_a_matching_tile_does_not_have_the_signed_root(log: PublishedLog) -> None:
    forged = PublishedLog([*log.entries[:7], b"forged", *log.entries[8:]], log.key)
    with pytest.raises(LogBroken, match="root"):
        list(rebuild(forged.files().get, log.checkpoint().head))
    with pytest.raises(LogBroken, match="not what the checkpoint signed"):
        read_entry(forged.files().get, 7, log.checkpoint().head)


@pytest.mark.parametrize("old", [0, 1, 128, 255, 256, 259, 260])
def test_growth_is_checked_from_the_files(log: PublishedLog, files: dict[str, bytes], old: int) -> None:
    check_growth(files.get, log.checkpoint(old), log.checkpoint())


def test_a_log_that_was_rolled_back_is_named_so(log: PublishedLog, files: dict[str, bytes]) -> None:
    with pytest.raises(LogBroken, match="rolled back"):
        check_growth(files.get, log.checkpoint(), log.checkpoint(100))


@pytest.mark.parametrize("size", [100, 260])
def test_a_log_that_was_forked_is_found(log: PublishedLog, size: int) -> None:
    fork = PublishedLog([*log.entries[:50], b"another", *log.entries[51:]], log.key)
    with pytest.raises(LogBroken, match=r"changed afterwards|forked"):
        check_growth(fork.files(size).get, log.checkpoint(size), fork.checkpoint())


def test_two_logs_are_not_compared(log: PublishedLog, files: dict[str, bytes]) -> None:
    other = PublishedLog(log.entries, type(log.key).new("other.example/ledger"))
    with pytest.raises(LogBroken, match="two logs"):
        check_growth(files.get, log.checkpoint(), open_checkpoint(other.signed(), other.policy))


def test_ten_thousand_entries_are_rebuilt() -> None:
    big = PublishedLog([b"%d" % number for number in range(10_000)])
    fetch: Callable[[str], bytes | None] = big.files().get
    assert sum(1 for _ in rebuild(fetch, big.checkpoint().head)) == 10_000
    assert Tree(map(leaf_hash, big.entries)).root() == big.checkpoint().head.root
