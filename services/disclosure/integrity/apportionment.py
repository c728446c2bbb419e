"""Apportionment: staff made to buy. Organisations are published, never which of their people bought.

A notice alone is a finding about a document. Orders are set apart only where their pattern shows: nearly everybody of
an organisation buys, just above one amount, after a glance. The people are witnesses, not offenders.
"""

from dataclasses import dataclass

import numpy as np

from services.disclosure.integrity.arrays import Floats, Ints, Mask, codes, is_in, looked_up, positions
from services.disclosure.integrity.config import Thresholds
from services.disclosure.integrity.demands import demands
from services.disclosure.integrity.detection import Alternative, Detection, Ground, median
from services.disclosure.integrity.facts import Facts
from services.disclosure.integrity.notice_text import Demand
from services.disclosure.integrity.stats import share_bounds

ABUSE = "apportionment"


@dataclass(frozen=True)
class Pattern:
    """What the orders of one organisation look like beside those of people elsewhere."""

    members: Mask
    inside: Mask
    signs: dict[str, tuple[bool, float, float]]
    plain: bool


def detect(facts: Facts, limits: Thresholds, already: Mask) -> Detection:
    """Orders of people whose organisation made them buy."""
    size = facts.orders.size
    member_of, bound = membership(facts, limits)
    asked = demands(facts.broadcast)
    elsewhere = ~is_in(member_of, np.unique(member_of[member_of != 0])) & (facts.buyers.home != facts.broadcast.county)
    elsewhere = elsewhere if elsewhere.sum() >= 30 else member_of == 0
    flagged, rules = np.zeros(size, dtype=bool), dict[str, tuple[Mask, list[float], list[float]]]()
    organisations = voluntary = 0
    for employer in np.unique(member_of[member_of != 0]):
        notice = asked.get(int(employer))
        pattern = _pattern(facts, member_of == employer, bound, elsewhere, int(employer), notice, limits)
        if pattern is None or not _shown(pattern):
            voluntary += int((member_of == employer).sum()) if pattern is not None else 0
            continue
        organisations += 1
        flagged |= pattern.inside & ~already
        for name, (holds, seen, usual) in pattern.signs.items():
            if holds:
                mask, observed, expected = rules.setdefault(name, (np.zeros(size, dtype=bool), [], []))
                mask |= pattern.inside
                observed.append(seen)
                expected.append(usual)
    grounds = [
        Ground(
            name, _FAMILIES[name], mask & flagged, _limit(name, limits), float(np.median(seen)), float(np.median(usual))
        )
        for name, (mask, seen, usual) in sorted(rules.items())
    ]
    alternatives = [
        Alternative("voluntary_or_pride", voluntary),
        Alternative("declared_group_purchase", int((facts.orders["group_buy_id"] != 0).sum())),
    ]
    numbers = {"organisations": organisations, "organisations_addressed": len(asked)}
    score = np.where(flagged, np.clip(0.4 + 0.15 * sum(ground.items for ground in grounds), 0.0, 0.95), 0.0)
    return Detection(ABUSE, "order", flagged, score, grounds, alternatives, numbers=numbers)


_FAMILIES = {
    "mandatory_notice": "document",
    "said_by_buyers": "witness",
    "nearly_everybody": "account",
    "just_above_the_floor": "money",
    "nobody_below": "money",
    "short_watch": "timing",
}


def _limit(name: str, limits: Thresholds) -> float:
    own = {"nearly_everybody": "participation", "said_by_buyers": "least_witnesses"}.get(name)
    return limits[f"apportionment.{own}"] if own else 1.0


