"""Bodies of the registry of force majeure: events, their declarations, and who verified them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from services.compliance.rules.facts.force_majeure import AuthorityKind, EventType, Mechanism
from services.compliance.schemas.fields import Code, Identity, Level
from services.contracts.people import OrganLevel
from services.contracts.values import RegionCode
from services.kit.fields import Day, Flag, Id, In, Instant, Line, Name, Out, Sha256

TownshipCode = Annotated[str, Field(pattern=r"^[0-9]{9}$", description="The nine digits of a township.")]
Cause = Literal["market_glut", "price_fall", "competition", "late_ripening", "trade_dispute", "poor_quality", "none"]


class AuthorityIn(In):
    """The body that declared."""

    name: Name
    kind: AuthorityKind
    level: OrganLevel
    region_code: RegionCode | None = None
    parent_government: Name | None = None
    authorised_to_publish: Flag | None = None


class DeclarationIn(In):
    """One official declaration. The grade of the event, the level of a warning and the level of a response are three
    scales: each has its own field and none stands for another."""

    kind: Literal["response", "disaster", "epidemic", "lockdown", "warning", "statement"]
    system: (
        Literal[
            "weather",
            "flood_drought",
            "relief",
            "earthquake",
            "public_health",
            "animal_disease",
            "crop_pest",
            "plant_quarantine",
            "accident",
            "social_safety",
        ]
        | None
    ) = None
    event_grade: Level | None = None
    warning_level: Level | None = None
    response_level: Level | None = None
    authority: AuthorityIn | None = None
    joint_authorities: Annotated[list[AuthorityIn], Field(max_length=20)] = Field(default_factory=list)
    doc_no: Name | None = None
    title: Name | None = None
    url: Line | None = None
    file_hash: Sha256 | None = None
    relayed: Flag | None = None
    signed_by: Identity | None = None
    issued_at: Instant | None = None
    lifted_at: Instant | None = None

    @model_validator(mode="after")
    def lifted_after_issued(self) -> "DeclarationIn":
        if self.issued_at and self.lifted_at and self.lifted_at < self.issued_at:
            raise ValueError("A declaration is lifted after it was issued.", "解除时间须晚于发布时间。")
        return self


class EventRegionIn(In):
    """A region struck, under the code in force on that day."""

    code: RegionCode
    valid_on: Day | None = None
    partial: Flag | None = None


class ImpactIn(In):
    """What the event did to a category of goods."""

    category_code: Code
    mechanism: Mechanism
    downgrade_record: Flag | None = None
    route_region_codes: Annotated[list[RegionCode], Field(max_length=50)] | None = None
    market: Name | None = None
    document_sha256: Sha256 | None = None


class QuarantineIn(In):
    """A zone in which a disease restricts movement."""

    zone: Literal["infected", "threatened"]
    region_code: RegionCode
    township_codes: Annotated[list[TownshipCode], Field(max_length=200)] | None = None
    category_codes: Annotated[list[Code], Field(max_length=50)] | None = None
    sealed_at: Instant | None = None
    lifted_at: Instant | None = None

    @model_validator(mode="after")
    def lifted_after_sealed(self) -> "QuarantineIn":
        if self.sealed_at and self.lifted_at and self.lifted_at < self.sealed_at:
            raise ValueError("A zone is lifted after it was sealed.", "解除时间须晚于封锁时间。")
        return self


class EventBody(In):
    """An event without its declarations."""

    event_type: EventType
    cause: Cause | None = None
    hazard: Code | None = None
    point_hazard: Flag | None = None
    title_zh: Name
    title_en: Name
    occurred_at: Instant
    affected_season: Name | None = None
    regions: Annotated[list[EventRegionIn], Field(min_length=1, max_length=200)]
    impacts: Annotated[list[ImpactIn], Field(max_length=200)] = Field(default_factory=list)
    quarantines: Annotated[list[QuarantineIn], Field(max_length=50)] = Field(default_factory=list)


class EventIn(EventBody):
    """A new event, with the declarations known so far."""

    declarations: Annotated[list[DeclarationIn], Field(max_length=50)] = Field(default_factory=list)


class LiftIn(In):
    """When the same authority lifted the declaration."""

    lifted_at: Instant


class VerifyIn(In):
    """A verifier's word that event and declarations are as registered; compared with the originals."""

    version: Annotated[int, Field(strict=True, ge=1)] | None = Field(
        None, description="The version that was read; a newer one is refused."
    )


class MayVerify(Out):
    """Whether who asks may verify an event as it stands, and if not, why."""

    event_id: Id
    version: int = Field(description="The version to name when verifying.")
    may_verify: bool
    why_not_zh: str | None
    why_not_en: str | None


class VerificationOut(Out):
    """Who verified: the organ, never the person."""

    organ: str | None
    organ_level: str | None
    verified_at: datetime


class EventOut(Out):
    """An event as everyone may see it. `document` is the event exactly as the rules read it."""

    id: Id
    version: int
    title_zh: str
    title_en: str
    region_codes: list[RegionCode]
    occurred_at: datetime
    verified: bool
    lifted: bool = Field(description="Every declaration that can be lifted has been.")
    registered_by_organ: str | None
    verifications: list[VerificationOut]
    document: dict[str, Any]
    registered_at: datetime
    changed_at: datetime
