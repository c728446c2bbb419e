"""Inbox: an event has its effect once, however often it arrives; what cannot be handled is kept as a dead letter."""

import traceback
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.db import Database, schema_of
from services.kit.event import Event
from services.kit.ids import new_id
from services.kit.plumbing import plumbing
from services.kit.telemetry import DEAD_LETTERS


async def is_first(db: AsyncSession, event: Event) -> bool:
    """Record the event in this transaction; False when it was handled before."""
    inbox = plumbing(schema_of(db)).inbox
    statement = (
        insert(inbox)
        .values(event_id=event.message_id, subject=event.subject)
        .on_conflict_do_nothing()
        .returning(inbox.c.event_id)
    )
    return (await db.execute(statement)).scalar_one_or_none() is not None


async def handle_once(database: Database, event: Event, handler: Any) -> bool:
    """Run `handler(db, event)` in one transaction with the inbox row, at the event's own moment. False: seen before."""
    with clock.set_to(event.business_clock):
        async with database.sessions.begin() as db:
            if not await is_first(db, event):
                return False
            await handler(db, event)
    return True


async def give_up(database: Database, subject: str, payload: bytes, error: Exception, deliveries: int) -> None:
    """Keep what could not be handled, with its error, for an administrator to look at and replay."""
    table = plumbing(database.schema).dead_letter
    row = {
        "id": new_id(),
        "subject": subject,
        "payload": payload,
        "error": "".join(traceback.format_exception(error))[-8000:],
        "deliveries": deliveries,
    }
    async with database.sessions.begin() as db:
        await db.execute(table.insert().values(**row))
    DEAD_LETTERS.labels(database.schema, subject).inc()


async def list_dead_letters(db: AsyncSession, limit: int = 100) -> Sequence[sa.RowMapping]:
    """Dead letters that wait, oldest first."""
    table = plumbing(schema_of(db)).dead_letter
    waiting = sa.select(table).where(table.c.replayed_at.is_(None)).order_by(table.c.failed_at).limit(limit)
    return (await db.execute(waiting)).mappings().all()


async def find_dead_letter(db: AsyncSession, letter_id: str) -> sa.RowMapping | None:
    """One dead letter, locked, replayed or not."""
    table = plumbing(schema_of(db)).dead_letter
    found = await db.execute(sa.select(table).where(table.c.id == letter_id).with_for_update())
    return found.mappings().one_or_none()


async def mark_replayed(db: AsyncSession, letter_id: str) -> None:
    """The letter was handled after all."""
    table = plumbing(schema_of(db)).dead_letter
    await db.execute(table.update().where(table.c.id == letter_id).values(replayed_at=clock.now()))
