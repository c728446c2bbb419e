"""SQL of rooms: the last question about each, and how it stood when broadcast last told of it."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.models import RoomCopy
from services.contracts.room import RoomAsked, RoomChanged


async def save_question(db: AsyncSession, asked: RoomAsked) -> bool:
    """Keep the newest question about a room; False when a newer one is here."""
    table: Any = RoomCopy
    statement = insert(RoomCopy).values(
        broadcast_id=asked.entity_id, asked_version=asked.version, asked_payload=asked.model_dump_json(), version=0
    )
    kept = statement.on_conflict_do_update(
        index_elements=["broadcast_id"],
        set_={name: statement.excluded[name] for name in ("asked_version", "asked_payload")},
        where=sa.func.coalesce(table.asked_version, 0) < statement.excluded.asked_version,
    )
    return (await db.execute(kept.returning(table.broadcast_id))).scalar_one_or_none() is not None


async def save_state(db: AsyncSession, changed: RoomChanged) -> bool:
    """Keep how a room stands; False when something newer is known."""
    table: Any = RoomCopy
    statement = insert(RoomCopy).values(broadcast_id=changed.entity_id, version=changed.version, state=changed.state)
    kept = statement.on_conflict_do_update(
        index_elements=["broadcast_id"],
        set_={name: statement.excluded[name] for name in ("version", "state")},
        where=table.version < statement.excluded.version,
    )
    return (await db.execute(kept.returning(table.broadcast_id))).scalar_one_or_none() is not None


async def find_question(db: AsyncSession, broadcast_id: str, states: Sequence[str]) -> RoomAsked | None:
    """The last question about a room that is in one of these states."""
    row = await db.get(RoomCopy, broadcast_id, populate_existing=True)
    if row is None or row.asked_payload is None or row.state not in states:
        return None
    return RoomAsked.model_validate_json(row.asked_payload)
