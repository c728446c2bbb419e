"""Whether the goods go under shared marks only, rightly used, and under no name that imitates a protected one."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

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
from services.compliance.rules.facts import Facts, Mark
from services.compliance.rules.law import Law, start_of
from services.compliance.rules.months import months_after
from services.compliance.rules.naming import joined, region_words
from services.compliance.rules.plots import lies_in_any, plots_of, region_of
from services.compliance.rules.text.alike import contains_name, imitated
from services.contracts.regions import ancestors, known
from services.contracts.values import uscc_problem

_DAY = timedelta(days=1)
_INDICATIONS = frozenset({"gi_product", "gi_certification", "gi_collective"})
_SHARED = _INDICATIONS | {"regional_public_brand"}


@rule(
    "adm.mark",
    title=("仅用共有标志且授权规范", "Only shared marks, rightly used, no look-alikes"),
    stages=("listing",),
    reads=("marks", "suppliers", "subject", "lot"),
    grounds=(
        PLATFORM,
        ground("中华人民共和国商标法", "第三条、第十条第二款、第十六条", since="2019-11-01", until="2027-01-01"),
        ground("中华人民共和国商标法（2026年修订）", "第六条、第十六条、第二十三条、第六十条", since="2027-01-01"),
        ground("集体商标、证明商标注册和管理办法", "", since="2003-06-01", until="2024-02-01"),
        ground("集体商标、证明商标注册和管理规定", "", since="2024-02-01"),
        ground("地理标志产品保护规定", "", since="2005-07-15", until="2024-02-01"),
        ground("地理标志产品保护办法", "", since="2024-02-01"),
    ),
)
def only_shared_marks(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """Marks that belong to a region, open to all its producers, and names that imitate nobody's."""
    return each(facts, law, _marks_used, _imitations, _named_areas)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A mark under which the goods are offered, where it stands, and what it is called."""

    path: str
    mark: Mark

    @property
    def name(self) -> str:
        return self.mark.name or self.mark.display_name or "—"


def _marks_used(facts: Facts, law: Law) -> Iterator[Finding]:
    shown = [_Shown(f"marks[{index}]", mark) for index, mark in enumerate(need(facts.marks, "marks"))]
    if all(one.mark.mark_type == "none" for one in shown):
        yield passed("no_mark")
    for one in shown:
        yield from _one_mark(one, facts, law)


def _one_mark(shown: _Shown, facts: Facts, law: Law) -> Iterator[Finding]:
    kind = shown.mark.mark_type
    if kind is None:
        yield missing(f"{shown.path}.mark_type")
    elif kind == "ordinary":
        yield fail("ordinary_mark", mark=shown.name).at(f"{shown.path}.mark_type")
    elif kind in _SHARED:
        # A name that grew by itself belongs to nobody: no holder licenses it, and only the share test remains.
        licensed = () if shown.mark.naturally_formed else (_holder, _licence, _licensees, _authorised)
        checks: list[Callable[[_Shown, Facts, Law], Finding | Iterator[Finding]]] = [
            *(_registered, _number, _dominance),
            *licensed,
        ]
        yield from each(facts, law, *(functools.partial(check, shown) for check in checks))


def _registered(shown: _Shown, _: Facts, law: Law) -> Finding:
    since, until = shown.mark.registered_on, shown.mark.expires_on
    if since is not None and law.on < since:
        return (
            review("not_yet_registered", mark=shown.name, since=since)
            .at(f"{shown.path}.registered_on")
            .until(start_of(since))
        )
    if until is None:
        # A geographical indication is protected without end; a trademark says when it runs out.
        return passed("mark_in_force", mark=shown.name)
    if law.on <= until:
        return passed("mark_in_force", mark=shown.name).until(start_of(until + _DAY))
    last = months_after(until, law.number("adm.mark.renewal_months"))
    if law.on <= last:
        return (
            review("mark_in_renewal", mark=shown.name, expired=until, last=last)
            .at(f"{shown.path}.expires_on")
            .until(start_of(last + _DAY))
        )
    return fail("mark_expired", mark=shown.name, expired=until).at(f"{shown.path}.expires_on")


def _number(shown: _Shown, _: Facts, __: Law) -> Finding:
    number = need(shown.mark.mark_no, f"{shown.path}.mark_no")
    if not need(shown.mark.number_verified, f"{shown.path}.number_verified"):
        return review("number_unverified", mark=shown.name, number=number).at(f"{shown.path}.mark_no")
    return passed("number_verified", mark=shown.name, number=number)


def _holder(shown: _Shown, _: Facts, law: Law) -> Finding:
    path = f"{shown.path}.holder_uscc"
    code = need(shown.mark.holder_uscc, path)
    if uscc_problem(code) == "format":
        return review("holder_code_malformed", mark=shown.name, code=code).at(path)
    if code.startswith(tuple(law.words("adm.mark.holders"))):
        return passed("shared_holder", mark=shown.name)
    if code.startswith(tuple(law.words("adm.mark.operators"))):
        if need(shown.mark.holder_state_owned, f"{shown.path}.holder_state_owned"):
            return review("held_by_state_operator", mark=shown.name).at(path)
        return review("held_by_company", mark=shown.name).at(path)
    return review("holder_of_another_kind", mark=shown.name, code=code).at(path)


def _licence(shown: _Shown, _: Facts, law: Law) -> Finding:
    path = f"{shown.path}.licence_open"
    if need(shown.mark.licence_open, path):
        return passed("licence_open", mark=shown.name)
    if law["adm.mark.refusal_punishable"]:
        return review("licence_refused", mark=shown.name).at(path)
    return review("licence_closed", mark=shown.name).at(path)


def _licensees(shown: _Shown, _: Facts, law: Law) -> Finding:
    n, enough = need(shown.mark.licensees, f"{shown.path}.licensees"), law.number("adm.mark.licensees")
    if n < enough:
        return review("few_licensees", mark=shown.name, n=n, enough=enough).at(f"{shown.path}.licensees")
    return passed("enough_licensees", mark=shown.name, n=n)


def _dominance(shown: _Shown, _: Facts, law: Law) -> Finding:
    path = f"{shown.path}.largest_firm_share_bp"
    share, limit = need(shown.mark.largest_firm_share_bp, path), law.number("adm.mark.dominant_bp")
    if share >= limit:
        return review("one_firm_dominates", mark=shown.name, share_bp=share, limit_bp=limit).at(path)
    return passed("many_firms", mark=shown.name, share_bp=share, limit_bp=limit)


def _authorised(shown: _Shown, facts: Facts, _: Law) -> Iterator[Finding]:
    """Everybody who offers under the specialty's name uses its mark, so everybody must be authorised."""
    allowed = frozenset(need(shown.mark.authorised_suppliers, f"{shown.path}.authorised_suppliers"))
    path = f"{shown.path}.authorised_suppliers"
    offering: dict[str, str] = {}
    for index, supplier in enumerate(need(facts.suppliers, "suppliers")):
        if supplier.uscc is None:
            yield missing(f"suppliers[{index}].uscc")
        else:
            offering[supplier.uscc] = supplier.name or supplier.uscc
    if facts.lot is not None and facts.lot.supplier_uscc is not None:
        offering.setdefault(facts.lot.supplier_uscc, facts.lot.supplier_uscc)
    strangers = [name for code, name in offering.items() if code not in allowed]
    if strangers:
        yield fail("unauthorised_use", mark=shown.name, suppliers=strangers).at(path, "suppliers")
    else:
        yield passed("authorised", mark=shown.name, n=len(offering))


