"""SQL of the registry of force majeure and of slow-sales evidence."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.models import Declaration, ForceMajeure, SlowSales, Verification

_events: Any = ForceMajeure
_declarations: Any = Declaration
_verifications: Any = Verification
_evidence: Any = SlowSales
# A verifier's word holds for the content it was given on, and for no later one.
_is_verified = (
    sa.exists()
    .where(_verifications.force_majeure_id == _events.id)
    .where(_verifications.content_version == _events.content_version)
)


async def add_event(db: AsyncSession, event: ForceMajeure, declarations: Iterable[Declaration]) -> None:
    """A new event with its declarations."""
    db.add(event)
    await db.flush()
    db.add_all(declarations)
    await db.flush()


async def add_declaration(db: AsyncSession, declaration: Declaration) -> None:
    """One more declaration."""
    db.add(declaration)
    await db.flush()


async def find_event(db: AsyncSession, event_id: str, *, locked: bool = False) -> ForceMajeure | None:
    """An event; locked for whoever changes it."""
    wanted = sa.select(_events).where(_events.id == event_id).execution_options(populate_existing=True)
    found: ForceMajeure | None = (await db.execute(wanted.with_for_update() if locked else wanted)).scalar_one_or_none()
    return found


async def list_events_named(db: AsyncSession, event_ids: Collection[str]) -> Sequence[ForceMajeure]:
    """The events of these ids, as far as they are registered."""
    if not event_ids:
        return ()
    wanted = sa.select(_events).where(_events.id.in_(event_ids)).execution_options(populate_existing=True)
    return (await db.execute(wanted)).scalars().all()


async def save(db: AsyncSession, *rows: object) -> None:
    """Write changed rows."""
    db.add_all(rows)
    await db.flush()


async def list_declarations(db: AsyncSession, event_ids: Sequence[str]) -> dict[str, list[Declaration]]:
    """Declarations by event, in the order they were registered."""
    rows = await db.execute(
        sa.select(_declarations).where(_declarations.force_majeure_id.in_(event_ids)).order_by(_declarations.id)
    )
    found: dict[str, list[Declaration]] = {event_id: [] for event_id in event_ids}
    for row in rows.scalars():
        found[row.force_majeure_id].append(row)
    return found


async def list_verifications(db: AsyncSession, events: Sequence[ForceMajeure]) -> dict[str, list[Verification]]:
    """The words of verifiers on the present content of each event, oldest first."""
    present = {event.id: event.content_version for event in events}
    rows = await db.execute(
        sa.select(_verifications)
        .where(_verifications.force_majeure_id.in_(list(present)))
        .order_by(_verifications.verified_at, _verifications.person)
    )
    found: dict[str, list[Verification]] = {event_id: [] for event_id in present}
    for row in rows.scalars():
        if row.content_version == present[row.force_majeure_id]:
            found[row.force_majeure_id].append(row)
    return found


async def list_events(
    db: AsyncSession,
    region_codes: Sequence[str] | None,
    words: str | None,
    before: str | None,
    limit: int,
    *,
    verified: bool | None = None,
    scopes: Sequence[str] | None = None,
) -> Sequence[ForceMajeure]:
    """Events, newest first. `region_codes`: the region asked for, and behind it those above; `scopes`: whose subtrees
    an event must have struck a part of."""
    wanted = sa.select(_events)
    if verified is not None:
        wanted = wanted.where(_is_verified if verified else sa.not_(_is_verified))
    if scopes is not None:
        wanted = wanted.where(_events.region_line.overlap(list(scopes)))
    if region_codes:
        below = _events.region_line.contains([region_codes[0]])
        wanted = wanted.where(sa.or_(below, _events.region_codes.overlap(list(region_codes))))
    if words:
        pattern = "%" + words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        wanted = wanted.where(sa.or_(_events.title_zh.ilike(pattern), _events.title_en.ilike(pattern)))
    if before is not None:
        wanted = wanted.where(_events.id < before)
    return (await db.execute(wanted.order_by(_events.id.desc()).limit(limit))).scalars().all()


async def list_events_changed_since(db: AsyncSession, since: datetime) -> Sequence[ForceMajeure]:
    """Events changed at or after an instant."""
    rows = await db.execute(sa.select(_events).where(_events.changed_at >= since).order_by(_events.id))
    return rows.scalars().all()


async def find_slow_sales(db: AsyncSession, slow_sales_id: str, *, locked: bool = False) -> SlowSales | None:
    """A piece of evidence."""
    wanted = sa.select(_evidence).where(_evidence.id == slow_sales_id).execution_options(populate_existing=True)
    found: SlowSales | None = (await db.execute(wanted.with_for_update() if locked else wanted)).scalar_one_or_none()
    return found


async def list_slow_sales_by_id(db: AsyncSession, ids: Sequence[str]) -> list[SlowSales]:
    """Pieces of evidence, in the order of the ids."""
    rows = (await db.execute(sa.select(_evidence).where(_evidence.id.in_(list(ids))))).scalars()
    found = {row.id: row for row in rows}
    return [found[slow_sales_id] for slow_sales_id in ids if slow_sales_id in found]


async def list_slow_sales(
    db: AsyncSession,
    region: str | None,
    category: str | None,
    before: str | None,
    limit: int,
    *,
    certified: bool | None = None,
    scopes: Sequence[str] | None = None,
) -> Sequence[SlowSales]:
    """Evidence of a region and below, newest first; `scopes`: only what lies in one of these subtrees."""
    wanted = sa.select(_evidence)
    if certified is not None:
        at = _evidence.certified_at
        wanted = wanted.where(at.is_not(None) if certified else at.is_(None))
    if scopes is not None:
        wanted = wanted.where(_evidence.region_line.overlap(list(scopes)))
    if region:
        wanted = wanted.where(_evidence.region_line.contains([region]))
    if category:
        wanted = wanted.where(_evidence.category_code == category)
    if before is not None:
        wanted = wanted.where(_evidence.id < before)
    return (await db.execute(wanted.order_by(_evidence.id.desc()).limit(limit))).scalars().all()


async def list_certified_since(db: AsyncSession, since: datetime) -> Sequence[SlowSales]:
    """Evidence certified at or after an instant."""
    rows = await db.execute(sa.select(_evidence).where(_evidence.certified_at >= since).order_by(_evidence.id))
    return rows.scalars().all()
