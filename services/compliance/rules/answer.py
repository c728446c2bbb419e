"""The answer of the gate: every rule's result with its reasons, as a document and as the bytes that are hashed."""

import functools
import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from services.compliance.rules.canonical import canonical
from services.compliance.rules.core import Rule, worst
from services.compliance.rules.facts import Override, Resolution
from services.compliance.rules.law import Law
from services.compliance.rules.sentences import catalogue, say
from services.compliance.rules.spoken import Spoken
from services.compliance.rules.stages import Stage
from services.contracts.values import SHANGHAI

Outcome = Literal["pass", "review", "fail"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gate answers to one question; `keys` and `valid_until` tell when it must be asked again.

    `facts` is the document that was hashed.
    """

    stage: Stage
    outcome: Outcome
    results: tuple[dict[str, Any], ...]
    at: datetime
    facts: dict[str, Any]
    facts_sha256: str
    ruleset: str
    valid_until: datetime | None
    keys: tuple[str, ...]

    def as_document(self) -> dict[str, Any]:
        """The part of the response that is the answer: the same question gives the same document."""
        return {
            "outcome": self.outcome,
            "results": list(self.results),
            "at": self.at.astimezone(SHANGHAI).isoformat(),
            "facts_sha256": self.facts_sha256,
            "ruleset": self.ruleset,
        }

    def answer_bytes(self) -> bytes:
        """The document by RFC 8785."""
        return canonical(self.as_document())

    @property
    def answer_sha256(self) -> str:
        """SHA-256 of the bytes, in lower-case hexadecimal."""
        return hashlib.sha256(self.answer_bytes()).hexdigest()

    def result_of(self, rule_id: str) -> dict[str, Any]:
        """The result of one rule.

        Raises KeyError when the rule was not asked.
        """
        for result in self.results:
            if result["rule"] == rule_id:
                return result
        raise KeyError(rule_id)


def result_document(rule: Rule, said: Spoken, law: Law) -> dict[str, Any]:
    """One entry of `results`: the worst of the findings speaks, together with those as grave as it.

    What the rulebook itself says (title, sources) is one object in all answers; nobody changes an answer in place.
    """
    findings = said.findings
    result = worst(findings)
    speaking = tuple([finding for finding in findings if finding.result == result])
    codes = list(dict.fromkeys([finding.reason_code for finding in speaking]))
    evidence = dict.fromkeys([item for finding in speaking for item in finding.evidence])
    calendars = {finding.calendar for finding in findings}
    document: dict[str, Any] = {
        "rule": rule.id,
        "result": result,
        "hard": any(finding.hard for finding in speaking),
        "title": _title(rule),
        "reason": say(rule.id, speaking, "reason") or {"zh": "", "en": ""},
        "remedy": say(rule.id, speaking, "remedy") if result in ("review", "fail") else None,
        "evidence": [
            {"fact": fact, "quote": quote, "start": start, "end": end} for fact, quote, start, end in evidence
        ],
        "calendar": "provisional" if "provisional" in calendars else "final" if "final" in calendars else None,
        "parameters": law.asked,
        "sources": _sources(rule, law.on),
        "reason_code": codes[0],
        "reason_codes": codes,
    }
    if said.resolution is not None:
        _name_resolution(document, said.resolution)
    if said.override is not None:
        _name_override(document, said.override)
    return document


@functools.cache
def _title(rule: Rule) -> dict[str, str]:
    return {"zh": rule.title.zh, "en": rule.title.en}


@functools.lru_cache(maxsize=4_096)
def _sources(rule: Rule, on: date) -> list[dict[str, str]]:
    """The grounds that hold on the day."""
    return [
        {"law": ground.law, "article": ground.article, "valid_from": ground.since.isoformat()}
        for ground in rule.grounds
        if ground.holds(on)
    ]


def _name_resolution(document: dict[str, Any], resolution: Resolution) -> None:
    document["resolved_by"] = {
        "decision_id": resolution.decision_id,
        "organ": resolution.resolved_by_organ,
        "resolved_at": resolution.resolved_at.isoformat() if resolution.resolved_at else None,
    }
    _begin_with(document, "resolved")


def _name_override(document: dict[str, Any], override: Override) -> None:
    document["overridden_by"] = {
        "decision_id": override.decision_id,
        "proposed_by_organ": override.proposed_by_organ,
        "confirmed_by_organ": override.confirmed_by_organ,
        "confirmed_at": override.confirmed_at.isoformat() if override.confirmed_at else None,
        "valid_until": override.valid_until.isoformat() if override.valid_until else None,
    }
    _begin_with(document, "overridden")


def _begin_with(document: dict[str, Any], code: str) -> None:
    """Say first that people spoke, then what the rule had found."""
    document["reason"] = {
        "zh": catalogue("zh")["common"][code]["reason"] + document["reason"]["zh"],
        "en": catalogue("en")["common"][code]["reason"] + " " + document["reason"]["en"],
    }
