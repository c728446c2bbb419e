"""The tables of values published since the release, and of what they would change."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.compliance.models.base import Base, json_column, optional_json_column
from services.kit.tables import Instant


class Rulebook(Base, table=True):
    """The one row that counts what was published since the release; `values_sha256` names what it comes to."""

    __tablename__ = "rulebook"

    id: int = Field(sa_type=sa.SmallInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    revision: int = Field(sa_type=sa.BigInteger)
    values_sha256: str = Field(sa_type=sa.Text)


class ParameterChange(Base, table=True):
    """A value of a parameter: proposed, published by somebody of another organ, or withdrawn before its day."""

    __tablename__ = "parameter_change"
    __table_args__ = (
        sa.Index("ix_parameter_change_name", "name", "id"),
        sa.Index("ix_parameter_change_state", "state", "id"),
        sa.Index(
            "uq_parameter_change_from_on",
            "name",
            "from_on",
            unique=True,
            postgresql_where=sa.text("state = 'published'"),
        ),
    )

    id: str = Field(sa_type=sa.Text, primary_key=True)
    version: int = Field(sa_type=sa.BigInteger)
    name: str = Field(sa_type=sa.Text)
    value: Any = Field(sa_column=sa.Column(JSONB, nullable=False))
    from_on: date = Field(sa_type=sa.Date)
    basis: str = Field(sa_type=sa.Text)
    source: str = Field(sa_type=sa.Text)
    article: str = Field(sa_type=sa.Text)
    reason_zh: str = Field(sa_type=sa.Text)
    reason_en: str = Field(sa_type=sa.Text)
    state: str = Field(sa_type=sa.Text)
    proposed_by: str = Field(sa_type=sa.Text)
    proposer_person: str = Field(sa_type=sa.Text)
    proposer_organ: dict[str, Any] = json_column()
    proposed_at: datetime = Field(sa_type=Instant)
    published_by: str | None = Field(default=None, sa_type=sa.Text)
    publisher_person: str | None = Field(default=None, sa_type=sa.Text)
    publisher_organ: dict[str, Any] | None = optional_json_column()
    published_at: datetime | None = Field(default=None, sa_type=Instant)
    published_on: date | None = Field(default=None, sa_type=sa.Date)
    release: str | None = Field(default=None, sa_type=sa.Text)
    withdrawn_by: str | None = Field(default=None, sa_type=sa.Text)
    withdrawer_organ: dict[str, Any] | None = optional_json_column()
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    withdrawal_zh: str | None = Field(default=None, sa_type=sa.Text)
    withdrawal_en: str | None = Field(default=None, sa_type=sa.Text)
    changed_at: datetime = Field(sa_type=Instant)


class Impact(Base, table=True):
    """What a proposed value would change, as far as it is asked: `done_kind` and `done_id` name the last one asked."""

    __tablename__ = "impact"
    __table_args__ = (
        sa.Index("ix_impact_waiting", "started_at", postgresql_where=sa.text("done_at IS NULL AND problem IS NULL")),
    )

    change_id: str = Field(
        sa_column=sa.Column(sa.Text, sa.ForeignKey("compliance.parameter_change.id"), primary_key=True)
    )
    revision: int = Field(sa_type=sa.BigInteger)
    as_of: datetime = Field(sa_type=Instant)
    subjects: int = Field(sa_type=sa.BigInteger)
    asked: int = Field(sa_type=sa.BigInteger)
    busy_ms: int = Field(sa_type=sa.BigInteger)
    counts: dict[str, Any] = json_column()
    done_kind: str | None = Field(default=None, sa_type=sa.Text)
    done_id: str | None = Field(default=None, sa_type=sa.Text)
    started_at: datetime = Field(sa_type=Instant)
    done_at: datetime | None = Field(default=None, sa_type=Instant)
    problem: str | None = Field(default=None, sa_type=sa.Text)


class ImpactLine(Base, table=True):
    """One subject whose answer would change, with what it says then and now."""

    __tablename__ = "impact_line"

    change_id: str = Field(
        sa_column=sa.Column(sa.Text, sa.ForeignKey("compliance.impact.change_id", ondelete="CASCADE"), primary_key=True)
    )
    subject_kind: str = Field(sa_type=sa.Text, primary_key=True)
    subject_id: str = Field(sa_type=sa.Text, primary_key=True)
    region_code: str | None = Field(default=None, sa_type=sa.Text)
    title_zh: str = Field(sa_type=sa.Text)
    title_en: str = Field(sa_type=sa.Text)
    decision_id: str = Field(sa_type=sa.Text)
    outcome_then: str = Field(sa_type=sa.Text)
    outcome_now: str = Field(sa_type=sa.Text)
    public: bool
    changes: list[dict[str, Any]] = json_column()
