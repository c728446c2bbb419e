"""SQL of replies to findings."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.disclosure.models import Course, Reply
from services.disclosure.store.tables import table_of


async def save(db: AsyncSession, reply: Reply) -> None:
    """Keep a reply as it is now."""
    db.add(reply)
    await db.flush()


async def find_reply(db: AsyncSession, reply_id: str, *, locked: bool = False) -> Reply | None:
    """A reply."""
    statement = select(Reply).where(Reply.id == reply_id)
    return (await db.exec(statement.with_for_update() if locked else statement)).first()


async def list_of_broadcast(db: AsyncSession, broadcast_id: str) -> Sequence[Reply]:
    """Every reply about a broadcast, oldest first."""
    statement = select(Reply).where(Reply.broadcast_id == broadcast_id)
    return (await db.exec(statement.order_by(col(Reply.replied_at), col(Reply.id)))).all()


async def list_replies(
    db: AsyncSession, scopes: Sequence[str], *, is_open: bool, after: tuple[datetime, str] | None, most: int
) -> Sequence[Reply]:
    """Replies of these regions and all below them (all, if none is named), the nearest deadline first."""
    statement = select(Reply).where(Reply.state == "open" if is_open else Reply.state != "open")
    if scopes:
        statement = statement.where(table_of(Reply).c.region_path.op("&&")(sa.cast(list(scopes), sa.ARRAY(sa.Text))))
    if after is not None:
        statement = statement.where(sa.tuple_(col(Reply.decide_by), col(Reply.id)) > sa.tuple_(*after))
    return (await db.exec(statement.order_by(col(Reply.decide_by), col(Reply.id)).limit(most))).all()


async def list_records(
    db: AsyncSession, scopes: Sequence[str], before: tuple[datetime, str] | None, most: int
) -> Sequence[Course]:
    """Broadcasts of these regions that are over, the one that ended last first."""
    path = table_of(Course).c.region_path
    statement = select(Course).where(
        col(Course.ended_at).is_not(None), path.op("&&")(sa.cast(list(scopes), sa.ARRAY(sa.Text)))
    )
    if before is not None:
        statement = statement.where(sa.tuple_(col(Course.ended_at), col(Course.broadcast_id)) < sa.tuple_(*before))
    order = (col(Course.ended_at).desc(), col(Course.broadcast_id).desc())
    return (await db.exec(statement.order_by(*order).limit(most))).all()
