"""Below cost: orders whose net price does not cover what the goods cost, and who bears the loss.

A disclosure, not a charge: fresh and seasonal farm goods may lawfully be marked down. Every order is asked, because a
price may be cut in the middle of a broadcast.
"""

import numpy as np

from services.disclosure.integrity.arrays import Floats, Ints, Mask, codes
from services.disclosure.integrity.config import Thresholds
from services.disclosure.integrity.detection import Alternative, Detection, Ground, median
from services.disclosure.integrity.facts import Facts

ABUSE = "below_cost"


def detect(facts: Facts, limits: Thresholds) -> Detection:
    """Orders under the declared cost, or under a cost whose farm-gate part is what the county really pays."""
    orders = facts.orders
    qty = np.maximum(1, orders["qty"])
    net = (orders["paid_fen"] + np.maximum(0, orders["subsidy_fen"])) / qty
    net = net * (1 - np.maximum(0, facts.sku("platform_fee_bp")) / 10_000)
    farmgate, quoted = facts.sku("farmgate_fen").astype(np.float64), _quoted(facts)
    other = np.maximum(0, facts.sku("packaging_fen")) + np.maximum(0, facts.sku("logistics_fen"))
    known = (facts.sku_at >= 0) & (farmgate >= 0) & (orders["paid_fen"] >= 0) & (orders["qty"] > 0)
    slack = 1 - limits["below_cost.slack"]
    under_declared = known & (net < (farmgate + other) * slack)
    understated = known & (quoted > 0) & (farmgate < limits["below_cost.understated_share"] * quoted)
    under_quoted = understated & (net < (limits["below_cost.quote_share"] * quoted + other) * slack)
    below = under_declared | under_quoted
    leader, clearance = _loss_leaders(facts, below, limits), _clearance(facts, below, net, quoted + other, limits)
    kept = below & ~leader & ~clearance
    cost = np.where(understated, np.maximum(farmgate, quoted), farmgate) + other
    loss = np.where(kept, np.maximum(0.0, cost - net) * qty, 0.0)
    grounds = [
        Ground(
            "under_declared_cost", "money", kept & under_declared, slack, *_medians(net, cost, under_declared & kept)
        ),
        Ground(
            "under_county_quotes", "document", kept & under_quoted, slack, *_medians(net, cost, under_quoted & kept)
        ),
    ]
    grounds = [Ground(**{**ground.__dict__, "proof": True}) for ground in grounds]
    return Detection(
        ABUSE,
        "order",
        kept,
        np.where(kept, np.clip((cost - net) / np.maximum(1.0, cost) * 2, 0.5, 1.0), 0.0),
        grounds,
        [Alternative("loss_leader", int(leader.sum())), Alternative("clearance", int(clearance.sum()))],
        numbers={"loss_fen": int(loss.sum()), "borne_by_subsidy_fen": int(orders["subsidy_fen"][kept].clip(0).sum())},
    )


def _quoted(facts: Facts) -> Floats:
    """The county's cheapest tenth for the weight of one unit; −1 where there are no quotes."""
    quote, grams = facts.sku("ref_farmgate_p10_fen_per_kg"), facts.sku("unit_weight_g")
    return np.where((quote > 0) & (grams > 0), quote * grams / 1000, -1.0)


def _medians(net: Floats, cost: Floats, items: Mask) -> tuple[float, float]:
    return median(net, items), median(cost, items)


def _loss_leaders(facts: Facts, below: Mask, limits: Thresholds) -> Mask:
    """An announced limited quantity that was kept, in a small part of the orders."""
    limit = _announced(facts)
    sku = codes(facts.orders["sku_id"])
    sold = np.bincount(sku, weights=np.where(below, np.maximum(1, facts.orders["qty"]), 0))[sku] if len(sku) else sku
    part = np.bincount(sku, weights=below.astype(float))[sku] if len(sku) else sku
    small = part <= limits["below_cost.leader_share"] * max(1, len(sku))
    return np.asarray(below & (limit > 0) & (sold <= limit * limits["below_cost.leader_over"]) & small)


def _announced(facts: Facts) -> Ints:
    """The limited quantity announced for each order's product, on its page or in the run of the show."""
    segments = facts.broadcast["segments"]
    limit = facts.sku("limit_qty").copy()
    said = segments.text("kind").among("loss_leader", "flash_open") & (segments["limit_qty"] > 0)
    for sku, quantity in zip(segments["sku_id"][said], segments["limit_qty"][said], strict=True):
        mine = facts.orders["sku_id"] == sku
        limit[mine] = np.maximum(limit[mine], quantity)
    return np.asarray(limit)


def _clearance(facts: Facts, below: Mask, net: Floats, quoted_cost: Floats, limits: Thresholds) -> Mask:
    """A declared season-end clearance that the county's quotes bear out, and that is not the bulk of the orders."""
    declared = below & (facts.sku("clearance") == 1)
    quotes_fell = _quoted(facts) > 0
    quotes_fell &= _quoted(facts) < limits["below_cost.fell_share"] * facts.sku("farmgate_fen")
    covered = declared & quotes_fell & (net >= quoted_cost * (1 - limits["below_cost.clearance_slack"]))
    bulk = declared.sum() > limits["below_cost.bulk"] * max(1, len(below))
    return np.zeros(len(below), dtype=bool) if bulk else np.asarray(covered)
