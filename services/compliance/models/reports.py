"""The tables of citizens' reports. No column tells who sent one."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from services.compliance.models.base import Base
from services.kit.tables import Instant, Texts


class Report(Base, table=True):
    """A citizen's report. Nothing here tells who sent it: the code is kept as a hash, the time to the hour."""

    __tablename__ = "report"
    __table_args__ = (
        sa.Index("ix_report_open", "acknowledge_by", postgresql_where=sa.text("decided_at IS NULL")),
        sa.Index("ix_report_subject_key", "subject_key", postgresql_where=sa.text("subject_key IS NOT NULL")),
        sa.Index("ix_report_received_at", "received_at"),
    )

    id: str = Field(sa_type=sa.Text, primary_key=True)
    code_hash: str = Field(sa_type=sa.Text, unique=True)
    kind: str = Field(sa_type=sa.Text)
    region_code: str = Field(sa_type=sa.Text)
    region_line: list[str] = Field(sa_type=Texts, nullable=False)
    subject_kind: str | None = Field(default=None, sa_type=sa.Text)
    subject_id: str | None = Field(default=None, sa_type=sa.Text)
    subject_key: str | None = Field(default=None, sa_type=sa.Text)
    organ: str | None = Field(default=None, sa_type=sa.Text)
    barred: list[str] = Field(sa_type=Texts, nullable=False)
    received_at: datetime = Field(sa_type=Instant)
    acknowledge_by: datetime = Field(sa_type=Instant)
    decide_by: datetime = Field(sa_type=Instant)
    state: str = Field(sa_type=sa.Text)
    entries: int = Field(default=0, sa_type=sa.Integer)
    decision_id: str | None = Field(default=None, sa_type=sa.Text)
    finding: str | None = Field(default=None, sa_type=sa.Text)
    acknowledged_at: datetime | None = Field(default=None, sa_type=Instant)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decided_by_organ: str | None = Field(default=None, sa_type=sa.Text)
    reason_zh: str | None = Field(default=None, sa_type=sa.Text)
    reason_en: str | None = Field(default=None, sa_type=sa.Text)
    forwarded_to: str | None = Field(default=None, sa_type=sa.Text)
    merged_into: str | None = Field(default=None, sa_type=sa.Text)
    published_text: str | None = Field(default=None, sa_type=sa.Text)
    corrected_at: datetime | None = Field(default=None, sa_type=Instant)
    correction_zh: str | None = Field(default=None, sa_type=sa.Text)
    correction_en: str | None = Field(default=None, sa_type=sa.Text)
    forgotten_at: datetime | None = Field(default=None, sa_type=Instant)


class ReportEntry(Base, table=True):
    """One thing that happened to a report. Entries are never changed; what was said stands in `report_words`."""

    __tablename__ = "report_entry"

    report_id: str = Field(sa_column=sa.Column(sa.Text, sa.ForeignKey("compliance.report.id"), primary_key=True))
    position: int = Field(sa_type=sa.Integer, primary_key=True)
    at: datetime = Field(sa_type=Instant)
    by: str = Field(sa_type=sa.Text)
    action: str = Field(sa_type=sa.Text)
    account_id: str | None = Field(default=None, sa_type=sa.Text)
    organ: str | None = Field(default=None, sa_type=sa.Text)


class ReportWords(Base, table=True):
    """Words of a report: `told` by the reporter, of a `notice`, or a `question`. Deleted when their time is over."""

    __tablename__ = "report_words"

    report_id: str = Field(sa_column=sa.Column(sa.Text, sa.ForeignKey("compliance.report.id"), primary_key=True))
    position: int = Field(sa_type=sa.Integer, primary_key=True)
    role: str = Field(sa_type=sa.Text, primary_key=True)
    text: str = Field(sa_type=sa.Text)


class ReportFile(Base, table=True):
    """A file of a report as it was kept, without what told of its maker; `typed_text` is what a person read in it."""

    __tablename__ = "report_file"

    report_id: str = Field(sa_column=sa.Column(sa.Text, sa.ForeignKey("compliance.report.id"), primary_key=True))
    position: int = Field(sa_type=sa.Integer, primary_key=True)
    media_type: str = Field(sa_type=sa.Text)
    bytes: int = Field(sa_type=sa.BigInteger)
    sha256: str = Field(sa_type=sa.Text, index=True)
    typed_text: str | None = Field(default=None, sa_type=sa.Text)
