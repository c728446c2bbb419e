"""Whether promotional text points to a company, a brand, a shop or a streamer."""

import functools
from collections.abc import Iterable, Iterator
from datetime import date

from services.compliance.rules.core import (
    PLATFORM,
    Evidence,
    Finding,
    MissingFact,
    each,
    fail,
    ground,
    passed,
    review,
    rule,
)
from services.compliance.rules.facts import Context, Facts, Mark
from services.compliance.rules.law import Law
from services.compliance.rules.passages import PROMOTIONAL, by_code, passages, places, remembered, unread
from services.compliance.rules.text.company import Known, find_companies, known_trade_names
from services.compliance.rules.text.normalise import normalise

_SHARED = frozenset({"gi_product", "gi_certification", "gi_collective", "regional_public_brand"})
_NOBODY = Context()
_find = remembered(find_companies)


@rule(
    "adm.company_text",
    title=("宣传内容不得指向企业、品牌、店铺或主播", "No company, brand, shop or streamer in promotional text"),
    stages=("listing", "filing", "onair"),
    reads=("texts", "suppliers", "marks", "context"),
    hard=True,
    grounds=(
        PLATFORM,
        ground("中华人民共和国商标法", "第三条、第十条第二款", since="2019-11-01", until="2027-01-01"),
        ground("中华人民共和国商标法（2026年修订）", "第六条、第十六条", since="2027-01-01"),
        ground("企业名称登记管理规定（2012年修订）", "第七条", since="2013-01-01", until="2021-03-01"),
        ground("企业名称登记管理规定", "第六条、第八条", since="2021-03-01"),
        ground("中华人民共和国产品质量法", "第二十五条", since="2018-12-29"),
    ),
)
def text_names_the_region(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """Promotional words name place and product; who sells is said in the statutory panel, which is not read here."""
    return each(facts, law, _unread, _names)


def _unread(facts: Facts, _: Law) -> Iterator[Finding]:
    yield from unread(facts, PROMOTIONAL)


def _names(facts: Facts, law: Law) -> Iterator[Finding]:
    repeats, least = law.number("adm.company_text.repeats"), law.number("adm.company_text.least_length")
    read = list(passages(facts, PROMOTIONAL))
    known = _known(facts, law.on)
    found = [
        (passage, hit)
        for passage in read
        for hit in _find(passage.words.text, known, law.on, repeats=repeats, least_length=least)
    ]
    for code, hits in by_code(found).items():
        words, evidence = places(hits)
        yield _said(code, words).at(*evidence)
    if not found and facts.texts is not None:
        yield passed("place_and_product", texts=len(read)).at(*(Evidence(f"texts[{p.index}]") for p in read))
    if not _suppliers_named(facts):
        # Without the suppliers' names their trade names would pass for ordinary words.
        raise MissingFact("suppliers")


def _suppliers_named(facts: Facts) -> bool:
    context = facts.context or _NOBODY
    if context.supplier_names is not None:
        return True
    return facts.suppliers is not None and all(supplier.name for supplier in facts.suppliers)


def _known(facts: Facts, on: date) -> Known:
    context = facts.context or _NOBODY
    suppliers = facts.suppliers or ()
    registered = _plain((*(supplier.name for supplier in suppliers), *(context.supplier_names or ())))
    told = _plain((*(supplier.trade_name for supplier in suppliers), *(context.trade_names or ())))
    shared, ordinary = _marks(facts.marks, context)
    return Known(
        registered=registered,
        trade_names=told | known_trade_names(registered, on),
        ordinary_marks=ordinary,
        streamers=_plain(context.streamers or ()),
        shops=_plain(context.shops or ()),
        shared_marks=shared,
    )


def _marks(marks: Iterable[Mark] | None, context: Context) -> tuple[frozenset[str], frozenset[str]]:
    """Shared marks that may be named, and ordinary ones that may not; a name is no proof where the mark is known."""
    ordinary = _plain(context.ordinary_marks or ())
    if marks is None:
        return _plain(context.marks or ()), ordinary
    listed = list(marks)
    shared = [mark for mark in listed if mark.mark_type in _SHARED and _whitelisted(mark, context)]
    plain = [mark for mark in listed if mark.mark_type == "ordinary"]
    return _names_of(shared), ordinary | _names_of(plain)


def _whitelisted(mark: Mark, context: Context) -> bool:
    return context.mark_ids is None or mark.mark_id in context.mark_ids


def _names_of(marks: Iterable[Mark]) -> frozenset[str]:
    return _plain(name for mark in marks for name in (mark.name, mark.display_name))


def _plain(names: Iterable[str | None]) -> frozenset[str]:
    return frozenset(filter(None, (_spelled(name) for name in names if name)))


@functools.lru_cache(maxsize=4_096)
def _spelled(name: str) -> str:
    """The name as a normalised text would write it; every text of a listing is held against the same names."""
    return normalise(name).text.strip()


def _said(code: str, words: list[str]) -> Finding:
    return _told(code, words) or _shaped(code, words) or _suspected(code, words)


def _told(code: str, words: list[str]) -> Finding | None:
    """Names that the gate was told beforehand, and handles, which are nothing else: nobody may override these."""
    match code:
        case "supplier_named":
            return fail("supplier_named", words=words)
        case "supplier_trade_name":
            return fail("supplier_trade_name", words=words)
        case "ordinary_mark":
            return fail("ordinary_mark", words=words)
        case "streamer":
            return fail("streamer", words=words)
        case "shop":
            return fail("shop", words=words)
        case "handle":
            return fail("handle", words=words)
        case _:
            return None


def _shaped(code: str, words: list[str]) -> Finding | None:
    """Names known by their shape alone: two people may find that it is none."""
    match code:
        case "legal_entity":
            return fail("legal_entity", words=words, hard=False)
        case "brand":
            return fail("brand", words=words, hard=False)
        case "room_or_style":
            return fail("room_or_style", words=words, hard=False)
        case "contact":
            return fail("contact", words=words, hard=False)
        case "credit_code":
            return fail("credit_code", words=words, hard=False)
        case _:
            return None


def _suspected(code: str, words: list[str]) -> Finding:
    match code:
        case "maybe_entity":
            return review("maybe_entity", words=words)
        case "industry_tail":
            return review("industry_tail", words=words)
        case "mark_not_listed":
            return review("mark_not_listed", words=words)
        case _:
            return review("repeated_word", words=words)
