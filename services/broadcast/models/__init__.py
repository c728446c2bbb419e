"""Tables of the broadcast service; they hold no behaviour."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlmodel import Field
from sqlmodel._compat import SQLModelConfig

from services.broadcast.models.base import (
    Base,
    id_column,
    instant_column,
    json_column,
    text_column,
    texts_column,
    version_column,
)
from services.broadcast.models.chat import ChatFlag, ChatMessage, Silence
from services.broadcast.models.live import (
    GoodsCopy,
    LiveRoom,
    LiveSegment,
    LotGoLive,
    RehearsalEvent,
    RoomRecord,
    ShelfRow,
    StockCopy,
    StudioToken,
)
from services.broadcast.models.viewing import ViewerSession, Watched
from services.kit.ids import new_id

__all__ = [
    "OVERLAP",
    "STATES",
    "Account",
    "Base",
    "ChatFlag",
    "ChatMessage",
    "Decision",
    "Declaration",
    "Filing",
    "ForceMajeure",
    "GoodsCopy",
    "Host",
    "KnownListing",
    "LiveRoom",
    "LiveSegment",
    "LotDecision",
    "LotGoLive",
    "Notice",
    "Official",
    "RehearsalEvent",
    "Room",
    "RoomRecord",
    "ShelfRow",
    "Silence",
    "Slot",
    "SlowSales",
    "Step",
    "StepUntold",
    "StockCopy",
    "StudioToken",
    "ViewerSession",
    "Watched",
]

STATES = (
    "'draft','submitted','returned','approved','scheduled','in_review','blocked','live','halted','ended',"
    "'withdrawn','cancelled'"
)
OVERLAP = "ex_slot_one_at_a_time"


class Account(Base, table=True):
    """An account as accounts last described it."""

    account_id: str = Field(sa_type=sa.Text, primary_key=True)
    version: int = version_column()
    person: str = text_column()
    name: str = text_column()
    scopes: list[str] = texts_column()
    organ: dict[str, Any] | None = json_column(null=True)
    active: bool = True


class KnownListing(Base, table=True):
    """A listing as catalog last described it: the version in force and the state of its lots."""

    __tablename__ = "listing"

    listing_id: str = Field(sa_type=sa.Text, primary_key=True)
    version: int = version_column()
    region_code: str = text_column()
    title_zh: str = text_column()
    title_en: str = text_column()
    event_id: str = text_column()
    decided_version: int = version_column()
    lots: dict[str, str] = json_column()
    withdrawn: bool = False


class LotDecision(Base, table=True):
    """The newest binding decision about a lot, for the public page."""

    __tablename__ = "lot_decision"

    lot_id: str = Field(sa_type=sa.Text, primary_key=True)
    listing_id: str | None = text_column(null=True)
    decision_id: str = text_column()
    stage: str = text_column()
    outcome: str = text_column()
    ruleset: str = text_column()
    decided_at: datetime = instant_column()
    valid_until: datetime | None = instant_column(null=True)


class ForceMajeure(Base, table=True):
    """An event's names, as the registry last gave them."""

    __tablename__ = "force_majeure"

    id: str = Field(sa_type=sa.Text, primary_key=True)
    version: int = version_column()
    title_zh: str = text_column()
    title_en: str = text_column()
    verified: bool
    lifted: bool


class SlowSales(Base, table=True):
    """Evidence of unsold stock that was certified."""

    __tablename__ = "slow_sales"

    id: str = Field(sa_type=sa.Text, primary_key=True)
    version: int = version_column()
    region_code: str = text_column()
    category_code: str = text_column()
    season: str = text_column()
    certified_at: datetime = instant_column()


class Official(Base, table=True):
    """Who may speak for a region: a person token and a post, no name."""

    __table_args__ = (
        sa.UniqueConstraint("person", "post_zh", "region_code"),
        sa.Index(None, "region_path", postgresql_using="gin"),
    )

    id: str = id_column()
    version: int = version_column()
    account_id: str | None = text_column(null=True)
    person: str = text_column()
    post_zh: str = text_column()
    post_en: str = text_column()
    organ: dict[str, Any] = json_column()
    region_code: str = text_column()
    region_path: list[str] = texts_column()
    jurisdiction: list[str] = texts_column()
    civil_servant: bool
    left_office_on: date | None = None
    entered_by: str = text_column()
    entered_at: datetime = instant_column()


