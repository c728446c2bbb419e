"""Whether the real seller is verified and shown, and the goods carry the papers that the law asks of their kind."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from services.compliance.rules.core import (
    PLATFORM,
    Finding,
    Words,
    each,
    fail,
    ground,
    later,
    missing,
    need,
    not_applicable,
    passed,
    review,
    rule,
)
from services.compliance.rules.facts import Certificate, Facts, Lot
from services.compliance.rules.law import Law, start_of
from services.compliance.rules.naming import category_words, the_goods
from services.contracts.categories import Category, category
from services.contracts.values import uscc_problem

_DAY = timedelta(days=1)


@rule(
    "quality.seller",
    title=("经营者核验与公示", "Real seller verified and shown"),
    stages=("listing", "golive", "onair"),
    reads=("seller", "lot"),
    hard=True,
    grounds=(
        PLATFORM,
        ground("中华人民共和国电子商务法", "第十条、第十五条、第二十七条", since="2019-01-01"),
        ground("最高人民法院关于审理网络消费纠纷案件适用法律若干问题的规定（一）", "第十二条", since="2022-03-15"),
        ground("直播电商监督管理办法", "第八条、第十二条、第二十五条至第二十七条", since="2026-02-01"),
    ),
)
def seller_verified(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """Who sells is known, licensed or exempt, verified within half a year, and named on the page."""
    if need(need(facts.seller, "seller").seller_type, "seller.seller_type") == "farmer_exempt":
        return each(facts, law, _suspension, _exempt_farmer, _own_goods, _verified_lately, _panel)
    return each(facts, law, _suspension, _credit_code, _licence, _lists, _own_goods, _verified_lately, _panel)


def _suspension(facts: Facts, _: Law) -> Iterator[Finding]:
    """The market's own measure; whoever asks from outside has none to tell, so silence about it is no gap."""
    seller = need(facts.seller, "seller")
    if seller.suspended:
        by = seller.suspended_by or Words("主管机构", "an office")
        since = seller.suspended_on or Words("此前", "before")
        yield fail("seller_suspended", by=by, since=since).at("seller.suspended")


def _exempt_farmer(facts: Facts, _: Law) -> Finding:
    """自然人 who sell what they grew need no registration: 电子商务法 第十条."""
    seller = need(facts.seller, "seller")
    if not need(seller.identity_verified, "seller.identity_verified"):
        return fail("identity_not_verified").at("seller.identity_verified")
    if not seller.village_proof_sha256:
        return missing("seller.village_proof_sha256")
    return passed("exempt_farmer")


def _credit_code(facts: Facts, _: Law) -> Finding:
    code = need(need(facts.seller, "seller").uscc, "seller.uscc")
    problem = uscc_problem(code)
    if problem == "format":
        return fail("code_malformed", code=code).at("seller.uscc")
    if problem == "check_digit":
        # At least one code in force is known to miss its check digit, so the licence itself decides.
        return review("code_check_digit", code=code).at("seller.uscc")
    return passed("code_valid", code=code)


def _licence(facts: Facts, law: Law) -> Iterator[Finding]:
    seller = need(facts.seller, "seller")
    expires = seller.licence_expires_on
    if expires is not None and expires < law.on:
        yield fail("licence_expired", expires=expires).at("seller.licence_expires_on")
    elif expires is not None:
        yield passed("licence_current").until(start_of(expires + _DAY))
    elif not seller.licence_long_term:
        yield missing("seller.licence_expires_on")
    name, licensed = need(seller.name, "seller.name"), need(seller.licence_name, "seller.licence_name")
    if _plain(name) != _plain(licensed):
        yield review("name_differs", name=name, licensed=licensed).at("seller.name", "seller.licence_name")


def _plain(name: str) -> str:
    return "".join(name.split()).replace("（", "(").replace("）", ")")


