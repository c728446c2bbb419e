"""What was changed and charged, and the changes that wait for a reviewer."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.catalog.models.base import Base, json, one_of, texts


class Edit(Base, table=True):
    """One change of a record: what stood before and after, who changed it and why. Rows are only ever added.

    `by_account` is empty where the gate acted; then `decision_id` names what it decided. `by_sha256` commits to it.
    """

    __tablename__ = "edit"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('producer', 'mark', 'specialty', 'listing')", name="kind"),
        sa.Index(None, "kind", "record_id", "id"),
        sa.Index(None, "region_path", postgresql_using="gin"),
    )

    id: str = Field(primary_key=True, sa_type=sa.Text)
    kind: str = Field(sa_type=sa.Text)
    record_id: str = Field(sa_type=sa.Text)
    version: int = Field(sa_type=sa.Integer)
    action: str = Field(sa_type=sa.Text)
    region_code: str = Field(sa_type=sa.Text)
    region_path: list[str] = texts()
    changes: list[dict[str, Any]] = json()
    why: str | None = Field(default=None, sa_type=sa.Text)
    by_account: str | None = Field(default=None, sa_type=sa.Text)
    by_sha256: str | None = Field(default=None, sa_type=sa.Text)
    by_office: str | None = Field(default=None, sa_type=sa.Text)
    decision_id: str | None = Field(default=None, sa_type=sa.Text)
    sha256: str = Field(sa_type=sa.Text)
    made_at: datetime


class EditUntold(Base, table=True):
    """An edit of which the public log has not heard; the database itself puts every edit here."""

    __tablename__ = "edit_untold"

    id: str = Field(primary_key=True, sa_type=sa.Text)
    region_code: str = Field(sa_type=sa.Text)
    sha256: str = Field(sa_type=sa.Text)


class PriceChange(Base, table=True):
    """What a lot cost from an instant on; no price while it is off the market. Rows are only ever added."""

    __tablename__ = "price_change"
    __table_args__ = (
        sa.CheckConstraint("price_fen BETWEEN 1 AND 100000000", name="price_fen"),
        sa.Index(None, "lot_id", "id"),
        sa.Index(None, "listing_id"),
    )

    id: str = Field(primary_key=True, sa_type=sa.Text)
    lot_id: str = Field(sa_type=sa.Text, foreign_key="catalog.lot.id")
    listing_id: str = Field(sa_type=sa.Text)
    listing_version: int = Field(sa_type=sa.Integer)
    since_at: datetime
    price_fen: int | None = Field(default=None, sa_type=sa.BigInteger)
    net_grams: int = Field(sa_type=sa.BigInteger)
    price_unit: str = Field(sa_type=sa.Text)
    region_path: list[str] = texts()
    category_code: str = Field(sa_type=sa.Text)


class Offer(Base, table=True):
    """What is asked for a kilogram now, once for each place whose median it counts in; `''` is the country.

    The database keeps it beside what is added to `price_change`.
    """

    __tablename__ = "offer"
    __table_args__ = (sa.Index("ix_offer_middle", "category_code", "place", "per_kilogram_fen"),)

    lot_id: str = Field(primary_key=True, sa_type=sa.Text)
    place: str = Field(primary_key=True, sa_type=sa.Text)
    category_code: str = Field(sa_type=sa.Text)
    per_kilogram_fen: int = Field(sa_type=sa.BigInteger)


class ChangeReview(Base, table=True):
    """A listing version that changes too much to pass by rule. The gate hears of it once a reviewer lets it go on."""

    __tablename__ = "change_review"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["listing_id", "listing_version"],
            ["catalog.listing_version.listing_id", "catalog.listing_version.version"],
        ),
        sa.CheckConstraint(one_of("state", ("waiting", "approved", "refused", "superseded")), name="state"),
        sa.Index(
            "uq_change_review_listing_id_waiting",
            "listing_id",
            unique=True,
            postgresql_where=sa.text("state = 'waiting'"),
        ),
        sa.Index(None, "region_path", postgresql_using="gin"),
        sa.Index(None, "listing_id"),
    )

    id: str = Field(primary_key=True, sa_type=sa.Text)
    listing_id: str = Field(sa_type=sa.Text)
    listing_version: int = Field(sa_type=sa.Integer)
    region_code: str = Field(sa_type=sa.Text)
    region_path: list[str] = texts()
    title_zh: str = Field(sa_type=sa.Text)
    title_en: str = Field(sa_type=sa.Text)
    state: str = Field(sa_type=sa.Text)
    risks: list[dict[str, Any]] = json()
    asked_by_office: str = Field(sa_type=sa.Text)
    asked_by_person: str = Field(sa_type=sa.Text)
    asked_at: datetime
    decided_by_office: str | None = Field(default=None, sa_type=sa.Text)
    decided_by_person: str | None = Field(default=None, sa_type=sa.Text)
    decided_at: datetime | None = None
    reason: str | None = Field(default=None, sa_type=sa.Text)
