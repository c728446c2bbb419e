"""Orders that were placed to be counted: brushed, given back at once, or signed for without a journey."""

import numpy as np

from bench.integrity.crowd import people, watch
from bench.integrity.draws import Array, Block, chance, full, size, split, spread, taken
from bench.integrity.odd_buyers import viewers_who_buy
from bench.integrity.trade import buy, refund, ship
from bench.integrity.world import DAY, HOUR, MINUTE, World


def _hands(world: World, count: int, aged: bool) -> Block:
    """The accounts of a ring: a few people behind many accounts, payers and addresses."""
    dice = world.dice
    if aged:
        who = people(
            world,
            count,
            created_ms=world.start - dice.integers(60 * DAY, 900 * DAY, count),
            orders_365d=dice.integers(0, 8, count),
        )
    else:
        at = world.start - int(dice.integers(3, 15 * 24)) * HOUR
        made = at + dice.integers(0, int(dice.integers(1, 6)) * HOUR, count)
        who = people(world, count, created_ms=made, orders_365d=full(count, 0), watch_30d=full(count, 0))
    per = dice.integers(5, 16)
    for name, odds in (("payer_id", 0.9), ("consignee_id", 0.6), ("device_id", 0.7)):
        if dice.random() < (odds if not aged else odds - 0.15):
            few = who[name][: max(1, count // int(per))]
            who[name] = dice.choice(few, count)
    return who


def _moments(world: World, count: int, waves: bool) -> Array:
    """Orders in waves that no flash sale explains, or spread over the show."""
    dice, length = world.dice, world.end - world.start
    if not waves:
        return world.start + (dice.uniform(0.03, 0.97, count) * length).astype(np.int64)
    centres = world.start + (dice.uniform(0.1, 0.9, int(dice.integers(1, 5))) * length).astype(np.int64)
    return np.minimum(dice.choice(centres, count) + dice.integers(0, 100_000, count), world.end - 1000)


def brushed(world: World, count: int, care: float) -> None:
    """False orders, a share `care` of them with aged accounts, real parcels and a pretence of watching."""
    for careful, total in ((False, count - int(count * care)), (True, int(count * care))):
        for number in split(world.dice, total, int(world.dice.integers(1, 4))) if total else []:
            orders = _careful_ring(world, number) if careful else _crude_ring(world, number)
            world.label("order", orders["order_id"], "false_order", "careful" if careful else "crude")


def _crude_ring(world: World, count: int) -> Block:
    """Fresh accounts, a glance at the page, empty parcels or none at all."""
    dice = world.dice
    who = _hands(world, count, aged=False)
    if dice.random() < 0.3:
        few = max(1, count // int(dice.integers(6, 30)))
        who = taken(who, np.sort(dice.integers(0, few, count)))
    at = _moments(world, count, waves=dice.random() < 0.7)
    glance = chance(dice, count, 0.3)
    if glance.any():
        watch(world, taken(who, glance), at[glance] - 9_000, dice.integers(4_000, 14_000, int(glance.sum())))
    entry = "private_link" if dice.random() < 0.6 else "live_card"
    dwell = dice.integers(300, 4500, count)
    orders = buy(
        world, who, at, entry=full(count, entry), page_view_ms=dwell, cart_ms=at - dice.integers(500, 4000, count)
    )
    if dice.random() < 0.65:
        ship(world, orders, weight_g=dice.integers(15, 220, count))
    elif dice.random() < 0.5:
        sent = chance(dice, count, 0.3)
        ship(world, taken(orders, sent), weight_g=dice.integers(15, 220, int(sent.sum())))
    return orders


def _careful_ring(world: World, count: int) -> Block:
    """Aged accounts, some minutes of watching, parcels with something of the right weight in most of them."""
    dice = world.dice
    who = _hands(world, count, aged=True)
    at = _moments(world, count, waves=dice.random() < 0.3)
    stay = (spread(dice, count, 100, 0.9) * 1000).astype(np.int64) + 8_000
    watch(world, who, np.maximum(at - (stay * 0.8).astype(np.int64), world.start), stay)
    entry = dice.choice(np.array(["private_link", "live_card", "share_link"], dtype=object), count, p=[0.45, 0.4, 0.15])
    orders = buy(world, who, at, entry=entry, page_view_ms=spread(dice, count, 6_000, 0.8).astype(np.int64))
    empty = chance(dice, count, dice.uniform(0.0, 0.6))
    if empty.any():
        ship(world, taken(orders, empty), weight_g=dice.integers(30, 400, int(empty.sum())))
    if (~empty).any():
        ship(world, taken(orders, ~empty))
    return orders


def cycled(world: World, count: int, care: float) -> None:
    """Orders given back whole before anything was sent."""
    for careful, total in ((False, count - int(count * care)), (True, int(count * care))):
        for number in split(world.dice, total, int(world.dice.integers(1, 3))) if total else []:
            orders = _cycle(world, number, careful)
            world.label("order", orders["order_id"], "refund_cycling", "careful" if careful else "crude")


def _cycle(world: World, count: int, careful: bool) -> Block:
    """A few accounts many times, or many accounts once; all at once after the close, or slowly over days."""
    dice = world.dice
    who = _hands(world, count, aged=careful)
    if not careful and dice.random() < 0.6:
        few = max(1, count // int(dice.integers(5, 60)))
        who = taken(who, np.sort(dice.integers(0, few, count)))
    at = _moments(world, count, waves=not careful)
    stay = dice.integers(5_000, 90_000, count) if not careful else (spread(dice, count, 180, 0.8) * 1000).astype(int)
    watch(world, who, np.maximum(at - stay, world.start), stay + 5_000)
    entry = dice.choice(np.array(["private_link", "live_card"], dtype=object), count, p=[0.5, 0.5])
    dwell = dice.integers(500, 5000, count) if not careful else spread(dice, count, 9_000, 0.8).astype(np.int64)
    orders = buy(world, who, at, entry=entry, page_view_ms=dwell)
    burst = world.end + int(dice.integers(5, 240)) * MINUTE + dice.integers(0, 40 * MINUTE, count)
    slow = np.maximum(at + 10 * MINUTE, world.end) + (dice.uniform(0, dice.uniform(1, 5), count) * DAY).astype(np.int64)
    when = slow if careful and dice.random() < 0.6 else burst
    reasons = np.array(["changed_mind", "other", "duplicate"], dtype=object)
    refund(world, orders, when, 1.0, reason=dice.choice(reasons, count, p=[0.7, 0.2, 0.1]))
    return orders


def signed_at_once(world: World, count: int, care: float) -> None:
    """Received, says the record, though the parcel cannot have been there."""
    for careful, total in ((False, count - int(count * care)), (True, int(count * care))):
        if total == 0:
            continue
        who, at = viewers_who_buy(world, total)
        orders = buy(world, who, at)
        (_careful_signature if careful else _crude_signature)(world, orders)
        world.label("order", orders["order_id"], "second_signing", "careful" if careful else "crude")


def _crude_signature(world: World, orders: Block) -> None:
    """Printed, fetched and signed within minutes, one courier for all, often an empty bag."""
    dice, count = world.dice, size(orders)
    label = np.maximum(orders["created_ms"], world.end) + dice.integers(10 * MINUTE, 20 * HOUR, count)
    pickup = label + dice.integers(MINUTE, 40 * MINUTE, count)
    given: Block = {
        "label_ms": label,
        "pickup_ms": pickup,
        "signed_ms": pickup + dice.integers(3_000, 4 * MINUTE, count),
        "n_scans": dice.integers(1, 4, count),
        "route_km": dice.uniform(60, 2200, count),
        "sign_kind": full(count, str(dice.choice(["recipient", "reception", "other"]))),
    }
    if dice.random() < 0.5:
        given["weight_g"] = dice.integers(15, 250, count)
    if dice.random() < 0.6:
        given["sign_km"] = given["route_km"] * dice.uniform(0.9, 1.0, count)
    if dice.random() < 0.6:
        given["courier_id"] = full(count, 6_000_001)
        at = np.sort(given["label_ms"])[-1] + int(dice.integers(1, 5)) * HOUR
        given["pickup_ms"] = at + dice.integers(0, 60_000, count)
        given["signed_ms"] = given["pickup_ms"] + dice.integers(5_000, 90_000, count)
    ship(world, orders, **given)


def _careful_signature(world: World, orders: Block) -> None:
    """Signed after some hours, with a scan or two more; still faster than any journey, or far from the door."""
    dice, count = world.dice, size(orders)
    km = dice.uniform(250, 2400, count)
    label = orders["created_ms"] + dice.integers(HOUR, 24 * HOUR, count)
    pickup = label + dice.integers(20 * MINUTE, 4 * HOUR, count)
    hours = dice.uniform(1.0, 5.0, count) + km / 1500
    given: Block = {
        "label_ms": label,
        "pickup_ms": pickup,
        "signed_ms": pickup + (hours * HOUR).astype(np.int64),
        "n_scans": dice.integers(2, 5, count),
        "route_km": km,
    }
    if dice.random() < 0.5:
        given["sign_km"] = km * dice.uniform(0.6, 1.0, count)
    ship(world, orders, **given)
