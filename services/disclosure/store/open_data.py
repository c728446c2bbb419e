"""SQL of the months of open data: which are behind their releases, and the files of each."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.disclosure.models import OpenMonth
from services.disclosure.store.tables import table_of
from services.kit.db import Database

_BODIES = """
SELECT r.body FROM disclosure.release r JOIN disclosure.course c USING (broadcast_id)
WHERE c.ended_at >= :since AND c.ended_at < :until ORDER BY c.ended_at, r.broadcast_id, r.number
"""
# One maker at a time: files are shared by their hash, and none is thrown away while another month begins to name it.
_ONE_MAKER = "SELECT pg_try_advisory_xact_lock(hashtext('disclosure.open_month'))"


async def note_stale(db: AsyncSession, month: str, at: datetime) -> None:
    """A release of this month came: its files are behind."""
    blank = {"month": month, "stale_at": at, "releases": 0, "broadcasts": 0, "files": []}
    statement = insert(table_of(OpenMonth)).values(**blank)
    await db.execute(statement.on_conflict_do_update(index_elements=["month"], set_={"stale_at": at}))


async def note_layout(db: AsyncSession, layout: str, at: datetime) -> None:
    """Months whose files were made in another way are behind."""
    table = table_of(OpenMonth)
    await db.execute(
        table.update().where(table.c.made_with.is_distinct_from(layout), table.c.stale_at.is_(None)).values(stale_at=at)
    )


async def take_stale(db: AsyncSession) -> OpenMonth | None:
    """The month that is behind the longest; None when none is, or another replica makes one now.

    Its row is not locked: a release that comes meanwhile does not wait.
    """
    if not (await db.execute(sa.text(_ONE_MAKER))).scalar_one():
        return None
    statement = select(OpenMonth).where(col(OpenMonth.stale_at).is_not(None)).order_by(col(OpenMonth.stale_at)).limit(1)
    return (await db.exec(statement)).first()


async def list_bodies(db: AsyncSession, since: datetime, until: datetime) -> list[bytes]:
    """Every release of the broadcasts that ended from `since` to before `until`, in the order of their end."""
    rows = await db.execute(sa.text(_BODIES), {"since": since, "until": until})
    return [bytes(body) for body in rows.scalars()]


async def save_files(db: AsyncSession, month: str, seen: datetime | None, **made: Any) -> None:
    """The files of a month. It is behind still when a release came since `seen`."""
    table = table_of(OpenMonth)
    behind = sa.case((table.c.stale_at.is_distinct_from(seen), table.c.stale_at), else_=sa.null())
    await db.execute(table.update().where(table.c.month == month).values(stale_at=behind, **made))


async def named_elsewhere(db: AsyncSession, month: str) -> set[str]:
    """Hashes of the files of all other months."""
    statement = select(OpenMonth.files).where(OpenMonth.month != month)
    return {file["sha256"] for files in (await db.exec(statement)).all() for file in files}


async def list_months(database: Database, most: int) -> Sequence[Any]:
    """Months whose files are made, the newest first."""
    return await database.fetch_rows(
        "SELECT month, made_at, stale_at IS NULL AS current, releases, broadcasts, files FROM disclosure.open_month"
        " WHERE made_at IS NOT NULL ORDER BY month DESC LIMIT $1",
        most,
    )


async def find_month(database: Database, month: str) -> dict[str, Any] | None:
    """One month with its files."""
    rows = await database.fetch_rows(
        "SELECT month, made_at, stale_at IS NULL AS current, releases, broadcasts, files FROM disclosure.open_month"
        " WHERE made_at IS NOT NULL AND month = $1",
        month,
    )
    return {**rows[0], "files": files_in(rows[0])} if rows else None


def files_in(row: Any) -> list[dict[str, Any]]:
    """The files of a row."""
    files = row["files"]
    found: list[dict[str, Any]] = json.loads(files) if isinstance(files, str) else files
    return found
