"""Who is independent of a case: what `fm.separation` asks of a reviewer, asked before they speak.

Nobody judges their own case, nobody whose organ gains by it, nobody whose superior does, and the second of two people
is another person of another organ than the first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.compliance.rules.keys import REVIEWERS

_APPLICANTS = frozenset({"applicant", "operator"})
_INTERESTED = _APPLICANTS | {"presenter", "official"}


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who has a part in a case, in the role they have there."""

    role: str
    person: str | None
    organ: str | None = None
    organ_region_code: str | None = None


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who wants to act on a case: as their token and their account tell them, which may differ for a while."""

    person: str
    organs: frozenset[str] = frozenset()
    superior: str | None = None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why somebody may not act, for people."""

    en: str
    zh: str


def parties_in(facts: Mapping[str, Any]) -> list[Party]:
    """Everybody whom the facts name, those left out who only closed a review of the case."""
    people = [
        Party(str(person.get("role") or ""), person.get("person"), person.get("organ"), person.get("organ_region_code"))
        for person in facts.get("people", ())
        if person.get("role") not in REVIEWERS
    ]
    official = facts.get("official") or {}
    if official.get("person") and all(official["person"] != party.person for party in people):
        people.append(Party("presenter", official["person"], official.get("organ"), official.get("region_code")))
    return people


def applicants_organs(parties: Iterable[Party]) -> list[str]:
    """The organs for which somebody applies, each once."""
    return list(dict.fromkeys(party.organ for party in parties if party.role in _APPLICANTS and party.organ))


def obstacle(hand: Hand, parties: Sequence[Party]) -> Obstacle | None:
    """What keeps this person from judging the case; None when nothing does."""
    if hand.person in {party.person for party in parties}:
        return Obstacle(
            "You have a part in this case; a reviewer from outside must decide.",
            "您在本事项中担任其他角色，须由无关的复核人员处理。",
        )
    if not hand.organs.isdisjoint(applicants_organs(parties)):
        return Obstacle(
            "You belong to the applicant's organ; a reviewer of another organ must decide.",
            "您与申请人同属一个单位，须由其他单位的复核人员处理。",
        )
    interested = [party for party in parties if party.role in _INTERESTED]
    if not hand.organs.isdisjoint({party.organ for party in interested}):
        return Obstacle(
            "You belong to the presenter's organ; a reviewer of another organ must decide.",
            "您与出镜官员同属一个单位，须由其他单位的复核人员处理。",
        )
    if hand.superior is not None and hand.superior in {party.person for party in interested}:
        return Obstacle(
            "Your superior has an interest in this case; somebody who does not report to them must decide.",
            "您的上级与本事项有关，须由与其无隶属关系的人员处理。",
        )
    return None


def obstacle_beside(hand: Hand, acted: Sequence[Party]) -> Obstacle | None:
    """What keeps this person from speaking after those who acted already: another person, of another organ."""
    if not hand.organs:
        return Obstacle(
            "Your account names no organ, and this takes people of different organs. Ask an administrator to enter it.",
            "您的账户未登记单位，而此项须由不同单位的人员办理。请联系管理员补充。",
        )
    if hand.person in {party.person for party in acted}:
        return Obstacle("You have acted on this already; somebody else must.", "您已经处理过此项，须由其他人员办理。")
    shared = sorted(hand.organs & {party.organ for party in acted if party.organ})
    if shared:
        return Obstacle(
            f"Somebody of {shared[0]} has acted on this already; a person of another organ must.",
            f"{shared[0]}已有人员处理过此项，须由其他单位的人员办理。",
        )
    return None
