"""What people's words on an answer rest on, and where they still hold later."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.compliance.rules import RULEBOOK, FactsError, parse_facts
from services.compliance.rules.core import Result
from services.compliance.rules.engine import finds_the_same, resolution_basis
from services.compliance.rules.law import Parameters

_APPLICANTS = frozenset({"applicant", "operator"})


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
