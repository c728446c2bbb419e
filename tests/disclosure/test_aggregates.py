"""Published figures never rest on a few people, however they are compared."""

from collections.abc import Mapping
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from services.disclosure.domain.aggregates import (
    Basis,
    Cell,
    Figures,
    K,
    added,
    beside,
    differing,
    merged,
    partition,
    released_again,
    tells_of_few,
    whole_of,
)


def bought(*buyers: int, fen: int = 100) -> Basis:
    """A cell in which each of these buyers has one order."""
    return {f"b{buyer}": (1, fen) for buyer in buyers}


FIGURES = st.tuples(st.integers(1, 3), st.integers(0, 500))
BASIS = st.dictionaries(st.integers(0, 40).map(str), FIGURES, max_size=30)
PARTS = st.dictionaries(st.sampled_from("abcdef"), BASIS, min_size=1, max_size=6)


def sums(cells: tuple[Cell, ...]) -> list[Basis]:
    """What a reader can add up of the cells: every sum of them."""
    chosen = [group for size in range(1, len(cells) + 1) for group in combinations(cells, size)]
    return [merged(cell.basis for cell in group) for group in chosen]


def test_a_whole_of_fewer_than_ten_buyers_is_not_told() -> None:
    assert partition({"a": bought(*range(5)), "b": bought(*range(5, 9))}) is None


def test_ten_buyers_are_enough() -> None:
    cells = partition({"a": bought(*range(10))})
    assert cells is not None
    assert [(cell.keys, cell.figures) for cell in cells] == [(("a",), (10, 1_000))]


def test_a_small_part_takes_the_smallest_other_with_it_so_that_nobody_can_subtract() -> None:
    cells = partition({"a": bought(*range(30)), "b": bought(*range(30, 42)), "c": bought(50, 51, 52)})
    assert cells is not None
    assert [(cell.keys, cell.buyers) for cell in cells] == [(("a",), 30), (("b", "c"), 15)]


def test_small_parts_that_are_enough_together_leave_the_others_alone() -> None:
    cells = partition({"a": bought(*range(30)), "b": bought(*range(30, 36)), "c": bought(*range(40, 46))})
    assert cells is not None
    assert [cell.keys for cell in cells] == [("a",), ("b", "c")]


def test_somebody_who_buys_of_two_parts_counts_once_and_pays_for_both() -> None:
    together = merged([bought(1, fen=300), bought(1, 2, fen=50)])
    assert together == {"b1": (2, 350), "b2": (1, 50)}
    assert differing(together, bought(1, 2, fen=50)) == 1


def test_cells_stand_by_their_keys_and_never_by_their_size() -> None:
    cells = partition({"z": bought(*range(90)), "a": bought(*range(100, 120)), "m": bought(*range(200, 250))})
    assert cells is not None
    assert [cell.keys for cell in cells] == [("a",), ("m",), ("z",)]


def test_another_division_that_differs_by_a_few_buyers_is_told_as_a_whole() -> None:
    by_lot = partition({"pears": bought(*range(40)), "apples": bought(*range(40, 60))})
    by_state = partition({"counted": bought(*range(37)), "removed": bought(*range(37, 60))})
    assert by_lot is not None
    assert by_state is not None
    assert [cell.keys for cell in beside(by_state, by_lot)] == [("counted", "removed")]


def test_another_division_that_differs_by_many_stands_as_it_is() -> None:
    by_lot = partition({"pears": bought(*range(40)), "apples": bought(*range(40, 60))})
    by_state = partition({"counted": bought(*range(25)), "removed": bought(*range(25, 60))})
    assert by_lot is not None
    assert by_state is not None
    assert beside(by_state, by_lot) == by_state


def test_three_late_refunds_wait_in_the_cell_and_ten_are_told() -> None:
    first = partition({"a": bought(*range(40)), "b": bought(*range(40, 60))})
    assert first is not None
    three = {"a": {**bought(*range(40)), **bought(0, 1, 2, fen=0)}, "b": bought(*range(40, 60))}
    second = released_again(three, [first])
    assert second is not None
    assert [(cell.keys, cell.held, cell.figures) for cell in second] == [
        (("a",), True, (40, 4_000)),
        (("b",), False, (20, 2_000)),
    ]
    ten = {"a": {**bought(*range(40)), **bought(*range(10), fen=0)}, "b": bought(*range(40, 60))}
    third = released_again(ten, [first, second])
    assert third is not None
    assert [(cell.held, cell.figures) for cell in third] == [(False, (40, 3_000)), (False, (20, 2_000))]


def test_what_goes_and_comes_back_is_compared_with_every_earlier_release() -> None:
    first = partition({"a": bought(*range(40))})
    assert first is not None
    second = released_again({"a": bought(*range(20))}, [first])
    assert second is not None
    # Nineteen of the twenty are there again: against the second release many differ, against the first only one.
    third = released_again({"a": bought(*range(39))}, [first, second])
    assert third is not None
    assert (third[0].held, third[0].buyers) == (True, 20)


def test_a_new_key_of_few_buyers_joins_the_smallest_cell() -> None:
    first = partition({"a": bought(*range(40)), "b": bought(*range(40, 60))})
    assert first is not None
    now = {"a": bought(*range(40)), "b": bought(*range(40, 52)), "c": bought(70, 71)}
    second = released_again(now, [first])
    assert second is not None
    assert [(cell.keys, cell.buyers, cell.held) for cell in second] == [(("a",), 40, False), (("b", "c"), 14, False)]


@given(PARTS)
def test_no_sum_or_remainder_of_cells_rests_on_a_few(parts: Mapping[str, Basis]) -> None:
    cells = partition(parts)
    if cells is None:
        assert len(merged(parts.values())) < K
        return
    assert sorted(key for cell in cells for key in cell.keys) == sorted(key for key in parts if parts[key])
    total = merged(parts.values())
    assert added(cell.figures for cell in cells) == added(total.values())
    assert all(len(basis) >= K for basis in sums(cells))
    assert not any(tells_of_few(total, basis) for basis in sums(cells) if len(cells) == 1)


@given(PARTS, st.dictionaries(st.integers(0, 40).map(str), st.sampled_from("xyz"), max_size=41))
def test_two_divisions_of_one_whole_never_differ_by_a_few(parts: Mapping[str, Basis], states: dict[str, str]) -> None:
    total = merged(parts.values())
    by_state: dict[str, dict[str, Figures]] = {}
    for buyer, figures in total.items():
        by_state.setdefault(states.get(buyer, "x"), {})[buyer] = figures
    first, second = partition(parts), partition(by_state)
    if first is None or second is None:
        return
    shown = beside(second, first)
    if len(shown) > 1:
        assert not any(tells_of_few(mine.basis, other.basis) for mine in shown for other in first)
    assert added(cell.figures for cell in shown) == added(total.values())


@given(st.lists(PARTS, min_size=2, max_size=4))
def test_no_two_releases_differ_by_a_few(history: list[Mapping[str, Basis]]) -> None:
    releases: list[tuple[Cell, ...]] = []
    for parts in history:
        cells = released_again(parts, releases)
        if cells is not None:
            releases.append(cells)
    for earlier, later in combinations(releases, 2):
        assert not tells_of_few(whole_of(earlier).basis, whole_of(later).basis)
        pairs = [(one, other) for one in earlier for other in later if not set(one.keys).isdisjoint(other.keys)]
        assert not any(tells_of_few(one.basis, other.basis) for one, other in pairs)
