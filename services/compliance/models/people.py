"""The tables of what people do beside the gate: overrides, appeals, referrals, and the trail of every act."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.compliance.models.base import Base, json_column, optional_json_column
from services.kit.tables import Instant, Texts


class TrailEntry(Base, table=True):
    """One act of a person (or of the gate for them). The database refuses to change or delete a row."""

    __tablename__ = "trail"
    __table_args__ = (sa.Index("ix_trail_subject", "subject_id", "id"),)

    id: str = Field(sa_type=sa.Text, primary_key=True)
    at: datetime = Field(sa_type=Instant)
    recorded_at: datetime = Field(sa_type=Instant)
    action: str = Field(sa_type=sa.Text)
    subject_kind: str = Field(sa_type=sa.Text)
    subject_id: str = Field(sa_type=sa.Text)
    region_code: str | None = Field(default=None, sa_type=sa.Text)
    decision_id: str | None = Field(default=None, sa_type=sa.Text)
    rule: str | None = Field(default=None, sa_type=sa.Text)
    reason_code: str | None = Field(default=None, sa_type=sa.Text)
    record_id: str | None = Field(default=None, sa_type=sa.Text)
    by_role: str = Field(sa_type=sa.Text)
    by_organ: str | None = Field(default=None, sa_type=sa.Text)
    by_region_code: str | None = Field(default=None, sa_type=sa.Text)
    reason_zh: str | None = Field(default=None, sa_type=sa.Text)
    reason_en: str | None = Field(default=None, sa_type=sa.Text)
    is_public: bool
    account_id: str | None = Field(default=None, sa_type=sa.Text)
    person: str | None = Field(default=None, sa_type=sa.Text)


class TrailUntold(Base, table=True):
    """An act of which the public log has not heard; the database itself puts every one here."""

    __tablename__ = "trail_untold"

    id: str = Field(sa_type=sa.Text, primary_key=True)


class Override(Base, table=True):
    """A soft fail that one person proposes to override and another confirms or declines; `fact` once it speaks."""

    __tablename__ = "override"
    __table_args__ = (
        sa.Index("ix_override_subject", "subject_id", "id"),
        sa.Index("ix_override_proposed", "id", postgresql_where=sa.text("state = 'proposed'")),
        sa.Index(
            "uq_override_proposed",
            "subject_id",
            "rule",
            "reason_code",
            unique=True,
            postgresql_where=sa.text("state = 'proposed'"),
        ),
    )

    id: str = Field(sa_type=sa.Text, primary_key=True)
    state: str = Field(sa_type=sa.Text)
    subject_kind: str = Field(sa_type=sa.Text)
    subject_id: str = Field(sa_type=sa.Text)
    decision_id: str = Field(sa_type=sa.Text)
    region_code: str | None = Field(default=None, sa_type=sa.Text)
    region_line: list[str] = Field(sa_type=Texts, nullable=False)
    title_zh: str = Field(sa_type=sa.Text)
    title_en: str = Field(sa_type=sa.Text)
    rule: str = Field(sa_type=sa.Text)
    reason_code: str = Field(sa_type=sa.Text)
    basis: dict[str, Any] = json_column()
    valid_until: datetime = Field(sa_type=Instant)
    proposed_at: datetime = Field(sa_type=Instant)
    proposer_account: str = Field(sa_type=sa.Text)
    proposer_person: str = Field(sa_type=sa.Text)
    proposer_organ: dict[str, Any] = json_column()
    reason_zh: str = Field(sa_type=sa.Text)
    reason_en: str | None = Field(default=None, sa_type=sa.Text)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    answerer_account: str | None = Field(default=None, sa_type=sa.Text)
    answerer_person: str | None = Field(default=None, sa_type=sa.Text)
    answerer_organ: dict[str, Any] | None = optional_json_column()
    answer_zh: str | None = Field(default=None, sa_type=sa.Text)
    answer_en: str | None = Field(default=None, sa_type=sa.Text)
    fact: dict[str, Any] | None = optional_json_column()
    new_decision_id: str | None = Field(default=None, sa_type=sa.Text)


class Appeal(Base, table=True):
    """An appeal against one result of a decision. It changes nothing until it is decided."""

    __tablename__ = "appeal"
    __table_args__ = (
        sa.Index("ix_appeal_subject", "subject_id", "id"),
        sa.Index("ix_appeal_open", "decide_by", "id", postgresql_where=sa.text("state = 'open'")),
        sa.Index(
            "uq_appeal_once",
            "decision_id",
            "rule",
            "reason_code",
            unique=True,
            postgresql_where=sa.text("state <> 'withdrawn'"),
        ),
    )

    id: str = Field(sa_type=sa.Text, primary_key=True)
    version: int = Field(sa_type=sa.BigInteger)
    state: str = Field(sa_type=sa.Text)
    subject_kind: str = Field(sa_type=sa.Text)
    subject_id: str = Field(sa_type=sa.Text)
    parent_id: str | None = Field(default=None, sa_type=sa.Text)
    decision_id: str = Field(sa_column=sa.Column(sa.Text, sa.ForeignKey("compliance.decision.id"), nullable=False))
    region_code: str | None = Field(default=None, sa_type=sa.Text)
    region_line: list[str] = Field(sa_type=Texts, nullable=False)
    title_zh: str = Field(sa_type=sa.Text)
    title_en: str = Field(sa_type=sa.Text)
    rule: str = Field(sa_type=sa.Text)
    reason_code: str = Field(sa_type=sa.Text)
    hard: bool
    grounds_zh: str = Field(sa_type=sa.Text)
    grounds_en: str | None = Field(default=None, sa_type=sa.Text)
    files: list[dict[str, Any]] = json_column()
    appellant_account: str = Field(sa_type=sa.Text)
    appellant_person: str = Field(sa_type=sa.Text)
    appellant_role: str = Field(sa_type=sa.Text)
    appellant_organ: dict[str, Any] | None = optional_json_column()
    opened_at: datetime = Field(sa_type=Instant)
    decide_by: datetime = Field(sa_type=Instant)
    calendar: str = Field(sa_type=sa.Text)
    clock_set: bool
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decider_account: str | None = Field(default=None, sa_type=sa.Text)
    decider_person: str | None = Field(default=None, sa_type=sa.Text)
    decider_organ: dict[str, Any] | None = optional_json_column()
    decision_zh: str | None = Field(default=None, sa_type=sa.Text)
    decision_en: str | None = Field(default=None, sa_type=sa.Text)
    effect: str | None = Field(default=None, sa_type=sa.Text)
    override_id: str | None = Field(default=None, sa_type=sa.Text)
    new_decision_id: str | None = Field(default=None, sa_type=sa.Text)


class Referral(Base, table=True):
    """A notice of apportionment to be looked at by those who supervise the people behind it."""

    __tablename__ = "referral"
    __table_args__ = (
        sa.UniqueConstraint("subject_id", "rule", "evidence_sha256", name="uq_referral_once"),
        sa.Index("ix_referral_state", "state", "id"),
    )

    id: str = Field(sa_type=sa.Text, primary_key=True)
    version: int = Field(sa_type=sa.BigInteger)
    state: str = Field(sa_type=sa.Text)
    subject_kind: str = Field(sa_type=sa.Text)
    subject_id: str = Field(sa_type=sa.Text)
    decision_id: str = Field(sa_type=sa.Text)
    region_code: str | None = Field(default=None, sa_type=sa.Text)
    region_line: list[str] = Field(sa_type=Texts, nullable=False)
    title_zh: str = Field(sa_type=sa.Text)
    title_en: str = Field(sa_type=sa.Text)
    rule: str = Field(sa_type=sa.Text)
    evidence_sha256: str = Field(sa_type=sa.Text)
    quotes: list[str] = Field(sa_type=Texts, nullable=False)
    grounds: list[dict[str, Any]] = json_column()
    opened_at: datetime = Field(sa_type=Instant)
    clock_set: bool
    changed_at: datetime = Field(sa_type=Instant)
    forwarded_to: str | None = Field(default=None, sa_type=sa.Text)
    reason_zh: str | None = Field(default=None, sa_type=sa.Text)
    reason_en: str | None = Field(default=None, sa_type=sa.Text)
