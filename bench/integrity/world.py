"""One simulated broadcast while it is being made: dice, rates, people, tables, and what is true of every item."""

from dataclasses import dataclass, field

import numpy as np

from bench.integrity.draws import Array, Block, Dice, zipf

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
CLIENTS = np.array(["android", "ios", "miniapp", "web"], dtype=object)
REFERRERS = np.array(["push", "feed", "share", "search", "link"], dtype=object)


@dataclass
class Habits:
    """Rates that differ from one broadcast to the next; drawn wide, so that no engine can learn them."""

    guests: float
    newcomers: float
    locals: float
    bound_phone: float
    silent: float
    still_foreground: float
    lossless: float
    unknown_media: float
    median_stay_s: float
    long_stays: float
    second_thoughts: float
    spoiled: float
    unshipped: float
    unknown_weight: float
    presale: float
    private_link: float
    gift: float
    coupon: float
    voucher: float
    without_session: float
    chat_rate: float
    warm_words: float

    @classmethod
    def draw(cls, dice: Dice) -> "Habits":
        """Rates for one broadcast."""
        low_high = {
            "guests": (0.1, 0.65),
            "newcomers": (0.03, 0.35),
            "locals": (0.05, 0.45),
            "bound_phone": (0.6, 0.99),
            "silent": (0.5, 0.88),
            "still_foreground": (0.15, 0.6),
            "lossless": (0.15, 0.65),
            "unknown_media": (0.0, 0.15),
            "median_stay_s": (40, 320),
            "long_stays": (0.03, 0.2),
            "second_thoughts": (0.008, 0.03),
            "spoiled": (0.004, 0.04),
            "unshipped": (0.001, 0.012),
            "unknown_weight": (0.0, 0.08),
            "presale": (0.02, 0.3),
            "private_link": (0.004, 0.04),
            "gift": (0.02, 0.15),
            "coupon": (0.0, 0.35),
            "voucher": (0.0, 0.3),
            "without_session": (0.01, 0.12),
            "chat_rate": (0.05, 0.4),
            "warm_words": (0.002, 0.06),
        }
        return cls(**{name: float(dice.uniform(low, high)) for name, (low, high) in low_high.items()})


@dataclass
class World:
    """The broadcast and everything that was written down about it."""

    seed: int
    dice: Dice
    habits: Habits
    start: int
    end: int
    county: int
    tables: dict[str, list[Block]] = field(default_factory=dict)
    labels: list[tuple[str, str, str, Array]] = field(default_factory=list)
    traps: list[tuple[str, str, Array]] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)
    skus: Block = field(default_factory=dict)
    pushes: list[int] = field(default_factory=list)
    flashes: list[int] = field(default_factory=list)
    models: Array = field(default_factory=lambda: np.zeros(0))
    model_odds: Array = field(default_factory=lambda: np.zeros(0))
    versions: dict[str, tuple[Array, Array]] = field(default_factory=dict)
    carriers: Array = field(default_factory=lambda: np.zeros(0))
    carrier_odds: Array = field(default_factory=lambda: np.zeros(0))
    nat: Array = field(default_factory=lambda: np.zeros(0))

    @property
    def until(self) -> int:
        """The last moment of which anything is known."""
        return self.end + 15 * DAY

    def new(self, kind: str, count: int) -> Array:
        """Fresh tokens of a kind, from 1 on; they are scrambled when the tables are written."""
        first = self.counters.get(kind, 0) + 1
        self.counters[kind] = first + count - 1
        return np.arange(first, first + count, dtype=np.int64)

    def add(self, table: str, block: Block) -> Block:
        """Write rows down; the block is returned so that more can be said of the same rows."""
        self.tables.setdefault(table, []).append(block)
        return block

    def label(self, entity: str, ids: Array, abuse: str, care: str) -> None:
        """These items are an abuse, committed crudely or carefully."""
        self.labels.append((entity, abuse, care, ids))

    def trap(self, entity: str, ids: Array, name: str) -> None:
        """These items look strange and are honest."""
        self.traps.append((entity, name, ids))


def new_world(seed: int) -> World:
    """An empty broadcast with its own habits, hours, phones and carriers."""
    dice = np.random.default_rng([seed, 20_201_123])
    day = int(dice.integers(18_300, 20_300))
    start = day * DAY + int(dice.integers(2 * 60, 13 * 60)) * MINUTE
    world = World(
        seed=seed,
        dice=dice,
        habits=Habits.draw(dice),
        start=start,
        end=start + int(dice.integers(50, 170)) * MINUTE,
        county=int(dice.choice([341321, 440825, 422801, 610722, 330822, 360722, 999901])),
    )
    world.models = world.new("model", int(dice.integers(60, 400)))
    world.model_odds = zipf(len(world.models), float(dice.uniform(0.8, 1.3)))
    for client in (*CLIENTS, "tv"):
        major = int(dice.integers(3, 9))
        names = np.array([f"{major}.{minor}.{dice.integers(0, 4)}" for minor in range(dice.integers(4, 12))][::-1])
        world.versions[str(client)] = names.astype(object), zipf(len(names), float(dice.uniform(1.0, 2.2)))
    world.carriers = world.new("asn", int(dice.integers(8, 40)))
    world.carrier_odds = zipf(len(world.carriers), float(dice.uniform(1.0, 1.8)))
    world.nat = world.new("ip", int(dice.integers(20, 90)))
    run_of_show(world)
    return world


def run_of_show(world: World) -> None:
    """Opening, pushes, flash sales, slogans and who is on screen."""
    dice, length = world.dice, world.end - world.start
    rows: list[tuple[int, str, str]] = [(world.start, "open", ""), (world.end, "close", "")]
    on = world.start + int(length * dice.uniform(0.0, 0.1))
    off = on + int(length * dice.uniform(0.15, 0.4))
    rows += [(on, "leader_on", ""), (off, "leader_off", "")]
    for _ in range(int(dice.integers(1, 5))):
        at = world.start + int(length * dice.uniform(0.02, 0.85))
        world.pushes.append(at)
        rows.append((at, "push", "开播提醒"))
    for _ in range(int(dice.integers(0, 4))):
        at = world.start + int(length * dice.uniform(0.1, 0.9))
        world.flashes.append(at)
        rows.append((at, "flash_open", "限时"))
    for _ in range(int(dice.integers(0, 3))):
        at = world.start + int(length * dice.uniform(0.1, 0.9))
        rows.append((at, "slogan_prompt", str(dice.choice(["家乡加油", "助农有我", "丰收快乐"]))))
    world.add("segments", _segments(rows))


def _segments(rows: list[tuple[int, str, str]], sku: int = 0, limit: int = 0) -> Block:
    return {
        "t_ms": np.array([row[0] for row in rows], dtype=np.int64),
        "kind": np.array([row[1] for row in rows], dtype=object),
        "sku_id": np.full(len(rows), sku, dtype=np.int64),
        "text": np.array([row[2] for row in rows], dtype=object),
        "limit_qty": np.full(len(rows), limit, dtype=np.int64),
    }


def announce(world: World, at: int, kind: str, text: str = "", sku: int = 0, limit: int = 0) -> None:
    """One more entry in the run of the show."""
    world.add("segments", _segments([(at, kind, text)], sku, limit))
