"""Findings as cases before inspectors, every act on them, and the files that were sent."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.disclosure.models.base import (
    Base,
    bytes_column,
    instant_column,
    json_column,
    key_column,
    number_column,
    number_key_column,
    optional_number_column,
    optional_text_column,
    text_column,
)


class FindingCase(Base, table=True):
    """One kind of abuse in one broadcast. `standing`: the newest examination still finds it."""

    __tablename__ = "finding_case"
    __table_args__ = (
        sa.UniqueConstraint("broadcast_id", "abuse", name="uq_finding_case_once"),
        sa.Index("ix_finding_case_order", sa.text("severity DESC"), "opened_at", "id"),
        sa.Index("ix_finding_case_region_path", "region_path", postgresql_using="gin"),
    )

    id: str = key_column()
    version: int = number_column()
    state: str = text_column()
    standing: bool
    broadcast_id: str = text_column()
    abuse: str = text_column()
    severity: int = number_column()
    region_code: str = text_column()
    region_path: list[str] = Field(sa_type=sa.ARRAY(sa.Text), nullable=False)
    title_zh: str = text_column()
    title_en: str = text_column()
    ended_at: datetime = instant_column()
    opened_at: datetime = instant_column()
    changed_at: datetime = instant_column()
    findings: list[dict[str, Any]] = json_column()
    engine: dict[str, Any] = json_column()
    figures: dict[str, Any] = json_column()
    release_number: int | None = optional_number_column()
    proposed_by: str | None = optional_text_column()
    referred_to: str | None = optional_text_column()


class CaseAct(Base, table=True):
    """What was done about a case, by an examination or by a person; never changed afterwards."""

    __tablename__ = "case_act"

    case_id: str = key_column()
    number: int = number_key_column()
    at: datetime = instant_column()
    action: str = text_column()
    by_account: str | None = optional_text_column()
    by_organ: str | None = optional_text_column()
    reason_zh: str | None = optional_text_column()
    reason_en: str | None = optional_text_column()
    release_number: int | None = optional_number_column()


class ReferralFile(Base, table=True):
    """A file as it was sent: canonical JSON; never changed afterwards."""

    __tablename__ = "referral_file"

    case_id: str = key_column()
    number: int = number_key_column()
    made_at: datetime = instant_column()
    sha256: str = text_column()
    body: bytes = bytes_column()
