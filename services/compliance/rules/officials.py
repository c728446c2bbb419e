"""Whether the official's appearance was reported and approved in advance, and brings nobody a private gain."""

from collections.abc import Iterator

from services.compliance.rules.authority import RANK
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
from services.compliance.rules.facts import Approval, Facts, Filing
from services.compliance.rules.law import Law
from services.compliance.rules.naming import joined, region_words, the_place
from services.contracts.regions import covers
from services.contracts.values import shanghai_day
from services.contracts.workdays import working_days_between

_COMPANIES = frozenset({"enterprise", "supplier", "agency", "streamer"})
_PAYERS = {
    "enterprise": Words("企业", "a company"),
    "supplier": Words("供货商", "a supplier"),
    "agency": Words("经纪机构", "an agency"),
    "streamer": Words("主播", "a streamer"),
}


@rule(
    "official.filing",
    title=("事前报备审批", "Filed and approved in advance"),
    stages=("filing", "golive"),
    reads=("filing", "official", "people", "subject", "texts"),
    hard=True,
    grounds=(
        PLATFORM,
        ground("行政机关公务员处分条例", "第十九条", since="2007-06-01"),
        ground("中华人民共和国公职人员政务处分法", "第二十九条", since="2020-07-01"),
    ),
)
def filed_and_approved(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """Five working days ahead, by the level above with authority over the post, and unchanged since."""
    return each(facts, law, _in_advance, _complete, _costs, _within_jurisdiction, _level_above_exists, _approved)


def _in_advance(facts: Facts, law: Law) -> Finding:
    filing = need(facts.filing, "filing")
    submitted = need(filing.submitted_at, "filing.submitted_at")
    starts = need(filing.starts_at, "filing.starts_at")
    if submitted >= starts:
        return fail("filed_after_start").at("filing.submitted_at", "filing.starts_at")
    enough = law.number("official.filing.working_days")
    # The day of filing does not count and the broadcast falls on the fifth day at the earliest.
    days, calendar = working_days_between(shanghai_day(submitted), shanghai_day(starts))
    if days >= enough:
        return passed("filed_in_advance", days=days, enough=enough).counted(calendar)
    # Only an emergency excuses a late filing; where nobody said whether it is one, a person must ask.
    late = fail if filing.emergency is False else review
    return late("filed_late", days=days, enough=enough).at("filing.submitted_at").counted(calendar)


def _complete(facts: Facts, _: Law) -> Finding:
    filing = need(facts.filing, "filing")
    for name in ("event_id", "listing_ids", "segments"):
        need(getattr(filing, name) or None, f"filing.{name}")
    if not any(text.kind == "script" for text in need(facts.texts, "texts.script")):
        return missing("texts.script")
    return passed("filing_complete")


def _costs(facts: Facts, _: Law) -> Iterator[Finding]:
    filing = facts.filing
    if filing is None:
        return
    if filing.cost_fen is None or filing.staff_count is None or not filing.funding_line:
        yield review("cost_unknown").at("filing.cost_fen", "filing.staff_count", "filing.funding_line")


def _within_jurisdiction(facts: Facts, law: Law) -> Finding:
    official, filing = need(facts.official, "official"), need(facts.filing, "filing")
    # The goods' region counts beside the filed one, or a filing for home could promote another county.
    places = [place for place in dict.fromkeys((filing.region_code, the_place(facts))) if place is not None]
    scopes = official.jurisdiction
    if scopes is None:
        scopes = (need(official.region_code, "official.jurisdiction"),)
    outside = [place for place in places if not any(covers(scope, place, law.on) for scope in scopes)]
    shown = joined([region_words(place, law.on) for place in outside or places])
    if not outside:
        return passed("own_region", region=shown)
    if need(filing.paired_assistance, "filing.paired_assistance"):
        return review("paired_assistance", region=shown).at("filing.paired_assistance")
    return fail("outside_jurisdiction", region=shown).at("official.jurisdiction", "filing.region_code")


def _level_above_exists(facts: Facts, _: Law) -> Iterator[Finding]:
    level = need(need(facts.official, "official").level, "official.level")
    if level in ("province", "national"):
        yield fail("no_level_above").at("official.level")


def _approved(facts: Facts, law: Law) -> tuple[Finding, ...]:
    filing = need(facts.filing, "filing")
    if filing.approvals is None:
        return (review("awaiting_approval").at("filing.approvals"),)
    dated = [
        (need(approval.decided_at, f"filing.approvals[{index}].decided_at"), index, approval)
        for index, approval in enumerate(filing.approvals)
    ]
    if not dated:
        return (fail("no_approval").at("filing.approvals"),)
    # The newest word speaks for the filing: an older approval was given to older content, or was taken back since.
    _, index, approval = max(dated, key=lambda item: (item[0], item[1]))
    if need(approval.decision, f"filing.approvals[{index}].decision") == "returned":
        before = any(earlier.decision == "approved" for earlier in filing.approvals)
        taken_back = fail("approval_returned") if before else fail("no_approval")
        return (taken_back.at(f"filing.approvals[{index}]"),)
    return _approval_findings(facts, law, index, approval)


def _approval_findings(facts: Facts, law: Law, index: int, approval: Approval) -> tuple[Finding, ...]:
    path = f"filing.approvals[{index}]"

    def by_another(facts: Facts, _: Law) -> Finding:
        return _by_another_person(facts, approval, path)

    def from_above(facts: Facts, law: Law) -> Finding:
        return _from_above(facts, law, approval, path)

    def in_time(facts: Facts, _: Law) -> Finding:
        return _in_time_and_unchanged(need(facts.filing, "filing"), approval, path)

    return each(facts, law, by_another, from_above, in_time)


def _by_another_person(facts: Facts, approval: Approval, path: str) -> Finding:
    approver = need(approval.person, f"{path}.person")
    own = {facts.official.person} if facts.official else set()
    people = need(facts.people, "people")
    own |= {p.person for p in people if p.role in ("presenter", "official", "applicant", "operator")}
    if approver in own:
        return fail("self_approved").at(f"{path}.person")
    if facts.official is None or facts.official.person is None:
        return missing("official.person")
    return passed("approved_by_another")


def _from_above(facts: Facts, law: Law, approval: Approval, path: str) -> Finding:
    official = need(facts.official, "official")
    level, place = need(official.level, "official.level"), need(official.region_code, "official.region_code")
    above = need(approval.organ_level, f"{path}.organ_level")
    organ = approval.organ or "—"
    if RANK[above] <= RANK[level]:
        return fail("approved_from_below", organ=organ).at(f"{path}.organ_level")
    if above != "national":
        scope = need(approval.organ_region_code, f"{path}.organ_region_code")
        if not covers(scope, place, law.on):
            return fail("approved_elsewhere", organ=organ, region=region_words(place, law.on)).at(
                f"{path}.organ_region_code"
            )
    if not need(approval.authority_over_post, f"{path}.authority_over_post"):
        return fail("no_authority_over_post", organ=organ).at(f"{path}.authority_over_post")
    return passed("approved_from_above", organ=organ)


def _in_time_and_unchanged(filing: Filing, approval: Approval, path: str) -> Finding:
    decided, starts = need(approval.decided_at, f"{path}.decided_at"), need(filing.starts_at, "filing.starts_at")
    if decided >= starts:
        return fail("approved_after_start", decided=decided).at(f"{path}.decided_at")
    approved = need(approval.content_sha256 or None, f"{path}.content_sha256")
    if approved != need(filing.content_sha256 or None, "filing.content_sha256"):
        return fail("changed_after_approval").at("filing.content_sha256")
    return passed("unchanged_since_approval")


@rule(
    "official.benefit",
    title=("不接受企业邀请、不取酬", "No company invitation, pay, gifts or traffic gain"),
    stages=("filing", "onair", "post"),
    reads=("filing", "suppliers"),
    hard=True,
    grounds=(
        PLATFORM,
        ground("中华人民共和国公务员法", "第五十九条第十六项", since="2019-06-01"),
        ground("中华人民共和国公职人员政务处分法", "第三十四条、第三十六条", since="2020-07-01"),
        ground("中华人民共和国反不正当竞争法（2017年）", "第七条", since="2018-01-01", until="2025-10-15"),
        ground("中华人民共和国反不正当竞争法", "第八条", since="2025-10-15"),
    ),
)
def no_private_benefit(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """The government invites and pays; nobody earns by the sale, and no career hangs on it."""
    return each(facts, law, _initiator, _payers, _earnings, _account, _appraisal, _venue)


def _initiator(facts: Facts, _: Law) -> Finding:
    filing = need(facts.filing, "filing")
    kind = need(filing.initiator_kind, "filing.initiator_kind")
    if kind in _COMPANIES:
        return fail("invited_by_company", initiator=_PAYERS[kind]).at("filing.initiator_kind")
    if kind == "association":
        supplier = need(filing.association_officer_is_supplier, "filing.association_officer_is_supplier")
        if supplier:
            return review("association_of_suppliers").at("filing.association_officer_is_supplier")
    if kind in ("other", "none"):
        return review("initiator_unclear").at("filing.initiator_kind")
    return passed("initiated_in_public_interest")


def _payers(facts: Facts, _: Law) -> Finding:
    payments = need(need(facts.filing, "filing").payments, "filing.payments")
    suppliers = {supplier.uscc for supplier in facts.suppliers or () if supplier.uscc}
    if any(payment.payer_uscc for payment in payments):
        need(facts.suppliers, "suppliers")
    for index, payment in enumerate(payments):
        if payment.payer_uscc is not None and payment.payer_uscc in suppliers:
            return fail("paid_by_company", payer=_PAYERS["supplier"]).at(f"filing.payments[{index}]")
        kind = need(payment.payer_kind, f"filing.payments[{index}].payer_kind")
        if kind in _COMPANIES:
            return fail("paid_by_company", payer=_PAYERS[kind]).at(f"filing.payments[{index}]")
        if kind == "other":
            return review("payer_unclear").at(f"filing.payments[{index}].payer_kind")
    return _backers(facts)


def _backers(facts: Facts) -> Finding:
    """Who pays without being listed as a payer: a sponsor, or whoever bears costs that no payment explains."""
    filing = need(facts.filing, "filing")
    if need(filing.sponsors, "filing.sponsors"):
        suppliers = {supplier.uscc for supplier in facts.suppliers or () if supplier.uscc}
        kind = "supplier" if suppliers & set(filing.sponsors or ()) else "enterprise"
        return fail("paid_by_company", payer=_PAYERS[kind]).at("filing.sponsors")
    if not filing.payments and filing.cost_fen:
        return review("payer_unclear").at("filing.payments", "filing.cost_fen")
    return passed("costs_borne_publicly")


def _earnings(facts: Facts, _: Law) -> Finding:
    filing = need(facts.filing, "filing")
    if need(filing.commission_rate_bp, "filing.commission_rate_bp") > 0:
        return fail("commission", rate_bp=filing.commission_rate_bp).at("filing.commission_rate_bp")
    if need(filing.tipping, "filing.tipping") or (filing.tips_fen or 0) > 0:
        return fail("tipping").at("filing.tipping")
    return passed("nothing_earned")


def _account(facts: Facts, _: Law) -> Finding:
    kind = need(need(facts.filing, "filing").account_owner_kind, "filing.account_owner_kind")
    if kind == "personal":
        return fail("personal_account").at("filing.account_owner_kind")
    if kind == "enterprise":
        return fail("company_account").at("filing.account_owner_kind")
    if kind == "other":
        return review("account_unclear").at("filing.account_owner_kind")
    return passed("public_account")


def _appraisal(facts: Facts, _: Law) -> Finding:
    filing = need(facts.filing, "filing")
    if filing.sales_tied_to_appraisal or filing.bonus_links:
        return fail("tied_to_appraisal").at("filing.sales_tied_to_appraisal")
    need(filing.sales_tied_to_appraisal, "filing.sales_tied_to_appraisal")
    need(filing.bonus_links, "filing.bonus_links")
    return passed("not_tied_to_appraisal")


def _venue(facts: Facts, _: Law) -> Iterator[Finding]:
    if facts.filing is not None and facts.filing.venue_supplier_uscc:
        yield review("venue_of_one_supplier").at("filing.venue_supplier_uscc")
