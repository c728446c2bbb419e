"""How the stored tree grows: whatever the batches, its tiles and roots are those of the whole tree."""

import pytest

from services.disclosure.domain.growth import edge_of, grow
from services.disclosure.ledger.merkle import Tree, leaf_hash
from services.disclosure.ledger.tiles import all_tiles
from tests.disclosure.ledger import naive


@pytest.mark.parametrize(
    "batches",
    [
        [1] * 260,
        [260],
        [255, 1, 1, 3],
        [256, 256],
        [100, 200, 300],
        [70_000],
        [65_535, 1, 1],
        [number * 37 % 89 + 1 for number in range(40)],
    ],
    ids=lambda batches: f"{len(batches)}-batches-of-{sum(batches)}",
)
def test_any_batches_give_the_tiles_of_the_whole_tree(batches: list[int]) -> None:
    leaves = [leaf_hash(record) for record in naive.records(sum(batches))]
    tree = Tree(leaves)
    size, tiles = 0, dict[tuple[int, int], bytes]()
    for batch in batches:
        growth = grow(size, {place: tiles[place] for place in edge_of(size)}, leaves[size : size + batch])
        size += batch
        tiles |= growth.tiles
        assert (growth.size, growth.root) == (size, tree.root(size))
    wanted = {
        (tile.level or 0, tile.index): b"".join(
            tree.node(8 * (tile.level or 0), place) for place in range(tile.start, tile.start + tile.width)
        )
        for tile in all_tiles(size)
    }
    assert tiles == wanted


def test_no_leaves_are_no_growth() -> None:
    assert grow(0, {}, []).tiles == {}
