"""Outbox: events are rows of the transaction that made them true, so none is lost and none is invented."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.db import schema_of
from services.kit.event import LARGEST_EVENT_BYTES, Event
from services.kit.plumbing import plumbing


class EventTooLarge(ValueError):
    """An event above 256 kB is a defect of its maker: large things belong in the blob store, by hash."""


async def enqueue(db: AsyncSession, *events: Event) -> None:
    """Announce `events` when this transaction commits. Raises EventTooLarge above 256 kB."""
    rows = []
    for event in events:
        payload = event.model_dump_json()
        if len(payload.encode()) > LARGEST_EVENT_BYTES:
            raise EventTooLarge(f"{event.subject} of {event.entity_id} has {len(payload.encode())} bytes.")
        rows.append({"event_id": event.message_id, "subject": event.subject, "payload": payload})
    if rows:
        await db.execute(plumbing(schema_of(db)).outbox.insert(), rows)
