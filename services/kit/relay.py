"""Relay: unsent outbox rows go to JetStream, by their state and not by their number.

Sequence values become visible out of order, so "above the last one sent" would lose rows; `sent_at IS NULL` does
not. A relay killed between publishing and marking sends again; the stream drops most of these by message id and
the receiver's inbox drops the rest.
"""

import asyncio
import json
import logging
from contextlib import nullcontext
from datetime import timedelta

import sqlalchemy as sa
from nats.js import JetStreamContext
from opentelemetry.trace import SpanKind

from services.kit import bus, clock
from services.kit.db import Database, driver_alone
from services.kit.passing import PASSING_ERRORS
from services.kit.plumbing import plumbing
from services.kit.telemetry import EVENTS_SENT, OUTBOX_OLDEST, OUTBOX_WAITING, is_recording, span

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 200
POLL_SECONDS = 1.0
KEPT = timedelta(days=30)
IDEMPOTENCY_KEPT = timedelta(hours=24)


class Relay:
    """Publishes one service's outbox. Any number may run: each takes rows that no other holds."""

    def __init__(self, database: Database, js: JetStreamContext, service: str, replicas: int = 1) -> None:
        self.database = database
        self.js = js
        self.service = service
        self.replicas = replicas
        self.woken = asyncio.Event()

    async def run(self) -> None:
        """Relay for ever: at once when a commit says so, else every second."""
        watcher = asyncio.create_task(self._watch())
        try:
            await self._run()
        finally:
            watcher.cancel()

    async def _run(self) -> None:
        while True:
            try:
                await bus.ensure_stream(self.js, self.service, self.replicas)
                while True:
                    self.woken.clear()
                    while await self.send_some():
                        pass
                    await self._sleep()
            except PASSING_ERRORS as error:
                log.warning("%s cannot relay: %s", self.service, error or type(error).__name__)
                await asyncio.sleep(0.5)

    async def _sleep(self) -> None:
        try:
            await asyncio.wait_for(self.woken.wait(), POLL_SECONDS)
        except TimeoutError:
            return

    async def _watch(self) -> None:
        """Wake the relay on NOTIFY; the poll covers for it whenever this connection is down."""
        while True:
            try:
                async with self.database.sessions() as db:
                    connection = await driver_alone(db)
                    await connection.add_listener(f"{self.service}_outbox", lambda *_: self.woken.set())
                    await db.commit()
                    while not connection.is_closed():  # noqa: ASYNC110  asyncpg offers no event for a lost connection.
                        await asyncio.sleep(5)
            except PASSING_ERRORS as error:
                log.warning("%s cannot watch its outbox: %s", self.service, error)
            await asyncio.sleep(1)

    async def send_some(self) -> int:
        """Publish and mark up to 200 rows; how many. Raises when JetStream does not confirm each of them."""
        outbox = plumbing(self.database.schema).outbox
        unsent = (
            sa.select(outbox.c.seq, outbox.c.event_id, outbox.c.subject, outbox.c.payload, outbox.c.created_at)
            .where(outbox.c.sent_at.is_(None))
            .order_by(outbox.c.seq)
            .limit(ROWS_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        async with self.database.sessions.begin() as db:
            rows = (await db.execute(unsent)).all()
            OUTBOX_WAITING.labels(self.service).set(len(rows))
            age = (clock.now() - min(row.created_at for row in rows)).total_seconds() if rows else 0.0
            OUTBOX_OLDEST.labels(self.service).set(max(0.0, age))
            if not rows:
                return 0
            await self._publish([(row.subject, row.payload, row.event_id) for row in rows])
            sent = outbox.update().where(outbox.c.seq.in_([row.seq for row in rows])).values(sent_at=sa.func.now())
            await db.execute(sent)
        EVENTS_SENT.labels(self.service).inc(len(rows))
        return len(rows)

    async def _publish(self, messages: list[tuple[str, str, str]]) -> None:
        traced = is_recording()
        confirmations = []
        for subject, payload, event_id in messages:
            # The event's own trace context stays in it as it is: who hears it belongs to the request that caused it.
            with span(subject, _traceparent(payload), SpanKind.PRODUCER) if traced else nullcontext():
                sending = self.js.publish_async(subject, payload.encode(), headers={"Nats-Msg-Id": event_id})
                confirmations.append(await sending)
        await asyncio.wait_for(asyncio.gather(*confirmations), timeout=10)


def _traceparent(payload: str) -> str | None:
    found: str | None = json.loads(payload).get("traceparent")
    return found


async def sweep(database: Database) -> None:
    """Forget sent rows and inbox rows after 30 days, idempotency keys after a day."""
    tables = plumbing(database.schema)
    limit = clock.now() - KEPT
    async with database.sessions.begin() as db:
        await db.execute(tables.outbox.delete().where(tables.outbox.c.sent_at < limit))
        await db.execute(tables.inbox.delete().where(tables.inbox.c.received_at < limit))
        stale = tables.idempotency.c.created_at < clock.now() - IDEMPOTENCY_KEPT
        await db.execute(tables.idempotency.delete().where(stale))


async def sweep_hourly(database: Database) -> None:
    """Sweep for ever."""
    while True:
        try:
            await sweep(database)
        except PASSING_ERRORS as error:
            log.warning("Sweep failed: %s", error)
        await asyncio.sleep(3600)
