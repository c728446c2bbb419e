"""Honest stays that look strange: televisions in village halls, offices behind one address, county phones."""

import numpy as np

from bench.integrity.crowd import guests, people, stays, watch
from bench.integrity.draws import Array, Block, full, size
from bench.integrity.world import DAY, HOUR, MINUTE, World


def odd_viewers(world: World, scale: float) -> None:
    """Every strange but honest audience, in sizes that differ from broadcast to broadcast."""
    for trap in (drive, county_phones, televisions, office, listeners, tablets, weak_places, silent_fans):
        if world.dice.random() < 0.85:
            trap(world, scale)


def some(world: World, scale: float, low: int, high: int) -> int:
    """A number of people for a trap: small broadcasts have small ones."""
    return max(3, int(world.dice.integers(low, high) * min(2.0, max(0.15, scale))))


def drive(world: World, scale: float) -> None:
    """A school or a company signs its people up within an hour or two, days before or on the day."""
    dice, count = world.dice, some(world, scale, 60, 400)
    at = world.start - int(dice.integers(1, 12 * 24)) * HOUR
    who = people(
        world,
        count,
        created_ms=at + dice.integers(0, int(dice.integers(40, 150)) * MINUTE, count),
        orders_365d=full(count, 0),
        watch_30d=dice.integers(0, 3, count),
        home_div=full(count, world.county),
    )
    world.trap("session", watch(world, who)["session_id"], "signup_drive")


def county_phones(world: World, scale: float) -> None:
    """Phones that the county issued: one model, one version, one carrier; people of flesh and blood."""
    dice, count = world.dice, some(world, scale, 40, 300)
    who = people(
        world,
        count,
        device_model=full(count, int(world.new("model", 1)[0])),
        client=full(count, "android"),
        app_version=full(count, str(dice.choice(world.versions["android"][0]))),
        asn=full(count, int(dice.choice(world.carriers))),
        home_div=full(count, world.county),
    )
    world.trap("session", watch(world, who)["session_id"], "county_phones")


def televisions(world: World, scale: float) -> None:
    """Village halls: on from the opening to the end, nobody taps, several screens behind one address."""
    dice, count = world.dice, some(world, scale, 8, 70)
    who = guests(world, count)
    join = world.start + dice.integers(-5 * MINUTE, 8 * MINUTE, count)
    join = np.maximum(join, world.start)
    stay = world.end - join + dice.integers(0, 60_000, count)
    hall = dice.integers(0, max(1, count // 4), count)
    world.new("ip", 40)
    watched = watch(
        world,
        who,
        join,
        stay,
        client=full(count, "tv"),
        app_version=full(count, str(world.versions["tv"][0][0])),
        device_model=dice.choice(world.new("model", 3), count),
        ip_id=hall + 90_000_001,
        ip_prefix=hall // 3 + 90_000_001,
        ip_class=full(count, "residential"),
        interactions=full(count, 0),
        heartbeats=(stay // 15_000).astype(np.int64),
        foreground_ms=stay,
    )
    world.trap("session", watched["session_id"], "village_tv")


def office(world: World, scale: float) -> None:
    """An office behind one address, the stream running beside the work."""
    dice, count = world.dice, some(world, scale, 30, 200)
    who = people(world, count, home_div=full(count, world.county))
    stay = stays(world, count) + dice.integers(0, 15 * MINUTE, count)
    address = int(world.new("ip", 1)[0])
    watched = watch(
        world,
        who,
        None,
        stay,
        ip_id=full(count, address),
        ip_prefix=full(count, address + 70_000_000),
        ip_class=full(count, "office"),
        interactions=dice.poisson(0.15, count),
        asn=full(count, int(dice.choice(world.carriers))),
    )
    world.trap("session", watched["session_id"], "office_proxy")


def listeners(world: World, scale: float) -> None:
    """People who only listen: a steady trickle of media, the screen mostly dark."""
    dice, count = world.dice, some(world, scale, 30, 250)
    who = people(world, count)
    stay = stays(world, count) + dice.integers(2 * MINUTE, 30 * MINUTE, count)
    rate = dice.choice([4.0, 6.0, 8.0, 12.0]) * dice.normal(1.0, 0.05, count)
    watched = watch(
        world,
        who,
        None,
        stay,
        rx_kb=(rate * stay / 1000).astype(np.int64),
        foreground_ms=(stay * dice.beta(1.0, 8.0, count)).astype(np.int64),
        interactions=dice.poisson(0.1, count),
    )
    world.trap("session", watched["session_id"], "audio_only")


def tablets(world: World, scale: float) -> None:
    """A tablet in a village office that several people sign in on, one after the other."""
    dice = world.dice
    for _ in range(some(world, scale, 2, 14)):
        count = int(dice.integers(3, 12))
        who = people(world, count, home_div=full(count, world.county))
        who["device_id"] = full(count, int(who["device_id"][0]))
        for name in ("device_model", "client", "app_version", "home_ip", "home_prefix", "asn"):
            who[name] = np.array([who[name][0]] * count, dtype=who[name].dtype)
        join = world.start + np.sort(dice.integers(0, int((world.end - world.start) * 0.9), count))
        world.trap("session", watch(world, who, join)["session_id"], "shared_tablet")


def weak_places(world: World, scale: float) -> None:
    """Mountain villages: media come in drops and heartbeats get lost."""
    dice, count = world.dice, some(world, scale, 40, 300)
    who = people(world, count, asn=dice.choice(world.carriers, count))
    stay = stays(world, count)
    watched = watch(
        world,
        who,
        None,
        stay,
        rx_kb=(stay / 1000 * dice.gamma(1.2, 6.0, count)).astype(np.int64),
        heartbeats=(stay / 15_000 * dice.beta(4, 2, count)).astype(np.int64),
        ip_class=dice.choice(np.array(["mobile", "residential"], dtype=object), count, p=[0.8, 0.2]),
    )
    world.trap("session", watched["session_id"], "weak_network")


def silent_fans(world: World, scale: float) -> None:
    """People on a good line who leave the stream on and never touch the phone; they come to every broadcast."""
    dice, count = world.dice, some(world, scale, 30, 200)
    created = world.start - dice.integers(60 * DAY, 1200 * DAY, count)
    who: Block = people(world, count, created_ms=created, watch_30d=dice.integers(8, 40, count))
    stay: Array = dice.integers(10 * MINUTE, 60 * MINUTE, size(who))
    watched = watch(
        world,
        who,
        None,
        stay,
        heartbeats=(stay // 15_000).astype(np.int64),
        interactions=full(count, 0),
        foreground_ms=stay.astype(np.int64),
    )
    world.trap("session", watched["session_id"], "silent_fans")
