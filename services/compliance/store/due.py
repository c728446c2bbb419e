"""SQL of the standing question: what is to be asked again, and when.

Whoever touches the list holds the rulebook first: a publication, which puts everything on it, waits for them and they
for it, and never each for the other. For the same reason nobody waits for an appointment who holds what stands for
its subject; and those who make several make them in the order in which answers rest on each other.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.models import Due, Standing
from services.compliance.store.parameters import hold_rulebook

# A demonstration of years ago stays as it was decided; what is of the present is asked again in its time.
_PAST = timedelta(days=30)
# A filing rests on its lots, and a room on its filing.
_ORDER = ("lot", "filing", "broadcast")


async def add_due(
    db: AsyncSession, subjects: Iterable[tuple[str, str]], due_at: datetime, clock_at: datetime | None
) -> None:
    """Have the questions about these subjects asked at `due_at`; an earlier appointment is kept."""
    rows = [
        {"subject_kind": kind, "subject_id": subject_id, "due_at": due_at, "clock_at": clock_at}
        for kind, subject_id in sorted(set(subjects), key=lambda named: (_ORDER.index(named[0]), named[1]))
    ]
    if not rows:
        return
    await hold_rulebook(db)
    statement = insert(Due).values(rows)
    table: Any = Due
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=["subject_kind", "subject_id"],
            set_={
                "due_at": sa.func.least(table.due_at, statement.excluded.due_at),
                "clock_at": statement.excluded.clock_at,
            },
        )
    )


async def take_due(db: AsyncSession, now: datetime) -> tuple[str, str, datetime | None] | None:
    """The next question that is due, taken off the list; rooms on air first, then filings, then lots."""
    await hold_rulebook(db)
    table: Any = Due
    chosen = (
        sa.select(table.subject_kind, table.subject_id)
        .where(table.due_at <= now)
        .order_by(table.subject_kind, table.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    taken = (
        sa.delete(table)
        .where(table.subject_kind == chosen.c.subject_kind, table.subject_id == chosen.c.subject_id)
        .returning(table.subject_kind, table.subject_id, table.clock_at)
    )
    row = (await db.execute(taken)).one_or_none()
    return (row.subject_kind, row.subject_id, row.clock_at) if row else None


async def drop_due(db: AsyncSession, kind: str, subject_ids: Iterable[str]) -> None:
    """Forget appointments: the question is being asked, or need not be asked any more.

    One that somebody else holds is passed over: they take it off themselves, or want it asked once more.
    """
    await hold_rulebook(db)
    table: Any = Due
    free = (
        sa.select(table.subject_kind, table.subject_id)
        .where(table.subject_kind == kind, table.subject_id.in_(list(subject_ids)))
        .with_for_update(skip_locked=True)
        .cte("free")
    )
    await db.execute(
        sa.delete(table).where(table.subject_kind == free.c.subject_kind, table.subject_id == free.c.subject_id)
    )


async def make_expired_due(db: AsyncSession, now: datetime, limit: int) -> int:
    """Put the subjects whose decision has run out on the list; how many."""
    table: Any = Standing
    expired = (table.ask_again_at <= now, table.active, sa.or_(~table.clock_set, table.at > now - _PAST))
    columns = (table.subject_kind, table.subject_id)
    chosen = sa.select(*columns).where(*expired).order_by(table.ask_again_at).limit(limit)
    found = [(row.subject_kind, row.subject_id) for row in await db.execute(chosen)]
    if found:
        await add_due(db, found, now, None)
        # What somebody answers at this moment gets its new day from them.
        named = sa.tuple_(*columns).in_(found)
        free = sa.select(*columns).where(named, *expired).with_for_update(skip_locked=True).cte("free")
        noted = (table.subject_kind == free.c.subject_kind, table.subject_id == free.c.subject_id)
        await db.execute(sa.update(table).where(*noted).values(ask_again_at=None))
    return len(found)
