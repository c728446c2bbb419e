"""Buyers who say that they were told to: a witness counts beside what the orders show, and never alone."""

import numpy as np
import polars as pl

from bench.integrity import odd_buyers, staged
from bench.integrity.draws import Array, full
from bench.integrity.witnesses import SPEAK, speak
from bench.integrity.world import World
from tests.disclosure.integrity.rooms import found, marks, outcome_of, room

ABUSE = "apportionment"


def without_papers(world: World) -> World:
    """Nothing was written, and nobody tells how many work anywhere."""
    world.tables.pop("notices", None)
    for block in world.tables["employers"]:
        block["headcount"] = full(len(block["headcount"]), -1)
    return world


def staff_made_to_buy() -> World:
    """Staff who had to buy, of which nothing but their orders tells."""
    world, _, _ = room(seed=28, sessions=1500)
    staged.made_to_buy(world, 120, 0.0)
    return without_papers(world)


def say_so(world: World, order_ids: set[int], every: int) -> World:
    """Every so many of the buyers behind these orders say that they were told to."""
    spoken = 0
    for block in world.tables["orders"]:
        mine = np.isin(block["order_id"], sorted(order_ids))
        places = spoken + np.cumsum(mine)
        block["told_to_buy"] = (mine & (places % every == 0)).astype(np.int64)
        spoken += int(mine.sum())
    return world


def labelled(world: World) -> set[int]:
    """The orders of those who had to buy."""
    return {int(each) for entity, name, _, ids in world.labels if (entity, name) == ("order", ABUSE) for each in ids}


def test_orders_that_tell_too_little_are_found_with_the_witnesses_beside_them() -> None:
    assert ABUSE not in found(outcome_of(staff_made_to_buy()))
    world = staff_made_to_buy()
    said = outcome_of(say_so(world, labelled(world), 3))
    (finding,) = [each for each in said.document["findings"] if each["abuse"] == ABUSE]
    assert "said_by_buyers" in {rule["id"] for rule in finding["rules"]}
    assert finding["exhibits"] == [], "witnesses are not shown"
    precision, recall = marks(world, said, ABUSE)
    assert (precision >= 0.95, recall >= 0.7) == (True, True), (precision, recall)


def test_a_voice_among_many_is_no_finding() -> None:
    world = staff_made_to_buy()
    assert ABUSE not in found(outcome_of(say_so(world, labelled(world), 40)))


def test_a_word_against_people_who_buy_as_others_do_is_no_finding() -> None:
    world, _, _ = room(seed=28, sessions=1500)
    odd_buyers.appeal(world, 1.0)
    without_papers(world)
    everybody = {int(each) for block in world.tables["orders"] for each in block["order_id"]}
    assert ABUSE not in found(outcome_of(say_so(world, everybody, 2)))


def test_in_the_measurement_only_those_who_had_to_buy_are_witnesses_and_only_others_lie() -> None:
    users = pl.DataFrame({"user_id": range(1, 401), "employer_id": [1 + number // 100 for number in range(400)]})
    orders = pl.DataFrame({"order_id": range(400), "user_id": range(1, 401)})
    made_to_buy = np.arange(100)
    said = {who: spoken(orders, users, made_to_buy, who) for who in SPEAK}
    assert said["nobody"] == set()
    assert said["witnesses"]
    assert said["witnesses"] < set(made_to_buy.tolist())
    assert len(said["liars"]) > 5
    assert not said["liars"] & set(made_to_buy.tolist())
    assert said["both"] == said["witnesses"] | said["liars"]


def spoken(orders: pl.DataFrame, users: pl.DataFrame, made_to_buy: Array, who: str) -> set[int]:
    """The orders whose buyers say so."""
    told = speak(orders, users, made_to_buy, np.random.default_rng(4), who)
    return set(told.filter(pl.col("told_to_buy") == 1)["order_id"].to_list())
