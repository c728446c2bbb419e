"""What is kept of a month of open data: its files by their hashes, and whether they are behind its releases."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.disclosure.models.base import (
    Base,
    json_column,
    key_column,
    number_column,
    optional_instant_column,
    optional_text_column,
)


class OpenMonth(Base, table=True):
    """A month (`2026-11`, in China) in which broadcasts with a record ended. `stale_at`: when it last fell behind.

    `made_with`: how files were made then; a month that was made in another way is made anew.
    """

    __tablename__ = "open_month"
    __table_args__ = (sa.Index("ix_open_month_stale_at", "stale_at", postgresql_where=sa.text("stale_at IS NOT NULL")),)

    month: str = key_column()
    stale_at: datetime | None = optional_instant_column()
    made_at: datetime | None = optional_instant_column()
    made_with: str | None = optional_text_column()
    releases: int = number_column()
    broadcasts: int = number_column()
    files: list[dict[str, Any]] = json_column()
