"""The verified figures: viewers, orders and net sales that are left when what was found is taken away."""

from typing import Any

import numpy as np

from services.disclosure.integrity.arrays import Ints, Mask
from services.disclosure.integrity.detection import Detection, any_of
from services.disclosure.integrity.facts import Facts
from services.disclosure.integrity.findings import substantiated

NO_ORDER = ("false_order", "refund_cycling", "second_signing", "rehearsed", "apportionment")
NO_VIEWER = ("injected_traffic",)


def figures(facts: Facts, detections: list[Detection]) -> dict[str, Any]:
    """Verified: everything flagged removed. The interval's upper end keeps what is only suspected."""
    removed = {each.abuse: each.flagged for each in detections}
    proven = {each.abuse: substantiated(each) for each in detections}
    verified, upper = _after(facts, removed), _after(facts, proven)
    lower = dict(verified)
    mixture = next((each.numbers.get("mixture_per_mille", 0) for each in detections if each.abuse in NO_VIEWER), 0)
    lower["viewers"] = min(lower["viewers"], int(_after(facts, {})["viewers"] * (1 - mixture / 1000)))
    return {
        "claimed": facts.broadcast.claimed,
        "counted": _after(facts, {}),
        "verified": verified,
        "verified_interval": {name: [lower[name], upper[name]] for name in verified},
        "removed": {each.abuse: int(each.flagged.sum()) for each in detections},
        "lines": _own_lines(facts, detections),
    }


def _after(facts: Facts, removed: dict[str, Mask]) -> dict[str, int]:
    """The three figures without what was removed."""
    sessions, orders = facts.sessions, facts.orders
    watched = ~any_of(sessions.size, (mask for abuse, mask in removed.items() if abuse in NO_VIEWER))
    kept = ~any_of(orders.size, (mask for abuse, mask in removed.items() if abuse in NO_ORDER))
    return {
        "viewers": int(np.count_nonzero(np.bincount(facts.viewer_codes[watched]))),
        "orders": int(kept.sum()),
        "net_sales_fen": int(net_sales(facts)[kept].sum()),
    }


def net_sales(facts: Facts) -> Ints:
    """What each order brought: paid, less what went back, never less than nothing."""
    return np.maximum(0, np.maximum(0, facts.orders["paid_fen"]) - facts.returns.amount)


def _own_lines(facts: Facts, detections: list[Detection]) -> dict[str, int]:
    """What is published beside the figures: public vouchers, apportioned goods, sales under cost and their loss."""
    masks = {each.abuse: each for each in detections}
    lines = {"subsidy_fen": int(np.maximum(0, facts.orders["subsidy_fen"]).sum())}
    if found := masks.get("apportionment"):
        lines["apportioned_orders"] = int(found.flagged.sum())
        lines["apportioned_fen"] = int(net_sales(facts)[found.flagged].sum())
    if found := masks.get("below_cost"):
        lines |= {"below_cost_orders": int(found.flagged.sum()), "below_cost_loss_fen": found.numbers["loss_fen"]}
    return lines
