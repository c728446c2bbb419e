"""Who grows what: marks, producers, specialties, and the files that were uploaded."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from services.catalog.models.base import ADMISSIONS, Base, json, one_of, texts


class Mark(Base, table=True):
    """A mark under which goods are offered; `document` is its form."""

    __tablename__ = "mark"
    __table_args__ = (sa.Index(None, "region_path", postgresql_using="gin"),)

    id: str = Field(primary_key=True, sa_type=sa.Text)
    version: int = Field(sa_type=sa.Integer)
    region_code: str = Field(sa_type=sa.Text)
    region_path: list[str] = texts()
    document: dict[str, Any] = json()
    created_by: str = Field(sa_type=sa.Text)
    updated_at: datetime


class Producer(Base, table=True):
    """Who grows or makes it. `public` may be shown; `tokens` stand for identifying values and may not."""

    __tablename__ = "producer"
    __table_args__ = (
        sa.UniqueConstraint("uscc"),
        sa.Index(None, "region_path", postgresql_using="gin"),
        sa.CheckConstraint("seller_type IN ('registered', 'farmer_exempt')", name="seller_type"),
        sa.CheckConstraint(one_of("admission_state", ADMISSIONS), name="admission_state"),
        sa.Index("ix_producer_suspended", "id", postgresql_where=sa.text("suspension IS NOT NULL")),
    )

    id: str = Field(primary_key=True, sa_type=sa.Text)
    version: int = Field(sa_type=sa.Integer)
    region_code: str = Field(sa_type=sa.Text)
    region_path: list[str] = texts()
    uscc: str | None = Field(default=None, sa_type=sa.Text)
    name: str = Field(sa_type=sa.Text)
    kind: str = Field(sa_type=sa.Text)
    seller_type: str = Field(sa_type=sa.Text)
    public: dict[str, Any] = json()
    tokens: dict[str, Any] = json()
    admission_state: str = Field(sa_type=sa.Text, default="applied", sa_column_kwargs={"server_default": "applied"})
    admission: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSONB, nullable=False, sa_column_kwargs={"server_default": "{}"}
    )
    suspension: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True), nullable=True)
    created_by: str = Field(sa_type=sa.Text)
    updated_at: datetime


class Specialty(Base, table=True):
    """A region and a category: what an official may speak about."""

    __tablename__ = "specialty"
    __table_args__ = (sa.UniqueConstraint("region_code", "category_code", "name_zh"),)

    id: str = Field(primary_key=True, sa_type=sa.Text)
    version: int = Field(sa_type=sa.Integer)
    region_code: str = Field(sa_type=sa.Text)
    category_code: str = Field(sa_type=sa.Text)
    name_zh: str = Field(sa_type=sa.Text)
    name_en: str = Field(sa_type=sa.Text)
    description_zh: str = Field(sa_type=sa.Text)
    description_en: str = Field(sa_type=sa.Text)
    season_months: list[int] = Field(sa_type=ARRAY(sa.Integer), nullable=False)
    opening_days: list[dict[str, Any]] = json()
    mark_ids: list[str] = texts()
    created_by: str = Field(sa_type=sa.Text)
    updated_at: datetime


class StoredDocument(Base, table=True):
    """A file that somebody uploaded; the bytes are in the blob store under the same hash."""

    __tablename__ = "document"
    __table_args__ = (
        sa.CheckConstraint("bytes BETWEEN 1 AND 10485760", name="bytes"),
        sa.Index(None, "scopes", postgresql_using="gin"),
    )

    sha256: str = Field(primary_key=True, sa_type=sa.Text)
    uploaded_by: str = Field(primary_key=True, sa_type=sa.Text)
    kind: str = Field(sa_type=sa.Text)
    name: str = Field(sa_type=sa.Text)
    bytes: int = Field(sa_type=sa.BigInteger)
    media_type: str = Field(sa_type=sa.Text)
    scopes: list[str] = texts()
    created_at: datetime
