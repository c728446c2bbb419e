"""What disclosure keeps of a broadcast: what others told, when something is due, and every release."""

from datetime import date, datetime
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
    optional_bytes_column,
    optional_instant_column,
    optional_json_column,
    optional_text_column,
    text_column,
)


class Copy(Base, table=True):
    """Something that another service owns, as it last told of it. `about`: what a decision was about."""

    __table_args__ = (
        sa.Index("ix_copy_about", "about", postgresql_where=sa.text("about IS NOT NULL")),
        sa.Index(
            "ix_copy_kind_region_code", "kind", "region_code", postgresql_where=sa.text("region_code IS NOT NULL")
        ),
    )

    kind: str = key_column()
    id: str = key_column()
    version: int = number_column()
    about: str | None = optional_text_column()
    region_code: str | None = optional_text_column()
    payload: dict[str, Any] = json_column()


class Fact(Base, table=True):
    """Something that happened in a broadcast: an entry of its run, a batch of stays or messages, an order."""

    broadcast_id: str = key_column()
    kind: str = key_column()
    id: str = key_column()
    version: int = number_column()
    payload: dict[str, Any] = json_column()


class Course(Base, table=True):
    """A broadcast from its scheduling on. `due_at`: when its record is looked at next; null: nothing is to be done.

    `gate`: what the gate said last of a release; `held_at`: since when it holds one back that would harm somebody.
    `again_at`: what came since the release that waits was put together wants another look by then.
    `stage` and `products`: of the newest release, by which records are found.
    """

    __table_args__ = (
        sa.Index("ix_course_due_at", "due_at", postgresql_where=sa.text("due_at IS NOT NULL")),
        sa.Index("ix_course_ended_at", "ended_at", "broadcast_id", postgresql_where=sa.text("ended_at IS NOT NULL")),
        sa.Index(None, "region_path", postgresql_using="gin"),
    )

    broadcast_id: str = key_column()
    region_code: str = text_column()
    region_path: list[str] = Field(sa_type=sa.ARRAY(sa.Text), nullable=False)
    filing: dict[str, Any] | None = optional_json_column()
    filing_version: int = number_column()
    room: dict[str, Any] | None = optional_json_column()
    room_version: int = number_column()
    ended_at: datetime | None = optional_instant_column()
    summary_due_on: date | None = None
    full_due_on: date | None = None
    summary_at: datetime | None = optional_instant_column()
    full_at: datetime | None = optional_instant_column()
    due_at: datetime | None = optional_instant_column()
    gate: dict[str, Any] | None = optional_json_column()
    held_at: datetime | None = optional_instant_column()
    again_at: datetime | None = optional_instant_column()
    stage: str | None = optional_text_column()
    products: str | None = optional_text_column()


class Draft(Base, table=True):
    """The next release of a broadcast while the gate is asked about it; its contents are not out yet.

    `receipts`: what will be said of every order, without any salt yet.
    """

    broadcast_id: str = key_column()
    number: int = number_key_column()
    stage: str = text_column()
    answer_by: datetime = instant_column()
    contents: bytes = bytes_column()
    basis: bytes = bytes_column()
    receipts: bytes | None = optional_bytes_column()


class Release(Base, table=True):
    """One release of a disclosure; never changed afterwards. `basis` holds the orders behind its figures, as tokens."""

    __table_args__ = (sa.Index(None, "released_at", "broadcast_id", "number"),)

    broadcast_id: str = key_column()
    number: int = number_key_column()
    stage: str = text_column()
    released_at: datetime = instant_column()
    sha256: str = text_column()
    body: bytes = bytes_column()
    basis: bytes = bytes_column()
