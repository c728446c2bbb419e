"""Viewers who are not people: crude farms, and operators who took care of most of what gives a farm away."""

import numpy as np

from bench.integrity.crowd import arrivals, guests, people, stays, watch
from bench.integrity.draws import Block, Dice, chance, full, size, split, spread
from bench.integrity.world import DAY, HOUR, MINUTE, World


def bought_viewers(world: World, count: int, care: float) -> None:
    """`count` injected stays, a share `care` of them by careful operators."""
    careful = int(count * care)
    crude = count - careful
    for number in split(world.dice, crude, int(world.dice.integers(1, 4))) if crude else []:
        kind = world.dice.choice(3)
        made = (server_farm, phone_farm, page_loaders)[kind](world, number)
        world.label("session", made["session_id"], "injected_traffic", "crude")
    for number in split(world.dice, careful, int(world.dice.integers(1, 4))) if careful else []:
        world.label("session", careful_farm(world, number)["session_id"], "injected_traffic", "careful")


def _pool(world: World, who: Block, pairs: int, dice: Dice) -> None:
    """Few models and versions instead of the many that people have."""
    own = dice.random() < 0.5
    models = world.new("model", pairs) if own else dice.choice(world.models, pairs, p=world.model_odds)
    versions = np.array([str(dice.choice(world.versions["android"][0])) for _ in range(pairs)], dtype=object)
    which = dice.choice(pairs, size(who))
    who["device_model"], who["app_version"] = models[which], versions[which]
    who["client"] = full(size(who), "android")


def _accounts(world: World, count: int, aged: bool) -> Block:
    """Accounts of an operator: fresh ones made in a few hours, or old ones that went from broadcast to broadcast."""
    dice = world.dice
    if aged:
        return people(
            world,
            count,
            created_ms=world.start - (dice.beta(1.5, 2, count) * 1000 * DAY).astype(np.int64) - 30 * DAY,
            watch_30d=dice.negative_binomial(3, 0.12, count),
            orders_365d=dice.choice([0, 1, 2, 3], count, p=[0.75, 0.15, 0.07, 0.03]),
        )
    at = world.start - int(dice.integers(3, 20 * 24)) * HOUR
    return people(
        world,
        count,
        created_ms=at + dice.integers(0, int(dice.integers(1, 5)) * HOUR, count),
        watch_30d=dice.integers(0, 4, count),
        orders_365d=full(count, 0),
        phone_bound=chance(dice, count, 0.4).astype(np.int64),
    )


