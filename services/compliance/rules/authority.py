"""Whether the event was declared by the body that the law names, for the place it governs."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.compliance.rules.core import (
    PLATFORM,
    Finding,
    each,
    fail,
    ground,
    missing,
    need,
    not_applicable,
    passed,
    review,
    rule,
    severity,
)
from services.compliance.rules.declarations import EMERGENCY, EMERGENCY_2007, bearing_declarations
from services.compliance.rules.facts import Authority, Declaration, Event, Facts
from services.compliance.rules.law import Law
from services.compliance.rules.naming import joined, region_words
from services.contracts.regions import covers, is_administration

RANK: Mapping[str, int] = {"village": 0, "township": 1, "county": 2, "prefecture": 3, "province": 4, "national": 5}
_COMMANDS = frozenset({"emergency_command", "flood_command", "earthquake_command", "relief_committee"})
_BELOW_COUNTY = frozenset({"township_government", "village"})
_NO_ORGAN = frozenset({"enterprise", "association", "media"})
# An event of one type is not declared under the plans for another, or the wrong body would become the right one.
_SYSTEMS: Mapping[str, frozenset[str]] = {
    "natural": frozenset({"weather", "flood_drought", "relief", "earthquake"}),
    "public_health": frozenset({"public_health"}),
    "animal_disease": frozenset({"animal_disease"}),
    "crop_pest": frozenset({"crop_pest", "plant_quarantine"}),
    "accident": frozenset({"accident"}),
    "social_safety": frozenset({"social_safety"}),
}
_SYSTEM_OF = {
    "public_health": "public_health",
    "animal_disease": "animal_disease",
    "crop_pest": "crop_pest",
    "accident": "accident",
    "social_safety": "social_safety",
}


@rule(
    "fm.authority",
    title=("宣布主体合法", "Declared by the body the law names"),
    stages=("listing", "filing"),
    reads=("event", "subject"),
    hard=True,
    grounds=(
        PLATFORM,
        ground("中华人民共和国气象法", "第二十二条", since="2000-01-01"),
        ground("气象灾害防御条例", "第三十条、第三十四条", since="2010-04-01"),
        ground("中华人民共和国防洪法", "第四十一条", since="1998-01-01"),
        ground("中华人民共和国抗旱条例", "第三十三条至第三十五条", since="2009-02-26"),
        ground("自然灾害救助条例", "第十四条", since="2010-09-01"),
        ground("突发公共卫生事件应急条例", "第二十六条、第二十七条", since="2003-05-09", until="2025-11-01"),
        ground("中华人民共和国突发公共卫生事件应对法", "第三十八条", since="2025-11-01"),
        ground("中华人民共和国动物防疫法", "第三十六条", since="2021-05-01"),
        ground("重大动物疫情应急条例", "第十九条、第二十条", since="2005-11-18"),
        ground("农作物病虫害防治条例", "第二十七条", since="2020-05-01"),
        ground("植物检疫条例", "第六条", since="1992-05-13"),
        ground(EMERGENCY_2007, "第七条、第四十三条、第四十四条", since="2007-11-01", until="2024-11-01"),
        ground(EMERGENCY, "第十七条、第十九条、第六十四条", since="2024-11-01"),
    ),
)
def lawful_authority(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """One declaration by the right body for the right place is enough; an echo by a lesser body does no harm."""
    event = need(facts.event, "event")
    declarations = need(event.declarations, "event.declarations")
    bearing = bearing_declarations(event, law.at)
    if not bearing:
        # A mere statement has an author too, and who it is tells the operator more than that it is no declaration.
        bearing = [(index, declaration) for index, declaration in enumerate(declarations)]
    if not bearing:
        # Whether an undeclared event exists at all is the event rule's question.
        return (not_applicable("nothing_declared"),)
    answers = [_declaration_findings(facts, law, event, index, declaration) for index, declaration in bearing]
    return min(answers, key=lambda findings: max(severity(finding) for finding in findings))


def lawful_declarations(facts: Facts, law: Law) -> list[tuple[int, Declaration]]:
    """The declarations the case rests on, without those of a body that had no say; all of them if none had one.

    Raises MissingFact when nobody named the event.
    """
    event = need(facts.event, "event")
    bearing = bearing_declarations(event, law.at)
    lawful = [
        (index, declaration)
        for index, declaration in bearing
        if all(finding.result != "fail" for finding in _declaration_findings(facts, law, event, index, declaration))
    ]
    # Where nobody had a say, the rule on authority refuses the case, and the others need not repeat it.
    return lawful or bearing


def _declaration_findings(
    facts: Facts, law: Law, event: Event, index: int, declaration: Declaration
) -> tuple[Finding, ...]:
    path = f"event.declarations[{index}].authority"

    def body(_: Facts, __: Law) -> Finding:
        return _body(event, declaration, law, path)

    def place(_: Facts, __: Law) -> Finding:
        return _jurisdiction(facts, event, need(declaration.authority, path), law, path)

    def norms(_: Facts, __: Law) -> Iterator[Finding]:
        return _doubts(event, declaration, law, path)

    return each(facts, law, body, place, norms)


def _body(event: Event, declaration: Declaration, law: Law, path: str) -> Finding:
    authority = need(declaration.authority, path)
    kind = need(authority.kind, f"{path}.kind")
    name = authority.name or "—"
    if kind in _NO_ORGAN:
        return fail("no_public_authority", name=name).at(f"{path}.kind")
    level = need(authority.level, f"{path}.level")
    if kind in _BELOW_COUNTY or RANK[level] < RANK["county"]:
        return fail("below_county", name=name).at(f"{path}.level")
    system = need(declaration.system or _SYSTEM_OF.get(event.event_type or ""), path.replace("authority", "system"))
    declared = need(declaration.kind, path.replace("authority", "kind"))
    allowed: Mapping[str, Any] = law.part("fm.authority.matrix", system, declared)
    if kind not in allowed:
        # A department that signs beside a body with the power does not act alone.
        beside = next((other for other in declaration.joint_authorities or () if _may_by_itself(other, allowed)), None)
        if beside is not None:
            return passed("lawful_body", name=beside.name or "—")
        return fail("wrong_body", name=name).at(f"{path}.kind")
    if RANK[level] < RANK[allowed[kind]["from_level"]]:
        return fail("level_too_low", name=name).at(f"{path}.level")
    return _conditions(allowed[kind], authority, declaration, level, path)


def _may_by_itself(authority: Authority, allowed: Mapping[str, Any]) -> bool:
    terms = allowed.get(authority.kind or "")
    if terms is None or authority.level is None or set(terms) != {"from_level"}:
        return False
    return RANK[authority.level] >= RANK[terms["from_level"]]


def _conditions(
    allowed: Mapping[str, Any], authority: Authority, declaration: Declaration, level: str, path: str
) -> Finding:
    name = authority.name or "—"
    if "together_with" in allowed:
        joint = {
            other.kind for other in need(declaration.joint_authorities, path.replace("authority", "joint_authorities"))
        }
        if allowed["together_with"] not in joint:
            return fail("not_jointly", name=name).at(f"{path}.kind")
    conditional = level != "national" and allowed.get("below_national_if_authorised")
    if conditional and not need(authority.authorised_to_publish, f"{path}.authorised_to_publish"):
        return fail("not_authorised", name=name).at(f"{path}.authorised_to_publish")
    return passed("lawful_body", name=name)


def _jurisdiction(facts: Facts, event: Event, authority: Authority, law: Law, path: str) -> Finding:
    name = authority.name or "—"
    if authority.level == "national":
        return passed("governs_the_country", name=name)
    code = need(authority.region_code, f"{path}.region_code")
    if not is_administration(code):
        return fail("no_administration", region_code=code).at(f"{path}.region_code")
    struck = [region.code for region in need(event.regions, "event.regions") if region.code]
    place = facts.subject.region_code if facts.subject else None
    # The case rests on the product's place; a declaration for part of it is the coverage rule's matter.
    places = [place, *(code_ for code_ in struck if covers(place, code_, law.on))] if place else struck
    if any(covers(code, wanted, law.on) for wanted in places):
        return passed("governs_the_place", name=name, region=region_words(code, law.on))
    shown = joined([region_words(wanted, law.on) for wanted in places])
    return fail("outside_jurisdiction", name=name, region=region_words(code, law.on), places=shown).at(
        f"{path}.region_code"
    )


def _level_doubt(declaration: Declaration, authority: Authority, law: Law, path: str) -> Iterator[Finding]:
    level, graded = declaration.response_level, declaration.kind == "response" and declaration.system != "social_safety"
    if authority.level is None or RANK[authority.level] >= RANK["province"]:
        # A province may start a response of any level.
        return
    if level is None and graded:
        yield missing(path.replace("authority", "response_level"))
    elif level is not None and RANK[authority.level] < RANK[law["fm.authority.response_norm"][str(level)]]:
        yield review("level_unusual", name=authority.name or "—", level=level).at(f"{path}.level")


def _drought_doubt(
    event: Event, declaration: Declaration, authority: Authority, law: Law, path: str
) -> Iterator[Finding]:
    """A severe drought is the national headquarters' to declare (抗旱条例 第三十四条); its grade alone tells."""
    if event.hazard != "drought" or declaration.event_grade is None or authority.level is None:
        return
    usual = law["fm.authority.drought_norm"].get(str(declaration.event_grade))
    if usual is not None and RANK[authority.level] < RANK[usual]:
        yield review("drought_beyond_level", name=authority.name or "—").at(f"{path}.level")


def _doubts(event: Event, declaration: Declaration, law: Law, path: str) -> Iterator[Finding]:
    authority = declaration.authority
    if authority is None:
        return
    name = authority.name or "—"
    yield from _level_doubt(declaration, authority, law, path)
    yield from _drought_doubt(event, declaration, authority, law, path)
    systems = _SYSTEMS.get(event.event_type or "")
    if systems is not None and declaration.system is not None and declaration.system not in systems:
        yield review("system_of_another_event", name=name).at(path.replace("authority", "system"))
    if authority.kind in _COMMANDS and not authority.parent_government:
        yield review("command_without_government", name=name).at(f"{path}.parent_government")
    if declaration.relayed:
        yield review("relayed_copy", name=name).at(path.replace("authority", "relayed"))
