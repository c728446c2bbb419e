"""Tables of the broadcast service; they hold no behaviour."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, ExcludeConstraint, Range
from sqlmodel import Field, SQLModel

from services.kit.ids import new_id
from services.kit.tables import Instant, Texts, metadata_of

STATES = "'draft','submitted','returned','approved','scheduled','in_review','blocked','withdrawn','cancelled'"
OVERLAP = "ex_slot_one_at_a_time"


class Base(SQLModel):
    """All tables lie in the schema `broadcast`."""

    metadata = metadata_of("broadcast")


def _id() -> Any:
    return Field(default_factory=new_id, sa_type=sa.Text, primary_key=True)


def _text(*, null: bool = False) -> Any:
    return Field(default=None, sa_type=sa.Text, nullable=True) if null else Field(sa_type=sa.Text)


def _texts() -> Any:
    return Field(sa_type=Texts, nullable=False)


def _json(*, null: bool = False) -> Any:
    kind = JSONB(none_as_null=True)
    if null:
        return Field(default=None, sa_type=kind, nullable=True)
    return Field(sa_type=kind, nullable=False)


def _instant(*, null: bool = False) -> Any:
    if null:
        return Field(default=None, sa_type=Instant, nullable=True)
    return Field(sa_type=Instant, nullable=False)


def _version() -> Any:
    return Field(default=1, sa_type=sa.BigInteger)


class Account(Base, table=True):
    """An account as accounts last described it."""

    account_id: str = Field(sa_type=sa.Text, primary_key=True)
    version: int = _version()
    person: str = _text()
    name: str = _text()
    scopes: list[str] = _texts()
    organ: dict[str, Any] | None = _json(null=True)
    active: bool = True


class KnownListing(Base, table=True):
    """A listing as catalog last described it: the version in force and the state of its lots."""

    __tablename__ = "listing"

    listing_id: str = Field(sa_type=sa.Text, primary_key=True)
    version: int = _version()
    region_code: str = _text()
    title_zh: str = _text()
    title_en: str = _text()
    event_id: str = _text()
    decided_version: int = _version()
    lots: dict[str, str] = _json()
    withdrawn: bool = False


class LotDecision(Base, table=True):
    """The newest binding decision about a lot, for the public page."""

    __tablename__ = "lot_decision"

    lot_id: str = Field(sa_type=sa.Text, primary_key=True)
    listing_id: str | None = _text(null=True)
    decision_id: str = _text()
    stage: str = _text()
    outcome: str = _text()
    ruleset: str = _text()
    decided_at: datetime = _instant()


class ForceMajeure(Base, table=True):
    """An event's names, as the registry last gave them."""

    __tablename__ = "force_majeure"

    id: str = Field(sa_type=sa.Text, primary_key=True)
    version: int = _version()
    title_zh: str = _text()
    title_en: str = _text()
    verified: bool
    lifted: bool


class SlowSales(Base, table=True):
    """Evidence of unsold stock that was certified."""

    __tablename__ = "slow_sales"

    id: str = Field(sa_type=sa.Text, primary_key=True)
    version: int = _version()
    region_code: str = _text()
    category_code: str = _text()
    season: str = _text()
    certified_at: datetime = _instant()


class Official(Base, table=True):
    """Who may speak for a region: a person token and a post, no name."""

    __table_args__ = (
        sa.UniqueConstraint("person", "post_zh", "region_code"),
        sa.Index(None, "region_path", postgresql_using="gin"),
    )

    id: str = _id()
    version: int = _version()
    account_id: str | None = _text(null=True)
    person: str = _text()
    post_zh: str = _text()
    post_en: str = _text()
    organ: dict[str, Any] = _json()
    region_code: str = _text()
    region_path: list[str] = _texts()
    jurisdiction: list[str] = _texts()
    civil_servant: bool
    left_office_on: date | None = None
    entered_by: str = _text()
    entered_at: datetime = _instant()


class Declaration(Base, table=True):
    """A declaration of interests, with tokens in place of people. One that is withdrawn stays, and says why."""

    __table_args__ = (sa.Index(None, "official_id", "declared_on", "id"),)

    id: str = _id()
    official_id: str = Field(sa_type=sa.Text, foreign_key="broadcast.official.id")
    declared_on: date
    recused: bool
    facts: dict[str, Any] = _json()
    signed_document_sha256: str | None = _text(null=True)
    recorded_by: str = _text()
    recorded_at: datetime = _instant()
    withdrawn_by: str | None = _text(null=True)
    withdrawn_at: datetime | None = _instant(null=True)
    withdrawn_reason: str | None = _text(null=True)


class Host(Base, table=True):
    """Who sells in market segments; `facts` has the host facts but person and position."""

    __table_args__ = (
        sa.UniqueConstraint("person", "region_code"),
        sa.Index(None, "region_path", postgresql_using="gin"),
    )

    id: str = _id()
    version: int = _version()
    region_code: str = _text()
    region_path: list[str] = _texts()
    account_id: str | None = _text(null=True)
    person: str = _text()
    name: str = _text()
    position: str = _text()
    facts: dict[str, Any] = _json()
    entered_by: str = _text()
    entered_at: datetime = _instant()