def membership(facts: Facts, limits: Thresholds) -> tuple[Ints, Mask]:
    """The organisation of each order's buyer: the one bound to, or the one whose people share network or address.

    A place counts as an organisation's where nearly all bound buyers there belong to one; 0 for nobody's.
    """
    orders, own = facts.orders, facts.buyers.employer
    member = own.copy()
    office = is_in(orders["ip_id"], _office_addresses(facts))
    for token, usable in ((orders["ip_id"], office), (orders["address_id"], orders["address_id"] != 0)):
        place = codes(token)
        rows = np.flatnonzero(usable & (own != 0))
        if len(rows) == 0:
            continue
        pairs, users = np.unique(np.stack([place[rows], own[rows], orders["user_id"][rows]]), axis=1), None
        del users
        keys, counts = np.unique(pairs[:2], axis=1, return_counts=True)
        total = np.bincount(keys[0], weights=counts, minlength=int(place.max()) + 1)
        holds = (counts >= limits["apportionment.place_bound"]) & (
            counts > limits["apportionment.place_share"] * total[keys[0]]
        )
        order = np.argsort(keys[0][holds], kind="stable")
        at = positions(keys[0][holds][order], place)
        theirs = looked_up(keys[1][holds][order], at, 0)
        member = np.where((member == 0) & usable, theirs, member)
    return member.astype(np.int64), own != 0


def _office_addresses(facts: Facts) -> Ints:
    """Addresses that viewers used as an office's."""
    sessions = facts.sessions
    return np.unique(sessions["ip_id"][sessions.text("ip_class").among("office") & (sessions["ip_id"] != 0)])


def _pattern(
    facts: Facts, members: Mask, bound: Mask, elsewhere: Mask, employer: int, notice: Demand | None, limits: Thresholds
) -> Pattern | None:
    """What speaks for a quota in the orders of one organisation; None where too few bought."""
    orders = facts.orders
    mine = members & (orders["group_buy_id"] == 0)
    buyers = len(np.unique(orders["user_id"][mine]))
    if buyers < limits["apportionment.least_buyers"]:
        return None
    spent = _spent(facts)
    floor, top = _band(facts, notice, spent, mine, elsewhere, limits)
    inside = mine & (spent >= floor * 0.98) & (orders["paid_fen"] >= 0)
    band = inside & (spent <= top)
    watched, others = facts.watched_ms, elsewhere & ~members
    low_band, _ = share_bounds(np.array([band.sum()]), np.array([mine.sum()]))
    base = float(((spent >= floor * 0.98) & (spent <= top) & others).sum()) / max(1, int(others.sum()))
    head = _headcount(facts, employer)
    part = buyers / head if head > 0 else 0.0
    below = int((mine & (spent < floor * 0.98)).sum())
    usually_below = float((others & (spent < floor * 0.98)).sum()) / max(1, int(others.sum()))
    chance = (1 - usually_below) ** int(mine.sum())
    quick, usual = median(watched / 1000, mine), median(watched / 1000, others & (watched > 0))
    witnesses = len(np.unique(orders["user_id"][mine & (orders["told_to_buy"] > 0)]))
    enough = max(limits["apportionment.least_witnesses"], limits["apportionment.witness_share"] * buyers)
    signs = {
        "said_by_buyers": (witnesses >= enough, float(witnesses), 0.0),
        "mandatory_notice": (notice is not None, 1.0 if notice else 0.0, 0.0),
        "nearly_everybody": (part >= limits["apportionment.participation"], round(part, 3), 0.1),
        "just_above_the_floor": (
            float(low_band[0]) > base + limits["apportionment.band_excess"],
            round(float(band.sum() / mine.sum()), 3),
            round(base, 3),
        ),
        "nobody_below": (
            below <= 0.03 * mine.sum() and chance < 0.01,
            float(below),
            round(usually_below * mine.sum(), 1),
        ),
        "short_watch": (quick < limits["apportionment.short_watch"] * usual, quick, usual),
    }
    plain = (
        signs["nearly_everybody"][0]
        and float(low_band[0]) > base + limits["apportionment.plain_excess"]
        and below == 0
        and chance < limits["apportionment.plain_chance"]
        and not _one_purse(facts, mine)
    )
    tight = signs["just_above_the_floor"][0] or not signs["nearly_everybody"][0]
    wide = inside & (spent <= 1.6 * top) if tight else inside
    return Pattern(members, wide, signs, plain)


