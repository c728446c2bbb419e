"""Rehearsed deals: agreed in test mode or on paper, and replayed on air.

The line that test mode and live orders lie on is what a play leaves behind; staff who try the stream and buy a box for
themselves lie on none.
"""

import re

import numpy as np

from services.disclosure.integrity.arrays import Floats, Ints, Mask, is_in, looked_up, positions
from services.disclosure.integrity.config import Thresholds
from services.disclosure.integrity.detection import Alternative, Detection, Ground, families_of
from services.disclosure.integrity.facts import Facts
from services.disclosure.integrity.stats import on_one_line

ABUSE = "rehearsed"
_PLAY = re.compile(
    r"(流程单|脚本|名单|按顺序|配合|安排|托|演练|彩排|预演).{0,40}(下单|成交|购买|签约|拍下)|(下单|成交|签约).{0,40}(名单|配合|按顺序)"
)
_MOST_PLAYS = 4
_ITEMS = re.compile(r"u:(-?\d+)")


def detect(facts: Facts, limits: Thresholds) -> Detection:
    """Orders that follow a rehearsal, and those of buyers whom a run-sheet names."""
    tested, offset = _tests(facts)
    line = _on_the_line(facts, tested, offset, limits)
    named = _named(facts)
    carts = _carts_in_test(facts) & (line.any() | named.any())
    marks = _marks(facts, tested, limits, carts)
    same = tested & line.any()
    grounds = [
        Ground("same_line_as_test", "timing", line, limits["rehearsed.residual_s"], float(line.sum()), 0.0, proof=True),
        Ground("named_in_run_sheet", "document", named, 1.0, float(named.sum()), 0.0, proof=True),
        Ground("same_buyer_and_goods_in_test", "account", same, 1.0, float(same.sum()), 0.0),
        *marks,
    ]
    others = families_of(len(line), marks)
    support = others >= 1 if line.any() else others >= 3
    flagged = line | (named & (tested | (others >= 1) | line.any())) | (same & support)
    if line.any() or named.any():
        flagged |= (others >= limits["rehearsed.marks_without_test"]) & carts
    score = np.where(flagged, np.clip(0.5 + 0.1 * others + 0.3 * line, 0.0, 1.0), 0.0)
    alternatives = [
        Alternative("staff_tested_and_bought", int((tested & ~flagged).sum())),
        Alternative("preview_carts", int((_carts_in_test(facts) & ~flagged).sum())),
    ]
    return Detection(ABUSE, "order", flagged, score, grounds, alternatives)


def _tests(facts: Facts) -> tuple[Mask, Floats]:
    """Orders of the same goods by the same buyer as in test mode, and the seconds of the test since its beginning."""
    table, orders = facts.broadcast["rehearsal_events"], facts.orders
    tests = table.text("action").among("test_order") & (table["t_ms"] < facts.broadcast.start)
    rows = np.flatnonzero(tests)
    if len(rows) == 0:
        return np.zeros(orders.size, dtype=bool), np.zeros(orders.size)
    rows = rows[np.lexsort((table["t_ms"][rows], table["sku_id"][rows], table["user_id"][rows]))]
    keys = _pair(table["user_id"][rows], table["sku_id"][rows])
    wanted = _pair(orders["user_id"], orders["sku_id"])
    names, first = np.unique(keys, return_index=True)
    at = positions(names, wanted)
    when = looked_up(table["t_ms"][rows][first], at, 0)
    begun = int(table["t_ms"][rows].min())
    return at >= 0, np.where(at >= 0, (when - begun) / 1000, 0.0)


def _pair(users: Ints, skus: Ints) -> Ints:
    """One number for a user and a product; a collision of two pairs is as unlikely as one of two tokens."""
    with np.errstate(over="ignore"):
        return users * np.int64(-7046029254386353131) + skus


