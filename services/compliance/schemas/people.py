"""Bodies of what people do beside the gate: overrides, appeals, referrals, and the trail of every act."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from services.compliance.domain.trail import Action
from services.compliance.schemas.checks import SubjectOut, Words
from services.compliance.schemas.fields import Code, Prose
from services.contracts.values import RegionCode
from services.kit.fields import Id, In, Instant, Line, Name, Out, Sha256

OverrideState = Literal["proposed", "confirmed", "declined", "lapsed"]
AppealState = Literal["open", "upheld", "granted", "withdrawn"]
Effect = Literal["stands", "resolution", "override", "correct_facts", "suspension_lifted", "moot"]
ReferralState = Literal["open", "forwarded", "closed"]


class OverrideIn(In):
    """A proposal to override one soft fail. The reason is published; it speaks once a second person confirms it."""

    rule: Code
    reason_code: Line
    reason_zh: Prose = Field(description="Published with the decision.")
    reason_en: Prose | None = Field(None, description="The same in English.")
    valid_until: Instant | None = Field(
        None, description="When it runs out; at the latest after `people.override.valid_days` days."
    )


class ReasonIn(In):
    """The second person's reason, published."""

    reason_zh: Prose = Field(description="Published with the decision.")
    reason_en: Prose | None = Field(None, description="The same in English.")


class OverrideOut(Out):
    """An override: who proposed it and why, and what the second person said. Only organs are named."""

    id: Id
    state: OverrideState
    subject: SubjectOut
    decision_id: Id = Field(description="The decision that was before the two.")
    region_code: RegionCode | None
    title_zh: str
    title_en: str
    rule: str
    reason_code: str
    proposed_by_organ: str | None
    proposed_at: datetime
    reason_zh: str
    reason_en: str | None
    answered_by_organ: str | None
    answered_at: datetime | None
    answer_zh: str | None
    answer_en: str | None
    valid_until: datetime
    new_decision_id: Id | None = Field(description="The decision that the gate gave after the confirmation.")


class FileIn(In):
    """A file of an appeal, stored before with `POST /documents`."""

    sha256: Sha256
    name: Name


class AppealIn(In):
    """An appeal against one failed result, with reasons. It stops nothing while it is open."""

    rule: Code
    reason_code: Line
    grounds_zh: Prose = Field(description="Why the answer is wrong. Read by those who decide, never published.")
    grounds_en: Prose | None = Field(None, description="The same in English.")
    files: Annotated[list[FileIn], Field(max_length=20)] = Field(default_factory=list)


class AppealDecisionIn(In):
    """A reviewer's decision on an appeal; the reason is published.

    `granted` turns a refused review into an accepted one, begins an override of a soft fail, and lifts the suspension
    of a producer; of any other hard fail it can only say which facts must be corrected.
    """

    outcome: Literal["upheld", "granted"]
    reason_zh: Prose = Field(description="Published. Of a granted appeal against a hard fail: what must be corrected.")
    reason_en: Prose | None = Field(None, description="The same in English.")


class WithdrawIn(In):
    """Why an appeal is withdrawn; stays inside."""

    reason_zh: Prose | None = None


class AppealOut(Out):
    """An appeal for those concerned and those who decide."""

    id: Id
    version: int
    state: AppealState
    subject: SubjectOut
    decision_id: Id
    region_code: RegionCode | None
    title_zh: str
    title_en: str
    rule: str
    reason_code: str
    hard: bool
    grounds_zh: str
    grounds_en: str | None
    files: list[dict[str, Any]]
    appellant_role: str
    appellant_organ: str | None
    mine: bool = Field(description="The caller opened it.")
    opened_at: datetime
    decide_by: datetime
    calendar: Literal["final", "provisional"]
    overdue: bool
    demonstration: bool
    decided_at: datetime | None
    decided_by_organ: str | None
    decision_zh: str | None
    decision_en: str | None
    effect: Effect | None
    override_id: Id | None
    new_decision_id: Id | None