def _lists(facts: Facts, _: Law) -> Iterator[Finding]:
    seller = need(facts.seller, "seller")
    if seller.serious_dishonesty:
        yield fail("serious_dishonesty").at("seller.serious_dishonesty")
    if seller.abnormal_operation:
        yield review("abnormal_operation").at("seller.abnormal_operation")
    need(seller.serious_dishonesty, "seller.serious_dishonesty")
    need(seller.abnormal_operation, "seller.abnormal_operation")


def _own_goods(facts: Facts, _: Law) -> Iterator[Finding]:
    """Who sells the lot is its producer; on air, where no single lot is asked about, there is nothing to compare."""
    seller, lot = need(facts.seller, "seller"), facts.lot
    exempt = seller.seller_type == "farmer_exempt"
    # A household without a code is known by its proof alone, and so is its lot.
    if lot is None or (exempt and seller.uscc is None and lot.supplier_uscc is None):
        return
    supplier = need(lot.supplier_uscc, "lot.supplier_uscc")
    uscc = seller.uscc if exempt else need(seller.uscc, "seller.uscc")
    if supplier != uscc:
        yield review("seller_is_another", seller=uscc or "—", supplier=supplier).at("seller.uscc", "lot.supplier_uscc")
    else:
        yield passed("sells_own_goods", seller=seller.name or uscc)


def _verified_lately(facts: Facts, law: Law) -> Finding:
    verified = need(need(facts.seller, "seller").verified_at, "seller.verified_at")
    most = law.number("quality.seller.verified_days")
    until = later(verified, days=most)
    if verified > law.at:
        return review("not_yet_verified", verified=verified).at("seller.verified_at").until(verified)
    if until is not None and until < law.at:
        return review("verified_long_ago", verified=verified, most_days=most).at("seller.verified_at")
    # On the last instant itself the verification still counts, so the answer must be asked again just after it.
    return passed("verified", verified=verified).until(later(until, microseconds=1) if until else None)


def _panel(facts: Facts, _: Law) -> Finding:
    panel = need(need(facts.seller, "seller").panel, "seller.panel")
    if not need(panel.shown, "seller.panel.shown"):
        return fail("panel_missing").at("seller.panel.shown")
    for name, words in _PANEL.items():
        if getattr(panel, name) is False:
            return fail("panel_incomplete", item=words).at(f"seller.panel.{name}")
    if panel.obstructed or (panel.hops or 0) > 1:
        return fail("panel_out_of_reach").at("seller.panel.hops")
    for name in (*_PANEL, "hops", "obstructed"):
        need(getattr(panel, name), f"seller.panel.{name}")
    return passed("panel_shown")


_PANEL = {
    "name": Words("名称", "the name"),
    "address": Words("地址", "the address"),
    "contact": Words("联系方式", "the contact"),
}


