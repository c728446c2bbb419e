"""People who exist, and their stays in the room when they behave as people do."""

import numpy as np

from bench.integrity.draws import Array, Block, chance, full, size, spread, taken
from bench.integrity.world import CLIENTS, DAY, HOUR, MINUTE, REFERRERS, World

_USERS = ("user_id", "created_ms", "phone_bound", "home_div", "employer_id", "watch_30d", "orders_365d")


def people(world: World, count: int, **given: Array) -> Block:
    """New accounts with a phone, a home network and an address each. What is given replaces what would be drawn."""
    made = {**_account(world, count), **_equipment(world, count), **given}
    world.add("users", {name: made[name] for name in _USERS})
    return made


def guests(world: World, count: int) -> Block:
    """People without an account."""
    return {**_account(world, count), **_equipment(world, count), "user_id": full(count, 0)}


def _account(world: World, count: int) -> Block:
    dice, habits = world.dice, world.habits
    new = chance(dice, count, habits.newcomers)
    old = world.start - (dice.beta(0.9, 1.4, count) * 1500 * DAY).astype(np.int64) - DAY
    fresh = world.start + (dice.normal(0.1, 0.6, count) * HOUR).astype(np.int64)
    bought = dice.negative_binomial(0.8, 0.12, count)
    local = chance(dice, count, habits.locals)
    elsewhere = dice.choice([310115, 320106, 330106, 340104, 370102, 440305, 510104, 110105], count)
    return {
        "user_id": world.new("user", count),
        "created_ms": np.where(new, np.minimum(fresh, world.end - MINUTE), old),
        "phone_bound": chance(dice, count, habits.bound_phone).astype(np.int64),
        "home_div": np.where(local, world.county, elsewhere).astype(np.int64),
        "employer_id": full(count, 0),
        "watch_30d": np.where(new, 0, dice.negative_binomial(0.9, 0.2, count)).astype(np.int64),
        "orders_365d": np.where(new, 0, bought).astype(np.int64),
    }


