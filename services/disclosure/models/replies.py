"""What regions answer to findings, and how reviewers decided."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.disclosure.models.base import (
    Base,
    instant_column,
    json_column,
    key_column,
    number_column,
    optional_instant_column,
    optional_text_column,
    text_column,
)


class Reply(Base, table=True):
    """A reply to one finding. `items`: how many items were found when it was made; one may be open at a time."""

    __table_args__ = (
        sa.Index("uq_reply_open", "broadcast_id", "abuse", unique=True, postgresql_where=sa.text("state = 'open'")),
        sa.Index("ix_reply_decide_by", "decide_by", "id"),
        sa.Index(None, "region_path", postgresql_using="gin"),
    )

    id: str = key_column()
    version: int = number_column()
    state: str = text_column()
    broadcast_id: str = text_column()
    abuse: str = text_column()
    entity: str = text_column()
    release: int = number_column()
    items: int = number_column()
    region_code: str = text_column()
    region_path: list[str] = Field(sa_type=sa.ARRAY(sa.Text), nullable=False)
    title_zh: str = text_column()
    title_en: str = text_column()
    text_zh: str = text_column()
    text_en: str | None = optional_text_column()
    files: list[dict[str, Any]] = json_column()
    organ: str | None = optional_text_column()
    account_id: str = text_column()
    person: str = text_column()
    replied_at: datetime = instant_column()
    decide_by: datetime = instant_column()
    decided_by_account: str | None = optional_text_column()
    decided_by_person: str | None = optional_text_column()
    decided_by_organ: str | None = optional_text_column()
    decided_at: datetime | None = optional_instant_column()
    reason_zh: str | None = optional_text_column()
    reason_en: str | None = optional_text_column()
