"""Spreadsheets that are imported or given out: jobs, how far they have come, and what is wrong with their cells."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.catalog.models.base import EXPORT_STATES, IMPORT_STATES, Base, json, one_of, texts


class ImportJob(Base, table=True):
    """A spreadsheet to be imported. The row stays locked while it is carried out: a process that dies lets it go.

    `file_kept`: the upload is still there; it may name people, so it goes as soon as nobody needs it.
    """

    __tablename__ = "import_job"
    __table_args__ = (
        sa.CheckConstraint(one_of("state", IMPORT_STATES), name="state"),
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
    scopes: list[str] = texts()
    created_by: str = Field(sa_type=sa.Text)
    office: str = Field(default="", sa_type=sa.Text, sa_column_kwargs={"server_default": ""})
    person: str = Field(default="", sa_type=sa.Text, sa_column_kwargs={"server_default": ""})
    created_at: datetime
    finished_at: datetime | None = None
    counts: dict[str, Any] = json()
    remarks: list[dict[str, Any]] = json()
    problem: dict[str, Any] | None = json(nullable=True)
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


class ExportJob(Base, table=True):
    """A spreadsheet that is given out: waiting until somebody made it, and fetched until `expires_at`.

    Whoever makes it says so in `beat_at` every moment. When that falls silent somebody else begins anew: an export
    only reads, so that two who make the same one do no harm.
    """

    __tablename__ = "export_job"
    __table_args__ = (
        sa.CheckConstraint(one_of("state", EXPORT_STATES), name="state"),
        sa.Index("ix_export_job_waiting", "id", postgresql_where=sa.text("state = 'waiting'")),
        sa.Index("ix_export_job_kept", "expires_at", postgresql_where=sa.text("sha256 IS NOT NULL")),
        sa.Index(None, "created_by", "id"),
    )

    id: str = Field(primary_key=True, sa_type=sa.Text)
    state: str = Field(default="waiting", sa_type=sa.Text)
    kind: str = Field(sa_type=sa.Text)
    sheet: str = Field(sa_type=sa.Text)
    language: str = Field(sa_type=sa.Text)
    name: str = Field(sa_type=sa.Text)
    scopes: list[str] = texts()
    created_by: str = Field(sa_type=sa.Text)
    created_at: datetime
    attempts: int = Field(default=0, sa_type=sa.Integer)
    done: int = Field(default=0, sa_type=sa.Integer)
    total: int = Field(default=0, sa_type=sa.Integer)
    beat_at: datetime | None = None
    finished_at: datetime | None = None
    expires_at: datetime | None = None
    bytes: int | None = Field(default=None, sa_type=sa.BigInteger)
    sha256: str | None = Field(default=None, sa_type=sa.Text)
