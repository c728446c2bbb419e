"""SQL of batches that can be resumed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.models import Batch, BatchLine, Decision

_batches: Any = Batch
_lines: Any = BatchLine
_decisions: Any = Decision


async def begin_batch(db: AsyncSession, actor: str, key: str, body_sha256: str, now: datetime) -> str:
    """Remember the batch; the hash of the body that was first sent with this key."""
    await db.execute(
        insert(Batch).values(actor=actor, key=key, body_sha256=body_sha256, created_at=now).on_conflict_do_nothing()
    )
    first: str = (
        await db.execute(sa.select(_batches.body_sha256).where(_batches.actor == actor, _batches.key == key))
    ).scalar_one()
    return first


async def lock_batch(db: AsyncSession, actor: str, key: str) -> None:
    """Two streams of one batch take their chunks one after the other."""
    await db.execute(sa.select(_batches.key).where(_batches.actor == actor, _batches.key == key).with_for_update())


async def list_lines(
    db: AsyncSession, actor: str, key: str, first: int, until: int
) -> dict[int, tuple[bytes | None, str | None]]:
    """Answered lines of a chunk: position → (decision bytes, problem)."""
    rows = await db.execute(
        sa.select(_lines.position, _decisions.document, _lines.problem)
        .join(_decisions, _decisions.id == _lines.decision_id, isouter=True)
        .where(_lines.actor == actor, _lines.key == key, _lines.position >= first, _lines.position < until)
    )
    return {row.position: (row.document, row.problem) for row in rows}


async def add_lines(
    db: AsyncSession, actor: str, key: str, lines: Iterable[tuple[int, str | None, str | None]]
) -> None:
    """Keep answered lines: (position, decision id, problem)."""
    rows = [
        {"actor": actor, "key": key, "position": position, "decision_id": decision_id, "problem": problem}
        for position, decision_id, problem in lines
    ]
    await db.execute(sa.insert(BatchLine), rows)


async def delete_batches(db: AsyncSession, before: datetime) -> None:
    """Forget batches that nobody will resume."""
    await db.execute(sa.delete(_batches).where(_batches.created_at < before))