def _protected(facts: Facts, law: Law) -> dict[str, tuple[str, ...] | None]:
    """Protected names with their areas: those of the marks attached, then those that the gate knows by itself.

    None where a mark does not state its area.
    """
    areas: dict[str, tuple[str, ...] | None] = {
        name: tuple(codes) for name, codes in law.part("adm.mark.protected_names").items()
    }
    for mark in facts.marks or ():
        if mark.mark_type in _INDICATIONS and mark.name and not _imitation_of(mark.name, facts, law):
            areas[mark.name] = mark.area_region_codes or areas.get(mark.name)
    return areas


def _imitation_of(name: str, facts: Facts, law: Law) -> str | None:
    """The protected name, of those the gate knows by itself, that this one imitates."""
    genuine = law.part("adm.mark.protected_names")
    return _imitated(name, tuple(genuine), facts, law)


def _imitated(name: str, protected: tuple[str, ...], facts: Facts, law: Law) -> str | None:
    return imitated(name, protected, law.words("adm.mark.imitating_words"), _own_places(facts, law.on))


def _own_places(facts: Facts, on: date) -> tuple[str, ...]:
    """The names of the specialty's region and of those above it."""
    code = facts.subject.region_code if facts.subject else None
    return _place_and_above(code, on) if code else ()


