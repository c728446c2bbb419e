"""Tables of the live room: its state, its segments and shelf, its record, and who holds its studio."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlmodel import Field

from services.broadcast.models.base import (
    Base,
    id_column,
    instant_column,
    json_column,
    text_column,
    version_column,
)

ROOM_STATES = "'closed','opening','open','halted','ended'"
ONE_SEGMENT = "ex_live_segment_one_at_a_time"


class LiveRoom(Base, table=True):
    """The room of one broadcast as it stands; `last_at` is the stream clock, which never runs backwards.

    `asked_version` is the version of the room that asked the gate last, `asked_at` when; `answered_at` is when the
    gate decided the newest answer that was taken, `unanswered_since` the first question since then. `record_seq` and
    `record_hash` are the end of the record's chain.
    """

    __tablename__ = "live_room"
    __table_args__ = (
        sa.CheckConstraint(f"state IN ({ROOM_STATES})", name="state"),
        sa.CheckConstraint("state <> 'open' OR opened_at IS NOT NULL", name="opened"),
        sa.CheckConstraint("NOT rehearsing OR state = 'closed'", name="rehearsing"),
        sa.CheckConstraint("state <> 'open' OR decision_outcome IS NOT DISTINCT FROM 'pass'", name="passed"),
        sa.Index(
            "ix_live_room_running", "broadcast_id", postgresql_where=sa.text("state IN ('opening','open','halted')")
        ),
    )

    broadcast_id: str = Field(sa_type=sa.Text, primary_key=True)
    filing_id: str = Field(sa_type=sa.Text, foreign_key="broadcast.filing.id", unique=True)
    version: int = version_column()
    state: str = text_column()
    rehearsing: bool
    media_kind: str = text_column()
    opened_at: datetime | None = instant_column(null=True)
    ended_at: datetime | None = instant_column(null=True)
    last_at: datetime = instant_column()
    pinned_lot_id: str | None = text_column(null=True)
    explaining_lot_id: str | None = text_column(null=True)
    caption_zh: str | None = text_column(null=True)
    caption_en: str | None = text_column(null=True)
    slow_mode_seconds: int
    why_halted: dict[str, Any] | None = json_column(null=True)
    halted_by_organ: str | None = text_column(null=True)
    not_opened: dict[str, Any] | None = json_column(null=True)
    asked_version: int | None = Field(default=None, sa_type=sa.BigInteger, nullable=True)
    asked_at: datetime | None = instant_column(null=True)
    unanswered_since: datetime | None = instant_column(null=True)
    answered_at: datetime | None = instant_column(null=True)
    decision_id: str | None = text_column(null=True)
    decision_outcome: str | None = text_column(null=True)
    decision_valid_until: datetime | None = instant_column(null=True)
    on_air: dict[str, Any] | None = json_column(null=True)
    on_air_asked_at: datetime | None = instant_column(null=True)
    record_seq: int = Field(default=0, sa_type=sa.BigInteger)
    record_hash: str = text_column()


class LiveSegment(Base, table=True):
    """A segment as it was: since when, until when, on the stream clock. Two of one room never run at once."""

    __tablename__ = "live_segment"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('region','market')", name="kind"),
        sa.CheckConstraint("ended_at IS NULL OR started_at <= ended_at", name="range"),
        sa.UniqueConstraint("broadcast_id", "number"),
        ExcludeConstraint(
            (sa.column("broadcast_id"), "="),
            (sa.func.tstzrange(sa.column("started_at"), sa.column("ended_at")), "&&"),
            name=ONE_SEGMENT,
            using="gist",
        ),
    )

    id: str = id_column()
    broadcast_id: str = Field(sa_type=sa.Text, foreign_key="broadcast.live_room.broadcast_id")
    number: int
    kind: str = text_column()
    rehearsal: bool
    started_at: datetime = instant_column()
    ended_at: datetime | None = instant_column(null=True)


class ShelfRow(Base, table=True):
    """A lot on the shelf of a room; price and goods are those of the listing version that was filed."""

    __tablename__ = "shelf_item"
    __table_args__ = (
        sa.CheckConstraint("price_fen > 0", name="price"),
        sa.CheckConstraint("limit_units IS NULL OR limit_units > 0", name="limit"),
        sa.CheckConstraint("units_per_buyer IS NULL OR units_per_buyer > 0", name="per_buyer"),
    )

    broadcast_id: str = Field(sa_type=sa.Text, primary_key=True, foreign_key="broadcast.live_room.broadcast_id")
    lot_id: str = Field(sa_type=sa.Text, primary_key=True)
    listing_id: str = text_column()
    place: int
    price_fen: int = Field(sa_type=sa.BigInteger)
    goods: dict[str, Any] = json_column()
    limit_units: int | None = None
    units_per_buyer: int | None = None
    is_open: bool
    open_until: datetime | None = instant_column(null=True)


class RoomRecord(Base, table=True):
    """One entry of a room's record: written once, chained to the one before by its hash."""

    __tablename__ = "room_record"

    broadcast_id: str = Field(sa_type=sa.Text, primary_key=True, foreign_key="broadcast.live_room.broadcast_id")
    seq: int = Field(sa_type=sa.BigInteger, primary_key=True)
    at: datetime = instant_column()
    stream_ms: int = Field(sa_type=sa.BigInteger)
    kind: str = text_column()
    body: dict[str, Any] = json_column()
    hash: str = text_column()


