"""Whether the people in a case are different people, and those who control it independent of those who gain."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import combinations, product

from services.compliance.rules.authority import RANK, lawful_declarations
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
from services.compliance.rules.facts import Authority, Facts, Person
from services.compliance.rules.law import Law, start_of
from services.compliance.rules.months import months_after
from services.compliance.rules.naming import the_place
from services.contracts.regions import covers

# One name per role, whichever of the two vocabularies the caller speaks.
_ROLE = {
    "event_registrar": "registrar",
    "event_verifier": "verifier",
    "slow_sales_certifier": "certifier",
    "operator": "applicant",
    "official": "presenter",
    "gate_reviewer": "reviewer",
}
_WORDS: Mapping[str, Words] = {
    "registrar": Words("事件登记人", "registrar of the event"),
    "verifier": Words("事件核实人", "verifier of the event"),
    "certifier": Words("滞销证明人", "certifier of the slow sales"),
    "applicant": Words("申请人", "applicant"),
    "approver": Words("审批人", "approver"),
    "presenter": Words("出镜官员", "presenter"),
    "reviewer": Words("复核人", "reviewer"),
    "inspector": Words("检查员", "inspector"),
}
_APART = ("verifier", "certifier", "applicant", "approver", "presenter", "reviewer")
_CONTROLS = ("verifier", "certifier", "approver", "reviewer")
_INTERESTED = ("applicant", "presenter")
_HEADS = ("县长", "区长", "市长", "旗长", "州长", "省长", "主席", "盟长")
_OTHER_CHAIRS = ("政协主席", "工会主席", "人大主席", "妇联主席", "文联主席")
_CASE = dict[str, list[tuple[int, Person]]]


@rule(
    "fm.separation",
    title=("职责分离", "Nobody certifies their own case"),
    stages=("filing", "golive"),
    reads=("people", "event", "subject", "sales", "filing"),
    hard=True,
    grounds=(PLATFORM, ground("中华人民共和国公务员法", "第七十六条", since="2019-06-01")),
)
def roles_are_separate(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """Six roles, six people; whoever controls neither serves nor shares an office with whoever gains."""
    checks = (_everyone_named, _two_roles, _same_organ, _approver_above, _own_evidence, _own_declaration)
    return each(facts, law, *checks, _subordinates, _shared_office)


def _case(facts: Facts) -> _CASE:
    case: _CASE = {}
    for index, person in enumerate(need(facts.people, "people")):
        if person.role is not None:
            case.setdefault(_ROLE.get(person.role, person.role), []).append((index, person))
    return case


def _everyone_named(facts: Facts, _: Law) -> Finding:
    case = _case(facts)
    needed = ["verifier", "certifier", "applicant", "presenter"]
    if facts.filing is not None and facts.filing.approvals is not None:
        # Before the approver has seen the filing nobody can be named; the filing rule holds it for that.
        needed.append("approver")
    for role in needed:
        need(case.get(role), f"people.{role}")
    for role in _APART:
        for index, person in case.get(role, []):
            need(person.person, f"people[{index}].person")
    return passed("everyone_named")


def _two_roles(facts: Facts, _: Law) -> Iterator[Finding]:
    case = _case(facts)
    for one, other in combinations(_APART, 2):
        if _same_person(case, one, other):
            yield fail("two_roles", one=_WORDS[one], other=_WORDS[other]).at("people")
    for role in _APART:
        if _same_person(case, role, "inspector"):
            yield review("inspector_in_case", other=_WORDS[role]).at("people")
    # The registrar may be the applicant because the verifier checks them; a registrar who verifies checks nobody.
    if _same_person(case, "registrar", "verifier"):
        yield review("registrar_verified").at("people")
    yield passed("six_people")


def _same_person(case: _CASE, one: str, other: str) -> bool:
    tokens = [{person.person for _, person in case.get(role, []) if person.person} for role in (one, other)]
    return bool(tokens[0] & tokens[1])


def _same_organ(facts: Facts, _: Law) -> Finding:
    case = _case(facts)
    for (i, verifier), (j, applicant) in product(case.get("verifier", []), case.get("applicant", [])):
        organ = need(verifier.organ, f"people[{i}].organ")
        if organ == need(applicant.organ, f"people[{j}].organ"):
            return fail("verifier_in_applicants_organ", organ=organ).at(f"people[{i}].organ", f"people[{j}].organ")
    return passed("organs_differ")


def _approver_above(facts: Facts, law: Law) -> Iterator[Finding]:
    case = _case(facts)
    for (i, approver), (j, presenter) in product(case.get("approver", []), case.get("presenter", [])):
        above = need(approver.organ_level, f"people[{i}].organ_level")
        below = need(presenter.organ_level, f"people[{j}].organ_level")
        scope = need(approver.organ_region_code, f"people[{i}].organ_region_code") if above != "national" else None
        place = need(presenter.organ_region_code, f"people[{j}].organ_region_code")
        if RANK[above] <= RANK[below] or (scope is not None and not covers(scope, place, law.on)):
            yield fail("approver_not_above", approver=approver.organ or "—", presenter=presenter.organ or "—").at(
                f"people[{i}].organ_level"
            )
            return


def _own_evidence(facts: Facts, _: Law) -> Iterator[Finding]:
    certified_by = facts.sales.certified_by if facts.sales else None
    for index, presenter in _case(facts).get("presenter", []):
        if certified_by is None and presenter.signed_slow_sales_evidence is None:
            yield missing("sales.certified_by")
        own = certified_by is not None and certified_by == presenter.person
        if own or presenter.signed_slow_sales_evidence:
            yield fail("presenter_certified").at(f"people[{index}]")
        if presenter.confirmed_declaration:
            yield fail("presenter_verified").at(f"people[{index}]")


def _own_declaration(facts: Facts, law: Law) -> Iterator[Finding]:
    """A head of government who declared, or whose county did, needs a verifier from the prefecture or above."""
    case = _case(facts)
    if _confirmed_from_above(case, law.on):
        return
    lawful = [declaration for _, declaration in lawful_declarations(facts, law)]
    signers = {d.signed_by for d in need(facts.event, "event").declarations or () if d.signed_by is not None}
    for index, presenter in case.get("presenter", []):
        signed = presenter.person in signers
        if signed or presenter.signed_declaration:
            yield review("presenter_declared").at(f"people[{index}]")
            continue
        authorities = [declaration.authority for declaration in lawful if declaration.authority]
        # Where a higher level declared too, the case does not rest on the county's own word.
        own = [authority for authority in authorities if _own_county(authority, presenter, law.on)]
        if not own or not _is_head(index, presenter):
            continue
        if len(own) == len(lawful):
            yield review("own_county_declared").at(f"people[{index}]", "event.declarations")
        else:
            # Without the place nobody can tell whether the others had a say in it.
            the_place(facts)


def _own_county(authority: Authority, person: Person, on: date) -> bool:
    """Whether the person's county declared, under whichever code the county had then."""
    if authority.level != "county" or authority.region_code is None or person.organ_region_code is None:
        return False
    return covers(authority.region_code, person.organ_region_code, on)


