"""Bodies about the admission of producers, and about changes that wait for a reviewer."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.catalog.schemas.common import Prose, RegionName
from services.kit.fields import Id, In, Out

AdmissionState = Literal["applied", "recommended", "admitted", "returned", "refused"]
ReviewState = Literal["waiting", "approved", "refused", "superseded"]


class StepIn(In):
    """A step of an admission, with the reason that is published."""

    step: Literal["recommend", "admit", "return", "refuse"]
    reason: Annotated[Prose, Field(min_length=2, max_length=2_000)]


class SignedOut(Out):
    """Which office took a step, and when."""

    office: str
    at: datetime


class AdmissionOut(Out):
    """Where a producer stands: it applies, its county recommends it, the platform reviews it."""

    state: AdmissionState
    applied: SignedOut | None = None
    recommended: SignedOut | None = None
    reviewed: SignedOut | None = None
    reason: str | None = Field(None, description="What the last step said.")


class SuspendIn(In):
    """Why a producer is suspended, in both languages: it is published with the name of the office."""

    reason_zh: Annotated[Prose, Field(min_length=2, max_length=2_000)]
    reason_en: Annotated[Prose, Field(min_length=2, max_length=2_000)]


class LiftIn(In):
    """Why a suspension is lifted; published."""

    reason_zh: Annotated[Prose, Field(min_length=2, max_length=2_000)]
    reason_en: Annotated[Prose, Field(min_length=2, max_length=2_000)]


class SuspensionOut(Out):
    """Which office suspended a producer, since when, and why."""

    office: str
    at: datetime
    reason_zh: str
    reason_en: str


class ReviewIn(In):
    """A reviewer's word on a change, with its reason."""

    outcome: Literal["approve", "refuse"]
    reason: Annotated[Prose, Field(min_length=2, max_length=2_000)]


class RiskOut(Out):
    """Why a change waits. Prices are fen for a kilogram, stock is units."""

    code: Literal["price_raised", "price_cut", "far_below_median", "stock_grown"]
    lot_number: str
    before: int
    after: int


class ChangeReviewOut(Out):
    """A new version of a listing that changes too much to pass by rule."""

    id: Id
    listing_id: Id
    listing_version: int
    region: RegionName
    title_zh: str
    title_en: str
    state: ReviewState
    risks: list[RiskOut]
    asked_by_office: str
    asked_at: datetime
    decided_by_office: str | None
    decided_at: datetime | None
    reason: str | None
