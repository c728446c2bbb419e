"""What a reviewer's word rests on, where it still holds later, and who stands too near to speak it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.compliance.rules import RULEBOOK, FactsError, parse_facts
from services.compliance.rules.engine import finds_the_same, resolution_basis
from services.compliance.rules.keys import REVIEWERS
from services.compliance.rules.law import Parameters

_APPLICANTS = frozenset({"applicant", "operator"})


def persons_in(facts: Mapping[str, Any]) -> frozenset[str]:
    """The tokens of everybody who has a part in the case, earlier reviewers left out."""
    people = [person for person in facts.get("people", ()) if person.get("role") not in REVIEWERS]
    official = facts.get("official") or {}
    found = {person.get("person") for person in people} | {official.get("person")}
    return frozenset(person for person in found if person)


def applicants_organs(facts: Mapping[str, Any]) -> frozenset[str]:
    """The organs for which somebody applies."""
    return frozenset(
        person["organ"]
        for person in facts.get("people", ())
        if person.get("role") in _APPLICANTS and person.get("organ")
    )


def resolution_fact(facts: Mapping[str, Any], rule_id: str, reason_code: str) -> dict[str, Any]:
    """The part of a resolution that ties it to a rule, a reason and the facts as they are.

    Raises KeyError for a rule that does not exist.
    """
    rule = {rule.id: rule for rule in RULEBOOK}[rule_id]
    return {**resolution_basis(rule, parse_facts(facts)), "reason_code": reason_code}


def at_the_filing(
    word: Mapping[str, Any],
    spoken_on: Mapping[str, Any],
    facts: Mapping[str, Any],
    parameters: Parameters | None = None,
) -> dict[str, Any] | None:
    """A reviewer's word on a lot, as it holds of the filing that takes the lot to market; None where it does not.

    `spoken_on` is the decision that was reviewed. Only an acceptance carries: a refused lot blocks the filing itself.
    """
    rule = next((rule for rule in RULEBOOK if rule.id == word["rule"]), None)
    if rule is None or word.get("outcome") != "accepted":
        return None
    try:
        now = parse_facts({name: facts[name] for name in rule.reads if name in facts})
    except FactsError:
        return None
    then, at = parse_facts(spoken_on["facts"]), datetime.fromisoformat(spoken_on["at"])
    if not finds_the_same(rule, word["reason_code"], (then, "listing"), (now, "filing"), at, parameters):
        return None
    return {**word, **resolution_basis(rule, now)}