def server_farm(world: World, count: int) -> Block:
    """Programs on hired servers: no pictures, all heartbeats, whole foreground, one length of stay, one exit."""
    dice = world.dice
    who = guests(world, count) if dice.random() < 0.5 else _accounts(world, count, aged=False)
    _pool(world, who, int(dice.integers(1, 4)), dice)
    prefixes = world.new("ip", max(2, count // int(dice.integers(25, 120))))
    prefix = dice.choice(prefixes, count) + 40_000_000
    together = world.end - int(dice.integers(2, 20)) * MINUTE
    length = int(dice.integers(5, 60)) * MINUTE
    join = np.minimum(arrivals(world, count), together - MINUTE)
    stay = np.where(dice.random() < 0.4, together - join, length) + dice.integers(0, 3000, count)
    rate = 0.0 if dice.random() < 0.6 else float(dice.uniform(60, 200))
    stay = np.minimum(stay, world.end - join + 1000)
    return watch(
        world,
        who,
        join,
        stay,
        heartbeats=(stay // 15_000).astype(np.int64),
        interactions=full(count, 0),
        foreground_ms=stay.astype(np.int64),
        rx_kb=(rate * stay / 1000 * dice.normal(1, 0.005, count)).astype(np.int64),
        ip_prefix=prefix,
        ip_id=prefix * 256 + dice.integers(1, 255, count),
        ip_class=full(count, "datacenter"),
        asn=full(count, int(world.new("asn", 1)[0])),
        referrer=full(count, str(dice.choice(["link", "search", "share"]))),
    )


def phone_farm(world: World, count: int) -> Block:
    """Racks of phones: several accounts on each, few models, all lit, nobody taps."""
    dice = world.dice
    who = _accounts(world, count, aged=False)
    _pool(world, who, int(dice.integers(1, 5)), dice)
    devices = world.new("device", max(2, count // int(dice.integers(3, 9))))
    who["device_id"] = dice.choice(devices, count)
    stay = (dice.normal(dice.uniform(8, 50), 0.6, count) * MINUTE).astype(np.int64)
    prefix = dice.choice(world.new("ip", max(1, count // 60)), count) + 50_000_000
    return watch(
        world,
        who,
        None,
        np.maximum(stay, MINUTE),
        heartbeats=(np.maximum(stay, MINUTE) // 15_000).astype(np.int64),
        interactions=full(count, 0),
        foreground_ms=np.maximum(stay, MINUTE),
        ip_prefix=prefix,
        ip_id=prefix * 256 + dice.integers(1, 5, count),
        ip_class=full(count, "residential"),
        asn=full(count, int(dice.choice(world.carriers))),
        referrer=full(count, "link"),
    )


def page_loaders(world: World, count: int) -> Block:
    """Scripts that only open the page, behind home addresses: no media at all, nothing on screen changes."""
    dice = world.dice
    who = guests(world, count) if dice.random() < 0.6 else _accounts(world, count, aged=False)
    _pool(world, who, int(dice.integers(2, 8)), dice)
    stay = (dice.uniform(2, 30) * MINUTE + dice.normal(0, 4000, count)).astype(np.int64)
    stay = np.maximum(stay, 40_000)
    return watch(
        world,
        who,
        None,
        stay,
        heartbeats=(stay // 15_000).astype(np.int64),
        interactions=full(count, 0),
        foreground_ms=stay,
        rx_kb=dice.integers(0, 60, count),
        ip_class=dice.choice(np.array(["residential", "mobile"], dtype=object), count),
    )


def tells_left(dice: Dice) -> set[str]:
    """What a careful operator overlooked: three to five of seven things, and now and then the hour of registration."""
    known = ["pool", "carrier", "referrer", "stay", "prefix", "devices", "idle"]
    tells = {str(each) for each in dice.choice(known, int(dice.integers(3, 6)), replace=False)}
    return tells | ({"cohort"} if dice.random() < 0.12 else set())


def careful_farm(world: World, count: int, tells: set[str] | None = None) -> Block:
    """Aged accounts, home addresses, believable media, losses and taps, and what was overlooked."""
    dice = world.dice
    tells = tells_left(dice) if tells is None else tells
    who = _accounts(world, count, aged="cohort" not in tells)
    _pool(world, who, int(dice.integers(4, 16)), dice) if "pool" in tells else None
    if "devices" in tells:
        who["device_id"] = dice.choice(world.new("device", max(2, count // int(dice.integers(3, 6)))), count)
    stay = stays(world, count)
    if "stay" in tells:
        stay = (spread(dice, count, dice.uniform(300, 1500), dice.uniform(0.1, 0.25)) * 1000).astype(np.int64)
    rate = spread(dice, count, float(dice.choice([45.0, 90.0, 160.0])), dice.uniform(0.08, 0.3))
    given: Block = {"rx_kb": (rate * stay / 1000).astype(np.int64)}
    loss = np.where(chance(dice, count, 0.4), 0.0, dice.beta(1.2, 14, count))
    given["heartbeats"] = (stay / 15_000 * (1 - loss)).astype(np.int64)
    given["foreground_ms"] = (stay * np.where(chance(dice, count, 0.5), 1.0, 1 - dice.beta(1, 6, count))).astype(int)
    if "idle" in tells:
        given["interactions"] = dice.poisson(0.05, count)
    if "carrier" in tells:
        given["asn"] = dice.choice(world.new("asn", int(dice.integers(1, 5))), count)
    if "referrer" in tells:
        given["referrer"] = full(count, str(dice.choice(["link", "search"])))
    prefixes = world.new(
        "ip", max(3, count // int(dice.integers(25, 70) if "prefix" in tells else dice.integers(2, 6)))
    )
    given["ip_prefix"] = dice.choice(prefixes, count) + 60_000_000
    given["ip_id"] = given["ip_prefix"] * 256 + dice.integers(1, 200, count)
    names = np.array(["residential", "mobile"], dtype=object)
    given["ip_class"] = dice.choice(names, count, p=[0.7, 0.3])
    return watch(world, who, None, stay, **given)
