"""What people's words on an answer rest on, and where they still hold later."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.compliance.rules import RULEBOOK, FactsError, parse_facts
from services.compliance.rules.core import Result, Rule
from services.compliance.rules.engine import finds_alike, finds_the_same, resolution_basis
from services.compliance.rules.facts import Facts
from services.compliance.rules.law import Parameters


def basis_of(facts: Mapping[str, Any], rule_id: str, reason_code: str) -> dict[str, Any]:
    """The part of a word that ties it to a rule, a reason and the facts as they are.

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
    """People's word on a lot, as it holds of the filing that takes the lot to market; None where it does not.

    `spoken_on` is the decision that was before them. Only what lets a lot pass carries, an acceptance or an override:
    a refused lot blocks the filing itself.
    """
    rule = next((rule for rule in RULEBOOK if rule.id == word["rule"]), None)
    overrides = "confirmed_at" in word
    if rule is None or not (overrides or word.get("outcome") == "accepted"):
        return None
    try:
        now = parse_facts({name: facts[name] for name in rule.reads if name in facts})
    except FactsError:
        return None
    then, at = parse_facts(spoken_on["facts"]), datetime.fromisoformat(spoken_on["at"])
    found: Result = "fail" if overrides else "review"
    if not finds_the_same(rule, word["reason_code"], (then, "listing"), (now, "filing"), at, found, parameters):
        return None
    return {**word, **resolution_basis(rule, now)}


def across_the_approval(facts: Mapping[str, Any], at: datetime, parameters: Parameters | None = None) -> dict[str, Any]:
    """The facts of an approved filing with the words that people spoke on its preview, as they hold of them now.

    The approval joins what a rule reads without changing what was before people. A word rests on the facts with it
    where they are those of the preview but for it, and the rule finds the same in the same words as without it.
    """
    spoken = {name: facts[name] for name in ("resolutions", "overrides") if facts.get(name)}
    if not spoken or not (facts.get("filing") or {}).get("approvals"):
        return dict(facts)
    try:
        then, now = parse_facts(_before_the_approval(facts)), parse_facts(facts)
    except FactsError:
        return dict(facts)
    rules = {rule.id: rule for rule in RULEBOOK}
    moved = {
        name: [_across(word, rules.get(word["rule"]), then, now, at, parameters) for word in words]
        for name, words in spoken.items()
    }
    return {**facts, **moved}


def _before_the_approval(facts: Mapping[str, Any]) -> dict[str, Any]:
    filing = {name: value for name, value in facts["filing"].items() if name != "approvals"}
    people = [person for person in facts.get("people") or () if person.get("role") != "approver"]
    return {**facts, "filing": filing} | ({"people": people} if "people" in facts else {})


def _across(
    word: Mapping[str, Any], rule: Rule | None, then: Facts, now: Facts, at: datetime, parameters: Parameters | None
) -> Mapping[str, Any]:
    if rule is None or any(word.get(name) != value for name, value in resolution_basis(rule, then).items()):
        return word
    found: Result = "fail" if "confirmed_at" in word else "review"
    alike = finds_alike(rule, word["reason_code"], (then, "filing"), (now, "filing"), at, found, parameters)
    return {**word, **resolution_basis(rule, now)} if alike else word
