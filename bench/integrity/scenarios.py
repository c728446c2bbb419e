"""The scenarios: what happens in a broadcast, how much of it, and how carefully."""

from dataclasses import dataclass

import numpy as np

from bench.integrity.after_sales import fulfil, late_spoiled, seller_cancels
from bench.integrity.bought_orders import brushed, cycled, signed_at_once
from bench.integrity.bought_viewers import bought_viewers
from bench.integrity.chat import chatter, odd_talkers
from bench.integrity.crowd import audience
from bench.integrity.draws import Block, Dice, chance, size, taken
from bench.integrity.odd_buyers import appeal, canteen, cheaper_again, odd_buyers
from bench.integrity.odd_goods import odd_goods
from bench.integrity.odd_viewers import odd_viewers
from bench.integrity.paid_praise import paid_praise
from bench.integrity.staged import made_to_buy, rehearsed, under_cost
from bench.integrity.trade import shop, stock
from bench.integrity.world import World, new_world

HONEST = ("honest_small", "honest_flash", "honest_groupbuy", "honest_spoiled_refunds")
ABUSIVE = (
    *("injected_traffic", "false_orders", "second_signing", "rehearsed", "below_cost", "apportionment"),
    *("water_army", "mixed_low"),
)
SCENARIOS = (*HONEST, *ABUSIVE)
# The share of the final total that an abuse takes up, unless it is given.
SHARES = {
    "injected_traffic": (0.08, 0.6),
    "false_order": (0.04, 0.35),
    "refund_cycling": (0.03, 0.25),
    "second_signing": (0.03, 0.3),
    "rehearsed": (0.03, 0.2),
    "below_cost": (0.04, 0.4),
    "apportionment": (0.04, 0.35),
    "water_army": (0.04, 0.35),
}
PRESENT = {
    "injected_traffic": ("injected_traffic",),
    "false_orders": ("false_order", "refund_cycling"),
    "second_signing": ("second_signing",),
    "rehearsed": ("rehearsed",),
    "below_cost": ("below_cost",),
    "apportionment": ("apportionment",),
    "water_army": ("water_army",),
    "mixed_low": tuple(SHARES),
}


@dataclass(frozen=True)
class Size:
    """How big a broadcast is, before anything dishonest is added."""

    sessions: int
    orders: int
    messages: int


def size_of(scenario: str, dice: Dice, scale: float) -> Size:
    """Small, middling or as big as Dangshan."""
    if scenario == "honest_flash":
        return Size(int(600_000 * scale), int(27_000 * scale), int(200_000 * scale))
    if scenario == "honest_small":
        sessions = int(dice.integers(600, 6_000) * scale)
        return Size(sessions, max(3, int(sessions * dice.uniform(0.02, 0.12))), int(sessions * dice.uniform(0.05, 0.5)))
    sessions = int(np.exp(dice.uniform(np.log(6_000), np.log(40_000))) * scale)
    return Size(sessions, int(sessions * dice.uniform(0.04, 0.13)), int(sessions * dice.uniform(0.1, 0.6)))


def simulate(
    scenario: str, seed: int, intensity: float | None = None, care: float | None = None, scale: float = 1.0
) -> World:
    """A whole broadcast. `intensity`: share of the abuse in the final total; `care`: share of careful operators."""
    world = new_world(seed * 100 + SCENARIOS.index(scenario))
    dice = world.dice
    dims = size_of(scenario, dice, scale)
    care = float(dice.uniform(0.25, 0.75)) if care is None else care
    stock(world, at_fifty=bool(dice.random() < 0.4))
    members, sessions = audience(world, dims.sessions)
    odd_viewers(world, dims.sessions / 15_000)
    orders = shop(world, members, sessions, dims.orders)
    shares = {name: _share(world, scenario, name, intensity) for name in PRESENT.get(scenario, ())}
    if "below_cost" in shares:
        under_cost(world, shares["below_cost"], care, orders)
    _after_sales(world, scenario, orders)
    odd_goods(world, dims.orders)
    odd_buyers(world, dims.orders)
    if scenario == "honest_groupbuy":
        for _ in range(3):
            canteen(world, dims.orders / 800)
        appeal(world, dims.orders / 800)
    chatter(world, sessions, dims.messages)
    odd_talkers(world, dims.messages / 4_000)
    for name, share in shares.items():
        _commit(world, name, share, care)
    return world


def _after_sales(world: World, scenario: str, orders: Block) -> None:
    """Parcels, second thoughts and spoiled fruit of the honest crowd; sold-out goods and price drops now and then."""
    dice = world.dice
    dice_of = dice.random(size(orders))
    hot = scenario == "honest_spoiled_refunds"
    share = float(dice.uniform(0.005, 0.03))
    kinds = np.select([dice_of < share, dice_of < 2 * share, dice_of < 3 * share], [0, 1, 2], 3)
    kinds = np.where(chance(dice, 4, 0.6)[kinds], kinds, 3)
    seller_cancels(world, taken(orders, kinds == 0))
    world.trap("order", orders["order_id"][kinds == 0], "sold_out")
    if (kinds == 1).any():
        cheaper_again(world, taken(orders, kinds == 1))
    seller_cancels(world, taken(orders, kinds == 2), "wrong_item")
    world.trap("order", orders["order_id"][kinds == 2], "undeliverable")
    rest = taken(orders, kinds == 3)
    late_spoiled(world, rest) if hot else fulfil(world, rest)


def _share(world: World, scenario: str, abuse: str, intensity: float | None) -> float:
    if intensity is not None:
        return intensity
    if scenario == "mixed_low":
        return 0.05
    return float(world.dice.uniform(*SHARES[abuse]))


def _commit(world: World, abuse: str, share: float, care: float) -> None:
    """Add an abuse until it has its share of the whole."""
    entity = {"injected_traffic": "sessions", "water_army": "messages"}.get(abuse, "orders")
    honest = sum(size(block) for block in world.tables.get(entity, []))
    count = max(12, int(honest * share / (1 - share)))
    match abuse:
        case "injected_traffic":
            bought_viewers(world, count, care)
        case "false_order":
            brushed(world, count, care)
        case "refund_cycling":
            cycled(world, count, care)
        case "second_signing":
            signed_at_once(world, count, care)
        case "rehearsed":
            rehearsed(world, count, care)
        case "apportionment":
            made_to_buy(world, count, care)
        case "water_army":
            paid_praise(world, count, care)
