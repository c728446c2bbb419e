"""What honest buyers, couriers and sellers do after the order: second thoughts, spoiled fruit, odd but real parcels."""

import numpy as np

from bench.integrity.draws import Array, Block, chance, full, size, taken
from bench.integrity.trade import refund, ship
from bench.integrity.world import HOUR, MINUTE, World


def fulfil(world: World, orders: Block) -> None:
    """Ship what is to be shipped; give back what is given back."""
    dice, habits, count = world.dice, world.habits, size(orders)
    dice_of = dice.random(count)
    thoughts = dice_of < habits.second_thoughts
    never = (dice_of >= habits.second_thoughts) & (dice_of < habits.second_thoughts + habits.unshipped)
    second_thoughts(world, taken(orders, thoughts))
    sent = taken(orders, ~thoughts & ~never)
    parcels = odd_parcels(world, sent)
    spoiled(world, sent, parcels, habits.spoiled)


def second_thoughts(world: World, orders: Block) -> None:
    """Full refunds before anything was sent, spread over a day or two, a few of them to buy again cheaper."""
    dice, count = world.dice, size(orders)
    if count == 0:
        return
    at = orders["created_ms"] + (dice.exponential(7, count) * HOUR).astype(np.int64) + MINUTE
    reasons = np.array(["changed_mind", "duplicate", "other", "wrong_item"], dtype=object)
    refund(world, orders, at, 1.0, reason=dice.choice(reasons, count, p=[0.55, 0.2, 0.15, 0.1]))
    world.trap("order", orders["order_id"], "second_thoughts")


def spoiled(world: World, orders: Block, parcels: Block, share: float, sku: int | None = None) -> None:
    """Fruit that arrived bad: after the signature, with a photo, mostly a part of the money."""
    dice = world.dice
    bad = chance(dice, size(orders), share) & (parcels["signed_ms"] > 0)
    if sku is not None:
        hot = (orders["sku"] == sku) & (parcels["signed_ms"] > 0)
        bad = hot & chance(dice, size(orders), float(dice.uniform(0.3, 0.6)))
    mine, count = taken(orders, bad), int(bad.sum())
    if count == 0:
        return
    at = parcels["signed_ms"][bad] + (dice.exponential(14, count) * HOUR).astype(np.int64) + 10 * MINUTE
    part = np.where(chance(dice, count, 0.25), 1.0, dice.uniform(0.1, 0.7, count))
    reasons = np.array(["spoiled", "damaged", "not_as_described"], dtype=object)
    refund(
        world,
        mine,
        at,
        part,
        reason=dice.choice(reasons, count, p=[0.75, 0.15, 0.1]),
        has_photo=chance(dice, count, 0.93).astype(np.int64),
    )
    world.trap("order", mine["order_id"], "spoiled")


def odd_parcels(world: World, orders: Block) -> Block:
    """Parcels of these orders: mostly plain, some of every odd kind that honest carriers know."""
    dice, count = world.dice, size(orders)
    odds = dice.uniform(0.0, 0.03, 8)
    kind = np.searchsorted(np.cumsum(odds), dice.random(count))
    made = []
    names = ("split", "local", "stand", "batch", "backfilled", "air", "early_press", "forwarded")
    for number, name in enumerate(names):
        mine = taken(orders, kind == number)
        if size(mine):
            made.append((ODD[name](world, mine), np.flatnonzero(kind == number)))
            world.trap("order", mine["order_id"], name)
    plain = np.flatnonzero(kind == len(names))
    made.append((ship(world, taken(orders, plain)), plain))
    order = np.concatenate([where for _, where in made])
    whole = {name: np.concatenate([block[name] for block, _ in made]) for name in made[0][0]}
    return taken(whole, np.argsort(order))


def _split(world: World, orders: Block) -> Block:
    """Part of the goods in a second box; sometimes the second box has a waybill of its own."""
    dice, count = world.dice, size(orders)
    grams = world.skus["unit_weight_g"][orders["sku"]] * orders["qty"]
    part = dice.uniform(0.4, 0.75, count)
    first = ship(world, orders, weight_g=(grams * part + 150).astype(np.int64))
    both = chance(dice, count, 0.5)
    if both.any():
        rest = grams[both] * (1 - part[both]) + 150
        ship(world, taken(orders, both), weight_g=rest.astype(np.int64))
    return first


def _local(world: World, orders: Block) -> Block:
    """Delivered the same day in the county by one who fetched it himself."""
    dice, count = world.dice, size(orders)
    label = orders["created_ms"] + dice.integers(15 * MINUTE, 5 * HOUR, count)
    pickup = label + dice.integers(2 * MINUTE, 2 * HOUR, count)
    km = dice.uniform(1, 35, count)
    signed = pickup + (km * 2.2 * MINUTE).astype(np.int64) + dice.integers(6 * MINUTE, 3 * HOUR, count)
    return ship(
        world,
        orders,
        label_ms=label,
        pickup_ms=pickup,
        signed_ms=signed,
        route_km=km,
        n_scans=dice.integers(2, 4, count),
    )


