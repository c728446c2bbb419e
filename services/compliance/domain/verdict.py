"""An answer of the gate as it is stored: the rules' answer together with the conditions of our records."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec

from services.compliance.domain.conditions import GATE, Condition, facts_unreadable, results_of
from services.compliance.rules import FactsError, Stage, decide, read_facts
from services.compliance.rules.canonical import canonical, sha256_of
from services.compliance.rules.law import Parameters
from services.contracts.values import SHANGHAI

Document = dict[str, Any]

# Above this much prose, a decision is made in a thread: other callers must not wait for one long text.
LONG_TEXT = 20_000
_SEVERITY = {"pass": 0, "review": 1, "fail": 2}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate answers. `keys` name the records on which it rests; `answer_sha256` is over the answer itself."""

    stage: Stage
    at: datetime
    outcome: str
    results: tuple[Document, ...]
    facts: Document
    facts_sha256: str
    ruleset: str
    answer_sha256: str
    valid_until: datetime | None
    keys: tuple[str, ...] = ()

    @property
    def severity(self) -> int:
        """0 for pass, 1 for review, 2 for fail."""
        return _SEVERITY[self.outcome]

    @property
    def ask_again_at(self) -> datetime | None:
        """When the standing question is due again; never at a moment that has passed already."""
        return self.valid_until if self.valid_until is not None and self.valid_until > self.at else None

    def not_passed(self) -> list[Document]:
        """The results that hold or block."""
        return [result for result in self.results if result["result"] in ("review", "fail")]

    def fails_hard(self) -> bool:
        """Whether a rule failed that no person may override."""
        return any(result["result"] == "fail" and result["hard"] for result in self.results)

    def overridable(self) -> bool:
        """Whether it fails, and by nothing but rules whose fails two people may override."""
        fails = [result for result in self.results if result["result"] == "fail"]
        return any(result["rule"] != GATE for result in fails) and not self.fails_hard()

    def says(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """What it says, rule by rule, without the words: for telling a changed answer from a repeated one."""
        return says(self.results)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a decision is about; `version` and `parent_id` of our own subjects only."""

    kind: str
    id: str
    version: int | None = None
    parent_id: str | None = None

    def as_document(self) -> Document:
        """For the answer: without what does not apply."""
        named: Document = {"kind": self.kind, "id": self.id, "version": self.version, "parent_id": self.parent_id}
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the gate, its facts in public form but not parsed yet.

    `parameters` are those of the current revision; None, for those of the release alone, is for tests and tools.
    """

    stage: Stage
    at: datetime
    facts: Document
    rules: Sequence[str] | None = None
    conditions: tuple[Condition, ...] = field(default=())
    parameters: Parameters | None = None


def judge(question: Question) -> Verdict:
    """The gate's answer, with the conditions of our records beside the rules.

    Raises FactsError when the facts cannot be read and UnknownRule when a named rule does not exist.
    """
    return _verdict(question, results_of(question.conditions))


def judge_or_hold(question: Question) -> Verdict:
    """As `judge`, for facts from our own records: what cannot be read is left out and holds the answer."""
    try:
        return judge(question)
    except FactsError as error:
        places = [problem.path for problem in error.problems]
    broken = {re.split(r"[.\[]", place)[0] for place in places}
    readable = {name: value for name, value in question.facts.items() if name not in broken}
    held = (*question.conditions, facts_unreadable(places))
    return judge(replace(question, facts=readable, conditions=held))


def _verdict(question: Question, extra: Sequence[Document]) -> Verdict:
    """The rules' answer with further results laid beside it; the hash is over both together."""
    facts, written = read_facts(question.facts)
    answer = decide(facts, question.stage, question.at, question.rules, question.parameters, written)
    results = (*answer.results, *extra)
    outcome = max([answer.outcome, *(result["result"] for result in extra)], key=lambda said: _SEVERITY[said])
    document = {**answer.as_document(), "outcome": outcome, "results": list(results)}
    return Verdict(
        stage=question.stage,
        at=answer.at,
        outcome=outcome,
        results=results,
        facts=answer.facts,
        facts_sha256=answer.facts_sha256,
        ruleset=answer.ruleset,
        answer_sha256=hashlib.sha256(canonical(document)).hexdigest(),
        valid_until=answer.valid_until,
        keys=answer.keys,
    )


def is_long(facts: Mapping[str, Any]) -> bool:
    """Whether the facts hold so much prose that reading it takes a noticeable time."""
    texts = facts.get("texts")
    if not isinstance(texts, list):
        return False
    return (
        sum(len(text["text"]) for text in texts if isinstance(text, dict) and isinstance(text.get("text"), str))
        > LONG_TEXT
    )


def worst_first(verdicts: Sequence[Verdict]) -> list[int]:
    """Indexes of the verdicts, the gravest first; among equals the earlier one."""
    return sorted(range(len(verdicts)), key=lambda index: -verdicts[index].severity)


def says(results: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Rule, result and reasons of each result."""
    return [(result["rule"], result["result"], tuple(result["reason_codes"])) for result in results]


def decision_document(
    decision_id: str,
    subject: Subject | None,
    verdict: Verdict,
    decided_at: datetime,
    *,
    trial: bool,
    binding: bool,
    clearance: str | None = None,
    copied_from: str | None = None,
) -> bytes:
    """The decision as it is sent and stored."""
    document: Document = {
        "decision_id": decision_id,
        "stage": verdict.stage,
        "subject": subject.as_document() if subject else None,
        "trial": trial,
        "binding": binding,
        "outcome": verdict.outcome,
        "ruleset": verdict.ruleset,
        "at": verdict.at.astimezone(SHANGHAI).isoformat(),
        "decided_at": decided_at.astimezone(SHANGHAI).isoformat(),
        "valid_until": verdict.valid_until.astimezone(SHANGHAI).isoformat() if verdict.valid_until else None,
        "facts": verdict.facts,
        "facts_sha256": verdict.facts_sha256,
        "answer_sha256": verdict.answer_sha256,
        "results": list(verdict.results),
        "clearance": clearance,
    }
    if copied_from is not None:
        document["copied_from"] = copied_from
    return msgspec.json.encode(document)


def answer_sha256_of(document: Mapping[str, Any]) -> str:
    """The hash over the answer in a stored decision, for whoever verifies it."""
    return sha256_of({name: document[name] for name in ("outcome", "results", "at", "facts_sha256", "ruleset")})


def replayed(document: Mapping[str, Any], rules: Sequence[str] | None, parameters: Parameters | None = None) -> Verdict:
    """The stored question asked of today's rules. What our records lacked then is kept as it was."""
    at = datetime.fromisoformat(document["at"])
    question = Question(document["stage"], at, document["facts"], rules, parameters=parameters)
    held = [result for result in document["results"] if result["rule"] == GATE]
    return _verdict(question, held)
