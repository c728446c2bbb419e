"""Decides: asks every rule of a stage, lets people's words speak, and takes the worst result."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.compliance.rules.answer import Answer, Outcome, result_document
from services.compliance.rules.canonical import sha256_of
from services.compliance.rules.core import Finding, Result, Rule, not_applicable
from services.compliance.rules.facts import Facts, facts_document
from services.compliance.rules.keys import fact_keys
from services.compliance.rules.law import Law, Parameters, released_parameters, start_of
from services.compliance.rules.revision import ruleset_revision
from services.compliance.rules.spoken import Spoken, content_sha256, heard
from services.compliance.rules.stages import Stage

GOLIVE_VALID_FOR = timedelta(minutes=15)


class UnknownRule(LookupError):
    """A question names a rule that does not exist; carries the nearest name."""

    def __init__(self, rule_id: str, known: Iterable[str]) -> None:
        self.rule_id = rule_id
        nearest = difflib.get_close_matches(rule_id, list(known), n=1)
        self.nearest = nearest[0] if nearest else None
        super().__init__(rule_id)


def decide_by(
    rulebook: Sequence[Rule],
    facts: Facts,
    stage: Stage,
    at: datetime,
    rules: Sequence[str] | None = None,
    parameters: Parameters | None = None,
    document: dict[str, Any] | None = None,
) -> Answer:
    """The answer of a rulebook to a question, as of a moment; pure: the same question gives the same answer.

    `document` is that of the facts, from whoever has it already.
    Raises UnknownRule when `rules` names one that the rulebook lacks, ValueError for a naive moment.
    """
    asked = _asked_rules(rulebook, stage, rules)
    law = Law(parameters if parameters is not None else released_parameters(), at, stage)
    document = facts_document(facts) if document is None else document
    results, moments = [], _stage_moments(stage, at)
    for rule in asked:
        own_law = law.for_another_rule()
        said = _said(rule, facts, document, own_law)
        results.append(result_document(rule, said, own_law))
        moments += _moments(rule, said.findings, own_law)
    return Answer(
        stage=stage,
        outcome=_outcome(results),
        results=tuple(results),
        at=at,
        facts=document,
        facts_sha256=sha256_of(document),
        ruleset=ruleset_revision(parameters),
        valid_until=min(moments, default=None),
        keys=fact_keys(facts, dict.fromkeys(key for rule in asked for key in rule.reads)),
    )


def resolution_basis(rule: Rule, facts: Facts) -> dict[str, Any]:
    """What a person's word on this rule must name to be found again: `rule`, `keys`, `content_sha256`."""
    return {
        "rule": rule.id,
        "keys": list(fact_keys(facts, rule.reads)),
        "content_sha256": content_sha256(rule, facts_document(facts)),
    }


def finds_the_same(
    rule: Rule,
    reason_code: str,
    then: tuple[Facts, Stage],
    now: tuple[Facts, Stage],
    at: datetime,
    result: Result = "review",
    parameters: Parameters | None = None,
) -> bool:
    """Whether the rule finds this of both for this reason in the same words, and reads now what it read then.

    A fact that was there then and is not now (a filing has no lot of its own) had no part in what it found.
    """
    read = [name for name in rule.reads if getattr(now[0], name) is not None]
    if any(getattr(now[0], name) != getattr(then[0], name) for name in read):
        return False
    return finds_alike(rule, reason_code, then, now, at, result, parameters)


def finds_alike(
    rule: Rule,
    reason_code: str,
    then: tuple[Facts, Stage],
    now: tuple[Facts, Stage],
    at: datetime,
    result: Result = "review",
    parameters: Parameters | None = None,
) -> bool:
    """Whether the rule finds this of both for this reason in the same words, whatever else it reads of them."""
    known = parameters if parameters is not None else released_parameters()
    found = _found(rule, result, reason_code, now[0], Law(known, at, now[1]))
    return bool(found) and found == _found(rule, result, reason_code, then[0], Law(known, at, then[1]))


def _found(rule: Rule, result: Result, reason_code: str, facts: Facts, law: Law) -> list[Finding]:
    findings = rule.findings(facts, law) if law.stage in rule.stages else ()
    return [finding for finding in findings if (finding.result, finding.reason_code) == (result, reason_code)]


def _asked_rules(rulebook: Sequence[Rule], stage: Stage, rules: Sequence[str] | None) -> list[Rule]:
    if rules is None:
        return [rule for rule in rulebook if stage in rule.stages]
    known = {rule.id: rule for rule in rulebook}
    for rule_id in rules:
        if rule_id not in known:
            raise UnknownRule(rule_id, known)
    return [rule for rule in rulebook if rule.id in set(rules)]


def _said(rule: Rule, facts: Facts, document: Mapping[str, Any], law: Law) -> Spoken:
    if not rule.in_force(law.on):
        return Spoken((Finding("not_in_force", "not_in_force", {"since": rule.since}, hard=False),))
    if law.stage not in rule.stages:
        return Spoken((not_applicable("not_at_this_stage"),))
    return heard(rule, rule.findings(facts, law), facts, document, law.at)


def _stage_moments(stage: Stage, at: datetime) -> list[datetime]:
    return [at + GOLIVE_VALID_FOR] if stage == "golive" else []


def _moments(rule: Rule, findings: tuple[Finding, ...], law: Law) -> list[datetime]:
    """When this rule's answer may change although no fact does."""
    days = [day for day in (rule.since, rule.until) if day is not None and day > law.on]
    moments = [start_of(day) for day in days]
    moments += [finding.valid_until for finding in findings if finding.valid_until is not None]
    change = law.next_change()
    return moments + ([change] if change is not None else [])


def _outcome(results: Iterable[Mapping[str, Any]]) -> Outcome:
    given = {result["result"] for result in results}
    if "fail" in given:
        return "fail"
    return "pass" if "review" not in given and "pass" in given else "review"
