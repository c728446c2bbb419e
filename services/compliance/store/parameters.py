"""SQL of the values published since the release, and of the revision that names them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.models import Due, ParameterChange, Rulebook, Standing
from services.kit.db import driver_alone

_changes: Any = ParameterChange
_rulebook: Any = Rulebook
_standing: Any = Standing
_due: Any = Due

_LOCK = "hashtextextended('compliance.rulebook', 0)"


async def find_values_sha256(db: AsyncSession) -> str:
    """Names the values that are published now: one cheap statement, for whoever is about to decide."""
    found: str = await (await driver_alone(db)).fetchval("SELECT values_sha256 FROM compliance.rulebook")
    return found


async def hold_rulebook(db: AsyncSession) -> None:
    """Until this transaction ends nobody publishes: what it decides is on the list of what a publication asks again."""
    # Not through the driver: it would lock for this one statement where the session has not begun a transaction yet.
    await db.execute(sa.text(f"SELECT pg_advisory_xact_lock_shared({_LOCK})"))


async def lock_rulebook(db: AsyncSession) -> Rulebook:
    """The revision, for whoever is about to raise it: after everybody who decides under it, and nobody beside."""
    await db.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    found: Rulebook = (
        await db.execute(sa.select(_rulebook).with_for_update().execution_options(populate_existing=True))
    ).scalar_one()
    return found


async def find_revision(db: AsyncSession) -> int:
    """How often something was published or withdrawn."""
    found: int = (await db.execute(sa.select(_rulebook.revision))).scalar_one()
    return found


async def save(db: AsyncSession, row: ParameterChange | Rulebook) -> None:
    """Keep it as it is now."""
    db.add(row)
    await db.flush()


async def find_change(db: AsyncSession, change_id: str, *, locked: bool = False) -> ParameterChange | None:
    """A change by id; locked for whoever is about to move it on."""
    wanted = sa.select(_changes).where(_changes.id == change_id).execution_options(populate_existing=True)
    found: ParameterChange | None = (
        await db.execute(wanted.with_for_update() if locked else wanted)
    ).scalar_one_or_none()
    return found


async def list_published(db: AsyncSession) -> Sequence[ParameterChange]:
    """The published values by their days, those ahead included."""
    rows = await db.execute(
        sa.select(_changes).where(_changes.state == "published").order_by(_changes.from_on, _changes.id)
    )
    return rows.scalars().all()


async def list_made_public(db: AsyncSession, rule: str | None) -> Sequence[ParameterChange]:
    """Every value that was ever published, those withdrawn again included; of one rule, if one is named."""
    wanted = sa.select(_changes).where(_changes.published_on.is_not(None)).order_by(_changes.id)
    if rule is not None:
        wanted = wanted.where(_changes.name.startswith(f"{rule}.", autoescape=True))
    return (await db.execute(wanted)).scalars().all()


async def list_changes(
    db: AsyncSession, state: str | None, name: str | None, before: str | None, limit: int
) -> Sequence[ParameterChange]:
    """Changes in any state, newest first."""
    wanted = sa.select(_changes).order_by(_changes.id.desc()).limit(limit)
    if state is not None:
        wanted = wanted.where(_changes.state == state)
    if name is not None:
        wanted = wanted.where(_changes.name == name)
    if before is not None:
        wanted = wanted.where(_changes.id < before)
    return (await db.execute(wanted)).scalars().all()


async def list_changed_since(db: AsyncSession, since: datetime) -> Sequence[ParameterChange]:
    """What was published or withdrawn since, oldest first."""
    rows = await db.execute(
        sa.select(_changes)
        .where(_changes.published_on.is_not(None), _changes.changed_at >= since)
        .order_by(_changes.changed_at, _changes.id)
    )
    return rows.scalars().all()


async def ask_everything_again(db: AsyncSession, kinds: Sequence[str], now: datetime, not_before: datetime) -> int:
    """Put every live subject of these kinds on the list; demonstrations decided before `not_before` stay. How many."""
    live = (
        sa.select(_standing.subject_kind, _standing.subject_id, sa.literal(now, sa.DateTime(timezone=True)))
        .where(_standing.active, _standing.subject_kind.in_(list(kinds)))
        .where(sa.or_(~_standing.clock_set, _standing.at > not_before))
        .order_by(_standing.subject_kind, _standing.subject_id)
    )
    statement = insert(Due).from_select(["subject_kind", "subject_id", "due_at"], live)
    done: Any = await db.execute(
        statement.on_conflict_do_update(
            index_elements=["subject_kind", "subject_id"],
            set_={"due_at": sa.func.least(_due.due_at, statement.excluded.due_at)},
        )
    )
    return int(done.rowcount)
