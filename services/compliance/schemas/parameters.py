"""Bodies of parameter changes: what is proposed, what it would change, who published it, and the history."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from services.compliance.schemas.checks import Outcome, Words
from services.compliance.schemas.fields import Code
from services.contracts.values import RegionCode
from services.kit.fields import Day, Id, In, Line, Out, plain

Reason = Annotated[str, Field(min_length=1, max_length=2_000), AfterValidator(plain)]
ChangeState = Literal["proposed", "published", "withdrawn"]


class ParameterChangeIn(In):
    """A value that shall hold from a day on. Its reason is published in both languages."""

    name: Code = Field(description="The parameter, as `GET /rules` names it.")
    value: Any = Field(description="A whole number, a word, or a list or table of such, shaped like the present value.")
    from_on: Day = Field(description="The first day on which it holds; our own values at least 7 days ahead.")
    basis: Literal["platform", "law"]
    source: Line | None = Field(None, description="The law; of our own values a note, if there is one.")
    article: Line | None = Field(None, description="The article of the law, in Chinese.")
    reason_zh: Reason
    reason_en: Reason


class WithdrawIn(In):
    """Why the value shall not come after all; published."""

    reason_zh: Reason
    reason_en: Reason


class ImpactOut(Out):
    """What the value would change for everything that is live, as far as it is asked."""

    state: Literal["running", "done", "failed"]
    as_of: datetime
    subjects: int = Field(description="Live lots and filings.")
    asked: int
    changed: int = Field(description="How many would have another outcome.")
    same_outcome: int = Field(description="How many would keep their outcome on other grounds.")
    counts: dict[str, int] = Field(description="`lot:pass:review` and the like → how many.")
    per_second: int = Field(description="Answers weighed per second of work.")
    started_at: datetime
    done_at: datetime | None
    problem: str | None


class ParameterChangeOut(Out):
    """A change of a parameter with everything that is known about it."""

    id: Id
    version: int
    state: ChangeState
    in_effect: bool = Field(description="Published, and its first day has come.")
    name: str
    means: str
    rule: str
    rule_title: Words
    value: Any
    value_before: Any = Field(description="What holds on the day before, as known now.")
    from_on: date
    basis: Literal["platform", "law"]
    source: str
    article: str
    reason: Words
    proposed_by_organ: str
    proposed_at: datetime
    published_by_organ: str | None
    published_at: datetime | None
    published_on: date | None
    withdrawn_by_organ: str | None
    withdrawn_at: datetime | None
    withdrawal: Words | None
    impact: ImpactOut | None


class ChangedResult(Out):
    """A rule that would answer otherwise."""

    rule: str
    title: Words
    then: str | None
    now: str | None
    then_reason: Words | None
    now_reason: Words | None


class ImpactLineOut(Out):
    """A subject whose answer would change."""

    subject_kind: Literal["lot", "filing"]
    subject_id: str
    region_code: RegionCode | None
    title_zh: str
    title_en: str
    decision_id: Id
    outcome_then: Outcome
    outcome_now: Outcome
    changes: list[ChangedResult]


class HistoryItem(Out):
    """One entry of the published history of the rules: of a release, or of a value published between two."""

    id: str
    kind: Literal["new", "changed", "mended", "value", "withdrawn_value"]
    rule: str
    rule_title: Words
    published_on: date
    effective_on: date
    release: str | None = None
    sha256: str | None = None
    what: Words
    parameter: str | None = None
    value: Any = None
    change_id: str | None = None
