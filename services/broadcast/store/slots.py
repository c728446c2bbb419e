"""Slots: a room and people taken for a time. The database refuses two at once; no lock of ours is needed for that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.models import OVERLAP, Slot
from services.kit.db import violated_constraint

# Two waiting inserts of overlapping ranges would wait for each other until PostgreSQL breaks the deadlock after a
# second. Taking turns per resource, always in one order, answers the loser at once; correctness does not rest on it.
_TAKE_TURNS = sa.text(
    "SELECT pg_advisory_xact_lock(hashtextextended(resource, 0)) "
    "FROM unnest(CAST(:resources AS text[])) AS resource ORDER BY resource"
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A resource that is taken, and when."""

    kind: str
    resource_id: str
    starts_at: datetime
    ends_at: datetime


async def reserve_slots(
    db: AsyncSession, broadcast_id: str, resources: Sequence[tuple[str, str]], starts_at: datetime, ends_at: datetime
) -> list[Taken]:
    """Take `(kind, id)` resources from `starts_at` until `ends_at`, in place of what the broadcast held.

    Answers what is taken by others, and then nothing is reserved.
    """
    names = sorted(f"slot:{kind}:{resource_id}" for kind, resource_id in resources)
    await db.execute(_TAKE_TURNS, {"resources": names})
    during = Range(starts_at, ends_at, bounds="[)")
    try:
        async with db.begin_nested():
            await release_slots(db, broadcast_id)
            db.add_all(
                [
                    Slot(broadcast_id=broadcast_id, resource_kind=kind, resource_id=resource_id, during=during)
                    for kind, resource_id in resources
                ]
            )
            await db.flush()
    except IntegrityError as error:
        if violated_constraint(error) != OVERLAP:
            raise
        return await _taken(db, broadcast_id, resources, during)
    return []


async def release_slots(db: AsyncSession, broadcast_id: str) -> None:
    """Free everything that the broadcast held; the rows stay as a record."""
    held = sa.update(Slot).where(sa.column("broadcast_id") == broadcast_id, sa.column("active"))
    await db.execute(held.values(active=False))


async def _taken(
    db: AsyncSession, broadcast_id: str, resources: Sequence[tuple[str, str]], during: Range[datetime]
) -> list[Taken]:
    statement = sa.select(Slot).where(
        sa.tuple_(sa.column("resource_kind"), sa.column("resource_id")).in_(list(resources)),
        sa.column("active"),
        sa.column("broadcast_id") != broadcast_id,
        sa.column("during").op("&&")(sa.cast(during, sa.dialects.postgresql.TSTZRANGE)),
    )
    rows: Sequence[Slot] = (await db.execute(statement)).scalars().all()
    taken = [_as_taken(row) for row in rows]
    return sorted(taken, key=lambda each: (each.starts_at, each.kind, each.resource_id))


def _as_taken(row: Slot) -> Taken:
    lower, upper = row.during.lower, row.during.upper
    if lower is None or upper is None:
        raise ValueError("A slot is finite; the table checks it.")
    return Taken(row.resource_kind, row.resource_id, lower, upper)
