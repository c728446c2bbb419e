"""The tables of catalog. Money is bigint fen, mass bigint grams; documents that are only carried are JSONB."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlmodel import Field, SQLModel

from services.kit.tables import Texts, metadata_of

IMPORT_STATES = ("waiting", "done", "checked", "faulty", "refused")
STATES = ("draft", "submitted", "listed", "in_review", "blocked", "withdrawn")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _json(*, nullable: bool = False) -> Any:
    return Field(sa_type=JSONB, nullable=nullable)


def _texts() -> Any:
    return Field(sa_type=Texts, nullable=False)


class Base(SQLModel):
    """What every table shares: the schema and the way constraints are named."""

    metadata = metadata_of("catalog")


class Mark(Base, table=True):
    """A mark under which goods are offered; `document` is its form."""

    __tablename__ = "mark"
    __table_args__ = (sa.Index(None, "region_path", postgresql_using="gin"),)

    id: str = Field(primary_key=True, sa_type=sa.Text)
    version: int = Field(sa_type=sa.Integer)
    region_code: str = Field(sa_type=sa.Text)
    region_path: list[str] = _texts()
    document: dict[str, Any] = _json()
    created_by: str = Field(sa_type=sa.Text)
    updated_at: datetime


class Producer(Base, table=True):
    """Who grows or makes it. `public` may be shown; `tokens` stand for identifying values and may not."""

    __tablename__ = "producer"
    __table_args__ = (
        sa.UniqueConstraint("uscc"),
        sa.Index(None, "region_path", postgresql_using="gin"),
        sa.CheckConstraint("seller_type IN ('registered', 'farmer_exempt')", name="seller_type"),
    )

    id: str = Field(primary_key=True, sa_type=sa.Text)
    version: int = Field(sa_type=sa.Integer)
    region_code: str = Field(sa_type=sa.Text)
    region_path: list[str] = _texts()
    uscc: str | None = Field(default=None, sa_type=sa.Text)
    name: str = Field(sa_type=sa.Text)
    kind: str = Field(sa_type=sa.Text)
    seller_type: str = Field(sa_type=sa.Text)
    public: dict[str, Any] = _json()
    tokens: dict[str, Any] = _json()
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
    opening_days: list[dict[str, Any]] = _json()
    mark_ids: list[str] = _texts()
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
    scopes: list[str] = _texts()
    created_at: datetime


class Listing(Base, table=True):
    """One specialty in one season. `draft` is the form being written; `version` counts every change and announcement.

    `card` is the row of it that its operators see in lists. `announced_version` is that of the last event that told
    its answers or its withdrawal.
    """

    __tablename__ = "listing"
    __table_args__ = (
        sa.CheckConstraint(_one_of("state", STATES), name="state"),
        sa.Index(None, "region_path", postgresql_using="gin"),
        sa.Index(None, "specialty_id"),
        sa.Index("ix_listing_newest", sa.text("updated_at DESC"), sa.text("id DESC")),
    )

    id: str = Field(primary_key=True, sa_type=sa.Text)
    version: int = Field(sa_type=sa.Integer)
    state: str = Field(sa_type=sa.Text)
    specialty_id: str = Field(sa_type=sa.Text, foreign_key="catalog.specialty.id")
    region_code: str = Field(sa_type=sa.Text)
    region_path: list[str] = _texts()
    category_code: str = Field(sa_type=sa.Text)
    draft: dict[str, Any] = _json()
    card: dict[str, Any] = _json()
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
    __table_args__ = (sa.CheckConstraint(_one_of("state", STATES[1:5]), name="state"),)

    listing_id: str = Field(primary_key=True, sa_type=sa.Text, foreign_key="catalog.listing.id")
    version: int = Field(primary_key=True, sa_type=sa.Integer, sa_column_kwargs={"autoincrement": False})
    state: str = Field(sa_type=sa.Text)
    content_sha256: str = Field(sa_type=sa.Text)
    facts: dict[str, Any] = _json()
    page: dict[str, Any] = _json()
    body: dict[str, Any] = _json()
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
        sa.CheckConstraint(_one_of("state", STATES[1:5]), name="state"),
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
    facts: dict[str, Any] = _json()
    body: dict[str, Any] = _json()
    decision_id: str | None = Field(default=None, sa_type=sa.Text)
    decision: dict[str, Any] | None = _json(nullable=True)


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
    lot_ids: list[str] = _texts()
    pinned: dict[str, Any] = _json()
    ends_at: datetime


class Edit(Base, table=True):
    """One change of a record: what stood before and after, who changed it and why. Rows are only ever added.

    `by_account` is empty where the gate acted; then `decision_id` names what it decided.
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
    region_path: list[str] = _texts()
    changes: list[dict[str, Any]] = _json()
    why: str | None = Field(default=None, sa_type=sa.Text)
    by_account: str | None = Field(default=None, sa_type=sa.Text)
    by_office: str | None = Field(default=None, sa_type=sa.Text)
    decision_id: str | None = Field(default=None, sa_type=sa.Text)
    sha256: str = Field(sa_type=sa.Text)
    made_at: datetime


