"""What people said about an answer: a review that a reviewer closed, a soft fail that two people overrode.

A word holds for one rule and one reason, while all that the rule reads is as it was and until it runs out. A review
may become a pass or a soft fail; a soft fail may become a pass; a hard fail stays what it is, whoever says otherwise.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from services.compliance.rules.canonical import sha256_of
from services.compliance.rules.core import Finding, Rule, worst
from services.compliance.rules.facts import Facts, Override, Resolution
from services.compliance.rules.keys import REVIEWERS, fact_keys

Word = TypeVar("Word", Resolution, Override)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A rule's findings after people spoke, and the words that decide the result, if any do."""

    findings: tuple[Finding, ...]
    resolution: Resolution | None = None
    override: Override | None = None


def heard(rule: Rule, findings: tuple[Finding, ...], facts: Facts, document: Mapping[str, Any], at: datetime) -> Spoken:
    """The findings with the words that hold; `document` is that of the facts."""
    if not (facts.resolutions or facts.overrides):
        return Spoken(findings)
    if not any(finding.result in ("review", "fail") for finding in findings):
        return Spoken(findings)
    basis = (frozenset(fact_keys(facts, rule.reads)), content_sha256(rule, document))
    resolved = _holding(facts.resolutions or (), rule, basis, at)
    overridden = _holding(filter(_two_organs, facts.overrides or ()), rule, basis, at)
    turned = [_turned(finding, resolved, overridden, at) for finding in findings]
    # What a person decided speaks before what passed by itself.
    turned.sort(key=lambda turn: turn[1] is None and turn[2] is None)
    after = tuple(finding for finding, _, _ in turned)
    speaking = worst(after)
    return Spoken(
        after,
        next((word for finding, word, _ in turned if finding.result == speaking and word is not None), None),
        next((word for finding, _, word in turned if finding.result == speaking and word is not None), None),
    )


def content_sha256(rule: Rule, document: Mapping[str, Any]) -> str:
    """The hash of all that the rule reads; those who only closed the case are no part of it."""
    content = {key: document[key] for key in rule.reads if key in document}
    if "people" in content:
        content["people"] = [person for person in content["people"] if person.get("role") not in REVIEWERS]
    return sha256_of(content)


def _holding(
    words: Iterable[Word], rule: Rule, basis: tuple[frozenset[str], str], at: datetime
) -> dict[str | None, Word]:
    """The words on this rule that rest on these keys and this content and have not run out, by their reason."""
    return {
        word.reason_code: word
        for word in words
        if word.rule == rule.id
        and (frozenset(word.keys or ()), word.content_sha256) == basis
        and (word.valid_until is None or at < word.valid_until)
    }


def _two_organs(word: Override) -> bool:
    """One organ alone overrides nothing, and nothing is overridden for ever."""
    organs = {word.proposed_by_organ, word.confirmed_by_organ}
    return len(organs) == 2 and None not in organs and word.valid_until is not None


def _turned(
    finding: Finding,
    resolved: Mapping[str | None, Resolution],
    overridden: Mapping[str | None, Override],
    at: datetime,
) -> tuple[Finding, Resolution | None, Override | None]:
    """The finding after what was said of it, and the one word that turned it last."""
    resolution = resolved.get(finding.reason_code) if finding.result == "review" else None
    if resolution is not None:
        finding = _resolved(finding, resolution)
    override = overridden.get(finding.reason_code)
    if override is None or finding.result != "fail" or finding.hard is not False or not _confirmed(override, at):
        return finding, resolution, None
    return finding._replace(result="pass").until(override.valid_until), None, override


def _resolved(finding: Finding, resolution: Resolution) -> Finding:
    if resolution.outcome == "refused":
        return finding._replace(result="fail", hard=False).until(resolution.valid_until)
    return finding._replace(result="pass").until(resolution.valid_until)


def _confirmed(word: Override, at: datetime) -> bool:
    """Before the second person has spoken, the first one's word is a proposal."""
    return word.confirmed_at is not None and word.confirmed_at <= at
