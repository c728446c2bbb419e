"""Whether the price covers its cost, and where it does not, whether the clearance is lawful and the farmer is paid."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.compliance.rules.core import (
    PLATFORM,
    Finding,
    Words,
    each,
    fail,
    ground,
    missing,
    need,
    passed,
    review,
    rule,
    stale,
)
from services.compliance.rules.facts import Facts, Lot
from services.compliance.rules.law import Law, start_of
from services.compliance.rules.naming import joined
from services.compliance.rules.supply import is_fresh

_PRICE = ("lot.price_fen", "lot.farm_gate_fen", "lot.packing_fen", "lot.carriage_fen", "lot.loss_fen")
_CLASSES: Mapping[str, Words] = {
    "fresh": Words("鲜活商品", "fresh goods"),
    "seasonal": Words("季节性商品", "seasonal goods"),
    "overstock": Words("积压商品", "overstocked goods"),
    "near_expiry": Words("临期商品", "goods near their expiry"),
}


@dataclass(frozen=True, slots=True)
class _Sum:
    """What one unit brings in and what it costs; `floor_fen` is the price that would cover it."""

    income_fen: int
    cost_fen: int
    floor_fen: int

    @property
    def covered(self) -> bool:
        return self.income_fen >= self.cost_fen


@rule(
    "price.below_cost",
    title=("不得为数据亏本", "Not sold below cost for show"),
    stages=("listing", "golive", "post"),
    reads=("lot", "subject", "orders"),
    grounds=(
        PLATFORM,
        ground("中华人民共和国价格法", "第十四条第二项", since="1998-05-01"),
        ground("中华人民共和国反不正当竞争法（2019年）", "第二条", since="2019-04-23", until="2025-10-15"),
        ground("中华人民共和国反不正当竞争法", "第十四条", since="2025-10-15"),
        ground("互联网平台价格行为规则", "", since="2026-04-10"),
    ),
)
def covers_its_cost(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """Covers farm gate, packing, freight and loss; below that only a lawful clearance that hurts no farmer."""
    if law.stage == "post":
        # Afterwards the farmers' receipts prove what the estimate of costs could only state.
        return each(facts, law, _covered, _clearance, _gap, _subsidy, _farmer, _statement, _bait, _receipts)
    return each(facts, law, _evidence, _covered, _clearance, _gap, _subsidy, _farmer, _statement)


def _evidence(facts: Facts, law: Law) -> Finding:
    as_of = need(need(facts.lot, "lot").cost_evidence_on, "lot.cost_evidence_on")
    age, most = (law.on - as_of).days, law.number("price.below_cost.evidence_days")
    if age < 0:
        return review("cost_dated_ahead", as_of=as_of).at("lot.cost_evidence_on").until(start_of(as_of))
    if age > most:
        return stale("lot.cost_evidence_on", as_of=as_of, age_days=age, most_days=most)
    return passed("cost_proven", as_of=as_of).until(start_of(as_of + timedelta(days=most + 1)))


def _sum(facts: Facts) -> _Sum:
    """Of one unit: what the buyer pays, freight included, against farm gate, sorting and packing, freight and loss."""
    lot = need(facts.lot, "lot")
    freight = lot.freight_fen or 0
    parts = ("packing_fen", "carriage_fen", "loss_fen")
    cost = _farm_gate(lot) + sum(need(getattr(lot, name), f"lot.{name}") for name in parts)
    return _Sum(need(lot.price_fen, "lot.price_fen") + freight, cost, max(0, cost - freight))


def _farm_gate(lot: Lot) -> int:
    """The most that was proven, agreed or paid: whoever cuts the farmer's price makes the goods no cheaper."""
    proven = lot.farm_gate_fen if lot.farm_gate_fen is not None else lot.farmer_paid_fen
    return max(need(proven, "lot.farm_gate_fen"), lot.agreed_farm_gate_fen or 0, lot.farmer_paid_fen or 0)


