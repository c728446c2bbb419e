"""Refund cycling: orders given back whole before anything was sent, to be counted and not to be kept.

One to three in a hundred are second thoughts, and nobody's business. Only clusters are: an account that does it again
and again, a purse behind many accounts, a burst after the close, a share that no honest broadcast has.
"""

import numpy as np

from services.disclosure.integrity.arrays import Floats, Ints, Mask, codes, counted, distinct_per, groups_by
from services.disclosure.integrity.config import Thresholds
from services.disclosure.integrity.detection import Alternative, Detection, Ground, any_of, families_of
from services.disclosure.integrity.facts import Facts
from services.disclosure.integrity.false_order import hardly_looked
from services.disclosure.integrity.lift import lift
from services.disclosure.integrity.scene import excess, registered_together
from services.disclosure.integrity.stats import lower_share

ABUSE = "refund_cycling"
MINUTE = 60_000
_ODDLY = ("same_account_again", "private_link", "hardly_looked", "registered_together")


def detect(facts: Facts, limits: Thresholds, already: Mask) -> Detection:
    """Orders of a cluster of refunds; those `already` found to be another kind of false deal are left out."""
    may = candidates(facts) & ~already
    size = facts.orders.size
    usual = limits["refund_cycling.usual_share"]
    elevated = size > 0 and lower_share(int(may.sum()), size) > limits["refund_cycling.elevated_share"]
    grounds = _grounds(facts, may, limits, elevated=elevated)
    weights = {
        ground.rule: limits["refund_cycling.strong"] for ground in grounds if ground.family in ("account", "money")
    }
    score = np.zeros(size)
    for ground in grounds:
        score += np.where(ground.items, weights.get(ground.rule, 1.0), 0.0)
    families = families_of(size, grounds)
    flagged = may & (score >= limits["refund_cycling.score"]) & (families >= 2)
    # A union that changes its mind gives all back at once, out of one purse and one house; it did look and watch.
    ordered_oddly = any_of(size, (each.items for each in grounds if each.rule in _ODDLY))
    flagged &= ~_one_house(facts, may) | ordered_oddly
    whole = Ground("more_than_usual", "share", flagged & elevated, usual, float(may.mean()) if size else 0.0, usual)
    alternatives = [
        Alternative("second_thoughts", int((may & ~flagged).sum())),
        Alternative("seller_cancelled", int((facts.returns.full & ~facts.returns.by_buyer).sum())),
        Alternative("spoiled_goods", int(((facts.returns.first > 0) & ~facts.returns.soft).sum())),
    ]
    points = np.where(flagged, np.clip(0.4 + 0.12 * score, 0.0, 0.98), 0.0)
    return Detection(ABUSE, "order", flagged, points, [*grounds, whole], alternatives)


def candidates(facts: Facts) -> Mask:
    """Given back whole by the buyer, for a soft reason and without a picture, before anything was sent."""
    returns, parcels = facts.returns, facts.parcels
    before = ~parcels.shipped | (parcels.label < 0) | (returns.first < parcels.label)
    return np.asarray(returns.full & returns.soft & returns.by_buyer & before)


def _grounds(facts: Facts, may: Mask, limits: Thresholds, *, elevated: bool) -> list[Ground]:
    account = counted(codes(facts.orders["user_id"]), may)
    account = np.where(facts.orders["user_id"] > 0, account, 0)
    least = limits["refund_cycling.by_account"]
    ring, whole = _rings(facts, may, limits["refund_cycling.nearly_all"])
    private = facts.orders.text("entry").among("private_link") & may
    z = excess(facts.returns.first, 10 * MINUTE, 18, may)
    late = may & (facts.returns.first >= facts.broadcast.end)
    burst = late & (z > limits["lift.poisson_z"]) & elevated
    cohort = registered_together(facts, facts.buyers.created) > limits["lift.poisson_z"]
    found: tuple[tuple[str, str, Mask, float], ...] = (
        ("same_account_again", "account", may & (account >= least), least),
        ("shared_purse", "money", may & (ring >= limits["refund_cycling.ring"]), limits["refund_cycling.ring"]),
        ("nearly_all_given_back", "outcome", whole & may, limits["refund_cycling.nearly_all"]),
        ("private_link", "entry", private, 1.0),
        ("burst_after_close", "timing", burst, limits["lift.poisson_z"]),
        ("hardly_looked", "attention", hardly_looked(facts) & may, 5.0),
        ("registered_together", "cohort", cohort & may, limits["lift.poisson_z"]),
        ("unlike_other_buyers", "profile", _unlike(facts, may, limits) & elevated, limits["refund_cycling.profile"]),
        ("share_of_refunds", "share", may & elevated, limits["refund_cycling.elevated_share"]),
    )
    return [Ground(rule, family, mask, limit, float(mask.sum()), 0.0) for rule, family, mask, limit in found]


def _rings(facts: Facts, may: Mask, share: float) -> tuple[Ints, Mask]:
    """How many buyers stand behind a candidate's payer, device, consignee or the purse that got the money.

    And whether nearly all that this ring ever ordered was given back, to more than one house: a union that changes its
    mind has one address, and who bought again cheaper keeps the second box.
    """
    orders, returns = facts.orders, facts.returns
    purse = np.where(may & (returns.to_payer != 0), returns.to_payer, facts.payer)
    ring = groups_by(purse, orders["device_id"], orders["consignee_id"], orders["user_id"])
    size = int(ring.max()) + 1 if len(ring) else 1
    back = np.bincount(ring[may], minlength=size)
    asked = np.where(may, ring, -1 - np.arange(len(ring)))
    buyers = distinct_per(asked, orders["user_id"], may)
    houses = distinct_per(asked, orders["address_id"], may & (orders["address_id"] != 0))
    alone = buyers <= 1
    whole = (back >= 3) & (back >= share * np.bincount(ring, minlength=size))
    return buyers, np.asarray(whole[ring] & (alone | (houses >= 0.5 * buyers)))


def _one_house(facts: Facts, may: Mask) -> Mask:
    """Candidates whose purse pays for several buyers at one address."""
    orders = facts.orders
    known = may & (facts.payer != 0) & (orders["address_id"] != 0)
    buyers = distinct_per(facts.payer, orders["user_id"], known)
    houses = distinct_per(facts.payer, orders["address_id"], known)
    return np.asarray(known & (buyers >= 4) & (houses < 0.5 * buyers))


def _unlike(facts: Facts, may: Mask, limits: Thresholds) -> Mask:
    """Candidates who differ from established buyers in how they came, looked and watched."""
    orders = facts.orders
    compare = facts.buyers.established & ~may
    columns: list[Ints] = [
        orders.text("entry").codes,
        _steps(orders["page_view_ms"] / 1000, (3, 6, 12, 25, 60)),
        _steps(facts.watched_ms / 1000, (1, 15, 60, 180, 600)),
        _steps(facts.buyers.age_days, (3, 30, 90, 365)),
        _steps(facts.shared_by["payer"].astype(np.float64), (2, 4, 8)),
        _steps(facts.shared_by["device"].astype(np.float64), (2, 4, 8)),
    ]
    total = sum((lift(each, compare, among=may | compare) for each in columns), np.zeros(len(may)))
    return np.asarray(may & (total >= limits["refund_cycling.profile"]))


def _steps(values: Floats, edges: tuple[float, ...]) -> Ints:
    return np.searchsorted(np.array(edges, dtype=np.float64), values, side="right").astype(np.int64)