@rule(
    "quality.docs",
    title=("合格证、检测、许可、标签齐全", "Certificates, test, licence and label"),
    stages=("listing", "golive"),
    reads=("lot", "subject", "suppliers"),
    hard=True,
    grounds=(
        PLATFORM,
        ground("中华人民共和国食品安全法", "第三十五条、第六十七条", since="2015-10-01"),
        ground("中华人民共和国动物防疫法", "第四十九条、第五十一条", since="2021-05-01"),
        ground("中华人民共和国农产品质量安全法", "第三十四条、第三十八条、第三十九条、第四十四条", since="2023-01-01"),
        ground("农产品质量安全承诺达标合格证管理办法", "", since="2026-02-01"),
    ),
)
def papers_complete(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """The certificate of this very lot, a fresh test, and for processed goods licence and label."""
    lot = need(facts.lot, "lot")
    row = category(the_goods(facts))
    if row is not None and not row.food:
        return (not_applicable("no_food", category=category_words(row.code)),)
    if row is None:
        return (not_applicable("unknown_goods"),)

    def conformity(_: Facts, law: Law) -> Finding:
        return _conformity(lot, row, facts, law)

    def quarantine(_: Facts, law: Law) -> Iterator[Finding]:
        return _quarantine(lot, row, law)

    def licence(_: Facts, law: Law) -> Iterator[Finding]:
        return _food_licence(lot, row, law)

    def label(_: Facts, law: Law) -> Iterator[Finding]:
        return _label(lot)

    def test(_: Facts, law: Law) -> Finding:
        return _test_report(lot, facts, law)

    return each(facts, law, conformity, quarantine, licence, label, test)


def _papers(lot: Lot, on: date, *kinds: str) -> list[tuple[int, Certificate]]:
    """The papers of these kinds issued by the day; an undated one counts until its own check asks for the date."""
    return [
        (index, paper)
        for index, paper in enumerate(need(lot.certificates, "lot.certificates"))
        if paper.kind in kinds and (paper.issued_on is None or paper.issued_on <= on)
    ]


def _producer_kind(lot: Lot, facts: Facts) -> str:
    if lot.producer_kind is not None:
        return lot.producer_kind
    kinds = [s.kind for s in facts.suppliers or () if s.kind and s.uscc is not None and s.uscc == lot.supplier_uscc]
    return kinds[0] if kinds else need(lot.producer_kind, "lot.producer_kind")


def _conformity(lot: Lot, row: Category, facts: Facts, law: Law) -> Finding:
    if row.certificate_class not in law.words("quality.docs.certificate_classes"):
        return passed("class_without_certificate", category=category_words(row.code))
    bound = _producer_kind(lot, facts) in law.words("quality.docs.certificate_issuers")
    found = _papers(lot, law.on, "conformity")
    if not found:
        if not bound:
            return review("household_without_certificate").at("lot.certificates")
        mandatory = fail if law["quality.docs.certificate_mandatory"] else review
        return mandatory("certificate_missing").at("lot.certificates")
    return _best([_of_this_lot(lot, index, paper, law) for index, paper in found])


def _of_this_lot(lot: Lot, index: int, paper: Certificate, law: Law) -> Finding:
    path = f"lot.certificates[{index}]"
    if paper.conforming is False:
        return fail("not_conforming", number=paper.number or "—").at(path)
    number, own = need(paper.lot_number, f"{path}.lot_number"), need(lot.lot_number, "lot.lot_number")
    if number != own:
        return fail("certificate_of_another_lot", certificate_lot=number, lot=own).at(f"{path}.lot_number")
    # Lots are numbered by their producer, so another producer's certificate may bear the same number.
    aggregated = lot.reissued_by_aggregator or lot.producer_kind == "household"
    if paper.kind == "conformity" and not aggregated and _differ(paper.issuer_uscc, lot.supplier_uscc):
        return review("certificate_of_another_producer", number=paper.number or "—").at(f"{path}.issuer_uscc")
    need(paper.number, f"{path}.number")
    need(paper.issued_on, f"{path}.issued_on")
    if paper.expires_on is not None and paper.expires_on < law.on:
        return fail("certificate_expired", number=paper.number, expires=paper.expires_on).at(f"{path}.expires_on")
    return passed("certificate_of_this_lot", number=paper.number).until(_end_of(paper))


def _end_of(paper: Certificate) -> datetime | None:
    """The first instant at which the paper no longer counts; None while it says no end."""
    return start_of(paper.expires_on + _DAY) if paper.expires_on else None


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _best(findings: list[Finding]) -> Finding:
    """One good paper is enough; an old one beside it does no harm."""
    return next((finding for finding in findings if finding.result == "pass"), findings[0])


def _quarantine(lot: Lot, row: Category, law: Law) -> Iterator[Finding]:
    if not row.quarantine:
        return
    found = _papers(lot, law.on, "quarantine")
    if not found:
        yield fail("quarantine_missing").at("lot.certificates")
        return
    yield _best([_of_this_lot(lot, index, paper, law) for index, paper in found])


def _food_licence(lot: Lot, row: Category, law: Law) -> Iterator[Finding]:
    """Farm produce needs no licence, whoever sells it; what was processed does: 食品安全法 第三十五条."""
    if not (row.processed or lot.processed):
        return
    found = _papers(lot, law.on, "food_licence", "workshop_registration")
    if not found:
        yield fail("licence_missing").at("lot.certificates")
        return
    index, paper = max(found, key=lambda item: item[1].expires_on or date.max)
    path = f"lot.certificates[{index}]"
    number = need(paper.number, f"{path}.number")
    expires = need(paper.expires_on, f"{path}.expires_on")
    if expires < law.on:
        yield fail("food_licence_expired", expires=expires).at(f"{path}.expires_on")
    else:
        yield passed("licensed", number=number).until(start_of(expires + _DAY))


_LABEL = {
    "name": Words("名称", "name"),
    "specification": Words("规格", "specification"),
    "net_content": Words("净含量", "net content"),
    "production_date": Words("生产日期", "date of production"),
    "ingredients": Words("成分或者配料表", "ingredients"),
    "producer": Words("生产者名称", "producer"),
    "producer_address": Words("生产者地址", "producer's address"),
    "producer_contact": Words("生产者联系方式", "producer's contact"),
    "shelf_life": Words("保质期", "shelf life"),
    "standard_code": Words("产品标准代号", "standard"),
    "storage": Words("贮存条件", "storage"),
    "additives": Words("食品添加剂通用名称", "additives"),
    "licence_number": Words("生产许可证编号", "licence number"),
}


def _label(lot: Lot) -> Iterator[Finding]:
    if need(lot.packaging, "lot.packaging") != "prepacked":
        return
    label = need(lot.label, "lot.label")
    lacking = [name for name in _LABEL if getattr(label, name) is False]
    # 三无: neither name of producer nor address nor date of production.
    if {"producer", "producer_address", "production_date"} <= set(lacking):
        yield fail("no_name_no_place_no_date").at("lot.label")
    elif lacking:
        words = [_LABEL[name] for name in lacking]
        items = Words("、".join(word.zh for word in words), ", ".join(word.en for word in words))
        yield fail("label_incomplete", items=items).at("lot.label")
    for name in (*_LABEL, "photo_sha256"):
        need(getattr(label, name), f"lot.label.{name}")
    yield passed("label_complete")


def _test_report(lot: Lot, facts: Facts, law: Law) -> Finding:
    reports, quick = _papers(lot, law.on, "test_report"), _papers(lot, law.on, "quick_test")
    if any(paper.conforming is False for _, paper in (*reports, *quick)):
        return fail("test_failed").at("lot.certificates")
    if not reports:
        if quick:
            return review("quick_test_only").at("lot.certificates")
        if _producer_kind(lot, facts) not in law.words("quality.docs.certificate_issuers"):
            return review("household_without_test").at("lot.certificates")
        return fail("test_missing").at("lot.certificates")
    index, newest = max(reports, key=lambda item: item[1].issued_on or date.min)
    return _report_age(index, newest, lot, law)


def _report_age(index: int, report: Certificate, lot: Lot, law: Law) -> Finding:
    path = f"lot.certificates[{index}]"
    issued = need(report.issued_on, f"{path}.issued_on")
    fresh, most = law.number("quality.docs.test_days"), law.number("quality.docs.test_most_days")
    age = (law.on - issued).days
    if age > most:
        return fail("test_too_old", issued=issued, most_days=most).at(f"{path}.issued_on")
    if report.lot_number is not None and lot.lot_number is not None and report.lot_number != lot.lot_number:
        return fail("test_of_another_lot", certificate_lot=report.lot_number, lot=lot.lot_number).at(path)
    need(report.conforming, f"{path}.conforming")
    if report.expires_on is not None and report.expires_on < law.on:
        return fail("test_expired", expires=report.expires_on).at(f"{path}.expires_on")
    if age > fresh:
        until = start_of(issued + timedelta(days=most + 1))
        return (
            review("test_growing_old", issued=issued, fresh_days=fresh)
            .at(f"{path}.issued_on")
            .until(until)
            .until(_end_of(report))
        )
    if not need(report.qualified_laboratory, f"{path}.qualified_laboratory"):
        return review("laboratory_not_qualified").at(f"{path}.qualified_laboratory")
    return passed("tested", issued=issued).until(start_of(issued + timedelta(days=fresh + 1))).until(_end_of(report))