class Declaration(Base, table=True):
    """A declaration of interests, with tokens in place of people. One that is withdrawn stays, and says why."""

    __table_args__ = (sa.Index(None, "official_id", "declared_on", "id"),)

    id: str = id_column()
    official_id: str = Field(sa_type=sa.Text, foreign_key="broadcast.official.id")
    declared_on: date
    recused: bool
    facts: dict[str, Any] = json_column()
    signed_document_sha256: str | None = text_column(null=True)
    recorded_by: str = text_column()
    recorded_at: datetime = instant_column()
    withdrawn_by: str | None = text_column(null=True)
    withdrawn_at: datetime | None = instant_column(null=True)
    withdrawn_reason: str | None = text_column(null=True)


class Host(Base, table=True):
    """Who sells in market segments; `facts` has the host facts but person and position."""

    __table_args__ = (
        sa.UniqueConstraint("person", "region_code"),
        sa.Index(None, "region_path", postgresql_using="gin"),
    )

    id: str = id_column()
    version: int = version_column()
    region_code: str = text_column()
    region_path: list[str] = texts_column()
    account_id: str | None = text_column(null=True)
    person: str = text_column()
    name: str = text_column()
    position: str = text_column()
    facts: dict[str, Any] = json_column()
    entered_by: str = text_column()
    entered_at: datetime = instant_column()


class Room(Base, table=True):
    """A room; a region's first one is made with its first filing."""

    __table_args__ = (
        sa.Index("uq_room_first", "region_code", unique=True, postgresql_where=sa.text("first")),
        sa.Index(None, "region_path", postgresql_using="gin"),
    )

    id: str = id_column()
    version: int = version_column()
    region_code: str = text_column()
    region_path: list[str] = texts_column()
    name_zh: str = text_column()
    name_en: str = text_column()
    first: bool


class Filing(Base, table=True):
    """A filing and the broadcast it asks for.

    `submitted_version` is the version that asked the gate for a preview, `asked_version` the one that asked last.
    `content` may be ahead of what was filed, while a returned or blocked one is being revised; everything else tells
    what was filed. `published_at`: since when everybody may see it, as scheduled or as blocked by a hard rule.
    """

    __table_args__ = (
        sa.CheckConstraint(f"state IN ({STATES})", name="state"),
        sa.CheckConstraint("starts_at < ends_at", name="range"),
        sa.Index("ix_filing_calendar", "starts_at", "id", postgresql_where=sa.text("published_at IS NOT NULL")),
        sa.Index(None, "region_path", postgresql_using="gin"),
        sa.Index(None, "approving_region", "state"),
        sa.Index(None, "updated_at"),
    )

    id: str = id_column()
    version: int = version_column()
    broadcast_id: str = Field(default_factory=new_id, sa_type=sa.Text, unique=True)
    state: str = text_column()
    region_code: str = text_column()
    region_path: list[str] = texts_column()
    approving_region: str | None = text_column(null=True)
    title_zh: str = text_column()
    title_en: str = text_column()
    starts_at: datetime = instant_column()
    ends_at: datetime = instant_column()
    room_id: str | None = Field(default=None, sa_type=sa.Text, foreign_key="broadcast.room.id", nullable=True)
    official_id: str | None = Field(default=None, sa_type=sa.Text, foreign_key="broadcast.official.id", nullable=True)
    official_version: int | None = Field(default=None, sa_type=sa.BigInteger, nullable=True)
    presenter_person: str | None = text_column(null=True)
    presenter_account: str | None = text_column(null=True)
    event_id: str | None = text_column(null=True)
    content: dict[str, Any] = json_column()
    pinned: list[dict[str, Any]] = json_column()
    slow_sales_ids: list[str] = texts_column()
    content_sha256: str | None = text_column(null=True)
    facts: dict[str, Any] | None = json_column(null=True)
    submitted_version: int | None = Field(default=None, sa_type=sa.BigInteger, nullable=True)
    asked_version: int | None = Field(default=None, sa_type=sa.BigInteger, nullable=True)
    approval: dict[str, Any] | None = json_column(null=True)
    reason_zh: str | None = text_column(null=True)
    reason_en: str | None = text_column(null=True)
    written_by: str = text_column()
    applicant_account: str | None = text_column(null=True)
    applicant_person: str | None = text_column(null=True)
    approver_account: str | None = text_column(null=True)
    approver_person: str | None = text_column(null=True)
    demonstration: bool
    submitted_at: datetime | None = instant_column(null=True)
    scheduled_at: datetime | None = instant_column(null=True)
    published_at: datetime | None = instant_column(null=True)
    created_at: datetime = instant_column()
    updated_at: datetime = instant_column()