def _on_the_line(facts: Facts, tested: Mask, offset: Floats, limits: Thresholds) -> Mask:
    """Live offset ≈ a · test offset + b for more orders than chance puts within some seconds."""
    out = np.zeros(facts.orders.size, dtype=bool)
    rows = np.flatnonzero(tested)
    # More than one play may have been tried, each with a line of its own.
    for _ in range(_MOST_PLAYS):
        near = _one_play(facts, rows, offset, limits)
        if not near.any():
            break
        out[rows[near]] = True
        rows = rows[~near]
    return out


def _one_play(facts: Facts, rows: Ints, offset: Floats, limits: Thresholds) -> Mask:
    """Which of these orders lie on the fullest line; none where chance could put as many there."""
    nobody = np.zeros(len(rows), dtype=bool)
    if len(rows) < limits["rehearsed.least_on_line"]:
        return nobody
    x, y = offset[rows], (facts.orders["created_ms"][rows] - facts.broadcast.start) / 1000
    within = limits["rehearsed.residual_s"]
    near = on_one_line(x, y, within, (limits["rehearsed.slope_low"], limits["rehearsed.slope_high"]))
    run = max(60.0, float(np.ptp(y)))
    by_chance = len(rows) * min(1.0, 2 * within / run)
    people = len(np.unique(facts.orders["user_id"][rows[near]]))
    wanted = max(limits["rehearsed.least_on_line"], limits["rehearsed.over_chance"] * by_chance)
    return near if near.sum() >= wanted and people >= 3 else nobody


def _named(facts: Facts) -> Mask:
    """Orders of buyers whom a document names together with the deals they are to make."""
    notices = facts.broadcast["notices"]
    text, mentions = notices.text("text"), notices.text("mentions")
    users: set[int] = set()
    for row in range(notices.size):
        found = [int(each) for each in _ITEMS.findall(mentions.of(row))]
        if len(found) >= 3 and _PLAY.search(text.of(row)):
            users.update(found)
    return is_in(facts.orders["user_id"], np.array(sorted(users), dtype=np.int64))


def _carts_in_test(facts: Facts) -> Mask:
    """Baskets filled while the room was in test mode, or within the quarter of an hour after it."""
    events = facts.broadcast["rehearsal_events"]
    tests = events["t_ms"][events.text("action").among("test_order") & (events["t_ms"] < facts.broadcast.start)]
    if len(tests) == 0:
        return np.zeros(facts.orders.size, dtype=bool)
    cart = facts.orders["cart_ms"]
    return np.asarray((cart >= tests.min()) & (cart <= tests.max() + 900_000) & (cart > 0))


def _marks(facts: Facts, tested: Mask, limits: Thresholds, carts: Mask) -> list[Ground]:
    """What else a replayed deal shows, each of a family of its own."""
    orders, returns = facts.orders, facts.returns
    usual = max(1.0, float(np.median(orders["qty"]))) if orders.size else 1.0
    large = orders["qty"] >= limits["rehearsed.large"] * usual
    private = orders.text("entry").among("private_link")
    back = returns.full & (returns.first > facts.broadcast.end) & returns.soft
    supplier = _bound_to_supplier(facts, tested)
    found = (
        ("cart_filled_in_test", "cart", carts),
        ("large_quantity", "quantity", large),
        ("private_link", "entry", private),
        ("full_refund_after_close", "money", back),
        ("buyer_bound_to_supplier", "employer", supplier),
    )
    return [Ground(rule, family, mask, 1.0, float(mask.sum()), 0.0) for rule, family, mask in found]


def _bound_to_supplier(facts: Facts, tested: Mask) -> Mask:
    """Buyers bound to an enterprise whose people stood in test mode together."""
    table = facts.broadcast["employers"]
    at = positions(table["employer_id"], facts.buyers.employer)
    enterprise = table.text("kind").among("enterprise")
    mine = looked_up(enterprise, at, False).astype(bool) if table.size else np.zeros(facts.orders.size, dtype=bool)
    there = facts.buyers.employer[tested & mine]
    names, counts = np.unique(there, return_counts=True)
    return np.asarray(mine & is_in(facts.buyers.employer, names[counts >= 3]))
