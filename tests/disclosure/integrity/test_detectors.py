"""Every abuse is found, committed crudely and carefully, and nearly nothing else with it."""

from collections.abc import Callable

import pytest

from bench.integrity import after_sales, bought_orders, bought_viewers, chat, paid_praise, staged
from bench.integrity.world import World
from tests.disclosure.integrity.rooms import found, marks, outcome_of, room

ORDERS: dict[str, Callable[[World, int, float], None]] = {
    "false_order": bought_orders.brushed,
    "refund_cycling": bought_orders.cycled,
    "second_signing": bought_orders.signed_at_once,
    "rehearsed": staged.rehearsed,
    "apportionment": staged.made_to_buy,
}
# How much of it has to be found. The careful know every threshold: they own aged accounts and send real parcels.
CRUDE = {"false_order": 0.95, "refund_cycling": 0.9, "second_signing": 0.95, "rehearsed": 0.9, "apportionment": 0.75}
CAREFUL = {"false_order": 0.3, "refund_cycling": 0.5, "second_signing": 0.85, "rehearsed": 0.4, "apportionment": 0.6}


def shop_with(abuse: str, count: int, care: float, seed: int) -> World:
    """An honest crowd of 500 orders, and `count` of an abuse."""
    world, _, orders = room(seed=seed, sessions=3500, orders=500)
    after_sales.fulfil(world, orders)
    ORDERS[abuse](world, count, care)
    return world


@pytest.mark.parametrize("abuse", ORDERS)
def test_the_crude_are_found(abuse: str) -> None:
    world = shop_with(abuse, 120, 0.0, seed=21)
    outcome = outcome_of(world)
    precision, recall = marks(world, outcome, abuse)
    assert abuse in found(outcome)
    assert precision >= 0.95
    assert recall >= CRUDE[abuse]


@pytest.mark.parametrize("abuse", ORDERS)
def test_the_careful_are_found_in_part(abuse: str) -> None:
    world = shop_with(abuse, 150, 1.0, seed=22)
    outcome = outcome_of(world)
    precision, recall = marks(world, outcome, abuse)
    assert abuse in found(outcome)
    assert precision >= 0.95
    assert recall >= CAREFUL[abuse]


@pytest.mark.parametrize("care", [0.0, 1.0])
def test_sales_under_cost_are_found_whatever_was_declared(care: float) -> None:
    world, _, orders = room(seed=23, orders=500)
    staged.under_cost(world, 0.2, care, orders)
    after_sales.fulfil(world, orders)
    outcome = outcome_of(world)
    assert marks(world, outcome, "below_cost") == (1.0, 1.0)
    assert outcome.document["lines"]["below_cost_loss_fen"] > 0
    assert outcome.document["verified"]["orders"] == 500, "they stay in the figures"


@pytest.mark.parametrize("farm", ["server_farm", "phone_farm", "page_loaders"])
def test_every_kind_of_crude_farm_is_found(farm: str) -> None:
    world, _, _ = room(seed=24, sessions=4000)
    made = getattr(bought_viewers, farm)(world, 700)
    world.label("session", made["session_id"], "injected_traffic", "crude")
    outcome = outcome_of(world)
    precision, recall = marks(world, outcome, "injected_traffic")
    assert precision >= 0.95
    assert recall >= 0.9


@pytest.mark.parametrize("tells", [{"pool", "idle"}, {"carrier", "idle"}])
def test_a_farm_with_aged_accounts_and_believable_media_is_found_by_what_it_shares(tells: set[str]) -> None:
    world, _, _ = room(seed=24, sessions=4000)
    made = bought_viewers.careful_farm(world, 900, tells)
    world.label("session", made["session_id"], "injected_traffic", "careful")
    precision, recall = marks(world, outcome_of(world), "injected_traffic")
    assert precision >= 0.95
    assert recall >= 0.5


@pytest.mark.parametrize(("care", "least"), [(0.0, 0.95), (1.0, 0.6)])
def test_an_army_is_found_by_the_lines_that_it_shares(care: float, least: float) -> None:
    world, watched, _ = room(seed=26)
    chat.chatter(world, watched, 900)
    paid_praise.paid_praise(world, 260, care)
    precision, recall = marks(world, outcome_of(world), "water_army")
    assert precision >= 0.95
    assert recall >= least


def test_an_empty_parcel_signed_at_once_is_one_abuse_and_not_two() -> None:
    world = shop_with("second_signing", 150, 0.0, seed=27)
    assert found(outcome_of(world)) == {"second_signing"}


def test_apportioned_orders_are_a_line_of_their_own_and_nobody_is_shown() -> None:
    world = shop_with("apportionment", 150, 0.0, seed=28)
    document = outcome_of(world).document
    mine = [finding for finding in document["findings"] if finding["abuse"] == "apportionment"]
    assert mine
    assert all(finding["exhibits"] == [] for finding in mine)
    assert document["lines"]["apportioned_orders"] == document["removed"]["apportionment"]