def _confirmed_from_above(case: _CASE, on: date) -> bool:
    """Whether a verifier of a prefecture or above, to which the presenter's county belongs, has confirmed."""
    return any(
        person.organ_level is not None
        and RANK[person.organ_level] >= RANK["prefecture"]
        and _stands_above(index, person, case, on)
        and need(person.confirmed_declaration, f"people[{index}].confirmed_declaration")
        for index, person in case.get("verifier", [])
    )


def _stands_above(index: int, verifier: Person, case: _CASE, on: date) -> bool:
    if verifier.organ_level == "national":
        return True
    scope = need(verifier.organ_region_code, f"people[{index}].organ_region_code")
    places = [person.organ_region_code for _, person in case.get("presenter", []) if person.organ_region_code]
    return all(covers(scope, place, on) for place in places)


def _is_head(index: int, person: Person) -> bool:
    if person.head_of_government is not None:
        return person.head_of_government
    post = need(person.post, f"people[{index}].head_of_government")
    # One person may hold several posts: 县委副书记、县长 is the head of the county's government.
    posts = [part for part in re.split(r"[、，,;；/\s]", post) if "副" not in part]
    return any(part.endswith(_HEADS) and not part.endswith(_OTHER_CHAIRS) for part in posts)


def _subordinates(facts: Facts, _: Law) -> Iterator[Finding]:
    case = _case(facts)
    bosses = {person.person: role for role in _INTERESTED for _, person in case.get(role, []) if person.person}
    for role in _CONTROLS:
        for index, person in case.get(role, []):
            if person.superior is not None and person.superior in bosses:
                boss = _WORDS[bosses[person.superior]]
                yield review("direct_subordinate", one=_WORDS[role], other=boss).at(f"people[{index}].superior")


def _shared_office(facts: Facts, law: Law) -> Iterator[Finding]:
    """Who worked in one office within the last months is not yet independent."""
    case = _case(facts)
    months = law.number("fm.separation.office_months")
    for one, other in product(_CONTROLS, _INTERESTED):
        for (index, control), (_, interested) in product(case.get(one, []), case.get(other, [])):
            theirs = _offices(interested, law.on)
            for organ, left in sorted(_offices(control, law.on).items()):
                together_until = min(left, theirs.get(organ, date.min))
                last = months_after(together_until, months)
                if last >= law.on:
                    until = start_of(last + timedelta(days=1)) if together_until < law.on else None
                    finding = review("shared_office", one=_WORDS[one], other=_WORDS[other], organ=organ, months=months)
                    yield finding.at(f"people[{index}]").until(until)


def _offices(person: Person, on: date) -> dict[str, date]:
    """The organs where the person works or worked, with the last day there."""
    offices = {former.organ: former.left_on or on for former in person.former_offices or () if former.organ}
    return {**offices, person.organ: on} if person.organ else offices
