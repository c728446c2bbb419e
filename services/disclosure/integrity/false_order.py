"""False orders: placed to be counted, the goods not meant for use.

An empty parcel is proof. Everything else is weak alone: rings of accounts are weighed as rings, and a parcel of the
right weight that reached an address of its own clears what is weak.
"""

import numpy as np

from services.disclosure.integrity.arrays import Floats, Ints, Mask, groups_by, share_per
from services.disclosure.integrity.config import Thresholds
from services.disclosure.integrity.detection import Alternative, Detection, Ground, families_of, median
from services.disclosure.integrity.facts import DAY, Facts
from services.disclosure.integrity.scene import registered_together, waves
from services.disclosure.integrity.stats import share_bounds

ABUSE = "false_order"


def detect(facts: Facts, limits: Thresholds, already: Mask) -> Detection:
    """Orders that only look like orders; those `already` found to be another kind of false deal are left out."""
    free = ~already
    empty = empty_parcels(facts, limits) & free
    weak = _weak(facts, limits)
    score = _weighed(weak, limits, facts.orders.size)
    ring = ring_of(facts)
    delivered = _delivered(facts)
    own = delivered & (facts.shared_by["address"] <= 2)
    score -= np.where(own, limits["false_order.cleared_own"], np.where(delivered, limits["false_order.cleared"], 0))
    score -= np.where(facts.orders["group_buy_id"] != 0, limits["false_order.cleared"], 0)
    families = families_of(len(score), weak)
    tainted = _tainted(facts, ring, empty, families, free, limits)
    organised = _organised(facts, ring, weak, delivered, free, limits)
    # What was given back was at least not left standing as a sale; refund_cycling asks about those.
    open_ended = free & ~facts.returns.full
    flagged = empty | (open_ended & (score >= limits["false_order.score"]) & (families >= 2))
    flagged |= (tainted | organised) & open_ended
    share = limits["false_order.empty_share"]
    grounds = [
        Ground("empty_parcel", "parcel", empty, share, median(facts.parcels.ratio, empty), 1.05, proof=True),
        Ground("ring_with_empty_parcels", "ring", tainted, limits["false_order.ring_empty"], float(tainted.sum()), 0.0),
        Ground("organised_ring", "ring", organised, limits["false_order.ring_excess"], float(organised.sum()), 0.0),
        *weak,
    ]
    total = np.where(empty, 0.95, np.clip(0.3 + 0.1 * score + 0.2 * (tainted | organised), 0.05, 0.95))
    alternatives = [
        Alternative("delivered_to_own_address", int((own & (families >= 2)).sum())),
        Alternative("group_purchase", int((delivered & ~own & (families >= 2) & ~flagged).sum())),
        Alternative("split_parcel", int(((facts.parcels.ratio >= share) & (facts.parcels.ratio < 0.75)).sum())),
    ]
    return Detection(ABUSE, "order", flagged, np.where(flagged, total, 0.0), grounds, alternatives)


def empty_parcels(facts: Facts, limits: Thresholds) -> Mask:
    """Parcels that weigh a small part of what was ordered, where the product's other parcels weigh what they should."""
    ratio = facts.parcels.ratio
    light = (ratio > 0) & (ratio < limits["false_order.empty_share"])
    trusted = np.ones(len(ratio), dtype=bool)
    for sku in np.unique(facts.orders["sku_id"][light]):
        mine = (facts.orders["sku_id"] == sku) & (ratio > 0)
        if np.quantile(ratio[mine], 0.95) < limits["false_order.trusted_scale"]:
            trusted[mine] = False
    return np.asarray(light & trusted)


def _delivered(facts: Facts) -> Mask:
    """Signed for, and of about the right weight. A weight that nobody wrote down is not held against the buyer."""
    ratio, parcels = facts.parcels.ratio, facts.parcels
    right = ((ratio >= 0.7) & (ratio <= 2.5)) | (parcels.shipped & (ratio < 0))
    return np.asarray((parcels.signed > 0) & right) if facts.broadcast["shipments"].given else np.ones(len(ratio), bool)


def _weak(facts: Facts, limits: Thresholds) -> list[Ground]:
    """Everything that speaks against an order and is not proof."""
    orders, shared = facts.orders, facts.shared_by
    many = limits["false_order.shared_by"]
    mature = facts.broadcast.until - orders["created_ms"] > 10 * DAY
    unshipped = ~facts.parcels.shipped & (facts.returns.first < 0) & mature & facts.broadcast["shipments"].given
    private = orders.text("entry").among("private_link")
    private &= _share(private, alone(facts)) <= limits["false_order.rare_link"]
    cohort = registered_together(facts, facts.buyers.created) > limits["lift.poisson_z"]
    wave = waves(facts, orders["created_ms"]) > limits["lift.poisson_z"]
    found: tuple[tuple[str, str, Mask, float], ...] = (
        ("paid_never_shipped", "parcel", unshipped, 10.0),
        ("shared_payer", "money", shared["payer"] >= many, many),
        ("shared_device", "device", shared["device"] >= many, many),
        ("shared_consignee", "address", shared["consignee"] >= many, many),
        ("many_by_one_account", "account", facts.by_account >= limits["false_order.by_account"], 5.0),
        ("very_many_by_one_account", "account", facts.by_account >= limits["false_order.very_many"], 20.0),
        ("registered_together", "account", cohort, limits["lift.poisson_z"]),
        ("private_link", "entry", private, limits["false_order.rare_link"]),
        ("hardly_looked", "timing", hardly_looked(facts), 5.0),
        ("wave_without_a_call", "timing", wave, limits["lift.poisson_z"]),
    )
    return [Ground(rule, family, mask, limit, float(mask.sum()), 0.0) for rule, family, mask, limit in found]


