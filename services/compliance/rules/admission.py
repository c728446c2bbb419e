"""What may be promoted, and how many independent producers must stand behind it."""

from collections.abc import Iterator
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
)
from services.compliance.rules.facts import Facts, Supplier
from services.compliance.rules.independence import (
    IDENTITIES,
    Independence,
    group_words,
    independence,
    links_words,
)
from services.compliance.rules.law import Law
from services.compliance.rules.naming import category_words, region_words
from services.contracts.categories import category, category_within
from services.contracts.regions import current, known, region
from services.contracts.values import uscc_kind
from services.contracts.workdays import working_days_between

_WHOLE, _ROUNDING = 10_000, 50
_KINDS = {
    "enterprise": Words("某家企业", "one company"),
    "brand": Words("某个品牌", "one brand"),
    "sku": Words("某个单品", "one commodity"),
    "person": Words("某个人", "one person"),
}


@rule(
    "adm.subject",
    title=("推介对象应为区域特色农产品", "Promotes a regional specialty, not a company"),
    stages=("listing", "filing"),
    reads=("subject", "lot"),
    hard=True,
    grounds=(PLATFORM, ground("中华人民共和国产品质量法", "第二十五条", since="2018-12-29")),
)
def regional_specialty(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """A region together with a kind of produce, never a company, a brand, a commodity or a person."""
    return each(facts, law, _subject_kind, _subject_region, _subject_category, _lot_category)


def _subject_kind(facts: Facts, _: Law) -> Finding:
    kind = need(need(facts.subject, "subject").subject_kind, "subject.subject_kind")
    if kind != "region_category":
        return fail("not_a_region", kind=_KINDS[kind]).at("subject.subject_kind")
    return passed("regional_specialty")


def _subject_region(facts: Facts, law: Law) -> Finding:
    code = need(need(facts.subject, "subject").region_code, "subject.region_code")
    row = region(code, law.on)
    if row is None:
        former, heir = known(code), current(code)
        if former is None:
            return fail("region_unknown", region_code=code).at("subject.region_code")
        if heir is None or heir == code:
            return fail("region_not_current", region=region_words(code, law.on)).at("subject.region_code")
        return fail("region_replaced", region=region_words(code, law.on), heir=region_words(heir, law.on)).at(
            "subject.region_code"
        )
    if row.level == "province":
        return review("province_wide", region=region_words(code, law.on)).at("subject.region_code")
    return passed("region_current", region=region_words(code, law.on))


def _subject_category(facts: Facts, _: Law) -> Finding:
    code = need(need(facts.subject, "subject").category_code, "subject.category_code")
    return _category_finding(code, "subject.category_code")


def _lot_category(facts: Facts, _: Law) -> Iterator[Finding]:
    """The lot must be of the specialty's kind, or anything could be listed under an honest name."""
    code = facts.lot.category_code if facts.lot else None
    wider = facts.subject.category_code if facts.subject else None
    if code is None or wider is None:
        return
    row = category(code)
    if row is not None and facts.lot is not None and facts.lot.processed and not row.processed:
        # Dried or candied fruit is no longer the fruit under whose name it is listed.
        yield review("processed_food", category=category_words(code)).at("lot.processed")
    if code == wider:
        return
    yield _category_finding(code, "lot.category_code")
    if not category_within(code, wider):
        yield review("lot_of_another_category", lot=category_words(code), specialty=category_words(wider)).at(
            "lot.category_code"
        )


def _category_finding(code: str, path: str) -> Finding:
    row = category(code)
    words = category_words(code)
    if row is None:
        return fail("category_unknown", category_code=code).at(path)
    if row.admission == "excluded":
        return fail("category_excluded", category=words).at(path)
    if row.admission_note == "alcohol":
        return review("alcohol", category=words).at(path)
    if row.medicinal_food:
        return review("medicinal_food", category=words).at(path)
    if row.admission == "review" or row.processed:
        return review("processed_food", category=words).at(path)
    return passed("category_admitted", category=words)


@rule(
    "adm.suppliers",
    title=("多主体供给、公开征集", "Several independent producers, openly recruited"),
    stages=("listing", "golive", "post"),
    reads=("suppliers", "open_call", "filing", "orders"),
    grounds=(
        PLATFORM,
        ground("中华人民共和国反垄断法（2007年）", "第三十二条", since="2008-08-01", until="2022-08-01"),
        ground("中华人民共和国反垄断法", "第三十九条", since="2022-08-01"),
        ground("公平竞争审查条例", "第八条第三项", since="2024-08-01"),
    ),
)
def several_suppliers(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """Three producers at least who are really different people, none of them dominant, found by an open call."""
    if law.stage == "post":
        return each(facts, law, _independent_count, _paid_shares)
    return each(facts, law, _independent_count, _offered_shares, _open_call)


def _independent_count(facts: Facts, law: Law) -> Iterator[Finding]:
    suppliers = need(facts.suppliers, "suppliers")
    if not suppliers:
        yield fail("no_supplier", hard=True).at("suppliers")
        return
    found = independence(suppliers)
    n = len(found.groups)
    shown: dict[str, Any] = {"n": n, "named": len(suppliers), "links": links_words(found.links, suppliers)}
    places = [place for link in found.links for place in link.places] or ["suppliers"]
    if n == 1:
        yield _single(suppliers, shown, places, law)
    elif n < law.number("adm.suppliers.enough") and found.links:
        yield review("two_after_joining", **shown).at(*places)
    elif n < law.number("adm.suppliers.enough"):
        yield review("two_suppliers", **shown).at(*places)
    elif found.links:
        yield passed("enough_after_joining", **shown)
    else:
        yield passed("enough_suppliers", **shown)
    # What nobody stated cannot be compared, so an unknown controller may hide that two suppliers are one.
    for name in IDENTITIES:
        silent = next((i for i, supplier in enumerate(suppliers) if getattr(supplier, name) is None), None)
        if n > 1 and silent is not None:
            yield missing(f"suppliers[{silent}].{name}")


def _single(suppliers: tuple[Supplier, ...], shown: dict[str, Any], places: list[str], law: Law) -> Finding:
    if len(suppliers) > 1:
        return fail("one_controller", hard=True, **shown).at(*places)
    only = suppliers[0]
    kind = only.kind or (uscc_kind(only.uscc) if only.uscc else need(only.kind, "suppliers[0].kind"))
    if kind not in law.words("adm.suppliers.may_stand_alone"):
        return fail("one_supplier", hard=True).at("suppliers[0].kind")
    households = law.number("adm.suppliers.households")
    members = need(only.members, "suppliers[0].members")
    if members < households:
        return fail("small_cooperative", hard=True, members=members, households=households).at("suppliers[0].members")
    if not need(only.open_membership, "suppliers[0].open_membership"):
        return fail("closed_cooperative", hard=True).at("suppliers[0].open_membership")
    return review("one_open_cooperative", members=members).at("suppliers[0]")


def _offered_shares(facts: Facts, law: Law) -> Iterator[Finding]:
    suppliers = facts.suppliers or ()
    found = independence(suppliers)
    if len(found.groups) < 2:
        return
    shares = [need(s.offered_share_bp, f"suppliers[{i}].offered_share_bp") for i, s in enumerate(suppliers)]
    # Shares in whole per cent are off by half of one each at most; what lies beyond belongs to nobody who is named.
    if abs(sum(shares) - _WHOLE) > _ROUNDING * len(suppliers):
        yield review("shares_do_not_add_up", sum_bp=sum(shares)).at("suppliers")
    limit, most = law.number("adm.suppliers.share_bp"), law.number("adm.suppliers.share_most_bp")
    largest, holder, places = _largest(shares, found, suppliers)
    shown: dict[str, Any] = {"share_bp": largest, "holder": holder, "limit_bp": limit, "most_bp": most}
    if largest > most:
        yield fail("share_dominant", **shown).at(*places)
    elif largest > limit:
        yield review("share_large", **shown).at(*places)
    else:
        yield passed("share_balanced", **shown)


def _largest(
    shares: list[int], found: Independence, suppliers: tuple[Supplier, ...]
) -> tuple[int, Words, tuple[str, ...]]:
    """The largest share, whose it is, and where that is seen: suppliers under one hand count as one."""
    group = max(found.groups, key=lambda members: sum(shares[i] for i in members))
    holder, links = group_words(group, suppliers), found.links_within(group)
    if links:
        joined_by = links_words(links, suppliers)
        holder = Words(f"{holder.zh}（{joined_by.zh}）", f"{holder.en} ({joined_by.en})")
    places = (f"suppliers[{group[0]}]", *(place for link in links for place in link.places))
    return sum(shares[i] for i in group), holder, places


def _paid_shares(facts: Facts, law: Law) -> Iterator[Finding]:
    suppliers = facts.suppliers or ()
    found = independence(suppliers)
    if len(found.groups) < 2:
        # Who was let through alone holds all of the orders; whether they may stand alone was asked above.
        return
    paid = {share.supplier_uscc: share.paid_share_bp for share in (facts.orders and facts.orders.supplier_shares) or ()}
    shares = []
    for index, supplier in enumerate(suppliers):
        stated = supplier.paid_share_bp if supplier.paid_share_bp is not None else paid.get(supplier.uscc)
        shares.append(need(stated, f"suppliers[{index}].paid_share_bp"))
    most = law.number("adm.suppliers.paid_share_bp")
    largest, holder, places = _largest(shares, found, suppliers)
    if largest > most:
        yield fail("paid_share_dominant", share_bp=largest, holder=holder, most_bp=most).at(
            "orders.supplier_shares", *places
        )
    else:
        yield passed("paid_share_balanced", share_bp=largest, holder=holder, most_bp=most)


def _open_call(facts: Facts, law: Law) -> Finding:
    call = need(facts.open_call, "open_call")
    published = need(call.published_on, "open_call.published_on")
    closed = need(call.closed_on, "open_call.closed_on")
    enough = law.number("adm.suppliers.call_working_days")
    # A call that is still open has run only until today.
    days, calendar = working_days_between(published, min(closed, law.on))
    if days >= enough:
        return passed("call_long_enough", days=days, enough=enough).counted(calendar)
    emergency = call.emergency if call.emergency is not None else facts.filing and facts.filing.emergency
    # Only an emergency excuses a short call; where nobody said whether it is one, a person must ask.
    short = fail if emergency is False else review
    return short("call_too_short", days=days, enough=enough).at("open_call").counted(calendar)
