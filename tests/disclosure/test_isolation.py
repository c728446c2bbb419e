"""Whoever adds up and subtracts all that was ever printed of a broadcast never isolates one to nine buyers."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.disclosure.domain.aggregates import K
from services.disclosure.domain.isolation import Printed, fewest_isolated
from services.disclosure.domain.sales import Divisions, Sold, divided, rounded
from tests.disclosure.test_sales import SOLD, an_order, orders

CODES = st.lists(st.integers(0, 119), max_size=60)


def printed(count: int, lots: int, states: int) -> dict[Hashable, Printed]:
    """Orders of as many buyers, spread over lots and states."""
    return {n: Printed(f"b{n}", n % lots, n // lots % states, (1, 100)) for n in range(count)}


def test_one_division_isolates_no_fewer_than_its_smallest_cell() -> None:
    assert fewest_isolated([printed(60, 4, 1)]) == 15


def test_two_divisions_whose_cells_are_large_may_still_single_out_a_few() -> None:
    # Lots of 30 and 30, states of 33 and 27: three of the first lot stand in the second state.
    sold: dict[Hashable, Printed] = {n: Printed(f"b{n}", int(n >= 30), int(n >= 33), (1,)) for n in range(60)}
    assert fewest_isolated([sold]) == 3


def test_small_overlaps_that_hang_together_isolate_nobody() -> None:
    # Each lot and each state share six people, yet no sum and difference leaves fewer than twelve over.
    assert fewest_isolated([printed(36, 3, 2)]) == 12


def test_three_late_refunds_would_stand_out_between_two_releases() -> None:
    first = printed(60, 2, 1)
    later = {n: replace(each, figures=(1, 0)) if n in (0, 2, 4) else each for n, each in first.items()}
    assert fewest_isolated([first]) == 30
    assert fewest_isolated([first, later]) == 3


def test_somebody_who_buys_of_two_lots_is_not_counted_twice() -> None:
    twice: dict[Hashable, Printed] = {(n, lot): Printed(f"b{n}", lot, 0, (1,)) for n in range(12) for lot in (0, 1)}
    assert fewest_isolated([twice]) == 6


def test_nothing_printed_isolates_nobody() -> None:
    assert fewest_isolated([]) == float("inf")


def _lot_of(order: Sold) -> str:
    return order.lot_id


def _state_of(order: Sold) -> str:
    return order.state


def signatures(releases: Sequence[Divisions]) -> tuple[Any, Any]:
    """Per order and figure: in which printed cells it stands with what value; and who bought it."""
    columns: dict[Hashable, list[tuple[int, tuple[int, ...]]]] = {}
    buyers: dict[Hashable, str] = {}
    number = 0
    for each in releases:
        for cells, key in ((each.by_lot, _lot_of), (each.by_state, _state_of)):
            place = {name: number + index for index, cell in enumerate(cells) for name in cell.keys}
            number += len(cells)
            seen: dict[Hashable, int] = {}
            for order in each.sold:
                same = (order.buyer, order.lot_id, order.created_ms)
                seen[same] = seen.get(same, 0) + 1
                if key(order) in place:
                    columns.setdefault((same, seen[same]), []).append((place[key(order)], order.figures))
                    buyers[(same, seen[same])] = order.buyer
    table = np.zeros((number, len(columns), 6), dtype=np.int64)
    for column, entries in enumerate(columns.values()):
        for row, figures in entries:
            table[row, column] += figures
    names = sorted(set(buyers.values()))
    whose = np.array([[buyers[order] == name for name in names] for order in columns], dtype=bool)
    return table, whose.reshape(len(columns), len(names))


def fewest_left(table: Any, whose: Any, factors: Any) -> int:
    """The fewest buyers left over by any of these combinations of printed cells, nobody aside."""
    moved = np.zeros((len(factors), table.shape[1]), dtype=bool)
    for figure in (0, 4):
        moved |= (factors @ table[:, :, figure]) != 0
    left = (moved.astype(np.float32) @ whose.astype(np.float32) > 0).sum(axis=1)
    return int(left[left > 0].min(initial=K))


@settings(max_examples=40)
@given(SOLD, CODES, CODES, CODES)
def test_no_sum_or_difference_of_all_releases_isolates_a_few(
    sold: list[Sold], refunded: list[int], found: list[int], late: list[int]
) -> None:
    first = [order for n, order in enumerate(sold) if n not in late]
    second = [replace(order, refunded_fen=2_990) if n in refunded else order for n, order in enumerate(sold)]
    third = [
        replace(order, grade="suspected", abuse="false_order") if n in found else order
        for n, order in enumerate(second)
    ]
    releases: list[Divisions] = []
    for each in (first, second, third):
        releases.append(divided(each, releases))
    told = [each for each in releases if each.told]
    if not told:
        return
    table, whose = signatures(told)
    rng = np.random.default_rng(20)
    attempts = rng.integers(-2, 3, size=(4_000, len(table)))
    if len(table) <= 8:
        attempts = np.array(list(product((-1, 0, 1), repeat=len(table))))
    assert fewest_left(table, whose, attempts) >= K


@settings(max_examples=40)
@given(SOLD)
def test_a_single_release_withstands_every_combination(sold: list[Sold]) -> None:
    divisions = divided(sold)
    if divisions.told:
        table, whose = signatures([divisions])
        attempts = np.array(list(product((-1, 0, 1), repeat=len(table))))
        assert fewest_left(table, whose, attempts) >= K


def test_where_even_whole_states_would_tell_the_last_release_is_printed_again() -> None:
    first = divided([*orders(0, 20), *orders(20, 20, lot_id="apples")])
    # Five buyers of either lot are found: ten in all, but five in each lot change what stands there.
    moved = [
        replace(order, refunded_fen=100) if n % 4 == 0 else order
        for n, order in enumerate([*orders(0, 20), *orders(20, 20, lot_id="apples")])
    ]
    second = divided(moved, [first])
    assert [cell.figures for cell in second.by_lot] == [cell.figures for cell in first.by_lot]
    assert all(cell.held for cell in second.by_lot)


def test_producers_say_no_more_than_the_lots_do() -> None:
    sold = [
        *orders(0, 12, lot_id="pears", producer_uscc="co-op 1"),
        *orders(12, 4, lot_id="apples", producer_uscc="co-op 2"),
        *orders(16, 30, lot_id="tea", producer_uscc="co-op 3"),
    ]
    divisions = divided(sold)
    lots = {cell.figures for cell in divisions.by_lot}
    assert {cell.figures for cell in divisions.by_producer} <= lots
    assert [cell.keys for cell in divisions.by_producer] == [("co-op 1", "co-op 2"), ("co-op 3",)]


def test_what_is_told_over_time_is_round() -> None:
    assert rounded(an_order(1).figures) == dict.fromkeys(
        ("orders", "units", "grams", "paid_fen", "net_fen", "subsidy_fen"), 0
    )
    told = rounded((27, 31, 71_234, 123_456, 99_999, 0))
    assert told == {
        "orders": 20,
        "units": 30,
        "grams": 70_000,
        "paid_fen": 120_000,
        "net_fen": 90_000,
        "subsidy_fen": 0,
    }