class StudioToken(Base, table=True):
    """A right to steer one room, kept as a hash; it ends with the room, a halt, or the next one handed out."""

    __tablename__ = "studio_token"
    __table_args__ = (sa.Index(None, "broadcast_id", "account_id"),)

    token_sha256: str = Field(sa_type=sa.Text, primary_key=True)
    broadcast_id: str = Field(sa_type=sa.Text, foreign_key="broadcast.live_room.broadcast_id")
    account_id: str = text_column()
    role: str = text_column()
    made_at: datetime = instant_column()
    revoked_at: datetime | None = instant_column(null=True)


class RehearsalEvent(Base, table=True):
    """Something done while the room was in rehearsal: a trace of its own, kept apart from the record."""

    __tablename__ = "rehearsal_event"
    __table_args__ = (sa.Index(None, "broadcast_id", "at"),)

    id: str = id_column()
    broadcast_id: str = Field(sa_type=sa.Text, foreign_key="broadcast.live_room.broadcast_id")
    at: datetime = instant_column()
    account_id: str | None = text_column(null=True)
    action: str = text_column()
    lot_id: str | None = text_column(null=True)


class GoodsCopy(Base, table=True):
    """A lot as one listing version described it: what a card shows and what an order costs."""

    __tablename__ = "goods"

    lot_id: str = Field(sa_type=sa.Text, primary_key=True)
    listing_version: int = Field(sa_type=sa.BigInteger, primary_key=True)
    listing_id: str = text_column()
    title_zh: str = text_column()
    title_en: str = text_column()
    lot: dict[str, Any] = json_column()
    seller: dict[str, Any] = json_column()
    supplier: dict[str, Any] = json_column()
    media: list[dict[str, Any]] = json_column()


class LotGoLive(Base, table=True):
    """What the gate last said about a lot on its way to a room, and until when it holds."""

    __tablename__ = "lot_golive"

    lot_id: str = Field(sa_type=sa.Text, primary_key=True)
    decision_id: str = text_column()
    outcome: str = text_column()
    decided_at: datetime = instant_column()
    valid_until: datetime | None = instant_column(null=True)
    not_passed: list[dict[str, Any]] = json_column()


class StockCopy(Base, table=True):
    """What orders set aside for a broadcast, or which lots fell short."""

    __tablename__ = "stock"

    broadcast_id: str = Field(sa_type=sa.Text, primary_key=True)
    version: int = version_column()
    units: dict[str, int] = json_column()
    short: list[dict[str, Any]] = json_column()
