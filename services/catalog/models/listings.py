"""What is offered: listings, their versions and lots, what filings hold, and what the public finds."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field

from services.catalog.models.base import STATES, Base, json, one_of, texts


class Listing(Base, table=True):
    """One specialty in one season. `draft` is the form being written; `version` counts every change and announcement.

    `card` is the row of it that its operators see in lists. `announced_version` is that of the last event that told
    its answers or its withdrawal.
    """

    __tablename__ = "listing"
    __table_args__ = (
        sa.CheckConstraint(one_of("state", STATES), name="state"),
        sa.Index(None, "region_path", postgresql_using="gin"),
        sa.Index(None, "specialty_id"),
        sa.Index("ix_listing_newest", sa.text("updated_at DESC"), sa.text("id DESC")),
    )

    id: str = Field(primary_key=True, sa_type=sa.Text)
    version: int = Field(sa_type=sa.Integer)
    state: str = Field(sa_type=sa.Text)
    specialty_id: str = Field(sa_type=sa.Text, foreign_key="catalog.specialty.id")
    region_code: str = Field(sa_type=sa.Text)
    region_path: list[str] = texts()
    category_code: str = Field(sa_type=sa.Text)
    draft: dict[str, Any] = json()
    card: dict[str, Any] = json()
    submitted_version: int | None = Field(default=None, sa_type=sa.Integer)
    in_force_version: int | None = Field(default=None, sa_type=sa.Integer)
    announced_version: int | None = Field(default=None, sa_type=sa.Integer)
    listed_lots: int = Field(default=0, sa_type=sa.Integer)
    withdrawn_reason: str | None = Field(default=None, sa_type=sa.Text)
    created_by: str = Field(sa_type=sa.Text)
    created_at: datetime
    updated_at: datetime


class ListingVersion(Base, table=True):
    """A listing as it was submitted: the facts told, and the page shown with them. Only its answer is added later."""

    __tablename__ = "listing_version"
    __table_args__ = (sa.CheckConstraint(one_of("state", (*STATES[1:5], "refused")), name="state"),)

    listing_id: str = Field(primary_key=True, sa_type=sa.Text, foreign_key="catalog.listing.id")
    version: int = Field(primary_key=True, sa_type=sa.Integer, sa_column_kwargs={"autoincrement": False})
    state: str = Field(sa_type=sa.Text)
    content_sha256: str = Field(sa_type=sa.Text)
    facts: dict[str, Any] = json()
    page: dict[str, Any] = json()
    body: dict[str, Any] = json()
    submitted_by: str = Field(sa_type=sa.Text)
    submitter_person: str = Field(sa_type=sa.Text)
    submitted_at: datetime
    decided_at: datetime | None = None
    demonstration: bool = False


class Lot(Base, table=True):
    """One producer's offer through all versions of its listing."""

    __tablename__ = "lot"
    __table_args__ = (sa.UniqueConstraint("listing_id", "producer_id", "lot_number"),)

    id: str = Field(primary_key=True, sa_type=sa.Text)
    listing_id: str = Field(sa_type=sa.Text, foreign_key="catalog.listing.id")
    producer_id: str = Field(sa_type=sa.Text, foreign_key="catalog.producer.id")
    lot_number: str = Field(sa_type=sa.Text)


class LotVersion(Base, table=True):
    """A lot in one listing version, with the gate's answer once it is there."""

    __tablename__ = "lot_version"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["listing_id", "version"], ["catalog.listing_version.listing_id", "catalog.listing_version.version"]
        ),
        sa.CheckConstraint(one_of("state", STATES[1:5]), name="state"),
        sa.CheckConstraint("price_fen BETWEEN 1 AND 100000000", name="price_fen"),
        sa.CheckConstraint("net_grams BETWEEN 1 AND 100000000", name="net_grams"),
        sa.CheckConstraint("offered_units BETWEEN 1 AND 10000000", name="offered_units"),
        sa.CheckConstraint("(state = 'submitted') = (decision_id IS NULL)", name="answered"),
        sa.Index(None, "listing_id", "version"),
    )

    lot_id: str = Field(primary_key=True, sa_type=sa.Text, foreign_key="catalog.lot.id")
    version: int = Field(primary_key=True, sa_type=sa.Integer, sa_column_kwargs={"autoincrement": False})
    listing_id: str = Field(sa_type=sa.Text)
    position: int = Field(sa_type=sa.Integer)
    state: str = Field(sa_type=sa.Text)
    price_fen: int = Field(sa_type=sa.BigInteger)
    net_grams: int = Field(sa_type=sa.BigInteger)
    offered_units: int = Field(sa_type=sa.BigInteger)
    content_sha256: str = Field(sa_type=sa.Text)
    unchanged_since: int | None = Field(default=None, sa_type=sa.Integer)
    facts: dict[str, Any] = json()
    body: dict[str, Any] = json()
    decision_id: str | None = Field(default=None, sa_type=sa.Text)
    decision: dict[str, Any] | None = json(nullable=True)


class ListingDocument(Base, table=True):
    """A document that is public as long as the listing version that shows it is."""

    __tablename__ = "listing_document"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["listing_id", "version"], ["catalog.listing_version.listing_id", "catalog.listing_version.version"]
        ),
        sa.Index(None, "sha256"),
    )

    listing_id: str = Field(primary_key=True, sa_type=sa.Text)
    version: int = Field(primary_key=True, sa_type=sa.Integer, sa_column_kwargs={"autoincrement": False})
    sha256: str = Field(primary_key=True, sa_type=sa.Text)


class HeldFiling(Base, table=True):
    """A filing as broadcast last told it: while it holds, the lots it names may not change."""

    __tablename__ = "held_filing"
    __table_args__ = (sa.Index(None, "lot_ids", postgresql_using="gin", postgresql_where=sa.text("holding")),)

    filing_id: str = Field(primary_key=True, sa_type=sa.Text)
    version: int = Field(sa_type=sa.Integer)
    broadcast_id: str = Field(sa_type=sa.Text)
    state: str = Field(sa_type=sa.Text)
    holding: bool
    lot_ids: list[str] = texts()
    pinned: dict[str, Any] = json()
    ends_at: datetime


class SearchEntry(Base, table=True):
    """Something that can be found by the public: its card, and its words in one index."""

    __tablename__ = "search_entry"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('specialty', 'listing', 'lot')", name="kind"),
        # A list of what is not yet in the index would be read through by every search.
        sa.Index(None, "words", postgresql_using="gin", postgresql_with={"fastupdate": False}),
        sa.Index(None, "listing_id"),
        sa.Index("ix_search_entry_newest", sa.text("published_at DESC"), sa.text("id DESC")),
        sa.Index(
            "ix_search_entry_state_newest",
            sa.text("(card->>'state')"),
            sa.text("published_at DESC"),
            sa.text("id DESC"),
        ),
        sa.Index("ix_search_entry_price", sa.text("((card->>'price_from_fen')::bigint)")),
    )

    id: str = Field(primary_key=True, sa_type=sa.Text)
    kind: str = Field(sa_type=sa.Text)
    listing_id: str | None = Field(default=None, sa_type=sa.Text)
    card: dict[str, Any] = json()
    words: str = Field(sa_type=TSVECTOR, nullable=False)
    published_at: datetime
