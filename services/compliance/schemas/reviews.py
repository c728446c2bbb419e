"""Bodies of reviews: what waits for a person, and a person's word on it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import Field

from services.compliance.schemas.checks import EvidenceOut, SubjectOut, Words
from services.compliance.schemas.fields import Code, Prose
from services.contracts.values import RegionCode
from services.kit.fields import Id, In, Line, Out


class ReviewIn(In):
    """A reviewer's word on one rule that a person had to look at. The reason is published."""

    rule: Code
    reason_code: Line
    resolution: Literal["accepted", "refused"]
    reason_zh: Prose
    reason_en: Prose | None = None


class WaitingResult(Out):
    """A result that waits for a person; `resolvable` is false where only a changed record can cure it."""

    rule: str
    title: Words
    reason_code: str
    reason_codes: list[str]
    reason: Words
    remedy: Words | None
    evidence: list[EvidenceOut]
    resolvable: bool


@dataclass(frozen=True, slots=True)
class QueueAsked:
    """Which part of the queue is asked for."""

    state: Literal["open", "blocked"] = "open"
    region: str | None = None
    rule: str | None = None
    kind: Literal["lot", "filing"] | None = None


Urgency = Literal["live", "soon", "overdue", "later", "demonstration"]


class ReviewItem(Out):
    """A decision that waits for a person, with all that tells how urgent it is and who may act."""

    decision_id: Id
    subject: SubjectOut
    stage: str
    region_code: RegionCode | None
    title_zh: str
    title_en: str
    decided_at: datetime
    waits_since: datetime = Field(description="Since when a person is waited for, though it was asked again since.")
    deadline_at: datetime = Field(description="Of a lot the start of its broadcast, where that is sooner.")
    urgency: Urgency
    demonstration: bool = Field(description="Decided under a set clock.")
    applicant_organs: list[str] = Field(description="Whoever belongs to one of these may not act.")
    you_may: bool
    why_not: Words | None
    results: list[WaitingResult]