def _covered(facts: Facts, _: Law) -> Iterator[Finding]:
    total = _sum(facts)
    if total.covered:
        yield passed("price_covers_cost", income_fen=total.income_fen, cost_fen=total.cost_fen)


def _clearance(facts: Facts, law: Law) -> Iterator[Finding]:
    """价格法 第十四条第二项 exempts goods that must be cleared; of other goods a price below cost is dumping."""
    total, lot = _sum(facts), need(facts.lot, "lot")
    if total.covered:
        return
    shown: dict[str, Any] = {
        "income_fen": total.income_fen,
        "cost_fen": total.cost_fen,
        "floor_fen": total.floor_fen,
    }
    lawful = law.words("price.below_cost.clearance_classes")
    asked: dict[str, Callable[[], bool | None]] = {
        "fresh": lambda: is_fresh(facts),
        "seasonal": lambda: lot.seasonal,
        "overstock": lambda: lot.overstock,
        "near_expiry": lambda: lot.near_expiry,
    }
    answers = {name: answer() for name, answer in asked.items() if name in lawful}
    found = [_CLASSES[name] for name, holds in answers.items() if holds]
    if found:
        yield review("below_cost_clearance", kinds=joined(found), **shown).at(*_PRICE)
        return
    silent = [name for name, holds in answers.items() if holds is None]
    yield from (missing(f"lot.{name}") for name in silent)
    if not silent:
        yield fail("below_cost", **shown).at(*_PRICE)


def _gap(facts: Facts, _: Law) -> Iterator[Finding]:
    """Who bears the gap: the producer of their own will, or a published budget; nobody else may be made to."""
    if _sum(facts).covered:
        return
    payer = need(need(facts.lot, "lot").gap_payer, "lot.gap_payer")
    if payer == "undisclosed_public":
        yield fail("public_money_undisclosed").at("lot.gap_payer")
    elif payer == "supplier_by_order":
        yield fail("supplier_ordered").at("lot.gap_payer")
    elif payer == "farmer":
        yield fail("farmer_bears_gap").at("lot.gap_payer")


def _subsidy(facts: Facts, _: Law) -> Iterator[Finding]:
    if _sum(facts).covered:
        return
    lot = need(facts.lot, "lot")
    budget = (lot.subsidy_budget_line or "").strip()
    if (lot.subsidy_fen or lot.gap_payer == "published_budget") and not budget:
        yield fail("subsidy_without_budget_line").at("lot.subsidy_budget_line")
    need(lot.subsidy_fen, "lot.subsidy_fen")


def _farmer(facts: Facts, _: Law) -> Iterator[Finding]:
    if _sum(facts).covered:
        return
    lot = need(facts.lot, "lot")
    agreed = need(lot.agreed_farm_gate_fen, "lot.agreed_farm_gate_fen")
    paid = need(lot.farmer_paid_fen, "lot.farmer_paid_fen")
    if paid < agreed:
        yield fail("farmer_price_cut", paid_fen=paid, agreed_fen=agreed).at(
            "lot.farmer_paid_fen", "lot.agreed_farm_gate_fen"
        )


def _statement(facts: Facts, _: Law) -> Iterator[Finding]:
    if not _sum(facts).covered and not need(facts.lot, "lot").clearance_statement_sha256:
        yield fail("no_clearance_statement").at("lot.clearance_statement_sha256")


def _bait(facts: Facts, _: Law) -> Finding:
    orders = need(facts.orders, "orders")
    if need(orders.price_raised_after_48h, "orders.price_raised_after_48h"):
        return fail("price_raised_after_show").at("orders.price_raised_after_48h")
    return passed("price_kept_after_show")


def _receipts(facts: Facts, _: Law) -> Finding:
    orders = need(facts.orders, "orders")
    if need(orders.farmer_receipts_verified, "orders.farmer_receipts_verified"):
        return passed("farmers_paid")
    if _sum(facts).covered:
        return review("receipts_not_verified").at("orders.farmer_receipts_verified")
    # Below cost only the farmers' receipts show that the gap was not taken from them.
    return fail("farmer_payment_unproven").at("orders.farmer_receipts_verified")
