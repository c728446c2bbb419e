"""Bodies about listings, their versions, and the answers they got."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from services.catalog.schemas.admission import ChangeReviewOut
from services.catalog.schemas.common import CategoryName, FieldWarning, Prose, RegionName
from services.catalog.schemas.lots import LotIn, MediaIn, TextIn
from services.contracts.values import RegionCode
from services.kit.fields import Day, Flag, Id, In, Line, Name, Out, Sha256

ListingState = Literal["draft", "submitted", "listed", "in_review", "blocked", "withdrawn", "refused"]
LotState = Literal["draft", "submitted", "listed", "in_review", "blocked", "withdrawn"]
MOST_LOTS = 100


class OpenCallIn(In):
    """The public invitation to all qualified producers."""

    published_on: Day | None = None
    closed_on: Day | None = None
    emergency: Flag | None = None
    url: Line | None = None
    document_sha256: Sha256 | None = None


class ListingBody(In):
    """What an operator writes about a listing; titles in English fall back to the specialty's English name."""

    season: Annotated[Name, Field(max_length=40)]
    event_id: Id
    title_zh: Name
    title_en: Name | None = None
    description_zh: Prose = ""
    description_en: Prose = ""
    open_call: OpenCallIn | None = None
    texts: Annotated[list[TextIn], Field(max_length=50)] = Field(default_factory=list)
    media: Annotated[list[MediaIn], Field(max_length=30)] = Field(default_factory=list)
    lots: Annotated[list[LotIn], Field(max_length=MOST_LOTS)] = Field(default_factory=list)


class ListingIn(ListingBody):
    """A new listing: one specialty in one season, with its open call and its lots."""

    specialty_id: Id
    region_code: RegionCode | None = Field(
        default=None, description="The county that lists, where the specialty is shared by a wider region; chosen once."
    )


class ReasonIn(In):
    """Why."""

    reason: Annotated[Prose, Field(min_length=1, max_length=2_000)]


class LotDraft(LotIn):
    """A lot as it is being written; `id` stays the same through all versions."""

    id: Id


class ListingDraftBody(ListingBody):
    lots: list[LotDraft]  # type: ignore[assignment]  # A draft's lots are lots with an id; lists are invariant.


class ListingDraft(Out):
    """A listing as its operators see it: the editable form, and where the versions stand. `version` is its ETag."""

    id: Id
    version: int
    state: ListingState
    specialty_id: Id
    region: RegionName
    category: CategoryName
    draft: ListingDraftBody
    draft_changed: bool = Field(description="The form differs from the newest submitted version.")
    submitted_version: int | None
    in_force_version: int | None
    listed_lots: int
    warnings: list[FieldWarning]
    waiting: ChangeReviewOut | None = Field(None, description="The newest version waits for a reviewer, and why.")
    withdrawn_reason: str | None = None
    updated_at: datetime


class DecidingResultOut(Out):
    """One rule that did not pass."""

    rule: str
    result: str
    reason_code: str
    hard: bool
    reason_zh: str
    reason_en: str
    remedy_zh: str | None = None
    remedy_en: str | None = None


class Decided(Out):
    """What the gate said of a lot; the whole answer is at `/decisions/{decision_id}`."""

    decision_id: str
    outcome: Literal["pass", "review", "fail"]
    ruleset: str
    decided_at: datetime
    valid_until: datetime | None
    not_passed: list[DecidingResultOut]


class SellerPanel(Out):
    """Who really sells, as the law wants it on the page. No text rule reads this."""

    producer_id: Id
    name: str
    name_en: str | None = None
    kind: str
    uscc: str | None
    seller_type: str
    address: str | None
    contact: str | None
    licence_expires_on: str | None = None
    licence_image_sha256: str | None = None
    verified_at: str | None = None


class LotInListing(Out):
    """A lot of a listing version with its state, its answer and its seller. `lot` holds the fields of the form."""

    id: Id
    lot_number: str
    state: LotState
    unchanged_since: int | None
    lot: LotIn
    seller: SellerPanel
    decision: Decided | None


class ListingOut(Out):
    """A listing version as everyone may see it. `state` is that of the version shown."""

    id: Id
    version: int = Field(description="The listing version that is shown.")
    state: ListingState
    in_force: bool
    newest_version: int
    region: RegionName
    category: CategoryName
    specialty_id: Id
    season: str
    season_months: list[int]
    event_id: str
    title_zh: str
    title_en: str
    description_zh: str
    description_en: str
    open_call: OpenCallIn | None
    marks: list[dict[str, Any]]
    submitted_at: datetime
    decided_at: datetime | None
    demonstration: bool
    withdrawn_reason: str | None
    listed_lots: int
    price_from_fen: int | None
    lots: list[LotInListing]


class LotOut(LotInListing):
    """One lot by itself, in the listing version that is in force (or newest, for those concerned)."""

    listing_id: Id
    listing_version: int
    in_force: bool
    region: RegionName
    category: CategoryName
    specialty_id: Id
    season: str
    season_months: list[int]
    event_id: str
    title_zh: str
    title_en: str
    demonstration: bool


class VersionOut(Out):
    """One submitted version of a listing."""

    version: int
    state: Literal["submitted", "listed", "in_review", "blocked", "refused"]
    in_force: bool
    content_sha256: str
    submitted_at: datetime
    decided_at: datetime | None
    lots: dict[str, str] = Field(description="Lot id → state.")


class VersionList(Out):
    """Every submitted version, newest first."""

    items: list[VersionOut]


class LotFacts(Out):
    """The facts of one lot exactly as they would be submitted; the event's own facts are added by the gate."""

    lot_id: Id
    lot_number: str
    facts: dict[str, Any]


class ListingFacts(Out):
    """What submitting now would tell the gate: post each lot's `facts` to `/checks` as a trial."""

    listing_id: Id
    version: int
    event_id: str
    items: list[LotFacts]