@functools.lru_cache(maxsize=4_096)
def _place_and_above(code: str, on: date) -> tuple[str, ...]:
    rows = [known(each_code) for each_code in (code, *ancestors(code, on))]
    return tuple(name for row in rows if row for name in (row.name_zh, row.short_zh))


def _names(facts: Facts) -> Iterator[tuple[str, str]]:
    """The names under which the goods are offered, each with its path."""
    if facts.lot is not None and facts.lot.display_name:
        yield "lot.display_name", facts.lot.display_name
    if facts.subject is not None and facts.subject.display_name:
        yield "subject.display_name", facts.subject.display_name
    for index, mark in enumerate(facts.marks or ()):
        if mark.display_name and mark.mark_type != "none":
            yield f"marks[{index}].display_name", mark.display_name


def _imitations(facts: Facts, law: Law) -> Iterator[Finding]:
    sold_as = need(need(facts.subject, "subject").display_name, "subject.display_name")
    protected = tuple(_protected(facts, law))
    registered = ((f"marks[{i}].name", mark.name) for i, mark in enumerate(facts.marks or ()) if mark.name)
    compared = [(path, name, _imitated(name, protected, facts, law)) for path, name in (*_names(facts), *registered)]
    found = [
        fail("look_alike", name=name, protected=genuine).at(path)
        for path, name, genuine in compared
        if genuine is not None
    ]
    yield from found or [passed("no_imitation", name=sold_as)]


def _named_areas(facts: Facts, law: Law) -> Iterator[Finding]:
    """Goods that bear a protected name grew in its area."""
    named: dict[str, str] = {}
    protected = _protected(facts, law)
    for path, name in _names(facts):
        for one in protected:
            if contains_name(name, one):
                named.setdefault(one, path)
    for one, path in named.items():
        area = protected[one]
        yield missing(_area_path(facts, one)) if not area else _grown_within(one, area, path, facts, law)


def _area_path(facts: Facts, protected: str) -> str:
    index = next(index for index, mark in enumerate(facts.marks or ()) if mark.name == protected)
    return f"marks[{index}].area_region_codes"


def _grown_within(protected: str, area: tuple[str, ...], path: str, facts: Facts, law: Law) -> Finding:
    grown = [(place, region_of(place, plot)) for place, plot in plots_of(need(facts.lot, "lot"))]
    seen = [(place, code, lies_in_any(code, area, law.on)) for place, code in grown]
    outside = [(place, code) for place, code, where in seen if where == "outside"]
    unclear = [(place, code) for place, code, where in seen if where in ("unclear", "unknown")]
    if outside:
        regions = joined([region_words(code, law.on) for code in dict.fromkeys(code for _, code in outside)])
        return fail("outside_area", protected=protected, regions=regions).at(path, *(place for place, _ in outside))
    if unclear:
        regions = joined([region_words(code, law.on) for code in dict.fromkeys(code for _, code in unclear)])
        return review("area_unclear", protected=protected, regions=regions).at(*(place for place, _ in unclear))
    return passed("within_area", protected=protected)
