"""What compliance says: decisions, events of force majeure, evidence of slow sales, and its keys."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.contracts.catalog import Suspension
from services.contracts.values import LawDate, RegionCode
from services.kit.event import Event, KeyPublished


class ClearanceKeyPublished(KeyPublished):
    """A key that signs clearances; it stays published for ever."""

    subject = "compliance.key.published"


class DecisionSubject(BaseModel):
    """What a decision is about. For a lot, `parent_id` is its listing; `version` is the version that was judged."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["listing", "lot", "filing", "broadcast", "document"]
    id: str
    version: int
    parent_id: str | None = None


class DecidingResult(BaseModel):
    """One rule that did not pass, in brief; the whole decision is at `/decisions/{id}`."""

    model_config = ConfigDict(frozen=True)

    rule: str
    result: str
    reason_code: str
    hard: bool
    reason_zh: str
    reason_en: str
    remedy_zh: str | None = None
    remedy_en: str | None = None


class DecisionMade(Event):
    """The gate has answered about something of ours; trial decisions are never announced."""

    subject = "compliance.decision.made"
    entity: Literal["decision"] = "decision"
    about: DecisionSubject
    stage: Literal["listing", "filing", "golive", "onair", "post"]
    binding: bool
    outcome: Literal["pass", "review", "fail"]
    at: AwareDatetime
    decided_at: AwareDatetime
    valid_until: AwareDatetime | None = None
    ruleset: str
    facts_sha256: str
    answer_sha256: str
    not_passed: tuple[DecidingResult, ...] = ()
    reason_codes: tuple[str, ...] = Field((), description="Every reason, of what did not pass: `rule:reason_code`.")
    copied_from: str | None = None
    public: bool = Field(False, description="Everyone may read it: binding, or a preview that fails a hard rule.")
    region_code: RegionCode | None = Field(None, description="The region of what it is about, where it has one.")


class OverrideConfirmed(Event):
    """Two people of different organs overruled a soft fail; the gate has decided again. Only organs are named."""

    subject = "compliance.override.confirmed"
    entity: Literal["override"] = "override"
    about_kind: str
    about_id: str
    region_code: RegionCode | None = None
    rule: str
    reason_code: str
    decision_id: str = Field(description="The decision that was before the two.")
    new_decision_id: str | None = Field(None, description="What the gate decided after the confirmation.")
    proposed_by_organ: str | None = None
    proposed_at: AwareDatetime
    reason_zh: str
    reason_en: str | None = None
    confirmed_by_organ: str | None = None
    confirmed_at: AwareDatetime
    answer_zh: str | None = None
    answer_en: str | None = None
    valid_until: AwareDatetime


class SuspensionOverturned(Event):
    """An appeal against the suspension of a producer was granted by another office: the suspension is to end.

    `suspension` is the one that was judged; a later one of the same producer stands.
    """

    subject = "compliance.suspension.overturned"
    entity: Literal["appeal"] = "appeal"
    producer_id: str
    region_code: RegionCode | None = None
    suspension: Suspension
    decision_id: str = Field(description="The decision of the gate that was appealed against.")
    decided_by_organ: str | None = None
    reason_zh: str
    reason_en: str | None = None


class ForceMajeureChanged(Event):
    """An event of force majeure as it stands in the registry; `document` is the public form of the event fact."""

    subject = "compliance.force_majeure.changed"
    entity: Literal["force_majeure"] = "force_majeure"
    title_zh: str
    title_en: str
    region_codes: tuple[RegionCode, ...]
    verified: bool
    lifted: bool
    document: dict[str, Any]


class SlowSalesCertified(Event):
    """Evidence of unsold stock was certified by a person outside the filing."""

    subject = "compliance.slow_sales.certified"
    entity: Literal["slow_sales"] = "slow_sales"
    region_code: RegionCode
    category_code: str
    season: str
    certified_at: AwareDatetime
    document: dict[str, Any] | None = Field(
        default=None, description="The evidence as the rules read it, without people."
    )


class ReportUpheld(Event):
    """A citizens' report was found right, or what it reported was corrected since. Nothing tells who sent it.

    `about_kind` and `about_id` name a listing, a filing or a broadcast.
    """

    subject = "compliance.report.upheld"
    entity: Literal["report"] = "report"
    kind: str
    region_code: RegionCode
    about_kind: str
    about_id: str
    decided_at: AwareDatetime
    decided_by_organ: str | None = None
    reason_zh: str | None = None
    reason_en: str | None = None
    published_text: str | None = None
    corrected_at: AwareDatetime | None = None
    correction_zh: str | None = None
    correction_en: str | None = None


class ParameterPublished(Event):
    """A value of a rule's parameter was published between two releases; it holds from its day on."""

    subject = "compliance.parameter.published"
    entity: Literal["parameter_change"] = "parameter_change"
    name: str
    rule: str
    value: Any
    from_on: LawDate
    published_on: LawDate
    basis: Literal["platform", "law"]
    source: str
    reason_zh: str
    reason_en: str
    proposed_by_organ: str
    published_by_organ: str
    revision: int = Field(ge=1, description="Counts what was published or withdrawn since the beginning.")


class ParameterWithdrawn(ParameterPublished):
    """A published value was withdrawn before its day; the one before it goes on to hold."""

    subject = "compliance.parameter.withdrawn"
    withdrawn_at: AwareDatetime
    withdrawn_by_organ: str
    withdrawal_zh: str
    withdrawal_en: str


class TrailLogged(Event):
    """Acts of people about cases of a region, as hashes alone, in the order in which they were done."""

    subject = "compliance.trail.logged"
    entity: Literal["trail"] = "trail"
    region_code: RegionCode
    sha256: tuple[str, ...]