def _equipment(world: World, count: int) -> Block:
    dice = world.dice
    client = dice.choice(CLIENTS, count, p=[0.5, 0.22, 0.2, 0.08])
    version = np.empty(count, dtype=object)
    for name, (names, odds) in world.versions.items():
        mine = client == name
        version[mine] = dice.choice(names, int(mine.sum()), p=odds)
    return {
        "device_id": world.new("device", count),
        "device_model": dice.choice(world.models, count, p=world.model_odds),
        "client": client,
        "app_version": version,
        "home_ip": world.new("ip", count),
        "home_prefix": dice.integers(1, max(4, count // 3), count) + 10_000_000,
        "asn": dice.choice(world.carriers, count, p=world.carrier_odds),
        "address_id": world.new("address", count),
        "consignee_id": world.new("consignee", count),
        "payer_id": world.new("payer", count),
    }


def arrivals(world: World, count: int) -> Array:
    """When people come: some at the opening, some after each push, the rest over the show."""
    dice, length = world.dice, world.end - world.start
    kind = dice.random(count)
    opening = dice.exponential(4 * MINUTE, count)
    anywhere = dice.beta(1.0, 1.3, count) * length * 0.97
    at = np.where(kind < 0.25, opening, anywhere)
    if world.pushes:
        push = np.array(world.pushes)[dice.integers(0, len(world.pushes), count)] - world.start
        at = np.where(kind > 0.72, push + dice.exponential(70_000, count), at)
    return world.start + np.minimum(at, length * 0.98).astype(np.int64)


def stays(world: World, count: int) -> Array:
    """How long people stay, in ms: most a little, some for an hour."""
    dice, habits = world.dice, world.habits
    long = chance(dice, count, habits.long_stays)
    seconds = np.where(
        long, spread(dice, count, 1800, 0.6), spread(dice, count, habits.median_stay_s, dice.uniform(0.9, 1.4))
    )
    return (np.maximum(2.0, seconds) * 1000).astype(np.int64)


def watch(world: World, who: Block, join: Array | None = None, stay: Array | None = None, **given: Array) -> Block:
    """Stays in the room, one for each of `who`."""
    count = size(who)
    join = arrivals(world, count) if join is None else join
    stay = stays(world, count) if stay is None else stay
    leave = np.minimum(join + stay, world.end + world.dice.integers(0, 90_000, count))
    leave = np.maximum(leave, join + 1000)
    block: Block = {
        "session_id": world.new("session", count),
        "user_id": who["user_id"],
        "device_id": who["device_id"],
        "device_model": who["device_model"],
        "client": who["client"],
        "app_version": who["app_version"],
        **_network(world, who),
        "join_ms": join,
        "leave_ms": leave,
        **_behaviour(world, leave - join),
        "referrer": world.dice.choice(REFERRERS, count, p=[0.3, 0.34, 0.17, 0.12, 0.07]),
        **given,
    }
    return world.add("sessions", block)


def _network(world: World, who: Block) -> Block:
    """At home, on the move behind a carrier's shared address, at work, or through a hired server."""
    dice, count = world.dice, size(who)
    kind = dice.choice(4, count, p=[0.46, 0.455, 0.07, 0.015])
    shared = dice.choice(world.nat, count)
    ip = np.where(kind == 1, shared, who["home_ip"])
    prefix = np.where(kind == 1, shared // 3 + 20_000_000, who["home_prefix"])
    prefix = np.where(kind == 3, dice.integers(1, 40, count) + 30_000_000, prefix)
    names = np.array(["residential", "mobile", "office", "datacenter"], dtype=object)
    return {"ip_id": ip, "ip_prefix": prefix, "ip_class": names[kind], "asn": who["asn"]}


def _behaviour(world: World, stay: Array) -> Block:
    """What a person's phone reports of a stay."""
    dice, habits, count = world.dice, world.habits, len(stay)
    loss = np.where(chance(dice, count, habits.lossless), 0.0, dice.beta(1.2, 14, count))
    beats = np.maximum(0, np.floor(stay / 15_000 * (1 - loss))).astype(np.int64)
    shown = np.where(chance(dice, count, habits.still_foreground), 1.0, 1 - dice.beta(0.8, 3.5, count))
    lively = ~chance(dice, count, habits.silent)
    taps = np.where(lively, dice.poisson(0.4 + stay / 90_000 * dice.gamma(0.7, 1.5, count)), 0)
    tiers = dice.choice([45.0, 90.0, 160.0, 280.0], count, p=[0.25, 0.35, 0.28, 0.12])
    rate = tiers * spread(dice, count, 1.0, 0.28) * (0.35 + 0.65 * shown)
    weak = chance(dice, count, 0.05)
    rate = np.where(weak, rate * dice.uniform(0.03, 0.3, count), rate)
    media = np.where(chance(dice, count, habits.unknown_media), -1, (rate * stay / 1000).astype(np.int64))
    return {
        "heartbeats": beats,
        "interactions": taps.astype(np.int64),
        "foreground_ms": (stay * shown).astype(np.int64),
        "rx_kb": media,
    }


def audience(world: World, sessions: int) -> tuple[Block, Block]:
    """The honest crowd: accounts and guests, some of whom come back. Returns the people and their stays."""
    dice = world.dice
    back = sessions // 6
    known = int((sessions - back) * (1 - world.habits.guests))
    members, strangers = people(world, known), guests(world, sessions - back - known)
    everybody = {name: np.concatenate([members[name], strangers[name]]) for name in members}
    first = watch(world, everybody)
    again = taken(everybody, dice.integers(0, size(everybody), back))
    second = watch(world, again)
    newcomers = members["user_id"][members["created_ms"] > world.start - 6 * HOUR]
    world.trap("session", first["session_id"][np.isin(first["user_id"], newcomers)], "newcomers")
    for name in ("datacenter", "mobile"):
        here = first["session_id"][first["ip_class"] == name]
        world.trap("session", here, "vpn" if name == "datacenter" else "carrier_nat")
    if world.pushes:
        near = np.min(np.abs(first["join_ms"][:, None] - np.array(world.pushes)[None, :]), axis=1) < 60_000
        world.trap("session", first["session_id"][near], "push_spike")
    return members, {name: np.concatenate([first[name], second[name]]) for name in first}
