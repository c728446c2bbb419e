"""One broadcast of the second market: its rates, its people with lasting habits, and their stays in the room."""

from dataclasses import dataclass

import numpy as np

from bench.integrity.draws import Array, Block, Dice, full, size, taken
from bench.integrity.world import DAY, HOUR, MINUTE, Habits, World

_USERS = ("user_id", "created_ms", "phone_bound", "home_div", "employer_id", "watch_30d", "orders_365d")
_PHONE = ("device_id", "device_model", "client", "app_version", "ip", "prefix", "ip_class", "asn")
CLIENTS = np.array(["android", "ios", "miniapp", "web"], dtype=object)
CLASSES = np.array(["residential", "mobile", "office", "datacenter"], dtype=object)
REFERRERS = np.array(["push", "feed", "share", "search", "link"], dtype=object)
DIVS = np.array([110101, 210102, 310115, 320106, 350203, 410105, 430104, 500112, 530102, 610113])
_RATES = {
    # What share of viewers have no account, registered lately, never tap; how long they stay; and so on.
    "guests": (0.05, 0.75),
    "fresh": (0.02, 0.45),
    "age_days": (120, 900),
    "bought": (0.6, 5.0),
    "watched": (1.0, 9.0),
    "silent": (0.35, 0.94),
    "tap_gap_s": (40, 400),
    "stay_s": (12, 90),
    "stay_tail": (0.75, 1.5),
    "reconnects": (0.0, 0.3),
    "dark": (0.1, 0.7),
    "lossless": (0.1, 0.8),
    "ladder_noise": (0.03, 0.3),
    "media_unknown": (0.0, 0.35),
    "mobile": (0.3, 0.75),
    "nat_users": (30, 600),
    "pre_cart": (0.0, 0.4),
    "dwell_s": (7, 45),
    "private": (0.0, 0.06),
    "share_link": (0.05, 0.4),
    "gift": (0.0, 0.2),
    "unseen": (0.0, 0.25),
    "thoughts": (0.005, 0.026),
    "rotten": (0.0, 0.06),
    "unsent": (0.0, 0.03),
    "scale_broken": (0.0, 0.3),
    "place_unknown": (0.1, 0.9),
    "coupon": (0.0, 0.5),
    "voucher": (0.0, 0.5),
    "hours": (12, 40),
}


@dataclass
class Town:
    """The broadcast, its rates, and what phones and networks are common in it."""

    world: World
    rates: dict[str, float]
    models: tuple[Array, Array]
    networks: tuple[Array, Array]
    versions: tuple[Array, Array]
    referrers: Array
    calls: list[int]
    flashes: list[int]

    @property
    def dice(self) -> Dice:
        """The dice of the broadcast."""
        return self.world.dice

    @property
    def length(self) -> int:
        """How long the broadcast lasts, in ms."""
        return self.world.end - self.world.start

    def some(self, scale: float, low: int, high: int) -> int:
        """How many people a trap has."""
        return max(3, int(self.dice.integers(low, high) * min(2.0, max(0.2, scale))))

    def chance(self, count: int, rate: str | float) -> Array:
        """A yes for each with the odds of a rate by name, or as given."""
        odds = self.rates[rate] if isinstance(rate, str) else rate
        return np.asarray(self.dice.random(count) < odds)


def new_town(seed: int) -> Town:
    """An empty broadcast: at any hour of the day, from twenty minutes to five hours long."""
    dice = np.random.default_rng([seed, 77, 5])
    start = int(dice.integers(18_400, 20_500)) * DAY + int(dice.integers(0, 24 * 60)) * MINUTE
    end = start + int(np.exp(dice.uniform(np.log(20), np.log(300)))) * MINUTE
    world = World(seed, dice, Habits.draw(dice), start, end, int(dice.choice([532901, 411403, 652922, 469005])))
    rates = {name: float(dice.uniform(low, high)) for name, (low, high) in _RATES.items()}
    models = world.new("model", int(np.exp(dice.uniform(np.log(15), np.log(900)))))
    networks = world.new("asn", int(dice.integers(3, 14)))
    versions = np.array([f"v{int(dice.integers(10, 90))}.{n}" for n in range(int(dice.integers(2, 25)))], dtype=object)
    town = Town(
        world,
        rates,
        (models, dice.dirichlet(np.full(len(models), dice.uniform(0.15, 1.2)))),
        (networks, dice.dirichlet(np.linspace(4.0, 0.3, len(networks)))),
        (versions, dice.dirichlet(np.linspace(3.0, 0.2, len(versions)))),
        dice.dirichlet(np.full(5, 1.4)),
        [],
        [],
    )
    _programme(town)
    return town


