"""What broadcast says of a room: the question to the gate, the room as it stands, and what happened in it.

`RoomAsked` and `RoomChanged` tell the whole state each time. The others are facts that are told once and never change:
people in them are tokens of the broadcast (`values.Token63`), so that nobody can be followed from one to the next.
"""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.contracts.broadcast import FiledListing
from services.contracts.values import Fen, RegionCode, Token63
from services.kit.event import Event

RoomState = Literal["closed", "opening", "open", "halted", "ended"]
SegmentKind = Literal["region", "market"]


class SegmentNow(BaseModel):
    """The segment on air: its number from 1 on, its kind, since when."""

    model_config = ConfigDict(frozen=True)

    segment_id: str
    number: int
    kind: SegmentKind
    started_at: AwareDatetime


class ShelfItem(BaseModel):
    """A lot on the shelf. It can be bought while `open` and until `valid_until`, at this price and no other."""

    model_config = ConfigDict(frozen=True)

    lot_id: str
    listing_id: str
    price_fen: Fen
    open: bool
    limit_units: int | None = Field(None, description="Limited quantity announced for this broadcast, in units.")
    units_per_buyer: int | None = None
    open_until: AwareDatetime | None = Field(
        default=None,
        # Told only of an offer for a time: any other shelf reads as it always did.
        exclude_if=lambda value: value is None,
        description="An offer for a time: it is not sold from then on.",
    )
    decision_id: str
    valid_until: AwareDatetime | None = None


class WhyHalted(BaseModel):
    """Why a room was halted or closed: the rule where one says so, and a sentence for everybody."""

    model_config = ConfigDict(frozen=True)

    cause: Literal["gate", "inspector", "studio", "gate_unreachable", "hard_stop", "filing"]
    rule: str | None = None
    decision_id: str | None = None
    reason_zh: str
    reason_en: str


class RoomAsked(Event):
    """The gate is asked about a room: `golive` before it opens and every few minutes while it runs, `onair` of it.

    `facts` holds `room` and whatever of the filing's facts has changed since it was approved; the rest the gate knows.
    """

    subject = "broadcast.room.asked"
    entity: Literal["room"] = "room"
    filing_id: str
    filing_version: int
    region_code: RegionCode
    title_zh: str
    title_en: str
    stage: Literal["golive", "onair"]
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    listings: tuple[FiledListing, ...]
    facts: dict[str, Any]


class RoomChanged(Event):
    """The room as it stands. Goods are sold only while it is open, in a market segment and in earnest."""

    subject = "broadcast.room.changed"
    entity: Literal["room"] = "room"
    filing_id: str
    region_code: RegionCode
    title_zh: str
    title_en: str
    state: RoomState
    rehearsing: bool = False
    media_kind: Literal["stills", "video"] = "stills"
    segment: SegmentNow | None = None
    shelf: tuple[ShelfItem, ...] = ()
    pinned_lot_id: str | None = None
    why_halted: WhyHalted | None = None
    decision_id: str | None = None
    decision_valid_until: AwareDatetime | None = None
    opened_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    record_entries: int | None = Field(default=None, description="Entries of its record once it has ended.")
    record_sha256: str | None = Field(default=None, description="Head of the chain over these entries.")
    record_kept_until: AwareDatetime | None = Field(
        default=None, description="Before then nobody can delete the record."
    )


class RoomNoted(Event):
    """One entry of the run of the show, on the stream clock; the explanation of most spikes (integrity schema)."""

    subject = "broadcast.room.noted"
    entity: Literal["room_note"] = "room_note"
    broadcast_id: str
    kind: Literal[
        "open",
        "product",
        "flash_open",
        "loss_leader",
        "push",
        "slogan_prompt",
        "leader_on",
        "leader_off",
        "segment_started",
        "segment_ended",
        "price",
        "caption",
        "notice",
        "halted",
        "close",
    ]
    noted_at: AwareDatetime
    stream_ms: int = Field(ge=0, description="Milliseconds since the room opened.")
    segment_kind: SegmentKind | None = None
    lot_id: str | None = None
    price_fen: Fen | None = None
    limit_units: int | None = None
    text_zh: str | None = None
    text_en: str | None = None


class ViewerSession(BaseModel):
    """One stay in a room, by the definition that is published; times are milliseconds since 1970 UTC."""

    model_config = ConfigDict(frozen=True)

    session: Token63
    user: Token63 = Field("0", description="0: a guest.")
    watch_30d: int = Field(-1, description="Other broadcasts the account watched in the 30 days before; -1: a guest.")
    device: Token63
    device_model: Token63
    client: Literal["android", "ios", "miniapp", "web", "tv"]
    app_version: str
    ip: Token63
    ip_prefix: Token63
    ip_class: Literal["residential", "mobile", "office", "datacenter", "unknown"] = "unknown"
    asn: int = 0
    join_ms: int
    leave_ms: int
    heartbeats: int
    interactions: int
    foreground_ms: int
    rx_kb: int = -1
    referrer: Literal["push", "feed", "share", "search", "link"]


class ViewersCounted(Event):
    """Stays that have ended, some hundreds at a time."""

    subject = "broadcast.viewers.counted"
    entity: Literal["viewer_batch"] = "viewer_batch"
    broadcast_id: str
    sessions: tuple[ViewerSession, ...]


class ChatLine(BaseModel):
    """One message as it was said. `removed_by_rule`: it is no longer shown, and why."""

    model_config = ConfigDict(frozen=True)

    message: Token63
    user: Token63
    session: Token63
    sent_ms: int
    text: str
    removed_by_rule: str | None = None
    network: Token63 = Field("0", description="The network of the speaker's stay; 0: unknown.")
    account_age_days: int = Field(-1, description="Whole days since the account was made; -1: unknown.")


class ChatRecorded(Event):
    """Messages as they were said, some hundreds at a time."""

    subject = "broadcast.chat.recorded"
    entity: Literal["chat_batch"] = "chat_batch"
    broadcast_id: str
    messages: tuple[ChatLine, ...]


class SaidLine(BaseModel):
    """A message as viewers see it. `tag`: four digits that stand for the speaker in this broadcast alone."""

    model_config = ConfigDict(frozen=True)

    message_id: str
    tag: str
    role: str
    text: str
    said_at: AwareDatetime
    times: int = 1


class FoldedLine(BaseModel):
    """A line that stands for several messages of a chorus of praise, and for how many by now."""

    model_config = ConfigDict(frozen=True)

    message_id: str
    times: int


class ChatSaid(Event):
    """News of a chat for those who show it: lines to add, lines that stand for more, lines to take away."""

    subject = "broadcast.chat.said"
    entity: Literal["chat_news"] = "chat_news"
    broadcast_id: str
    lines: tuple[SaidLine, ...] = ()
    folded: tuple[FoldedLine, ...] = ()
    removed: tuple[str, ...] = ()


class RehearsalAct(BaseModel):
    """Something done while the room was in rehearsal."""

    model_config = ConfigDict(frozen=True)

    user: Token63
    at_ms: int
    action: Literal["join", "test_order", "test_cancel"]
    lot_id: str | None = None


class RehearsalRecorded(Event):
    """What was done in rehearsal, some hundreds at a time; it never touches real stock."""

    subject = "broadcast.rehearsal.recorded"
    entity: Literal["rehearsal_batch"] = "rehearsal_batch"
    broadcast_id: str
    acts: tuple[RehearsalAct, ...]
