"""What is said in rooms: kept for a while, so that the gate can look for choruses of praise."""

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.models import HeardComment
from services.contracts.room import ChatLine, ChatRecorded


async def hear_comments(db: AsyncSession, event: ChatRecorded) -> None:
    """Keep what was said; a message that is told again, as after its removal, is the same message."""
    if event.messages:
        rows = [_row(event.broadcast_id, line) for line in event.messages]
        await db.execute(insert(HeardComment).values(rows).on_conflict_do_nothing())


def _row(broadcast_id: str, line: ChatLine) -> dict[str, object]:
    return {
        "message": f"{broadcast_id} {line.message}",
        "broadcast_id": broadcast_id,
        "account": line.user,
        "network": None if line.network == "0" else line.network,
        "account_age_days": None if line.account_age_days < 0 else line.account_age_days,
        "text": line.text,
        "said_at": datetime.fromtimestamp(line.sent_ms / 1000, UTC),
    }


async def comments_since(db: AsyncSession, broadcast_id: str, since: datetime) -> Sequence[HeardComment]:
    """What was said in a room since, in order."""
    statement = select(HeardComment).where(HeardComment.broadcast_id == broadcast_id, HeardComment.said_at >= since)
    return (await db.exec(statement.order_by(col(HeardComment.said_at), col(HeardComment.message)))).all()


async def forget_comments(db: AsyncSession, before: datetime) -> None:
    """Delete what is too old to be looked at."""
    await db.execute(sa.delete(HeardComment).where(col(HeardComment.said_at) < before))
