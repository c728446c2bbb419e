"""What a changed parameter does to an answer: what deciding twice would say, at hardly more than the cost of once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.compliance.rules.core import Rule
from services.compliance.rules.engine import decide_by
from services.compliance.rules.facts import Facts
from services.compliance.rules.fingerprint import may_ask
from services.compliance.rules.law import Parameters
from services.compliance.rules.stages import Stage

Document = dict[str, Any]
SEVERITY: Mapping[str, int] = {"pass": 0, "review": 1, "fail": 2}


@dataclass(frozen=True, slots=True)
class Pair:
    """The results of one question under two sets of parameters, rule by rule."""

    before: tuple[Document, ...]
    after: tuple[Document, ...]

    def with_results(self, then: Sequence[Document], now: Sequence[Document]) -> "Pair":
        """The pair with further results beside those of the rules."""
        return Pair((*self.before, *then), (*self.after, *now))

    @property
    def outcomes(self) -> tuple[str, str]:
        """The outcome then and now."""
        return outcome_of(self.before), outcome_of(self.after)

    def changes(self) -> list[Document]:
        """The results that differ, in the order of the rules."""
        before = {result["rule"]: result for result in self.before}
        after = {result["rule"]: result for result in self.after}
        both = [(before.get(rule), after.get(rule)) for rule in dict.fromkeys([*before, *after])]
        return [_change(old, new) for old, new in both if _says(old) != _says(new)]


def answers_under(
    rulebook: Sequence[Rule],
    question: tuple[Facts, Stage, datetime, Sequence[str] | None],
    present: Parameters,
    proposed: Parameters,
    name: str,
) -> Pair:
    """The answers to a question under parameters that differ in the values of one name only.

    Rules see parameters only by asking for them, so a rule that did not ask for the name says the same again and is
    not asked twice.
    """
    facts, stage, at, rules = question
    then = decide_by(rulebook, facts, stage, at, rules, present).results
    moved = [result["rule"] for result in then if name in result["parameters"]]
    if not moved:
        return Pair(then, then)
    again = decide_by(rulebook, facts, stage, at, moved, proposed)
    anew = {result["rule"]: result for result in again.results}
    return Pair(then, tuple(anew.get(result["rule"], result) for result in then))


def stays_the_same(
    rulebook: Sequence[Rule],
    question: tuple[Facts, Stage, datetime],
    present: Parameters,
    proposed: Parameters,
    name: str,
) -> bool:
    """Whether every rule answers the question alike under parameters that differ in the values of one name only.

    Only the rules that may ask for the name are asked, which is a small part of the cost of the whole answer.
    """
    facts, stage, at = question
    suspects = [rule.id for rule in rulebook if stage in rule.stages and may_ask(rule, name)]
    return not suspects or not answers_under(rulebook, (facts, stage, at, suspects), present, proposed, name).changes()


def outcome_of(results: Sequence[Mapping[str, Any]]) -> str:
    """The worst of the results that take part in the outcome; review when none does."""
    given = [result["result"] for result in results if result["result"] in SEVERITY]
    return max(given, key=lambda said: SEVERITY[said], default="review")


def _says(result: Document | None) -> tuple[str, list[str]] | None:
    return (result["result"], result["reason_codes"]) if result else None


def _change(old: Document | None, new: Document | None) -> Document:
    shown = new or old or {}
    return {
        "rule": shown["rule"],
        "title": dict(shown["title"]),
        "then": old["result"] if old else None,
        "now": new["result"] if new else None,
        "then_reason": dict(old["reason"]) if old else None,
        "now_reason": dict(new["reason"]) if new else None,
    }
