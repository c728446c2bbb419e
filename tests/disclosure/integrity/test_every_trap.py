"""Every honest trap of the integrity design, in both markets: each is made, and hardly anything of it is flagged."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from bench.integrity import odd_buyers
from bench.integrity.draws import full, taken
from bench.integrity.elsewhere.scenarios import simulate as elsewhere
from bench.integrity.files import token
from bench.integrity.scenarios import simulate as market
from bench.integrity.trade import buy, ship
from bench.integrity.world import World
from services.disclosure.integrity.engine import Outcome
from tests.disclosure.integrity.rooms import found, outcome_of, room

# Section 3 of the design, detector by detector. Ordinary coupons, vouchers, a box at fifty yuan and unknown places of
# signature are in every order and have tests of their own below.
TRAPS = {
    "injected_traffic": (
        *("carrier_nat", "push_spike", "newcomers", "signup_drive", "county_phones", "village_tv", "office_proxy"),
        *("vpn", "audio_only", "weak_network", "shared_tablet"),
    ),
    "false_order": (
        *("flash_sale", "canteen_declared", "canteen_undeclared", "village_agent", "daughter_pays", "family_nat"),
        *("gift_address", "split", "parcel_lost", "presale_cart"),
    ),
    "refund_cycling": ("spoiled", "second_thoughts", "price_drop_rebuy", "sold_out", "undeliverable"),
    "second_signing": ("local", "stand", "batch", "backfilled", "air", "early_press", "forwarded"),
    "rehearsed": ("staff_tester", "presale_cart", "preview_carts", "flash_sale"),
    "below_cost": ("loss_leader", "clearance", "cheap_grower"),
    "apportionment": ("canteen_declared", "voluntary_appeal", "local_pride"),
    "water_army": ("superfan", "slogan", "hometown", "short_lines"),
}
EVERY = sorted({(abuse, trap) for abuse, traps in TRAPS.items() for trap in traps})
MARKETS: dict[str, Callable[..., World]] = {"market": market, "elsewhere": elsewhere}
SEEDS = (8001, 8002, 8003, 8004)


@cache
def broadcasts(name: str) -> list[tuple[World, Outcome]]:
    """A few honest broadcasts of a market, examined once for all traps."""
    worlds = [MARKETS[name]("honest_groupbuy", seed, scale=0.15) for seed in SEEDS]
    return [(world, outcome_of(world)) for world in worlds]


@pytest.mark.parametrize("market_name", MARKETS)
def test_honest_broadcasts_with_every_trap_in_them_are_not_accused(market_name: str) -> None:
    for _, outcome in broadcasts(market_name):
        assert found(outcome) == set()


@pytest.mark.parametrize(("abuse", "trap"), EVERY)
def test_nothing_of_a_trap_is_flagged_in_either_market(abuse: str, trap: str) -> None:
    made = 0
    for name in MARKETS:
        for world, outcome in broadcasts(name):
            items = {
                (entity, int(each))
                for entity, label, ids in world.traps
                if label == trap
                for each in token(ids, entity, world.seed).tolist()
            }
            said = set(outcome.flags.select("entity", "id", "abuse").iter_rows())
            made += len(items)
            assert not {(entity, item) for entity, item, flag in said if flag == abuse} & items
    assert made > 0, f"nobody made the trap {trap}"


def test_the_main_box_may_cost_exactly_what_a_quota_would_ask_for() -> None:
    world, _, _ = room(seed=71)
    world.skus["price_fen"][0] = 5000
    employer = int(world.new("employer", 1)[0])
    odd_buyers.add_employer(world, employer, world.county, 400)
    who, at = odd_buyers.viewers_who_buy(world, 40, employer_id=full(40, employer), home_div=full(40, world.county))
    ship(world, buy(world, who, at, full(40, 0), qty=full(40, 1)))
    assert found(outcome_of(world)) == set()


def test_colleagues_who_declare_a_group_purchase_are_a_group_purchase() -> None:
    world, _, _ = room(seed=72)
    employer, group = int(world.new("employer", 1)[0]), int(world.new("group", 1)[0])
    odd_buyers.add_employer(world, employer, world.county, 45)
    who, at = odd_buyers.viewers_who_buy(world, 40, employer_id=full(40, employer), home_div=full(40, world.county))
    ship(world, buy(world, who, at, full(40, 0), qty=full(40, 1), group_buy_id=full(40, group)))
    assert found(outcome_of(world)) == set()


def test_a_public_voucher_is_money_that_the_seller_receives() -> None:
    world, _, orders = room(seed=73)
    half = orders["qty"] * orders["unit_price_fen"] // 2
    orders["subsidy_fen"][:], orders["seller_discount_fen"][:] = half, 0
    orders["paid_fen"][:] = orders["qty"] * orders["unit_price_fen"] - half
    ship(world, orders)
    outcome = outcome_of(world)
    assert found(outcome) == set()
    assert outcome.document["lines"]["subsidy_fen"] == int(half.sum())


def test_a_place_of_signature_that_nobody_wrote_down_is_no_evidence() -> None:
    world, _, orders = room(seed=74)
    ship(world, orders, sign_km=np.full(len(orders["order_id"]), -1.0))
    assert found(outcome_of(world)) == set()


def test_a_parcel_that_is_late_or_lost_is_the_carriers_matter() -> None:
    world, _, orders = room(seed=75)
    late = np.arange(len(orders["order_id"])) < 40
    ship(world, taken(orders, late), signed_ms=full(40, -1), n_scans=full(40, 1))
    ship(world, taken(orders, ~late))
    assert found(outcome_of(world)) == set()