def _stand(world: World, orders: Block) -> Block:
    """Taken along at the stand beside the stage, minutes after paying."""
    dice, count = world.dice, size(orders)
    label = orders["created_ms"] + dice.integers(1 * MINUTE, 20 * MINUTE, count)
    pickup = label + dice.integers(0, 3 * MINUTE, count)
    return ship(
        world,
        orders,
        label_ms=label,
        pickup_ms=pickup,
        signed_ms=pickup + dice.integers(10_000, 5 * MINUTE, count),
        n_scans=dice.integers(1, 3, count),
        route_km=dice.uniform(0, 2, count),
        sign_km=np.zeros(count),
        sign_kind=full(count, "self_pickup"),
    )


def _batch(world: World, orders: Block) -> Block:
    """A village station that scans its dozens in one go, days after they left."""
    dice, count = world.dice, size(orders)
    pickup = orders["created_ms"] + dice.integers(6 * HOUR, 30 * HOUR, count)
    at = int(pickup.max()) + int(dice.integers(40, 90)) * HOUR
    return ship(
        world,
        orders,
        label_ms=pickup - dice.integers(HOUR, 5 * HOUR, count),
        pickup_ms=pickup,
        signed_ms=at + dice.integers(0, 60_000, count),
        courier_id=full(count, int(dice.integers(1, 9)) + 5_000_000),
        sign_kind=full(count, "station"),
    )


def _backfilled(world: World, orders: Block) -> Block:
    """The first scan was forgotten and made up for at the door: days after the label, with the usual scans."""
    dice, count = world.dice, size(orders)
    label = orders["created_ms"] + dice.integers(2 * HOUR, 20 * HOUR, count)
    signed = label + dice.integers(40 * HOUR, 110 * HOUR, count)
    pickup = signed - dice.integers(5_000, 4 * MINUTE, count)
    return ship(world, orders, label_ms=label, pickup_ms=pickup, signed_ms=signed, n_scans=dice.integers(4, 10, count))


def _air(world: World, orders: Block) -> Block:
    """Air express: a thousand kilometres and more overnight."""
    dice, count = world.dice, size(orders)
    km = dice.uniform(600, 2600, count)
    label = orders["created_ms"] + dice.integers(30 * MINUTE, 8 * HOUR, count)
    pickup = label + dice.integers(20 * MINUTE, 3 * HOUR, count)
    hours = 9 + km / 550 + dice.exponential(6, count)
    return ship(
        world,
        orders,
        label_ms=label,
        pickup_ms=pickup,
        signed_ms=pickup + (hours * HOUR).astype(np.int64),
        route_km=km,
        n_scans=dice.integers(5, 11, count),
    )


def _early_press(world: World, orders: Block) -> Block:
    """The courier presses “signed” on loading the van, some hours and tens of kilometres too early."""
    dice, count = world.dice, size(orders)
    parcels = ship(world, orders, sign_km=dice.uniform(1, 45, count))
    parcels["signed_ms"] = np.where(
        parcels["signed_ms"] > 0, parcels["signed_ms"] - dice.integers(HOUR, 5 * HOUR, count), -1
    )
    parcels["signed_ms"] = np.where(
        parcels["signed_ms"] > 0, np.maximum(parcels["signed_ms"], parcels["pickup_ms"] + 4 * HOUR), -1
    )
    return parcels


def _forwarded(world: World, orders: Block) -> Block:
    """A gift sent on to another town: signed far from the address on the label, in its own time."""
    return ship(world, orders, sign_km=world.dice.uniform(20, 900, size(orders)))


ODD = {
    "split": _split,
    "local": _local,
    "stand": _stand,
    "batch": _batch,
    "backfilled": _backfilled,
    "air": _air,
    "early_press": _early_press,
    "forwarded": _forwarded,
}


def seller_cancels(world: World, orders: Block, reason: str = "other") -> None:
    """Sold out, or a region that cannot be reached: the seller gives the money back in one go after the close."""
    count = size(orders)
    at: Array = world.end + world.dice.integers(10 * MINUTE, 2 * HOUR, count)
    refund(world, orders, at, 1.0, reason=full(count, reason), initiator=full(count, "seller"))


def late_spoiled(world: World, orders: Block) -> None:
    """One product on a hot route arrives bad in a third to half of its parcels."""
    parcels = odd_parcels(world, orders)
    spoiled(world, orders, parcels, 0.0, sku=int(np.bincount(orders["sku"]).argmax()))