class Room(Base, table=True):
    """A room; a region's first one is made with its first filing."""

    __table_args__ = (
        sa.Index("uq_room_first", "region_code", unique=True, postgresql_where=sa.text("first")),
        sa.Index(None, "region_path", postgresql_using="gin"),
    )

    id: str = _id()
    version: int = _version()
    region_code: str = _text()
    region_path: list[str] = _texts()
    name_zh: str = _text()
    name_en: str = _text()
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

    id: str = _id()
    version: int = _version()
    broadcast_id: str = Field(default_factory=new_id, sa_type=sa.Text, unique=True)
    state: str = _text()
    region_code: str = _text()
    region_path: list[str] = _texts()
    approving_region: str | None = _text(null=True)
    title_zh: str = _text()
    title_en: str = _text()
    starts_at: datetime = _instant()
    ends_at: datetime = _instant()
    room_id: str | None = Field(default=None, sa_type=sa.Text, foreign_key="broadcast.room.id", nullable=True)
    official_id: str | None = Field(default=None, sa_type=sa.Text, foreign_key="broadcast.official.id", nullable=True)
    official_version: int | None = Field(default=None, sa_type=sa.BigInteger, nullable=True)
    presenter_person: str | None = _text(null=True)
    presenter_account: str | None = _text(null=True)
    event_id: str | None = _text(null=True)
    content: dict[str, Any] = _json()
    pinned: list[dict[str, Any]] = _json()
    slow_sales_ids: list[str] = _texts()
    content_sha256: str | None = _text(null=True)
    facts: dict[str, Any] | None = _json(null=True)
    submitted_version: int | None = Field(default=None, sa_type=sa.BigInteger, nullable=True)
    asked_version: int | None = Field(default=None, sa_type=sa.BigInteger, nullable=True)
    approval: dict[str, Any] | None = _json(null=True)
    reason_zh: str | None = _text(null=True)
    reason_en: str | None = _text(null=True)
    written_by: str = _text()
    applicant_account: str | None = _text(null=True)
    applicant_person: str | None = _text(null=True)
    approver_account: str | None = _text(null=True)
    approver_person: str | None = _text(null=True)
    demonstration: bool
    submitted_at: datetime | None = _instant(null=True)
    scheduled_at: datetime | None = _instant(null=True)
    published_at: datetime | None = _instant(null=True)
    created_at: datetime = _instant()
    updated_at: datetime = _instant()


class Slot(Base, table=True):
    """A room or a person, taken for the whole range of one broadcast."""

    model_config = {"arbitrary_types_allowed": True}
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

    id: str = _id()
    broadcast_id: str = _text()
    resource_kind: str = _text()
    resource_id: str = _text()
    during: Range[datetime] = Field(sa_type=TSTZRANGE, nullable=False)
    active: bool = True


class Decision(Base, table=True):
    """What the gate said about a filing; the whole answer is kept by compliance."""

    __table_args__ = (sa.Index(None, "filing_id", "binding", "decided_at"),)

    decision_id: str = Field(sa_type=sa.Text, primary_key=True)
    filing_id: str = Field(sa_type=sa.Text, foreign_key="broadcast.filing.id")
    filing_version: int = _version()
    binding: bool
    public: bool
    stage: str = _text()
    outcome: str = _text()
    at: datetime = _instant()
    decided_at: datetime = _instant()
    valid_until: datetime | None = _instant(null=True)
    ruleset: str = _text()
    not_passed: list[dict[str, Any]] = _json()


class Step(Base, table=True):
    """One step in the life of a filing; never changed afterwards."""

    __table_args__ = (sa.Index(None, "filing_id", "version"),)

    id: str = _id()
    filing_id: str = Field(sa_type=sa.Text, foreign_key="broadcast.filing.id")
    version: int = Field(sa_type=sa.BigInteger)
    at: datetime = _instant()
    move: str = _text()
    from_state: str | None = _text(null=True)
    to_state: str = _text()
    by: str = _text()
    account_id: str | None = _text(null=True)
    reason_zh: str | None = _text(null=True)
    reason_en: str | None = _text(null=True)
    decision_id: str | None = _text(null=True)


class Notice(Base, table=True):
    """An in-app notice to one account."""

    __table_args__ = (sa.Index(None, "account_id", "id"),)

    id: str = _id()
    account_id: str = _text()
    filing_id: str = Field(sa_type=sa.Text, foreign_key="broadcast.filing.id")
    kind: str = _text()
    reason_zh: str | None = _text(null=True)
    reason_en: str | None = _text(null=True)
    created_at: datetime = _instant()
    read_at: datetime | None = _instant(null=True)
