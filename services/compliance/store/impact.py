"""SQL of what proposed values would change."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.models import Decision, Impact, ImpactLine, ParameterChange, Standing

_impacts: Any = Impact
_lines: Any = ImpactLine
_changes: Any = ParameterChange
_standing: Any = Standing
_decisions: Any = Decision

# Subjects are asked about in this order; a filing needs its lots' answers and takes them as it comes.
KINDS = ("lot", "filing")

# Where a line stands in the list: another outcome before other grounds, and of each lots before filings.
_RANK = sa.case((_lines.outcome_then == _lines.outcome_now, 2), else_=0) + sa.case(
    (_lines.subject_kind == "filing", 1), else_=0
)


def rank(line: ImpactLine) -> int:
    """The same of a line that was read."""
    return 2 * (line.outcome_then == line.outcome_now) + (line.subject_kind == "filing")


async def begin(db: AsyncSession, impact: Impact) -> None:
    """Begin to ask, from the start if it was asked before."""
    await db.execute(sa.delete(_lines).where(_lines.change_id == impact.change_id))
    values = impact.model_dump()
    statement = insert(Impact).values(**values)
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=["change_id"], set_={name: statement.excluded[name] for name in values}
        )
    )


async def find(db: AsyncSession, change_id: str) -> Impact | None:
    """How far it is asked."""
    return await db.get(Impact, change_id, populate_existing=True)


async def list_by_change(db: AsyncSession, change_ids: Sequence[str]) -> dict[str, Impact]:
    """Several at once."""
    rows = await db.execute(sa.select(_impacts).where(_impacts.change_id.in_(change_ids)))
    return {row.change_id: row for row in rows.scalars()}


async def list_open_changes(db: AsyncSession) -> Sequence[ParameterChange]:
    """Proposals that nobody has published or withdrawn."""
    rows = await db.execute(sa.select(_changes).where(_changes.state == "proposed").order_by(_changes.id))
    return rows.scalars().all()


async def take_waiting(db: AsyncSession) -> tuple[Impact, ParameterChange] | None:
    """One that is not asked to its end, locked; replicas take different ones."""
    wanted = (
        sa.select(_impacts, _changes)
        .join(_changes, _changes.id == _impacts.change_id)
        .where(_impacts.done_at.is_(None), _impacts.problem.is_(None), _changes.state == "proposed")
        .order_by(_impacts.started_at)
        .limit(1)
        .with_for_update(of=_impacts, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    row = (await db.execute(wanted)).one_or_none()
    return (row[0], row[1]) if row else None


def _live(now: datetime, not_before: datetime) -> sa.ColumnElement[bool]:
    """What a publication would have asked again: not the demonstrations of years ago, nor broadcasts that are over."""
    over = sa.and_(_standing.subject_kind == "filing", _standing.deadline_at < now - timedelta(days=1))
    return sa.and_(_standing.active, sa.or_(~_standing.clock_set, _standing.at > not_before), ~over)


async def count_live(db: AsyncSession, now: datetime, not_before: datetime) -> int:
    """How many subjects there are to ask about."""
    found: int = (
        await db.execute(sa.select(sa.func.count()).select_from(_standing).where(_live(now, not_before)))
    ).scalar_one()
    return found


async def list_live_after(
    db: AsyncSession, kind: str, after: str, now: datetime, not_before: datetime, limit: int
) -> Sequence[Standing]:
    """The next live subjects of a kind by their ids."""
    rows = await db.execute(
        sa.select(_standing)
        .where(_standing.subject_kind == kind, _standing.subject_id > after, _live(now, not_before))
        .order_by(_standing.subject_id)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return rows.scalars().all()


async def list_documents(db: AsyncSession, decision_ids: Iterable[str]) -> dict[str, tuple[bytes, bool]]:
    """Decision id → its bytes, and whether everyone may read it."""
    rows = await db.execute(
        sa.select(_decisions.id, _decisions.document, _decisions.is_public).where(_decisions.id.in_(list(decision_ids)))
    )
    return {row.id: (row.document, row.is_public) for row in rows}


async def add_lines(db: AsyncSession, lines: Sequence[dict[str, Any]]) -> None:
    """Keep subjects whose answer would change."""
    if lines:
        await db.execute(insert(ImpactLine).values(list(lines)))


async def save(db: AsyncSession, impact: Impact) -> None:
    """Keep how far it is asked."""
    db.add(impact)
    await db.flush()


async def list_lines(
    db: AsyncSession, change_id: str, after: tuple[int, str, str] | None, limit: int, *, public_only: bool
) -> Sequence[ImpactLine]:
    """Subjects whose answer would change: those with another outcome first, lots before filings."""
    wanted = sa.select(_lines).where(_lines.change_id == change_id)
    if public_only:
        wanted = wanted.where(_lines.public)
    if after is not None:
        wanted = wanted.where(
            sa.tuple_(_RANK, _lines.subject_kind, _lines.subject_id) > sa.tuple_(*map(sa.literal, after))
        )
    rows = await db.execute(wanted.order_by(_RANK, _lines.subject_kind, _lines.subject_id).limit(limit))
    return rows.scalars().all()
