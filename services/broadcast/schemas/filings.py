"""Bodies about filings: what an operator files, what those concerned read, and the moves of its life."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from services.broadcast.domain.life import State
from services.broadcast.schemas.fields import Body, Code, Count, Id, Identity, Name, Prose, Sha256, Utc
from services.contracts.compliance import DecidingResult
from services.contracts.people import PayerKind
from services.contracts.values import BasisPoints, Exemption, Fen, RegionCode


class FiledListingIn(Body):
    """A listing and the lots of it that go to market."""

    listing_id: Id
    lot_ids: Annotated[list[Id], Field(min_length=1, max_length=100)]
    units: dict[Id, Annotated[int, Field(ge=1, le=10**9)]] | None = Field(
        None,
        max_length=100,
        description="Units of a lot to be sold here; of a lot left out, all that nobody else holds.",
    )


class SegmentIn(Body):
    """A planned part of the broadcast: the official speaks in `region`, the host sells in `market`."""

    kind: Literal["region", "market"]
    starts_at: Utc
    ends_at: Utc
    announced: bool | None = Field(None, description="The change of segment is shown and spoken.")
    official_on_screen: bool | None = None
    host_id: Id | None = None
    pinned_lots: Annotated[list[Id], Field(max_length=100)] | None = None
    price_shown: bool | None = None
    buy_call: bool | None = None
    pooled_card: bool | None = None


class AttachedNoticeIn(Body):
    """A notice, plan or message around the broadcast: a document uploaded before, by its hash."""

    sha256: Sha256
    name: Name
    media_type: Annotated[str, Field(min_length=3, max_length=100)]
    typed_text: Prose | None = Field(
        None, description="What it says, typed by a person, when no text can be read from it."
    )
    allocates_supply: bool | None = None
    fair_competition_review_no: Name | None = None
    ends_on: date | None = None


class MediaIn(Body):
    """A picture or clip, with what a person declares to be in it."""

    id: Id | None = None
    kind: Literal[
        "cover", "thumbnail", "product_image", "clip", "replay", "poster", "set", "costume", "banner", "other"
    ]
    sha256: Sha256 | None = None
    official_shown: bool | None = None
    emblem_shown: bool | None = None
    flag_shown: bool | None = None
    goods_shown: bool | None = None
    child_shown: bool | None = None
    published: bool | None = None
    from_segment: Literal["region", "market"] | None = None


class PaymentIn(Body):
    """Who pays for what around the broadcast."""

    item: Literal["travel", "venue", "meals", "gifts", "production", "other"]
    payer_kind: PayerKind
    payer: Identity | None = None
    payer_uscc: Code | None = None
    amount_fen: Fen | None = None


class PromotionIn(Body):
    """An order to buy traffic or attention."""

    platform: Name
    amount_fen: Fen | None = None
    payer_kind: PayerKind | None = None
    ordered_at: Utc | None = None


class InfluencerIn(Body):
    """A person of reach who takes part, and what it costs."""

    person: Identity
    named_in_filing: bool = True
    fee_fen: Fen | None = None
    fee_payer_kind: PayerKind | None = None
    fee_published: bool | None = None


class TextIn(Body):
    """A text that will be shown or said, typed in; also what stands behind the title or the script, word for word."""

    kind: Literal["title", "script", "caption", "cover", "thumbnail", "push", "clip", "other"]
    text: Prose
    language: Literal["zh", "en"] | None = None
    name: Name | None = None
    exemption: Exemption | None = Field(None, description="Why an absolute term in it is lawful; with evidence.")
    evidence_id: Name | None = Field(None, description="The document that proves what it says.")
    case_id: Name | None = Field(None, description="The verified case behind a story of hardship.")


class FilingBase(Body):
    """What a filing says, without its notices."""

    region_code: RegionCode
    title_zh: Name
    title_en: Name | None = None
    starts_at: Utc
    ends_at: Utc
    room_id: Id | None = Field(None, description="None: the first room of the region.")
    official_id: Id | None = None
    official_ai_generated: bool | None = None
    host_ids: list[Id] = Field(default_factory=list, max_length=10)
    listings: list[FiledListingIn] = Field(default_factory=list, max_length=20)
    segments: list[SegmentIn] = Field(default_factory=list, max_length=20)
    segment_mode: Literal["strict", "legacy_pooled"] = "strict"
    script_zh: Prose | None = None
    script_en: Prose | None = None
    texts: Annotated[list[TextIn], Field(max_length=50)] | None = None
    media: list[MediaIn] = Field(default_factory=list, max_length=50)
    slow_sales_ids: list[Id] = Field(default_factory=list, max_length=20)
    staff_count: Count | None = None
    cost_fen: Fen | None = None
    funding_line: Name | None = None
    emergency: bool | None = None
    paired_assistance: bool | None = None
    initiator_kind: PayerKind | None = None
    initiator: Identity | None = None
    payments: Annotated[list[PaymentIn], Field(max_length=50)] | None = None
    commission_rate_bp: BasisPoints | None = None
    tipping: bool | None = None
    account_owner_kind: Literal["government", "platform", "personal", "enterprise", "other"] | None = None
    bonus_links: bool | None = None
    sales_tied_to_appraisal: bool | None = None
    association_officer_is_supplier: bool | None = None
    venue_supplier_uscc: Code | None = None
    sponsors: Annotated[list[Code], Field(max_length=50)] | None = None
    agencies: Annotated[list[Code], Field(max_length=50)] | None = None
    promotions: Annotated[list[PromotionIn], Field(max_length=50)] | None = None
    influencers: Annotated[list[InfluencerIn], Field(max_length=50)] | None = None


class FilingIn(FilingBase):
    """A filing as its operator writes it. What is left out is a missing fact, which the gate will hold for a person."""

    notices: list[AttachedNoticeIn] = Field(default_factory=list, max_length=20)


class ApproveIn(Body):
    """The approval; `If-Match` with the version that was read makes sure that nothing changed meanwhile."""

    authority_over_post: bool = Field(
        description="The approver states that they have authority over the speaker's post."
    )
    note: Prose | None = None


class AttachedNoticeOut(AttachedNoticeIn):
    """An attached notice and whether its words could be read."""

    unreadable: bool
    unreadable_because: str | None = Field(None, description="Why no text could be read: empty, scanned, too_long …")
    text_sha256: str | None = None
    text_bytes: int = 0


class FilingContent(FilingBase):
    """The content of a filing as stored: identities are tokens, notices have been read."""

    notices: list[AttachedNoticeOut] = Field(default_factory=list)


class PinnedListing(BaseModel):
    """A listing as the filing pinned it when it was submitted."""

    listing_id: str
    listing_version: int
    lot_ids: list[str]
    units: dict[str, int] = Field(default_factory=dict)
    title_zh: str
    title_en: str


class DecisionBrief(BaseModel):
    """A decision of the gate in brief; the whole one is at `/decisions/{decision_id}`."""

    decision_id: str
    binding: bool
    stage: str
    outcome: Literal["pass", "review", "fail"]
    filing_version: int
    at: Utc
    decided_at: Utc
    valid_until: Utc | None
    ruleset: str
    not_passed: list[DecidingResult]


class ApprovalOut(BaseModel):
    """Who approved, by organ; the person stays a token."""

    organ: str
    organ_level: str | None
    organ_region_code: str | None
    authority_over_post: bool
    decided_at: Utc
    content_sha256: str
    note: str | None = None


class NoticePeriod(BaseModel):
    """Chinese working days from the submission (or from today) to the day of the broadcast."""

    working_days: int
    calendar: Literal["final", "provisional"]


class FilingRow(BaseModel):
    """A filing in a list."""

    id: str
    version: int
    broadcast_id: str
    state: State
    region_code: str
    approving_region: str | None
    title_zh: str
    title_en: str
    starts_at: Utc
    ends_at: Utc
    submitted_at: Utc | None
    preview_outcome: str | None
    binding_outcome: str | None
    reason_zh: str | None
    reason_en: str | None
    demonstration: bool


class FilingOut(FilingRow):
    """A filing, whole, for those concerned."""

    content: FilingContent
    content_sha256: str | None
    event_id: str | None
    event_title_zh: str | None
    event_title_en: str | None
    presenter_post_zh: str | None
    presenter_post_en: str | None
    pinned_listings: list[PinnedListing]
    uncertified_slow_sales_ids: list[str] = Field(description="Evidence named here whose certification is not known.")
    preview: DecisionBrief | None
    binding: DecisionBrief | None
    approval: ApprovalOut | None
    notice_period: NoticePeriod
    waiting_for_zh: str = Field(description="Who must act next, or that nobody must.")
    waiting_for_en: str
    moves: list[str] = Field(description="What the caller may do now: revise, submit, approve, return, withdraw, …")
    created_at: Utc
    updated_at: Utc


class FilingFacts(BaseModel):
    """The filing's own part of the facts that would be asked about; the gate adds what it knows of events and lots."""

    stage: Literal["filing"] = "filing"
    facts: dict[str, Any]


class FilingStep(BaseModel):
    """One step in the life of a filing."""

    version: int
    at: Utc
    move: str
    from_state: State | None
    to_state: State
    by: str = Field(description="The organ or role that acted: operator, approver, gate …")
    reason_zh: str | None
    reason_en: str | None
    decision_id: str | None


class StepOut(FilingStep):
    """One step of a filing of the public calendar. What an approver wrote to an applicant is not among it."""

    id: str
    filing_id: str
    broadcast_id: str
    region_code: str
    title_zh: str
    title_en: str
    reasons_sha256: str = Field(description="Stands for the reasons under `sha256`, whether they are shown or not.")
    sha256: str = Field(description="Fingerprint of the step as it is shown here; it stands in the public log.")


class FilingHistory(BaseModel):
    """All steps, oldest first."""

    items: list[FilingStep]


class NoticeOut(BaseModel):
    """An in-app notice: something happened to a filing of yours."""

    id: str
    kind: Literal["returned", "blocked", "approved", "scheduled", "in_review", "withdrawn", "cancelled", "changed"]
    filing_id: str
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    created_at: Utc
    read_at: Utc | None
