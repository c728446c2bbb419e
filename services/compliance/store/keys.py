"""SQL of the keys that sign clearances."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.models import ClearanceKey

_keys: Any = ClearanceKey


async def lock_start(db: AsyncSession) -> None:
    """Replicas that start together make one key."""
    await db.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('compliance.start', 0))"))


async def add_clearance_key(db: AsyncSession, key: ClearanceKey) -> None:
    """Keep a key."""
    db.add(key)
    await db.flush()


async def list_clearance_keys(db: AsyncSession) -> Sequence[ClearanceKey]:
    """Every key that ever signed, oldest first; the last one signs."""
    return (await db.execute(sa.select(_keys).order_by(_keys.created_at, _keys.kid))).scalars().all()
