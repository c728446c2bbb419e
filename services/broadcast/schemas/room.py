"""Bodies of the live room: what a late joiner gets in one answer, and what the studio sends."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints, model_validator

from services.broadcast.schemas.fields import Body, Id, Reason, Utc
from services.contracts.room import RoomState, SegmentKind, SegmentNow, WhyHalted

StudioRole = Literal["host", "moderator", "operator"]
Units = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Caption = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class SellerPanel(BaseModel):
    """Who sells, as the law wants it shown in a market segment."""

    name: str
    uscc: str
    kind: str | None = Field(None, description="Kind of producer: household, cooperative, enterprise …")
    address: str | None = None
    contact: str | None = None


class ShelfLot(BaseModel):
    """A lot on the shelf, with the price that will be charged."""

    lot_id: str
    listing_id: str
    title_zh: str
    title_en: str
    specification: str | None
    price_fen: int
    net_grams: int | None
    open: bool = Field(description="It can be bought now.")
    open_until: Utc | None = Field(None, description="An offer for a time: it closes by itself at this moment.")
    was_price_fen: int | None = Field(
        None,
        description="A former price the gate passed: not above the lowest charged in the days before (price.label).",
    )
    limit_units: int | None
    units_per_buyer: int | None
    seller: SellerPanel
    picture_sha256: str | None
    decision_id: str
    valid_until: Utc | None


class RoomNotice(BaseModel):
    """An official notice said in the room."""

    at: Utc
    zh: str
    en: str


class Picture(BaseModel):
    """A picture of the broadcast, by its place in the file store."""

    sha256: str
    kind: str


class CaptionNow(BaseModel):
    """The caption on screen, in both languages."""

    zh: str | None
    en: str | None


class LiveRoomOut(BaseModel):
    """The whole room. In a region segment nothing is for sale: shelf and pin are absent by construction."""

    broadcast_id: str
    filing_id: str
    version: int
    state: RoomState
    rehearsing: bool
    media_kind: Literal["stills", "video"]
    region_code: str
    title_zh: str
    title_en: str
    starts_at: Utc
    ends_at: Utc
    hard_stop_at: Utc
    opened_at: Utc | None
    ended_at: Utc | None
    at: Utc = Field(description="The moment of this answer on the stream clock.")
    stream_ms: int = Field(description="Milliseconds since the room opened.")
    segment: SegmentNow | None
    shelf: list[ShelfLot]
    pinned_lot_id: str | None
    explaining_lot_id: str | None
    caption: CaptionNow
    notices: list[RoomNotice]
    why_halted: WhyHalted | None
    pictures: list[Picture]
    presenter_post_zh: str
    presenter_post_en: str
    host_name: str | None = Field(description="As what the host appears: profession and position.")
    slow_mode_seconds: int
    viewers_coarse: int | None = Field(
        None, description="About how many are watching, rounded down; none: fewer than ten."
    )
    decision_id: str | None
    decision_valid_until: Utc | None


class StudioTokenIn(Body):
    """As what the caller steers the room."""

    role: StudioRole


class StudioTokenOut(BaseModel):
    """The right to steer the room; shown once, sent as `Sunfair-Studio` beside the access token."""

    token: str
    role: StudioRole


class RehearsalIn(Body):
    """Begin or end the rehearsal."""

    on: bool


class SegmentStartIn(Body):
    """The kind of segment that begins now."""

    kind: SegmentKind


class ShelfItemIn(Body):
    """A lot for the shelf; its price is that of the listing."""

    lot_id: Id
    limit_units: Units | None = Field(None, description="Limited quantity announced for this broadcast.")
    units_per_buyer: Units | None = None

    @model_validator(mode="after")
    def limits_fit(self) -> "ShelfItemIn":
        """One buyer cannot be promised more than there is."""
        if self.limit_units and self.units_per_buyer and self.units_per_buyer > self.limit_units:
            raise ValueError(
                "`units_per_buyer` must not exceed `limit_units`.", "每人限购数量不得超过限量（`limit_units`）。"
            )
        return self


class ShelfIn(Body):
    """The whole shelf, in order; what is not named leaves it."""

    items: Annotated[list[ShelfItemIn], Field(max_length=200)]


class OpeningIn(Body):
    """Open a lot for ordering, or close it. `flash`: announced as a flash opening; `minutes`: for so long only."""

    lot_id: Id
    open: bool
    flash: bool = False
    minutes: Annotated[int, Field(strict=True, ge=1, le=120)] | None = None

    @model_validator(mode="after")
    def only_an_opening_ends(self) -> "OpeningIn":
        """What is closed has no end to announce."""
        if self.minutes is not None and not self.open:
            raise ValueError("`minutes` belongs to an opening.", "`minutes` 仅用于开售。")
        return self


class PinIn(Body):
    """The lot that is pinned; none: nothing is."""

    lot_id: Id | None


class ExplainingIn(Body):
    """The lot that is being explained from now on."""

    lot_id: Id


class CaptionIn(Body):
    """What is being said, typed by the studio; empty takes the caption off."""

    zh: Caption
    en: Caption


class RoomNoticeIn(Body):
    """An official notice to everybody in the room."""

    zh: Words
    en: Words


class CueIn(Body):
    """A moment that explains what viewers do next: a push, a slogan asked for, a limited loss leader."""

    kind: Literal["push", "slogan_prompt", "loss_leader"]
    text: Words
    lot_id: Id | None = None
    limit_units: Units | None = None


class HaltIn(Body):
    """Why the room is halted, published to everybody."""

    reason_zh: Reason
    reason_en: Reason


class RecordEntry(BaseModel):
    """One entry of the record, on the stream clock. `hash`: SHA-256 over RFC 8785 of the entry and the hash before."""

    seq: int
    at: Utc
    stream_ms: int
    kind: str
    body: dict[str, Any]
    hash: str


class RehearsedIn(Body):
    """Something tried out in rehearsal; nothing real is ordered."""

    action: Literal["join", "test_order", "test_cancel"]
    lot_id: Id | None = None


class DeskLot(BaseModel):
    """A filed lot as the studio sees it, and what speaks against putting it on the shelf."""

    lot_id: str
    title_zh: str
    title_en: str
    specification: str | None
    price_fen: int | None
    units: int = Field(description="Units set aside for this broadcast.")
    on_shelf: bool
    golive: Literal["pass", "review", "fail"] | None
    golive_until: Utc | None
    against_zh: str | None
    against_en: str | None


class Owed(BaseModel):
    """Something that must be done before the room opens."""

    zh: str
    en: str


class DeskOut(BaseModel):
    """The room as its studio sees it."""

    room: LiveRoomOut
    lots: list[DeskLot]
    owed: list[Owed] = Field(description="What is missing before the room may ask to open.")
    not_opened: WhyHalted | None = Field(description="Why the gate did not open it when it was last asked.")
    on_air: dict[str, Any] | None = Field(description="What the gate last said of the running room: outcome and rules.")
    studio_tokens: int
    asked_at: Utc | None
    answered_at: Utc | None
    gate_grace_seconds: int
    recorder: dict[str, Any]
    short: list[dict[str, Any]]
    you: list[StudioRole] = Field(description="As what the caller may take the studio.")
