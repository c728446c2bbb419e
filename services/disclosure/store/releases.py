"""SQL of releases: added once, read for ever."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.disclosure.models import Course, Draft, Release
from services.disclosure.store.tables import table_of
from services.kit.db import Database

_NEWEST = """
SELECT DISTINCT ON (broadcast_id) broadcast_id, number, stage, released_at, sha256, body
FROM disclosure.release WHERE broadcast_id = ANY($1) ORDER BY broadcast_id, number DESC
"""
_LISTED = """
SELECT c.broadcast_id, c.ended_at, c.region_code, c.summary_due_on, c.full_due_on, c.summary_at, c.full_at
FROM disclosure.course c
WHERE c.summary_at IS NOT NULL AND ($1 = '' OR c.region_path @> ARRAY[$1])
  AND ($7 = '' OR c.stage = $7) AND c.products LIKE ALL ($8::text[])
  AND ($2::timestamptz IS NULL OR (c.ended_at, c.broadcast_id) < ($2, $3))
  AND ($5::timestamptz IS NULL OR c.ended_at >= $5) AND ($6::timestamptz IS NULL OR c.ended_at < $6)
ORDER BY c.ended_at DESC, c.broadcast_id DESC LIMIT $4
"""


async def add_release(db: AsyncSession, release: Release) -> bool:
    """Add a release; False when one of this number is there already."""
    row = release.model_dump()
    added = await db.execute(
        insert(table_of(Release)).values(**row).on_conflict_do_nothing().returning(table_of(Release).c.number)
    )
    return added.first() is not None


async def add_draft(db: AsyncSession, draft: Draft) -> None:
    """Keep a release until the gate has answered about it."""
    await db.execute(insert(table_of(Draft)).values(**draft.model_dump()).on_conflict_do_nothing())


async def find_draft(db: AsyncSession, broadcast_id: str) -> Draft | None:
    """The release of a broadcast that waits for the gate's answer."""
    statement = select(Draft).where(Draft.broadcast_id == broadcast_id)
    return (await db.exec(statement.execution_options(populate_existing=True))).first()


async def drop_draft(db: AsyncSession, broadcast_id: str) -> None:
    """It is out, or will not be."""
    await db.execute(sa.delete(table_of(Draft)).where(table_of(Draft).c.broadcast_id == broadcast_id))


async def list_bases(db: AsyncSession, broadcast_id: str) -> list[bytes]:
    """What is kept of every release to hold later ones against it, oldest first."""
    statement = select(Release.basis).where(Release.broadcast_id == broadcast_id).order_by(col(Release.number))
    return list((await db.exec(statement)).all())


async def list_bodies(db: AsyncSession, broadcast_id: str) -> list[dict[str, Any]]:
    """What every release of a broadcast says, oldest first."""
    statement = select(Release.body).where(Release.broadcast_id == broadcast_id).order_by(col(Release.number))
    return [json.loads(body) for body in (await db.exec(statement)).all()]


async def find_newest(db: AsyncSession, broadcast_id: str) -> Release | None:
    """The newest release of a broadcast."""
    statement = (
        select(Release).where(Release.broadcast_id == broadcast_id).order_by(col(Release.number).desc()).limit(1)
    )
    return (await db.exec(statement)).first()


async def list_releases(database: Database, broadcast_id: str) -> Sequence[Any]:
    """Every release of a broadcast, oldest first, without its body."""
    return await database.fetch_rows(
        "SELECT number, stage, released_at, sha256 FROM disclosure.release WHERE broadcast_id = $1 ORDER BY number",
        broadcast_id,
    )


async def find_body(database: Database, broadcast_id: str, number: int | None) -> Any | None:
    """One release, or the newest: number, hash and body."""
    rows = await database.fetch_rows(
        "SELECT number, sha256, body, released_at FROM disclosure.release"
        " WHERE broadcast_id = $1 AND ($2::bigint IS NULL OR number = $2) ORDER BY number DESC LIMIT 1",
        broadcast_id,
        number,
    )
    return rows[0] if rows else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records are asked for: of a region and below it, ended in a span of time, in a stage, about products."""

    region_code: str = ""
    since: datetime | None = None
    until: datetime | None = None
    stage: str = ""
    words: tuple[str, ...] = ()


async def list_disclosed(
    database: Database, wanted: Wanted, before: tuple[datetime, str] | None, most: int
) -> Sequence[Any]:
    """Broadcasts with a release, the one that ended last first; never by what was sold."""
    at, broadcast_id = before or (None, "")
    patterns = [f"%{_literal(word)}%" for word in wanted.words]
    return await database.fetch_rows(
        _LISTED,
        wanted.region_code,
        at,
        broadcast_id,
        most,
        wanted.since,
        wanted.until,
        wanted.stage,
        patterns,
    )


def _literal(word: str) -> str:
    """A word in a pattern that means nothing but itself."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def newest_of(database: Database, broadcast_ids: Sequence[str]) -> dict[str, Any]:
    """The newest release of each of these."""
    rows = await database.fetch_rows(_NEWEST, list(broadcast_ids))
    return {row["broadcast_id"]: row for row in rows}


async def note_found_by(db: AsyncSession, broadcast_id: str, stage: str, products: str) -> None:
    """By what the newest release of a broadcast is found."""
    table = table_of(Course)
    await db.execute(table.update().where(table.c.broadcast_id == broadcast_id).values(stage=stage, products=products))


async def note_released(db: AsyncSession, course: Course, next_at: datetime | None, **out: datetime) -> None:
    """What of a broadcast is out now, and when its record is looked at next: by itself, or for what came meanwhile."""
    table = table_of(Course)
    following = sa.func.least(sa.cast(next_at, table.c.due_at.type), table.c.again_at)
    await db.execute(table.update().where(table.c.broadcast_id == course.broadcast_id).values(due_at=following, **out))


async def postpone(db: AsyncSession, broadcast_id: str, until: datetime) -> None:
    """Look at a record later: now it could not be put together."""
    await db.execute(
        sa.update(table_of(Course)).where(table_of(Course).c.broadcast_id == broadcast_id).values(due_at=until)
    )
