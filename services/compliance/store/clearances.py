"""SQL of clearances that were given, and of those that no longer hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.models import Decision, Revocation

_decisions: Any = Decision
_revocations: Any = Revocation


@dataclass(frozen=True, slots=True)
class Given:
    """A clearance that was given with a decision, and whose it is."""

    decision_id: str
    asked_by: str | None
    ends_at: datetime


async def list_given(db: AsyncSession, keys: Sequence[str], now: datetime) -> list[Given]:
    """Clearances that rest on any of these records, run longer than now and are not revoked."""
    rows = await db.execute(
        _given(now).where(_decisions.keys.overlap(list(keys)), _revocations.decision_id.is_(None)).limit(10_000)
    )
    return [Given(*row) for row in rows]


async def find_given(db: AsyncSession, decision_id: str, now: datetime) -> Given | None:
    """The clearance of one decision, if it gave one that still runs."""
    row = (await db.execute(_given(now).where(_decisions.id == decision_id))).one_or_none()
    return Given(*row) if row else None


def _given(now: datetime) -> sa.Select[Any]:
    return (
        sa.select(_decisions.id, _decisions.asked_by, _decisions.cleared_until)
        .join(_revocations, _revocations.decision_id == _decisions.id, isouter=True)
        .where(_decisions.cleared_until > now)
    )


async def add_revocation(db: AsyncSession, revocation: Revocation) -> bool:
    """Keep a revocation; False when the clearance was revoked before."""
    added = (
        insert(Revocation).values(**revocation.model_dump()).on_conflict_do_nothing().returning(_revocations.ends_at)
    )
    return (await db.execute(added)).scalar_one_or_none() is not None


async def find_revocation(db: AsyncSession, decision_id: str) -> Revocation | None:
    """Why a clearance was revoked."""
    return await db.get(Revocation, decision_id)


async def list_revocations(db: AsyncSession, now: datetime) -> Sequence[Revocation]:
    """Revoked clearances whose own time is not over yet, the latest first: all that a verifier must know."""
    rows = await db.execute(
        sa.select(_revocations).where(_revocations.ends_at > now).order_by(_revocations.revoked_at.desc())
    )
    return rows.scalars().all()