class PriceChange(Base, table=True):
    """What a lot cost from an instant on; no price while it is off the market. Rows are only ever added."""

    __tablename__ = "price_change"
    __table_args__ = (
        sa.CheckConstraint("price_fen BETWEEN 1 AND 100000000", name="price_fen"),
        sa.Index(None, "lot_id", "id"),
        sa.Index(None, "category_code", "lot_id", "id"),
    )

    id: str = Field(primary_key=True, sa_type=sa.Text)
    lot_id: str = Field(sa_type=sa.Text, foreign_key="catalog.lot.id")
    listing_id: str = Field(sa_type=sa.Text)
    listing_version: int = Field(sa_type=sa.Integer)
    since_at: datetime
    price_fen: int | None = Field(default=None, sa_type=sa.BigInteger)
    net_grams: int = Field(sa_type=sa.BigInteger)
    price_unit: str = Field(sa_type=sa.Text)
    region_path: list[str] = _texts()
    category_code: str = Field(sa_type=sa.Text)


class SearchEntry(Base, table=True):
    """Something that can be found by the public: its card, and its words in one index."""

    __tablename__ = "search_entry"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('specialty', 'listing', 'lot')", name="kind"),
        sa.Index(None, "words", postgresql_using="gin"),
        sa.Index(None, "listing_id"),
        sa.Index("ix_search_entry_newest", sa.text("published_at DESC"), sa.text("id DESC")),
    )

    id: str = Field(primary_key=True, sa_type=sa.Text)
    kind: str = Field(sa_type=sa.Text)
    listing_id: str | None = Field(default=None, sa_type=sa.Text)
    card: dict[str, Any] = _json()
    words: str = Field(sa_type=TSVECTOR, nullable=False)
    published_at: datetime


class ImportJob(Base, table=True):
    """A spreadsheet to be imported. The row stays locked while it is carried out: a process that dies lets it go.

    `file_kept`: the upload is still there; it may name people, so it goes as soon as nobody needs it.
    """

    __tablename__ = "import_job"
    __table_args__ = (
        sa.CheckConstraint(_one_of("state", IMPORT_STATES), name="state"),
        sa.Index("ix_import_job_waiting", "id", postgresql_where=sa.text("state = 'waiting'")),
        sa.Index("ix_import_job_kept", "id", postgresql_where=sa.text("file_kept OR faults_sha256 IS NOT NULL")),
        sa.Index(None, "scopes", postgresql_using="gin"),
    )

    id: str = Field(primary_key=True, sa_type=sa.Text)
    state: str = Field(default="waiting", sa_type=sa.Text)
    dry_run: bool
    name: str = Field(sa_type=sa.Text)
    kind: str = Field(sa_type=sa.Text)
    bytes: int = Field(sa_type=sa.BigInteger)
    sha256: str = Field(sa_type=sa.Text)
    file_kept: bool = True
    scopes: list[str] = _texts()
    created_by: str = Field(sa_type=sa.Text)
    created_at: datetime
    finished_at: datetime | None = None
    counts: dict[str, Any] = _json()
    remarks: list[dict[str, Any]] = _json()
    problem: dict[str, Any] | None = _json(nullable=True)
    faults: int = Field(default=0, sa_type=sa.Integer)
    faults_sha256: str | None = Field(default=None, sa_type=sa.Text)


class ImportProgress(Base, table=True):
    """How far an import has come: written apart from it, so that it is seen before the import is committed."""

    __tablename__ = "import_progress"

    job_id: str = Field(primary_key=True, sa_type=sa.Text, foreign_key="catalog.import_job.id")
    attempts: int = Field(sa_type=sa.Integer)
    phase: str = Field(sa_type=sa.Text)
    done: int = Field(sa_type=sa.Integer)
    total: int = Field(sa_type=sa.Integer)
    beat_at: datetime


class ImportFault(Base, table=True):
    """What is wrong with one cell or row of a spreadsheet."""

    __tablename__ = "import_fault"

    job_id: str = Field(primary_key=True, sa_type=sa.Text, foreign_key="catalog.import_job.id")
    position: int = Field(primary_key=True, sa_type=sa.Integer, sa_column_kwargs={"autoincrement": False})
    sheet: str = Field(sa_type=sa.Text)
    row: int = Field(sa_type=sa.Integer)
    cell: str = Field(sa_type=sa.Text)
    value: str = Field(sa_type=sa.Text)
    en: str = Field(sa_type=sa.Text)
    zh: str = Field(sa_type=sa.Text)