def _one_purse(facts: Facts, mine: Mask) -> bool:
    """Whether one payer stands behind the orders: a canteen or a union buys for its people."""
    return float((facts.shared_by["payer"][mine] >= 4).mean()) > 0.5


def _shown(pattern: Pattern) -> bool:
    """Two families, one of them about how the orders look: a notice, witnesses or turn-out, each with a pattern."""
    holds = {name for name, (yes, _, _) in pattern.signs.items() if yes}
    if pattern.plain:
        return True
    look = holds & {"just_above_the_floor", "nobody_below", "short_watch"}
    families = {_FAMILIES[name] for name in holds}
    if "mandatory_notice" in holds:
        return bool(look) and len(families) >= 2
    if "said_by_buyers" in holds and look & {"just_above_the_floor", "nobody_below"}:
        # Words are cheap: they count only beside money that tells the same.
        return True
    return "nearly_everybody" in holds and len({_FAMILIES[name] for name in look}) >= 2


def _spent(facts: Facts) -> Floats:
    """What a buyer's orders come to together, before vouchers: a quota is met by the sum of them."""
    orders = facts.orders
    account = codes(orders["user_id"])
    worth = np.maximum(0, orders["paid_fen"]) + np.maximum(0, orders["subsidy_fen"])
    total = np.bincount(account, weights=worth)[account] if len(account) else worth.astype(np.float64)
    return np.where(orders["user_id"] > 0, total, worth).astype(np.float64)


def _band(
    facts: Facts, notice: Demand | None, spent: Floats, mine: Mask, elsewhere: Mask, limits: Thresholds
) -> tuple[int, float]:
    """The amount that a quota asks for and the dearest basket that just meets it.

    Where no document names it: a round amount, or the least that hardly anybody stays below, whichever sets the
    organisation further apart from people elsewhere.
    """
    if notice and notice.floor_fen:
        return notice.floor_fen, _top(facts, notice.floor_fen, limits)
    round_one, least = _guessed_floor(spent[mine]), max(1, int(np.quantile(spent[mine], 0.03)))
    bands = [(round_one, _top(facts, round_one, limits)), (least, least * limits["apportionment.band_width"])]
    others = elsewhere & ~mine

    def apart(band: tuple[int, float]) -> float:
        inside = (spent >= 0.98 * band[0]) & (spent <= band[1])
        return float(inside[mine].mean()) - (float(inside[others].mean()) if others.any() else 0.0)

    return max(bands, key=apart)


def _guessed_floor(spent: Floats) -> int:
    """The round amount that the fewest stay below and the most lie just above."""
    candidates = np.array([2000, 3000, 5000, 6000, 8000, 10000, 15000, 20000, 30000, 50000], dtype=np.float64)
    just = [float(((spent >= floor * 0.98) & (spent <= floor * 1.35)).mean()) for floor in candidates]
    return int(candidates[int(np.argmax(just))])


def _top(facts: Facts, floor: int, limits: Thresholds) -> float:
    """The cheapest basket that reaches the floor, and a tenth."""
    skus = facts.broadcast["skus"]
    sold = np.bincount(facts.sku_at[facts.sku_at >= 0], minlength=skus.size)
    usual = (skus["limit_qty"] <= 0) & (sold >= limits["apportionment.usual_goods"] * max(1, facts.orders.size))
    price = skus["price_fen"][usual & (skus["price_fen"] > 0)]
    if len(price) == 0:
        return floor * 1.3
    return float((np.ceil(floor / price) * price).min()) * limits["apportionment.band_width"]


def _headcount(facts: Facts, employer: int) -> int:
    table = facts.broadcast["employers"]
    at = positions(table["employer_id"], np.array([employer], dtype=np.int64))
    return int(looked_up(table["headcount"], at, -1)[0])
