"""What was sold is told in divisions that add up, and never of a few people."""

from dataclasses import replace
from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.disclosure.domain.aggregates import Cell, K, added, tells_of_few, whole_of
from services.disclosure.domain.sales import (
    MOMENT_MS,
    NAMES,
    Divisions,
    Sold,
    buyers_behind,
    divided,
    shares_bp,
    summary,
    told,
)

START = 1_583_128_800_000


def an_order(buyer: int, **said: Any) -> Sold:
    """One box of pears for 29.90 yuan."""
    usual: dict[str, Any] = {"lot_id": "pears", "producer_uscc": "co-op 1", "created_ms": START, "units": 1}
    usual |= {"unit_grams": 2_500, "paid_fen": 2_990, "refunded_fen": 0, "subsidy_fen": 0}
    return Sold(buyer=f"b{buyer}", **(usual | said))


def orders(first: int, count: int, **said: Any) -> list[Sold]:
    """As many orders, each by somebody else."""
    return [an_order(buyer, **said) for buyer in range(first, first + count)]


def test_a_broadcast_with_three_orders_tells_no_figure() -> None:
    divisions = divided(orders(0, 3))
    assert not divisions.told
    assert summary(divisions) is None
    assert buyers_behind(divisions) == 0


def test_claimed_verified_and_removed_stand_side_by_side() -> None:
    sold = [
        *orders(0, 40),
        *orders(100, 12, grade="suspected", abuse="false_order"),
        *orders(200, 15, grade="substantiated", abuse="refund_cycling", refunded_fen=2_990),
    ]
    found = summary(divided(sold))
    assert found is not None
    assert (found.claimed["orders"], found.claimed["paid_fen"]) == (67, 67 * 2_990)
    assert (found.verified["orders"], found.verified["net_fen"]) == (40, 40 * 2_990)
    assert found.upper["orders"] == 52
    assert [(keys, figures["orders"]) for keys, figures in found.questioned] == [
        (("substantiated:refund_cycling",), 15),
        (("suspected:false_order",), 12),
    ]
    assert not found.few_questioned


def test_four_questioned_orders_are_not_shown_apart_and_it_says_so() -> None:
    found = summary(divided([*orders(0, 40), *orders(100, 4, grade="suspected", abuse="false_order")]))
    assert found is not None
    assert (found.claimed["orders"], found.verified["orders"], found.few_questioned) == (44, 44, True)


def test_an_honest_refund_lessens_net_sales_and_not_the_orders() -> None:
    found = summary(divided([*orders(0, 20), *orders(20, 10, refunded_fen=1_000)]))
    assert found is not None
    assert (found.verified["orders"], found.verified["net_fen"]) == (30, 20 * 2_990 + 10 * 1_990)


def test_more_paid_back_than_was_paid_is_no_negative_sale() -> None:
    assert told(an_order(1, refunded_fen=5_000).figures)["net_fen"] == 0


def test_late_refunds_of_twelve_make_new_figures_and_of_three_do_not() -> None:
    first = divided([*orders(0, 40), *orders(40, 30, lot_id="apples")])
    three = [*orders(0, 3, refunded_fen=2_990), *orders(3, 37), *orders(40, 30, lot_id="apples")]
    second = divided(three, [first])
    assert [cell.held for cell in second.by_lot] == [False, True]
    assert summary(second) == summary(first)
    twelve = [*orders(0, 12, refunded_fen=2_990), *orders(12, 28), *orders(40, 30, lot_id="apples")]
    third = summary(divided(twelve, [first, second]))
    assert third is not None
    assert third.verified["net_fen"] == (70 - 12) * 2_990


def test_moments_follow_one_another_and_take_in_quiet_minutes() -> None:
    sold = [order for m in range(6) for order in orders(m * 10, 5 + m % 2 * 8, created_ms=START + m * MOMENT_MS)]
    cells = divided(sold).over_time
    starts = [int(key) for cell in cells for key in cell.keys]
    assert starts == sorted(starts)
    assert len(starts) == 6
    assert all(cell.buyers >= K for cell in cells)


def test_shares_add_up_to_a_whole() -> None:
    others = [orders(n * 10, 10, producer_uscc=f"co-op {n}", lot_id=f"lot {n}") for n in (2, 3)]
    sold = [*orders(0, 10), *others[0], *others[1]]
    shares = shares_bp(divided(sold).by_producer)
    assert sum(shares.values()) == 10_000
    assert set(shares.values()) == {3_333, 3_334}


ORDER = st.builds(
    an_order,
    st.integers(0, 60),
    lot_id=st.sampled_from(["pears", "apples", "tea"]),
    producer_uscc=st.sampled_from(["co-op 1", "co-op 2"]),
    created_ms=st.integers(0, 5).map(lambda m: START + m * MOMENT_MS),
    refunded_fen=st.sampled_from([0, 0, 0, 2_990]),
    grade=st.sampled_from(["counted", "counted", "counted", "suspected"]),
)
SOLD = st.lists(ORDER, max_size=120)


def cells_of(divisions: Divisions) -> tuple[tuple[Cell, ...], ...]:
    """Each division that is printed."""
    found = (divisions.by_lot, divisions.by_state, divisions.by_producer, divisions.over_time)
    return tuple(cells for cells in found if cells)


@given(SOLD)
def test_every_division_adds_up_to_the_same_and_no_two_cells_tell_of_a_few(sold: list[Sold]) -> None:
    divisions = divided(sold)
    printed = cells_of(divisions)
    totals = {added(cell.figures for cell in cells) for cells in printed}
    assert totals <= {added(order.figures for order in sold)}
    for one, other in combinations([cell for cells in printed for cell in cells], 2):
        assert not tells_of_few(one.basis, other.basis)
    assert buyers_behind(divisions) == 0 or buyers_behind(divisions) >= K
    assert all(len(told(cell.figures)) == len(NAMES) for cells in printed for cell in cells)


@given(SOLD, st.lists(st.integers(0, 119), max_size=40), st.lists(st.integers(0, 119), max_size=40))
def test_no_release_and_its_follower_tell_of_a_few(sold: list[Sold], refunded: list[int], found: list[int]) -> None:
    later = [replace(order, refunded_fen=2_990) if n in refunded else order for n, order in enumerate(sold)]
    latest = [
        replace(order, grade="suspected", abuse="false_order") if n in found else order for n, order in enumerate(later)
    ]
    first = divided(sold)
    second = divided(later, [first])
    third = divided(latest, [first, second])
    for earlier, after in combinations([each for each in (first, second, third) if each.told], 2):
        assert not tells_of_few(whole_of(earlier.by_lot).basis, whole_of(after.by_lot).basis)
        for mine, theirs in zip(cells_of(earlier)[1:3], cells_of(after)[1:3], strict=False):
            assert not tells_of_few(whole_of(mine).basis, whole_of(theirs).basis)
