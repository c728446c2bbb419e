"""Whether the orders of a broadcast are real: not signed before, not undone after, not laid on captive people."""

from collections.abc import Iterator
from datetime import date, datetime

from services.compliance.rules.core import (
    PLATFORM,
    Check,
    Finding,
    each,
    fail,
    ground,
    later,
    missing,
    need,
    passed,
    review,
    rule,
)
from services.compliance.rules.facts import BulkDeal, Facts, Orders, PriceBunch
from services.compliance.rules.law import Law
from services.compliance.rules.readings import broadcast_end, made_lately, reaches
from services.contracts.values import shanghai_day

_WHOLE = 10_000
_YUAN = 100
# A decision shows the first deals; the record lists them all.
_SHOWN = 20
_NAMES_SHOWN = 5
_COUNTED = "orders.counted_until_at"


def _orders(facts: Facts) -> Orders:
    return need(facts.orders, "orders")


def _to_the_end(facts: Facts, _: Law) -> Iterator[Finding]:
    yield from reaches(_COUNTED, _orders(facts).counted_until_at, broadcast_end(facts))


@rule(
    "order.staged",
    title=("禁止二次签约、演练成交", "No re-enacted or instant deals"),
    stages=("onair", "post"),
    reads=("orders", "filing", "room"),
    hard=True,
    grounds=(
        PLATFORM,
        ground("中华人民共和国电子商务法", "第十七条", since="2019-01-01"),
        ground("中华人民共和国反不正当竞争法（2019年）", "第八条", since="2019-04-23", until="2025-10-15"),
        ground("网络直播营销管理办法（试行）", "", since="2021-05-25"),
        ground("中华人民共和国反不正当竞争法", "第九条", since="2025-10-15"),
        ground("直播电商监督管理办法", "第三十四条、第四十四条", since="2026-02-01"),
    ),
)
def deals_are_new(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """What is signed on air was agreed on air, and no parcel is signed for before it can have arrived."""
    return each(facts, law, _bulk_deals, _too_fast, _counted_for_the_stage)


def _counted_for_the_stage(facts: Facts, law: Law) -> Iterator[Finding]:
    if law.stage == "post":
        yield from _to_the_end(facts, law)
    else:
        yield made_lately(_COUNTED, _orders(facts).counted_until_at, law, law.number("order.staged.count_minutes"))


def _bulk_deals(facts: Facts, law: Law) -> Iterator[Finding]:
    deals = need(_orders(facts).bulk_deals, "orders.bulk_deals")
    if not deals:
        yield passed("no_bulk_deal")
        return
    filing = need(facts.filing, "filing")
    filed = need(filing.submitted_at, "filing.submitted_at")
    day = shanghai_day(need(filing.starts_at, "filing.starts_at"))
    places: dict[str, list[int]] = {}
    for index, deal in enumerate(deals):
        for word in (*_breaches(deal, filed, day, law), *_doubts(deal, law)):
            places.setdefault(word, []).append(index)
    for word, found in places.items():
        yield _of_deals(word, found, deals, filed, law)
    if not places:
        yield passed("deals_made_on_air", count=len(deals))


def _breaches(deal: BulkDeal, filed: datetime, day: date, law: Law) -> Iterator[str]:
    if any(
        moment is not None and moment < filed for moment in (deal.contract_signed_at, deal.paid_at, deal.delivered_at)
    ):
        yield "deal_before_filing"
    similar = deal.similar_deal_on
    if similar is not None and 0 <= (day - similar).days <= law.number("order.staged.repeat_days"):
        yield "deal_repeated"


def _doubts(deal: BulkDeal, law: Law) -> Iterator[str]:
    """What keeps a deal from passing; the name of a fact where nobody stated that fact."""
    if deal.contract_signed_at is None and deal.paid_at is None and deal.delivered_at is None:
        yield "contract_signed_at"
    if deal.similar_deal_on is None and not deal.compared_with_earlier:
        yield "deal_not_compared" if deal.compared_with_earlier is False else "compared_with_earlier"
    if deal.units is None:
        yield "units"
    elif deal.units > law.number("order.staged.bulk_units"):
        yield from _contract_doubts(deal)


def _contract_doubts(deal: BulkDeal) -> Iterator[str]:
    if deal.contract_id is None:
        yield "contract_id"
    elif not deal.contract_checked:
        yield "contract_not_checked" if deal.contract_checked is False else "contract_checked"


def _of_deals(word: str, found: list[int], deals: tuple[BulkDeal, ...], filed: datetime, law: Law) -> Finding:
    names = [_name(deals[index], index) for index in found[:_NAMES_SHOWN]]
    places = [f"orders.bulk_deals[{index}]" for index in found[:_SHOWN]]
    days, units = law.number("order.staged.repeat_days"), law.number("order.staged.bulk_units")
    match word:
        case "deal_before_filing":
            return fail("deal_before_filing", count=len(found), deals=names, filed=filed).at(*places)
        case "deal_repeated":
            return fail("deal_repeated", count=len(found), deals=names, days=days).at(*places)
        case "deal_not_compared":
            return review("deal_not_compared", count=len(found), deals=names, days=days).at(*places)
        case "contract_not_checked":
            return review("contract_not_checked", count=len(found), deals=names, units=units).at(*places)
        case _:
            return missing(f"orders.bulk_deals[{found[0]}].{word}")


def _name(deal: BulkDeal, index: int) -> str:
    return deal.contract_id or deal.order_id or str(index + 1)


def _too_fast(facts: Facts, law: Law) -> Finding:
    """An order stands in one of the two counts; the courier's times themselves are measured where the parcels are."""
    orders = _orders(facts)
    fast = need(orders.signed_too_fast, "orders.signed_too_fast")
    fast += need(orders.signed_before_first_scan, "orders.signed_before_first_scan")
    paid = need(orders.paid, "orders.paid")
    most = law.number("order.staged.too_fast_share_bp")
    times = {
        "hours": law.number("order.staged.intercity_hours"),
        "minutes": law.number("order.staged.same_city_minutes"),
    }
    if fast and fast * _WHOLE >= paid * most:
        found = fail("many_signed_too_fast", hard=False, count=fast, paid=paid, most_bp=most, **times)
        return found.at("orders.signed_too_fast", "orders.signed_before_first_scan")
    if fast:
        return passed("few_signed_too_fast", count=fast, most_bp=most, **times)
    return passed("none_signed_too_fast")


@rule(
    "order.refund",
    title=("下单后集中退单", "Orders that evaporate"),
    stages=("post",),
    reads=("orders", "room"),
    grounds=(
        PLATFORM,
        ground("中华人民共和国电子商务法", "第十七条", since="2019-01-01"),
        ground("中华人民共和国反不正当竞争法（2019年）", "第八条", since="2019-04-23", until="2025-10-15"),
        ground("中华人民共和国反不正当竞争法", "第九条", since="2025-10-15"),
    ),
)
def orders_stay(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """What was bought is not given back in a body once the show is over; bad goods are another matter."""
    return each(facts, law, _hours_over, _refunded)


def _hours_over(facts: Facts, law: Law) -> Iterator[Finding]:
    hours = law.number("order.refund.hours")
    needed = later(broadcast_end(facts), hours=hours)
    if needed is None:
        return
    for finding in reaches(_COUNTED, _orders(facts).counted_until_at, needed):
        yield finding.until(needed if law.at < needed else None)


def _refunded(facts: Facts, law: Law) -> Finding:
    orders = _orders(facts)
    share = need(orders.no_fault_refund_share_72h_bp, "orders.no_fault_refund_share_72h_bp")
    path, hours = "orders.no_fault_refund_share_72h_bp", law.number("order.refund.hours")
    if share > law.number("order.refund.share_most_bp"):
        return _grave_share(orders, share, law).at(path)
    quality = need(orders.quality_refund_share_bp, "orders.quality_refund_share_bp")
    most, times = law.number("order.refund.share_bp"), law.number("order.refund.baseline_times")
    if share > most:
        return review("many_refunds", share_bp=share, most_bp=most, hours=hours, quality_bp=quality).at(path)
    usual = need(orders.category_refund_baseline_bp, "orders.category_refund_baseline_bp")
    if share > usual * times:
        values = {"share_bp": share, "usual_bp": usual, "times": times, "hours": hours, "quality_bp": quality}
        return review("refunds_unusual", **values).at(path, "orders.category_refund_baseline_bp")
    return passed("refunds_usual", share_bp=share, usual_bp=usual, hours=hours, quality_bp=quality)


def _grave_share(orders: Orders, share: int, law: Law) -> Finding:
    most, paid = law.number("order.refund.share_most_bp"), need(orders.paid, "orders.paid")
    enough = law.number("order.refund.least_orders")
    if paid < enough:
        return review("too_few_orders", paid=paid, enough=enough)
    return fail("orders_evaporated", share_bp=share, most_bp=most, hours=law.number("order.refund.hours"))


@rule(
    "order.captive",
    title=("摊派与串通特征", "Fingerprint of apportionment or collusion"),
    stages=("post",),
    reads=("orders", "room"),
    grounds=(
        PLATFORM,
        ground("行政机关公务员处分条例", "第二十五条第三项", since="2007-06-01"),
        ground("中华人民共和国电子商务法", "第十七条", since="2019-01-01"),
        ground("中华人民共和国反不正当竞争法（2019年）", "第八条", since="2019-04-23", until="2025-10-15"),
        ground("中华人民共和国公职人员政务处分法", "第三十八条第一项、第三十九条", since="2020-07-01"),
        ground("中华人民共和国反不正当竞争法", "第九条", since="2025-10-15"),
    ),
)
def buyers_are_free(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """The orders bear no trace of quotas, of one purse behind many names, or of sellers who buy from themselves."""
    return each(facts, law, _bunches, _one_payer, _top_ten, _one_device, _to_the_end)


def _bunches(facts: Facts, law: Law) -> Iterator[Finding]:
    bunches = need(_orders(facts).price_bunches, "orders.price_bunches")
    found = [each(facts, law, _bunch_check(bunch, index)) for index, bunch in enumerate(bunches)]
    yield from (finding for findings in found for finding in findings)
    yield passed("no_bunch")


def _bunch_check(bunch: PriceBunch, index: int) -> Check:
    def check(facts: Facts, law: Law) -> Iterator[Finding]:
        return _bunch(bunch, f"orders.price_bunches[{index}]", _orders(facts), law)

    return check


def _bunch(bunch: PriceBunch, path: str, orders: Orders, law: Law) -> Iterator[Finding]:
    """Orders in [X, X+1) yuan for a round X: many of them, and most of these from the county's own offices."""
    floor, share = need(bunch.floor_fen, f"{path}.floor_fen"), need(bunch.order_share_bp, f"{path}.order_share_bp")
    if floor % (law.number("order.captive.round_yuan") * _YUAN) or share < law.number("order.captive.bunch_share_bp"):
        return
    public = need(bunch.public_sector_share_bp, f"{path}.public_sector_share_bp")
    if public < law.number("order.captive.public_sector_share_bp"):
        return
    if _too_few(orders, law):
        yield _few(orders, law).at(path)
    else:
        yield fail("bunched_orders", floor_fen=floor, share_bp=share, public_bp=public).at(path)


def _too_few(orders: Orders, law: Law) -> bool:
    return need(orders.paid, "orders.paid") < law.number("order.captive.least_orders")


def _few(orders: Orders, law: Law) -> Finding:
    return review("too_few_orders", paid=orders.paid, enough=law.number("order.captive.least_orders"))


def _one_payer(facts: Facts, law: Law) -> Finding:
    names = need(_orders(facts).most_names_per_payer, "orders.most_names_per_payer")
    some, many = law.number("order.captive.payer_names"), law.number("order.captive.payer_names_most")
    if names >= many:
        return fail("one_payer_for_many", names=names, most=many).at("orders.most_names_per_payer")
    if names >= some:
        return review("one_payer_for_some", names=names, most=some).at("orders.most_names_per_payer")
    return passed("payers_own_orders", names=names)


def _top_ten(facts: Facts, law: Law) -> Finding:
    orders = _orders(facts)
    path, share = (
        "orders.top_ten_buyers_share_bp",
        need(orders.top_ten_buyers_share_bp, "orders.top_ten_buyers_share_bp"),
    )
    some, most = law.number("order.captive.top_ten_share_bp"), law.number("order.captive.top_ten_share_most_bp")
    if share <= some:
        return passed("buyers_spread", share_bp=share)
    # Of few buyers ten always hold a large part, so only among many is it a breach.
    if share > most and need(orders.buyers, "orders.buyers") >= law.number("order.captive.least_buyers"):
        return fail("ten_buyers_hold_most", share_bp=share, most_bp=most).at(path)
    return review("ten_buyers_hold_much", share_bp=share, most_bp=some).at(path)


def _one_device(facts: Facts, law: Law) -> Finding:
    count = need(_orders(facts).buyer_seller_same_device, "orders.buyer_seller_same_device")
    some, many = law.number("order.captive.same_device"), law.number("order.captive.same_device_most")
    if count >= many:
        return fail("sellers_buy_often", count=count, most=many).at("orders.buyer_seller_same_device")
    if count >= some:
        return review("sellers_buy", count=count).at("orders.buyer_seller_same_device")
    return passed("sellers_do_not_buy")