class Slot(Base, table=True):
    """A room or a person, taken for the whole range of one broadcast."""

    model_config = SQLModelConfig(arbitrary_types_allowed=True)
    __table_args__ = (
        sa.CheckConstraint("resource_kind IN ('room','person')", name="resource_kind"),
        sa.CheckConstraint(
            "NOT isempty(during) AND lower_inc(during) AND NOT upper_inc(during) AND NOT upper_inf(during) "
            "AND isfinite(lower(during)) AND isfinite(upper(during))",
            name="during",
        ),
        ExcludeConstraint(
            ("resource_kind", "="),
            ("resource_id", "="),
            ("during", "&&"),
            name=OVERLAP,
            using="gist",
            where=sa.text("active"),
        ),
        sa.Index(None, "broadcast_id"),
    )

    id: str = id_column()
    broadcast_id: str = text_column()
    resource_kind: str = text_column()
    resource_id: str = text_column()
    during: Range[datetime] = Field(sa_type=TSTZRANGE, nullable=False)
    active: bool = True


class Decision(Base, table=True):
    """What the gate said about a filing; the whole answer is kept by compliance."""

    __table_args__ = (sa.Index(None, "filing_id", "binding", "decided_at"),)

    decision_id: str = Field(sa_type=sa.Text, primary_key=True)
    filing_id: str = Field(sa_type=sa.Text, foreign_key="broadcast.filing.id")
    filing_version: int = version_column()
    binding: bool
    public: bool
    stage: str = text_column()
    outcome: str = text_column()
    at: datetime = instant_column()
    decided_at: datetime = instant_column()
    valid_until: datetime | None = instant_column(null=True)
    ruleset: str = text_column()
    not_passed: list[dict[str, Any]] = json_column()


class Step(Base, table=True):
    """One step in the life of a filing; never changed afterwards."""

    __table_args__ = (sa.Index(None, "filing_id", "version"),)

    id: str = id_column()
    filing_id: str = Field(sa_type=sa.Text, foreign_key="broadcast.filing.id")
    version: int = Field(sa_type=sa.BigInteger)
    at: datetime = instant_column()
    move: str = text_column()
    from_state: str | None = text_column(null=True)
    to_state: str = text_column()
    by: str = text_column()
    account_id: str | None = text_column(null=True)
    reason_zh: str | None = text_column(null=True)
    reason_en: str | None = text_column(null=True)
    decision_id: str | None = text_column(null=True)


class StepUntold(Base, table=True):
    """A step of which the public log has not heard; the database itself puts every one here."""

    __tablename__ = "step_untold"

    id: str = id_column()


class Notice(Base, table=True):
    """An in-app notice to one account."""

    __table_args__ = (sa.Index(None, "account_id", "id"),)

    id: str = id_column()
    account_id: str = text_column()
    filing_id: str = Field(sa_type=sa.Text, foreign_key="broadcast.filing.id")
    kind: str = text_column()
    reason_zh: str | None = text_column(null=True)
    reason_en: str | None = text_column(null=True)
    created_at: datetime = instant_column()
    read_at: datetime | None = instant_column(null=True)
