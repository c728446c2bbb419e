"""Honest crowds and bought ones that only another market has: classes on one set of tablets, players on other sites."""

from collections.abc import Callable

import numpy as np
import pytest

from bench.integrity.draws import full, size
from bench.integrity.elsewhere import honest, talk
from bench.integrity.elsewhere.cheats import cycled, played
from bench.integrity.elsewhere.town import Town, crowd, new_town
from bench.integrity.elsewhere.trade import buy, give_back, sales, send, settle, stock, watchers
from bench.integrity.world import HOUR
from tests.disclosure.integrity.rooms import flagged_of_trap, found, marks, outcome_of

Watchers = Callable[[Town, float], None]


def town(seed: int, sessions: int = 3000, orders: int = 250) -> Town:
    """A broadcast of the other market with an honest crowd that watches, buys and talks."""
    made = new_town(seed)
    stock(made)
    members, stays = crowd(made, sessions)
    settle(made, sales(made, members, stays, orders))
    talk.talk(made, stays, 500)
    return made


@pytest.mark.parametrize(
    ("trap", "name"),
    [
        (honest.lesson, "signup_drive"),
        (honest.embedded, "embedded_player"),
        (honest.issued_phones, "county_phones"),
        (honest.halls, "village_tv"),
        (honest.mountains, "weak_network"),
    ],
    ids=["lesson", "embedded", "issued_phones", "halls", "mountains"],
)
def test_a_crowd_that_shares_much_and_is_honest_is_not_accused(trap: Watchers, name: str) -> None:
    made = town(61)
    trap(made, 2.0)
    outcome = outcome_of(made.world)
    assert found(outcome) == set()
    assert flagged_of_trap(made.world, outcome, name) == 0


EXTREMES = {
    "hardly_anybody_taps": {"silent": 0.99},
    "nearly_all_are_guests": {"guests": 0.93},
    "a_platform_of_this_spring": {"fresh": 0.8, "age_days": 30.0, "bought": 0.1},
    "phones_that_report_no_loss": {"dark": 0.0, "lossless": 1.0, "silent": 0.95},
    "one_picture_for_all": {"ladder_noise": 0.003},
    "one_mast_for_all": {"mobile": 0.99, "nat_users": 3000.0},
    "slow_sellers": {"unsent": 0.05, "thoughts": 0.028},
}


@pytest.mark.parametrize("habits", EXTREMES.values(), ids=EXTREMES)
def test_an_honest_crowd_of_extreme_habits_is_not_accused(habits: dict[str, float]) -> None:
    made = new_town(67)
    made.rates |= habits
    stock(made)
    members, stays = crowd(made, 2500)
    settle(made, sales(made, members, stays, 220))
    honest.odd_people(made, 0.5, 0.5)
    talk.talk(made, stays, 400)
    assert found(outcome_of(made.world)) == set()


def test_a_union_that_changes_its_mind_cycles_nothing() -> None:
    made = town(62)
    who, at = watchers(made, 30)
    who["payer_id"], who["address_id"] = full(30, int(who["payer_id"][0])), full(30, int(who["address_id"][0]))
    orders = buy(made, who, at)
    give_back(made, orders, full(size(orders), made.world.end + HOUR))
    assert found(outcome_of(made.world)) == set()


def test_an_agent_whose_parcels_nobody_weighed_is_an_agent() -> None:
    made = town(63)
    who, at = watchers(made, 25)
    for name in ("payer_id", "device_id", "address_id", "consignee_id"):
        who[name] = full(25, int(who[name][0]))
    send(made, buy(made, who, np.sort(at)), weight_g=full(25, -1))
    assert found(outcome_of(made.world)) == set()


def test_refunds_slowly_spread_over_days_are_found_by_the_ring_that_kept_nothing() -> None:
    made = town(64)
    cycled(made, 40, 1.0)
    precision, recall = marks(made.world, outcome_of(made.world), "refund_cycling")
    assert precision >= 0.95
    assert recall >= 0.6


def test_two_plays_of_one_broadcast_are_both_found() -> None:
    made = town(65)
    played(made, 90, 0.5)
    precision, recall = marks(made.world, outcome_of(made.world), "rehearsed")
    assert precision >= 0.95
    assert recall >= 0.75


def test_praisers_made_in_one_night_are_found_though_each_has_lines_of_its_own() -> None:
    made = town(66)
    talk.paid(made, 60, 0.0)
    precision, recall = marks(made.world, outcome_of(made.world), "water_army")
    assert precision >= 0.95
    assert recall >= 0.7