class AppealFigures(Out):
    """Appeals in numbers. `late`: decided after their deadline; `overdue`: open and past it."""

    opened: int
    open: int
    overdue: int
    upheld: int
    granted: int
    withdrawn: int
    late: int


class AppealCountsOut(Out):
    """How appeals end, in aggregate, and within which time they must."""

    counted_at: datetime
    figures: AppealFigures
    demonstrations: AppealFigures = Field(description="Cases that were filed under a set clock, counted apart.")
    file_working_days: int
    decide_working_days: int


class ForwardIn(In):
    """The organ to which a referral goes, and why."""

    organ: Name
    reason_zh: Prose
    reason_en: Prose | None = None


class CloseIn(In):
    """Why a referral is closed."""

    reason_zh: Prose
    reason_en: Prose | None = None


class ReferralOut(Out):
    """A notice of apportionment that is to be looked at by those who supervise the people behind it."""

    id: Id
    version: int
    state: ReferralState
    subject: SubjectOut
    decision_id: Id
    region_code: RegionCode | None
    title_zh: str
    title_en: str
    rule: str
    quotes: list[str]
    grounds: list[dict[str, Any]]
    opened_at: datetime
    changed_at: datetime
    demonstration: bool
    forwarded_to: str | None
    reason_zh: str | None
    reason_en: str | None


class ReferableOut(Out):
    """A decision that concerns the conduct of people: its referral, or whether the caller may open one."""

    referral_id: Id | None = Field(description="The referral of the same words, whoever opened it.")
    allowed: bool
    why: Words | None = Field(description="Why the caller may not open it.")


class TrailOut(Out):
    """One act: what, for which organ, why and when. `account_id` is told to inspectors and administrators only."""

    id: str
    at: datetime
    action: Action
    subject_kind: str
    subject_id: str
    region_code: str | None
    decision_id: str | None
    rule: str | None
    reason_code: str | None
    record_id: str | None = Field(description="The override, appeal or referral it belongs to.")
    by_role: str
    by_organ: str | None
    by_region_code: str | None
    reason_zh: str | None
    reason_en: str | None
    audience: Literal["public", "internal"]
    account_id: str | None
    sha256: str = Field(description="Fingerprint of the act as it is shown here; it stands in the public log.")


class PartyOut(Out):
    """Somebody in a case: the role and the organ, and whether it is the caller; never who."""

    role: str
    organ: str | None
    region_code: RegionCode | None
    you: bool


class MoveOut(Out):
    """What the caller may do about a result, or why not."""

    move: Literal["resolve", "propose", "confirm", "decide_appeal"]
    allowed: bool
    why: Words | None
    record_id: Id | None = Field(description="The override or appeal that is meant.")


class PointOut(Out):
    """A result that stands against the subject, and what the caller may do about it."""

    rule: str
    result: Literal["review", "fail"]
    hard: bool
    title: Words
    reason_codes: list[str]
    answered_by: Literal["reviewer", "two_people", "facts", "records"]
    moves: list[MoveOut]


class ResolutionOut(Out):
    """A reviewer's published word."""

    decision_id: Id
    rule: str
    reason_code: str
    outcome: Literal["accepted", "refused"]
    organ: str | None
    resolved_at: datetime
    reason_zh: str
    reason_en: str | None


class CaseOut(Out):
    """A decision as those see it who may act on it. Facts, words and law are in the decision itself."""

    decision_id: Id
    newest_decision_id: Id = Field(description="Another one when the case has moved on.")
    alive: bool = Field(description="Something can still be done about the subject.")
    subject: SubjectOut
    stage: str
    binding: bool
    outcome: str
    region_code: RegionCode | None
    title_zh: str
    title_en: str
    decided_at: datetime
    deadline_at: datetime
    demonstration: bool
    parties: list[PartyOut]
    points: list[PointOut]
    resolutions: list[ResolutionOut]
    overrides: list[OverrideOut]
    appeals: list[AppealOut]
    referral: ReferableOut | None = Field(None, description="For inspectors, where a notice of apportionment failed.")
