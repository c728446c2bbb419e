"""Bodies of the public calendar: what everybody may know of a broadcast."""

from typing import Literal

from pydantic import BaseModel, Field

from services.broadcast.schemas.fields import Utc

PublicState = Literal["scheduled", "held", "blocked", "cancelled", "live", "halted", "ended"]


class BroadcastRow(BaseModel):
    """A broadcast in the calendar.

    `held`: everybody knew of it already, and it is being looked at again. `blocked`: a hard rule said no; the reason is
    on its page.
    """

    id: str
    filing_id: str
    version: int
    state: PublicState
    region_code: str
    title_zh: str
    title_en: str
    starts_at: Utc
    ends_at: Utc
    presenter_post_zh: str
    presenter_post_en: str
    listing_ids: list[str]
    demonstration: bool


class PublicSegment(BaseModel):
    """A planned part."""

    kind: Literal["region", "market"]
    starts_at: Utc
    ends_at: Utc


class PublicListing(BaseModel):
    """A listing and the lots of it that go to market."""

    listing_id: str
    listing_version: int
    title_zh: str
    title_en: str
    lot_ids: list[str]


class PublicDecision(BaseModel):
    """A decision that let it, or one of its lots, through or stopped it; a failed preview is not binding."""

    decision_id: str
    about: Literal["filing", "lot"]
    about_id: str
    stage: str
    outcome: Literal["pass", "review", "fail"]
    binding: bool
    ruleset: str
    decided_at: Utc


class PublicApproval(BaseModel):
    """The organ that approved."""

    organ: str
    organ_level: str | None
    decided_at: Utc


class PublicDeclaration(BaseModel):
    """That the presenter declared their interests."""

    declared_on: str
    recused: bool


class BroadcastOut(BroadcastRow):
    """The public page of a broadcast."""

    segments: list[PublicSegment]
    segment_mode: Literal["strict", "legacy_pooled"]
    host_positions: list[str]
    presenter_organ: str
    presenter_declaration: PublicDeclaration | None
    room_zh: str | None
    room_en: str | None
    event_id: str
    event_title_zh: str | None
    event_title_en: str | None
    listings: list[PublicListing]
    slow_sales_ids: list[str]
    staff_count: int | None
    cost_fen: int | None
    funding_line: str | None
    approval: PublicApproval | None
    decisions: list[PublicDecision]
    content_sha256: str = Field(description="SHA-256 over what was approved.")
    reason_zh: str | None
    reason_en: str | None
    updated_at: Utc
