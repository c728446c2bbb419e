"""Honest things that look strange: none of them may be called anything but honest."""

from collections.abc import Callable

import numpy as np
import pytest

from bench.integrity import after_sales, chat, odd_buyers, odd_goods, odd_viewers
from bench.integrity.crowd import people, watch
from bench.integrity.draws import full, taken
from bench.integrity.world import World, announce
from tests.disclosure.integrity.rooms import flagged_of_trap, found, outcome_of, room

VIEWERS = {
    "signup_drive": odd_viewers.drive,
    "county_phones": odd_viewers.county_phones,
    "village_tv": odd_viewers.televisions,
    "office_proxy": odd_viewers.office,
    "audio_only": odd_viewers.listeners,
    "shared_tablet": odd_viewers.tablets,
    "weak_network": odd_viewers.weak_places,
    "silent_fans": odd_viewers.silent_fans,
}
BUYERS = {
    "canteen_declared": odd_buyers.canteen,
    "canteen_undeclared": odd_buyers.canteen,
    "village_agent": odd_buyers.village_agent,
    "daughter_pays": odd_buyers.daughter,
    "family_nat": odd_buyers.family,
    "staff_tester": odd_buyers.testers,
    "preview_carts": odd_buyers.preview,
    "local_pride": odd_buyers.pride,
    "voluntary_appeal": odd_buyers.appeal,
    "quick_buyers": odd_buyers.tech_buyers,
}
PARCELS = ("split", "local", "stand", "batch", "backfilled", "air", "early_press", "forwarded")


def until_made(world: World, name: str, make: Callable[[World, float], None]) -> None:
    """Some traps are dice themselves (declared or not): throw until there is one of this name."""
    for _ in range(12):
        make(world, 1.0)
        if any(trap == name for _, trap, _ in world.traps):
            return


@pytest.mark.parametrize("name", VIEWERS)
def test_strange_viewers_are_people(name: str) -> None:
    world, _, _ = room(seed=3)
    VIEWERS[name](world, 0.8)
    outcome = outcome_of(world)
    assert found(outcome) == set()
    assert flagged_of_trap(world, outcome, name) == 0


def test_an_idle_office_on_a_carrier_of_its_own_is_an_office() -> None:
    world, _, _ = room(seed=16, sessions=4000)
    who = people(world, 60)
    given = {"asn": full(60, 777), "ip_prefix": full(60, 888), "ip_id": full(60, 999), "interactions": full(60, 0)}
    made = watch(world, who, ip_class=full(60, "office"), **given)
    world.trap("session", made["session_id"], "idle_office")
    outcome = outcome_of(world)
    assert found(outcome) == set()
    assert flagged_of_trap(world, outcome, "idle_office") == 0


@pytest.mark.parametrize("name", ["carrier_nat", "push_spike", "newcomers", "vpn"])
def test_ordinary_crowds_are_people(name: str) -> None:
    world, _, _ = room(seed=4, sessions=4000)
    outcome = outcome_of(world)
    assert found(outcome) == set()
    assert flagged_of_trap(world, outcome, name) == 0


@pytest.mark.parametrize("name", BUYERS)
def test_strange_buyers_buy(name: str) -> None:
    world, _, orders = room(seed=5, orders=400)
    after_sales.fulfil(world, orders)
    until_made(world, name, BUYERS[name])
    outcome = outcome_of(world)
    assert found(outcome) == set()
    assert flagged_of_trap(world, outcome, name) == 0


@pytest.mark.parametrize("name", PARCELS)
def test_strange_parcels_arrive(name: str) -> None:
    world, _, orders = room(seed=6, orders=300)
    mine = np.arange(300) < 120
    after_sales.ODD[name](world, taken(orders, mine))
    world.trap("order", orders["order_id"][mine], name)
    after_sales.fulfil(world, taken(orders, ~mine))
    outcome = outcome_of(world)
    assert found(outcome) == set()
    assert flagged_of_trap(world, outcome, name) == 0


@pytest.mark.parametrize("name", ["loss_leader", "clearance", "cheap_grower"])
def test_low_prices_with_a_reason_are_no_loss(name: str) -> None:
    world, _, orders = room(seed=7, orders=400)
    after_sales.fulfil(world, orders)
    getattr(odd_goods, name)(world, 400)
    outcome = outcome_of(world)
    assert found(outcome) == set()
    assert flagged_of_trap(world, outcome, name) == 0


@pytest.mark.parametrize("reason", ["other", "wrong_item"])
def test_a_seller_who_cancels_cycles_nothing(reason: str) -> None:
    world, _, orders = room(seed=8, orders=300)
    mine = np.arange(300) < 60
    after_sales.seller_cancels(world, taken(orders, mine), reason)
    after_sales.fulfil(world, taken(orders, ~mine))
    assert found(outcome_of(world)) == set()


def test_spoiled_fruit_is_a_matter_of_fruit() -> None:
    world, _, orders = room(seed=9, orders=400)
    after_sales.late_spoiled(world, orders)
    outcome = outcome_of(world)
    assert found(outcome) == set()
    assert outcome.document["verified"]["orders"] == 400


def test_a_price_that_falls_is_bought_again() -> None:
    world, _, orders = room(seed=10, orders=400)
    mine = np.arange(400) < 60
    odd_buyers.cheaper_again(world, taken(orders, mine))
    after_sales.fulfil(world, taken(orders, ~mine))
    outcome = outcome_of(world)
    assert found(outcome) == set()


def test_second_thoughts_are_nobodys_business() -> None:
    world, _, orders = room(seed=11, orders=400)
    mine = np.arange(400) < 11
    after_sales.second_thoughts(world, taken(orders, mine))
    after_sales.fulfil(world, taken(orders, ~mine))
    outcome = outcome_of(world)
    assert found(outcome) == set()
    assert outcome.document["verified"]["orders"] == 400


@pytest.mark.parametrize("name", ["superfan", "hometown", "grateful", "slogan", "short_lines"])
def test_praise_is_lawful_speech(name: str) -> None:
    world, watched, _ = room(seed=12)
    announce(world, (world.start + world.end) // 2, "slogan_prompt", "书记辛苦了，家乡加油")
    chat.chatter(world, watched, 900)
    chat.superfan(world)
    chat.hometown(world, 1.0)
    chat.grateful(world, 1.0)
    outcome = outcome_of(world)
    assert found(outcome) == set()
    assert flagged_of_trap(world, outcome, name) == 0