def hardly_looked(facts: Facts) -> Mask:
    """Seconds on the goods page, hardly any watching, and no basket filled before the day."""
    orders = facts.orders
    dwell = orders["page_view_ms"]
    presale = (orders["cart_ms"] > 0) & (orders["created_ms"] - orders["cart_ms"] > 3_600_000)
    seen = facts.sessions.size > 0
    return np.asarray((dwell >= 0) & (dwell < 5_000) & (facts.watched_ms < 15_000) & ~presale & seen)


def _weighed(weak: list[Ground], limits: Thresholds, size: int) -> Floats:
    """One point for each sign, one and a half for what is rarely innocent."""
    heavy = {"paid_never_shipped", "very_many_by_one_account", "hardly_looked"}
    score = np.zeros(size)
    for ground in weak:
        score += np.where(ground.items, limits["false_order.heavy"] if ground.rule in heavy else 1.0, 0.0)
    return score


def ring_of(facts: Facts) -> Ints:
    """Orders joined by payer, device or consignee that at least three buyers share: the ring each belongs to."""
    shared = facts.shared_by
    tokens = (
        np.where(shared["payer"] >= 3, facts.payer, 0),
        np.where(shared["device"] >= 3, facts.orders["device_id"], 0),
        np.where(shared["consignee"] >= 3, facts.orders["consignee_id"], 0),
        np.where(facts.by_account >= 3, facts.orders["user_id"], 0),
    )
    return groups_by(*tokens)


def _tainted(facts: Facts, ring: Ints, empty: Mask, families: Ints, free: Mask, limits: Thresholds) -> Mask:
    """Orders of a ring a good part of whose parcels were empty."""
    if len(ring) == 0:
        return free
    many = np.bincount(ring)[ring] >= limits["false_order.ring_least"]
    part = share_per(ring, empty) >= limits["false_order.ring_empty"]
    several = np.bincount(ring[empty], minlength=int(ring.max()) + 1)[ring] >= 2
    return np.asarray(free & many & part & several & (families >= 1))


def alone(facts: Facts) -> Mask:
    """Orders that share payer, phone and consignee with nobody: how ordinary people buy here."""
    shared = facts.shared_by
    return np.asarray(
        (shared["payer"] <= 1) & (shared["device"] <= 1) & (shared["consignee"] <= 1) & (facts.by_account <= 2)
    )


def _share(mask: Mask, among: Mask) -> float:
    return float(mask[among].mean()) if among.any() else 0.0


def _organised(facts: Facts, ring: Ints, weak: list[Ground], delivered: Mask, free: Mask, limits: Thresholds) -> Mask:
    """Rings that share more than a purse, whose people came by a private link or hardly looked, far more than others.

    A canteen shares a payer and an address and looks at what it buys; an agent shares a phone and sends to many houses.
    """
    size = len(ring)
    if size == 0:
        return np.zeros(0, dtype=bool)
    by_rule = {ground.rule: ground.items for ground in weak}
    kinds = sum(
        (share_per(ring, by_rule[rule]) >= 0.5).astype(np.int64)
        for rule in ("shared_payer", "shared_device", "shared_consignee")
    )
    ordinary = alone(facts)
    odd = by_rule["private_link"] | by_rule["registered_together"] | by_rule["paid_never_shipped"]
    usual = limits["false_order.ring_excess"] * max(0.02, _share(odd, ordinary))
    oddly = share_per(ring, odd) >= max(limits["false_order.ring_odd"], usual)
    # A small ring may be odd in three of ten by chance where much is odd: its cautious share has to stand out too.
    low, _ = share_bounds(np.bincount(ring, weights=odd), np.bincount(ring))
    oddly &= low[ring] >= 2 * _share(odd, ordinary)
    quickly = share_per(ring, _quick(facts, ordinary)) >= limits["false_order.ring_quick"]
    scattered = share_per(ring, facts.shared_by["address"] <= 2) >= 0.6
    arrived = share_per(ring, delivered) >= 0.6
    organised = (oddly & ((kinds >= 2) | ((kinds >= 1) & (quickly | ~arrived)))) | ((kinds == 3) & scattered)
    many = np.bincount(ring)[ring] >= limits["false_order.ring_least"]
    fair = share_per(ring, facts.orders["group_buy_id"] != 0) >= 0.5
    return np.asarray(free & many & ~fair & organised)


def _quick(facts: Facts, ordinary: Mask) -> Mask:
    """Half the usual time on the page and of watching."""
    dwell, watched = facts.orders["page_view_ms"], facts.watched_ms
    if not ordinary.any():
        return np.zeros(len(dwell), dtype=bool)
    usual = float(np.median(dwell[ordinary])), median(watched, ordinary & (watched > 0))
    return np.asarray((dwell >= 0) & (dwell < 0.5 * usual[0]) & (watched < 0.6 * usual[1]))
