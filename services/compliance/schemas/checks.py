"""Bodies of checks and decisions, exactly as other platforms build on them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from services.compliance.rules.stages import Stage
from services.compliance.schemas.fields import Code, OuterId
from services.kit.fields import Id, In, Instant, Out

MOST_CHECKS = 1_000

SubjectKind = Literal["listing", "lot", "filing", "broadcast", "document"]
Result = Literal["pass", "review", "fail", "not_applicable", "not_in_force"]
Outcome = Literal["pass", "review", "fail"]


class SubjectIn(In):
    """What the question is about, by the caller's own id."""

    kind: SubjectKind
    id: OuterId


class CheckIn(In):
    """A question to the gate. Its facts are described by `GET /facts-schema`."""

    stage: Stage
    at: Instant | None = Field(None, description="Law and parameters of this moment; default: now.")
    rules: Annotated[list[Code], Field(max_length=100)] | None = Field(
        None, description="Only these rules; default: all of the stage."
    )
    subject: SubjectIn | None = None
    clearance: Annotated[bool, Field(strict=True)] = False
    trial: Annotated[bool, Field(strict=True)] = False
    facts: dict[str, Any] = Field(description="Facts by the names of `GET /facts-schema`.")


class BatchIn(In):
    """Up to a thousand questions; each is answered on its own line, with a decision or with a problem."""

    checks: list[Any] = Field(description=f"At most {MOST_CHECKS} checks.")


class Words(Out):
    """The same in Chinese and in English."""

    zh: str
    en: str


class EvidenceOut(Out):
    """Where a result looks: the path of a fact, and in a text the exact span."""

    fact: str
    quote: str | None = None
    start: int | None = None
    end: int | None = None


class SourceOut(Out):
    """A source of law in force on the law date."""

    law: str
    article: str
    valid_from: str


class ResolvedBy(Out):
    """The decision in which a reviewer closed a review, and for which organ."""

    decision_id: str | None
    organ: str | None
    resolved_at: str | None


class OverriddenBy(Out):
    """The decision whose soft fail two people of different organs overrode, and until when that holds."""

    decision_id: str | None
    proposed_by_organ: str | None
    confirmed_by_organ: str | None
    confirmed_at: str | None
    valid_until: str | None


class RuleResult(Out):
    """What one rule answered and why."""

    rule: str
    result: Result
    hard: bool
    title: Words
    reason: Words
    remedy: Words | None
    evidence: list[EvidenceOut]
    calendar: Literal["final", "provisional"] | None
    parameters: dict[str, Any]
    sources: list[SourceOut]
    reason_code: str
    reason_codes: list[str]
    resolved_by: ResolvedBy | None = None
    overridden_by: OverriddenBy | None = None


class SubjectOut(Out):
    """What a decision is about; of our own subjects also the version that was judged and what it belongs to."""

    kind: SubjectKind
    id: str
    version: int | None = None
    parent_id: str | None = None


class DecisionOut(Out):
    """A stored decision: returned for ever byte for byte as it was first sent."""

    decision_id: Id
    stage: Stage
    subject: SubjectOut | None
    trial: bool
    binding: bool
    outcome: Outcome
    ruleset: str
    at: datetime
    decided_at: datetime
    valid_until: datetime | None
    facts: dict[str, Any]
    facts_sha256: str
    answer_sha256: str
    results: list[RuleResult]
    clearance: str | None
    copied_from: str | None = None


class BatchLine(Out):
    """One line of the answer to a batch: the decision, or the problem of that check."""

    index: int
    decision: DecisionOut | None = None
    problem: dict[str, Any] | None = None


class DecisionBrief(Out):
    """A decision in a list."""

    decision_id: Id
    stage: Stage
    subject: SubjectOut | None
    binding: bool
    outcome: Outcome
    at: datetime
    decided_at: datetime
    valid_until: datetime | None
    ruleset: str
    current: bool = Field(description="No newer decision has taken its place.")


class ResultChange(Out):
    """How one rule answered then and how it answers now."""

    rule: str
    then: str | None
    then_reason_codes: list[str]
    now: str | None
    now_reason_codes: list[str]


class ReplayOut(Out):
    """The same question asked again of today's rules."""

    decision_id: Id
    same: bool
    ruleset_then: str
    ruleset_now: str
    outcome_then: Outcome
    outcome_now: Outcome
    answer_sha256_then: str
    answer_sha256_now: str
    changes: list[ResultChange]


class JwksOut(Out):
    """The public keys that verify clearances; a key stays for ever."""

    keys: list[dict[str, str]]
