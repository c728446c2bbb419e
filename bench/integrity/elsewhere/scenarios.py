"""The scenarios of the second market: the same names, other crowds, other doses, several abuses at once."""

import numpy as np

from bench.integrity.draws import size
from bench.integrity.elsewhere import cheats
from bench.integrity.elsewhere.honest import odd_people, one_purse
from bench.integrity.elsewhere.talk import paid, talk
from bench.integrity.elsewhere.town import Town, crowd, new_town
from bench.integrity.elsewhere.trade import odd_parcels, rotten, sales, settle, stock
from bench.integrity.scenarios import PRESENT, SCENARIOS, Size
from bench.integrity.world import World

# From borderline doses up; the first generator begins at three in a hundred.
DOSES = {
    "injected_traffic": (0.03, 0.6),
    "false_order": (0.02, 0.35),
    "refund_cycling": (0.02, 0.3),
    "second_signing": (0.02, 0.3),
    "rehearsed": (0.02, 0.2),
    "below_cost": (0.03, 0.3),
    "apportionment": (0.03, 0.35),
    "water_army": (0.03, 0.3),
}
MIXED = (0.02, 0.1)


def _size_of(scenario: str, town: Town, scale: float) -> Size:
    dice = town.dice
    if scenario == "honest_flash":
        return Size(int(600_000 * scale), int(27_000 * scale), int(200_000 * scale))
    low, high = (400, 5_000) if scenario == "honest_small" else (4_000, 45_000)
    sessions = int(np.exp(dice.uniform(np.log(low), np.log(high))) * scale)
    orders = max(3, int(sessions * dice.uniform(0.015, 0.16)))
    return Size(sessions, orders, max(5, int(sessions * dice.uniform(0.05, 0.8))))


def simulate(
    scenario: str, seed: int, intensity: float | None = None, care: float | None = None, scale: float = 1.0
) -> World:
    """A whole broadcast of the second market."""
    town = new_town(seed * 100 + SCENARIOS.index(scenario))
    dice, dims = town.dice, _size_of(scenario, town, scale)
    care = float(dice.uniform(0.2, 0.8)) if care is None else care
    stock(town, main_at_fifty=bool(dice.random() < 0.35))
    members, stays = crowd(town, dims.sessions)
    orders = sales(town, members, stays, dims.orders)
    doses = {name: _dose(town, scenario, name, intensity) for name in PRESENT.get(scenario, ())}
    if "below_cost" in doses:
        cheats.under_cost(town, doses["below_cost"], care, orders)
    if scenario == "honest_spoiled_refunds":
        hot = (orders["sku"] == orders["sku"][0]) & (dice.random(size(orders)) < dice.uniform(0.2, 0.7))
        rotten(town, orders, odd_parcels(town, orders), hot)
    else:
        settle(town, orders)
    odd_people(town, dims.sessions / 12_000, dims.orders / 1200)
    for _ in range(3 if scenario == "honest_groupbuy" else 0):
        one_purse(town, dims.orders / 700)
    talk(town, stays, dims.messages)
    for name, dose in doses.items():
        _commit(town, name, dose, care)
    return town.world


def _dose(town: Town, scenario: str, abuse: str, intensity: float | None) -> float:
    low, high = MIXED if scenario == "mixed_low" else DOSES[abuse]
    drawn = float(np.exp(town.dice.uniform(np.log(low), np.log(high))))
    return drawn if intensity is None else intensity


def _commit(town: Town, abuse: str, dose: float, care: float) -> None:
    entity = {"injected_traffic": "sessions", "water_army": "messages"}.get(abuse, "orders")
    honest = sum(size(block) for block in town.world.tables.get(entity, []))
    count = max(15, int(honest * dose / (1 - dose)))
    act = {
        "injected_traffic": cheats.viewers,
        "false_order": cheats.false_orders,
        "refund_cycling": cheats.cycled,
        "second_signing": cheats.signed,
        "rehearsed": cheats.played,
        "apportionment": cheats.obeyed,
        "water_army": paid,
    }.get(abuse)
    if act is not None:
        act(town, count, care)
