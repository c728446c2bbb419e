"""Whether these goods of this supplier have a clean record, and there are enough of them to keep the promise."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from services.compliance.rules.core import (
    PLATFORM,
    Finding,
    each,
    fail,
    ground,
    missing,
    need,
    passed,
    review,
    rule,
)
from services.compliance.rules.facts import Facts, Lot, Sampling
from services.compliance.rules.law import Law, start_of
from services.compliance.rules.months import months_after
from services.compliance.rules.naming import the_goods
from services.contracts.categories import category

_WHOLE = 10_000


@rule(
    "quality.supply",
    title=("抽检记录与履约能力", "Clean record and enough stock"),
    stages=("listing", "golive", "onair"),
    reads=("lot", "subject"),
    grounds=(
        PLATFORM,
        ground("中华人民共和国食品安全法", "第六十三条", since="2015-10-01"),
        ground("中华人民共和国农产品质量安全法", "第三十六条", since="2023-01-01"),
        ground("直播电商监督管理办法", "第二十条、第三十三条", since="2026-02-01"),
    ),
)
def can_be_supplied(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """No failed sampling left open, no recall, no more on offer than there is, few complaints, sent soon."""
    return each(facts, law, _samplings, _recall, _stock, _complaints, _dispatch)


def _samplings(facts: Facts, law: Law) -> Iterator[Finding]:
    samplings = need(need(facts.lot, "lot").samplings, "lot.samplings")
    for index, sampling in enumerate(samplings):
        yield from _sampling(sampling, f"lot.samplings[{index}]", law)
    yield passed("samplings_clean")


def _sampling(sampling: Sampling, path: str, law: Law) -> Iterator[Finding]:
    if sampling.conforming is None:
        yield missing(f"{path}.conforming")
    elif not sampling.conforming and not sampling.closed:
        sampled = need(sampling.sampled_on, f"{path}.sampled_on")
        months = law.number("quality.supply.sampling_months")
        last = months_after(sampled, months)
        if law.on > last:
            return
        if sampling.closed is None:
            yield missing(f"{path}.closed").until(start_of(last + timedelta(days=1)))
        else:
            until = start_of(last + timedelta(days=1))
            yield fail("sampling_failed", sampled=sampled, months=months).at(path).until(until)


def _recall(facts: Facts, _: Law) -> Finding:
    if need(need(facts.lot, "lot").recall_open, "lot.recall_open"):
        return fail("recall_open").at("lot.recall_open")
    return passed("no_recall")


def _stock(facts: Facts, law: Law) -> Finding:
    lot = need(facts.lot, "lot")
    offered, stock = _offered(lot), need(lot.verified_stock_grams, "lot.verified_stock_grams")
    shown: dict[str, Any] = {"offered_grams": offered, "stock_grams": stock}
    places = ("lot.offered_grams", "lot.verified_stock_grams")
    if offered > stock:
        return fail("more_than_in_stock", **shown).at(*places)
    limit = law.number("quality.supply.stock_share_bp")
    if offered * _WHOLE > stock * limit:
        return review("most_of_the_stock", limit_bp=limit, **shown).at(*places)
    return passed("enough_in_stock", **shown)


def _offered(lot: Lot) -> int:
    """The greater of what is stated and what the units weigh: buyers order units."""
    units = lot.offered_units * lot.net_grams if lot.offered_units is not None and lot.net_grams is not None else None
    stated = [grams for grams in (lot.offered_grams, units) if grams is not None]
    return need(max(stated, default=None), "lot.offered_grams")


def _complaints(facts: Facts, law: Law) -> Finding:
    lot = need(facts.lot, "lot")
    share, many = law.number("quality.supply.complaint_share_bp"), law.number("quality.supply.complaints")
    if lot.complaint_share_7d_bp is not None and lot.complaint_share_7d_bp >= share:
        return review("complaint_share", share_bp=lot.complaint_share_7d_bp, limit_bp=share).at(
            "lot.complaint_share_7d_bp"
        )
    if lot.complaints_7d is not None and lot.complaints_7d >= many:
        return review("complaints_many", count=lot.complaints_7d, limit=many).at("lot.complaints_7d")
    need(lot.complaint_share_7d_bp, "lot.complaint_share_7d_bp")
    return passed("complaints_few", count=need(lot.complaints_7d, "lot.complaints_7d"))


def _dispatch(facts: Facts, law: Law) -> Iterator[Finding]:
    if not is_fresh(facts):
        return
    hours = need(need(facts.lot, "lot").promised_dispatch_hours, "lot.promised_dispatch_hours")
    most = law.number("quality.supply.dispatch_hours")
    if hours > most:
        yield review("sent_late", hours=hours, most_hours=most).at("lot.promised_dispatch_hours")
    else:
        yield passed("sent_soon", hours=hours)


def is_fresh(facts: Facts) -> bool:
    """Fresh goods (鲜活商品): raw and perishable, cold store or not. An unknown kind of goods is treated as fresh.

    Raises MissingFact when nobody stated the kind of goods.
    """
    row = category(the_goods(facts))
    return (row is None or row.fresh) and not (facts.lot is not None and facts.lot.processed)
