"""Decides: asks every rule of a stage, lets resolutions speak, and takes the worst result."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from services.compliance.rules.answer import Answer, Outcome, result_document
from services.compliance.rules.canonical import sha256_of
from services.compliance.rules.core import Finding, Rule, not_applicable, worst
from services.compliance.rules.facts import Facts, Resolution, facts_document
from services.compliance.rules.keys import REVIEWERS, fact_keys
from services.compliance.rules.law import Law, Parameters, released_parameters, start_of
from services.compliance.rules.revision import ruleset_revision
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
) -> Answer:
    """The answer of a rulebook to a question, as of a moment; pure: the same question gives the same answer.

    Raises UnknownRule when `rules` names one that the rulebook lacks, ValueError for a naive moment.
    """
    asked = _asked_rules(rulebook, stage, rules)
    law = Law(parameters if parameters is not None else released_parameters(), at, stage)
    document = facts_document(facts)
    results, moments = [], _stage_moments(stage, at)
    for rule in asked:
        own_law = law.for_another_rule()
        findings, resolution = _findings(rule, facts, document, own_law)
        results.append(result_document(rule, findings, own_law, resolution))
        moments += _moments(rule, findings, own_law)
    return Answer(
        stage=stage,
        outcome=_outcome(results),
        results=tuple(results),
        at=at,
        facts_sha256=sha256_of(document),
        ruleset=ruleset_revision(parameters),
        valid_until=min(moments, default=None),
        keys=fact_keys(facts, dict.fromkeys(key for rule in asked for key in rule.reads)),
    )


def resolution_basis(rule: Rule, facts: Facts) -> dict[str, Any]:
    """What a resolution of a review by this rule must name to be found again: `rule`, `keys`, `content_sha256`."""
    return {
        "rule": rule.id,
        "keys": list(fact_keys(facts, rule.reads)),
        "content_sha256": _content_sha256(rule, facts_document(facts)),
    }


def finds_the_same(
    rule: Rule,
    reason_code: str,
    then: tuple[Facts, Stage],
    now: tuple[Facts, Stage],
    at: datetime,
    parameters: Parameters | None = None,
) -> bool:
    """Whether the rule holds both for this reason in the same words, and all that it reads now is as it was then.

    A fact that was there then and is not now (a filing has no lot of its own) had no part in what it found.
    """
    read = [name for name in rule.reads if getattr(now[0], name) is not None]
    if any(getattr(now[0], name) != getattr(then[0], name) for name in read):
        return False
    known = parameters if parameters is not None else released_parameters()
    found = _held_for(rule, reason_code, now[0], Law(known, at, now[1]))
    return bool(found) and found == _held_for(rule, reason_code, then[0], Law(known, at, then[1]))


def _held_for(rule: Rule, reason_code: str, facts: Facts, law: Law) -> list[Finding]:
    findings = rule.findings(facts, law) if law.stage in rule.stages else ()
    return [finding for finding in findings if finding.result == "review" and finding.reason_code == reason_code]


def _asked_rules(rulebook: Sequence[Rule], stage: Stage, rules: Sequence[str] | None) -> list[Rule]:
    if rules is None:
        return [rule for rule in rulebook if stage in rule.stages]
    known = {rule.id: rule for rule in rulebook}
    for rule_id in rules:
        if rule_id not in known:
            raise UnknownRule(rule_id, known)
    return [rule for rule in rulebook if rule.id in set(rules)]


def _findings(
    rule: Rule, facts: Facts, document: Mapping[str, Any], law: Law
) -> tuple[tuple[Finding, ...], Resolution | None]:
    if not rule.in_force(law.on):
        return (Finding("not_in_force", "not_in_force", {"since": rule.since}, hard=False),), None
    if law.stage not in rule.stages:
        return (not_applicable("not_at_this_stage"),), None
    findings = rule.findings(facts, law)
    if not facts.resolutions or all(finding.result != "review" for finding in findings):
        return findings, None
    return _resolved(rule, findings, facts, document, law)


def _resolved(
    rule: Rule, findings: tuple[Finding, ...], facts: Facts, document: Mapping[str, Any], law: Law
) -> tuple[tuple[Finding, ...], Resolution | None]:
    """The findings with resolved reviews turned, and the resolution if one of these decides."""
    content = _content_sha256(rule, document)
    keys = frozenset(fact_keys(facts, rule.reads))
    valid = {
        resolution.reason_code: resolution
        for resolution in facts.resolutions or ()
        if resolution.rule == rule.id
        and resolution.content_sha256 == content
        and frozenset(resolution.keys or ()) == keys
        and (resolution.valid_until is None or law.at < resolution.valid_until)
    }
    pairs = [(finding, _turn(finding, valid.get(finding.reason_code))) for finding in findings]
    # What a person decided speaks before what passed by itself.
    pairs.sort(key=lambda pair: pair[0].result == pair[1].result)
    turned = tuple(after for _, after in pairs)
    speaking = worst(turned)
    changed = (before for before, after in pairs if before.result != after.result == speaking)
    decided = next(changed, None)
    return turned, valid[decided.reason_code] if decided else None


def _turn(finding: Finding, resolution: Resolution | None) -> Finding:
    if finding.result != "review" or resolution is None:
        return finding
    if resolution.outcome == "refused":
        return replace(finding, result="fail", hard=False).until(resolution.valid_until)
    return replace(finding, result="pass").until(resolution.valid_until)


def _content_sha256(rule: Rule, document: Mapping[str, Any]) -> str:
    content = {key: document[key] for key in rule.reads if key in document}
    if "people" in content:
        content["people"] = [person for person in content["people"] if person.get("role") not in REVIEWERS]
    return sha256_of(content)


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