def announce(town: Town, at: int, kind: str, text: str = "", sku: int = 0, limit: int = 0) -> None:
    """One line of the run of the show."""
    row = {"t_ms": full(1, at), "kind": full(1, kind), "sku_id": full(1, sku), "text": full(1, text)}
    town.world.add("segments", row | {"limit_qty": full(1, limit)})


def _programme(town: Town) -> None:
    world, dice = town.world, town.dice
    announce(town, world.start, "open")
    announce(town, world.end, "close")
    for _ in range(int(dice.integers(1, 4))):
        on = world.start + int(town.length * dice.uniform(0, 0.8))
        announce(town, on, "leader_on")
        announce(town, min(world.end, on + int(town.length * dice.uniform(0.05, 0.2))), "leader_off")
    for kind, most, kept in (("push", 6, town.calls), ("flash_open", 5, town.flashes), ("product", 9, town.calls)):
        for _ in range(int(dice.integers(0, most))):
            at = world.start + int(town.length * dice.uniform(0.01, 0.95))
            announce(town, at, kind)
            if kind != "product":
                kept.append(at)


def people(town: Town, count: int, **given: Array) -> Block:
    """Accounts with lasting habits, a phone, a network and a house each."""
    made = {**_account(town, count), **_phone(town, count), **_habits(town, count), **given}
    town.world.add("users", {name: made[name] for name in _USERS})
    return made


def guests(town: Town, count: int) -> Block:
    """People without an account."""
    made = {**_account(town, count), **_phone(town, count), **_habits(town, count)}
    return made | {"user_id": full(count, 0)}


def _account(town: Town, count: int) -> Block:
    world, dice, rates = town.world, town.dice, town.rates
    fresh = town.chance(count, "fresh")
    old = world.start - (dice.exponential(rates["age_days"], count) * DAY).astype(np.int64) - HOUR
    late = world.start + (dice.beta(1.2, 2.0, count) * town.length).astype(np.int64) - 30 * MINUTE
    age = (world.start - old) / DAY
    bought = dice.poisson(dice.gamma(0.7, rates["bought"], count) * np.minimum(1, age / 365))
    near = town.chance(count, 0.25)
    return {
        "user_id": world.new("user", count),
        "created_ms": np.where(fresh, late, old),
        "phone_bound": town.chance(count, 0.9).astype(np.int64),
        "home_div": np.where(near, world.county, dice.choice(DIVS, count)).astype(np.int64),
        "employer_id": full(count, 0),
        "watch_30d": np.where(fresh, 0, dice.geometric(1 / (1 + rates["watched"]), count) - 1).astype(np.int64),
        "orders_365d": np.where(fresh, 0, bought).astype(np.int64),
        "address_id": world.new("address", count),
        "consignee_id": world.new("consignee", count),
        "payer_id": world.new("payer", count),
    }


def _phone(town: Town, count: int) -> Block:
    world, dice = town.world, town.dice
    mobile = town.chance(count, "mobile")
    asn = dice.choice(town.networks[0], count, p=town.networks[1])
    nat = world.new("ip", max(2, int(count / town.rates["nat_users"])))
    shared, home = dice.choice(nat, count), world.new("ip", count)
    odd = dice.random(count)
    kind = np.where(odd < 0.02, 3, np.where(odd < 0.06, 2, np.where(mobile, 1, 0)))
    return {
        "device_id": world.new("device", count),
        "device_model": dice.choice(town.models[0], count, p=town.models[1]),
        "client": dice.choice(CLIENTS, count, p=[0.4, 0.25, 0.27, 0.08]),
        "app_version": dice.choice(town.versions[0], count, p=town.versions[1]),
        "ip": np.where(mobile, shared, home),
        "prefix": np.where(mobile, shared // 2 + 7_000_000, home // 9 + 8_000_000),
        "ip_class": CLASSES[kind],
        "asn": asn,
    }


def _habits(town: Town, count: int) -> Block:
    """How often somebody taps, what picture the line carries, how much gets lost, how much the screen is looked at."""
    dice, rates = town.dice, town.rates
    ladder = dice.choice([28.0, 55.0, 75.0, 120.0, 210.0, 400.0], count, p=[0.12, 0.2, 0.25, 0.25, 0.13, 0.05])
    return {
        "taps_per_s": np.where(town.chance(count, "silent"), 0.0, dice.exponential(1 / rates["tap_gap_s"], count)),
        "rate": ladder * np.exp(dice.normal(0, rates["ladder_noise"], count)),
        "loss": np.where(town.chance(count, "lossless"), 0.0, dice.beta(0.8, 9, count)),
        "shown": np.where(town.chance(count, "dark"), dice.beta(2.5, 1.2, count), 1.0),
    }


def joins(town: Town, count: int) -> Array:
    """When people come: humps over the show, and a rush after each call."""
    dice = town.dice
    humps = dice.random(3), dice.uniform(0.05, 0.35, 3)
    which = dice.integers(0, 3, count)
    at = np.abs(dice.normal(humps[0][which], humps[1][which])) % 0.97 * town.length
    if town.calls:
        rush = np.array(town.calls)[dice.integers(0, len(town.calls), count)] - town.world.start
        at = np.where(town.chance(count, 0.3), rush + dice.gamma(1.5, 45_000, count), at)
    return town.world.start + np.minimum(at, town.length * 0.985).astype(np.int64)


def lengths(town: Town, count: int) -> Array:
    """How long people stay, in ms: a Pareto law, most gone in a minute and a few there for hours."""
    seconds = town.rates["stay_s"] * (1 + town.dice.pareto(town.rates["stay_tail"], count))
    return (np.minimum(seconds, town.length / 1000) * 1000).astype(np.int64)


def watch(town: Town, who: Block, join: Array | None = None, stay: Array | None = None, **given: Array) -> Block:
    """A stay in the room for each; phones on bad lines come back a few times."""
    world, dice, count = town.world, town.dice, size(who)
    join = joins(town, count) if join is None else join
    stay = lengths(town, count) if stay is None else stay
    leave = np.maximum(join + 1500, np.minimum(join + stay, world.end + dice.integers(0, 240_000, count)))
    stay = leave - join
    beats = np.floor(stay / 15_000 + dice.random(count)).astype(np.int64)
    media = np.where(town.chance(count, "media_unknown"), -1, who["rate"] * stay / 1000 * (0.3 + 0.7 * who["shown"]))
    block: Block = {
        "session_id": world.new("session", count),
        "user_id": who["user_id"],
        **{name: who[name] for name in ("device_id", "device_model", "client", "app_version", "ip_class", "asn")},
        "ip_id": who["ip"],
        "ip_prefix": who["prefix"],
        "join_ms": join.astype(np.int64),
        "leave_ms": leave.astype(np.int64),
        "heartbeats": dice.binomial(beats, 1 - who["loss"]).astype(np.int64),
        "interactions": dice.poisson(who["taps_per_s"] * stay / 1000).astype(np.int64),
        "foreground_ms": (stay * who["shown"]).astype(np.int64),
        "rx_kb": media.astype(np.int64),
        "referrer": dice.choice(REFERRERS, count, p=town.referrers),
        **given,
    }
    return world.add("sessions", block)


def crowd(town: Town, sessions: int) -> tuple[Block, Block]:
    """The honest audience; of its stays some are a stay broken into pieces."""
    again = int(sessions * 0.15)
    members = people(town, max(20, int((sessions - again) * (1 - town.rates["guests"]))))
    strangers = guests(town, max(5, sessions - again - size(members)))
    everybody = {name: np.concatenate([members[name], strangers[name]]) for name in members}
    first = watch(town, everybody)
    back = town.dice.choice(size(everybody), again)
    second = watch(town, taken(everybody, back))
    whole = {name: np.concatenate([first[name], second[name]]) for name in first}
    fresh = members["user_id"][members["created_ms"] > town.world.start - HOUR]
    for name, mask in (
        ("newcomers", np.isin(whole["user_id"], fresh)),
        ("carrier_nat", whole["ip_class"] == "mobile"),
        ("vpn", whole["ip_class"] == "datacenter"),
        ("push_spike", _soon_after(whole["join_ms"], town.calls)),
    ):
        town.world.trap("session", whole["session_id"][mask], name)
    return members, whole


def _soon_after(moments: Array, calls: list[int]) -> Array:
    out = np.zeros(len(moments), dtype=bool)
    for call in calls:
        out |= (moments >= call) & (moments < call + 2 * MINUTE)
    return out


def same(who: Block, *names: str) -> Block:
    """The first one's phone, purse or house for all of them."""
    for name in names:
        who[name] = np.array([who[name][0]] * size(who), dtype=who[name].dtype)
    return who


def one_phone(who: Block) -> Block:
    """All of them on one phone and one line."""
    return same(who, *_PHONE)
