"""Carries messages to webhooks: attempts, repetitions, and giving up on those who never answer."""

import asyncio
import logging
from collections import Counter
from datetime import timedelta
from typing import Any

from services.compliance.actions.surroundings import Surroundings
from services.compliance.store import webhooks as store
from services.compliance.store.webhooks import Outgoing
from services.kit import clock, tokens
from services.kit.db import Database
from services.kit.webhooks import Attempt, Sender, next_attempt_at, signed_headers

log = logging.getLogger(__name__)

# More than the ten webhooks of one account together may hold: whoever answers none of them holds up nobody else.
AT_ONCE, OF_ONE = 64, 4
# Longer than an attempt may take; whoever dies with a message in hand holds it back no longer than this.
LEASE = timedelta(seconds=60)
KEPT = timedelta(days=30)
SILENT_FOR = timedelta(days=5)


class Carrier:
    """Sends what is due, without a transaction open meanwhile; who does not answer is waited for beside the others."""

    def __init__(self, database: Database, around: Surroundings, sender: Sender) -> None:
        self.database = database
        self.around = around
        self.sender = sender
        self.under_way: dict[asyncio.Task[None], str] = {}

    async def begin(self) -> int:
        """Send what is due and has room; how many. More may be due while there is no room left."""
        room = AT_ONCE - len(self.under_way)
        if room <= 0:
            return 0
        full = [webhook for webhook, count in Counter(self.under_way.values()).items() if count >= OF_ONE]
        async with self.database.sessions.begin() as db:
            taken = await store.take_outgoing(db, clock.now(), LEASE, room, of_one=OF_ONE, but=full)
        for outgoing in taken:
            task = asyncio.create_task(_carry(self.database, self.around, self.sender, outgoing))
            self.under_way[task] = outgoing.webhook_id
            task.add_done_callback(self._ended)
        return len(taken)

    async def wait(self, seconds: float | None = None) -> None:
        """Until all have ended, but no longer than that."""
        if self.under_way:
            await asyncio.wait(list(self.under_way), timeout=seconds)

    def stop(self) -> None:
        """What is under way is left to the next process."""
        for task in list(self.under_way):
            task.cancel()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.under_way.pop(task, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("What became of a message could not be noted; it is sent again", exc_info=error)


async def carry_messages(database: Database, around: Surroundings, sender: Sender) -> int:
    """One round: the messages that are due, each sent and waited for; how many."""
    carrier = Carrier(database, around, sender)
    begun = await carrier.begin()
    await carrier.wait()
    return begun


async def _carry(database: Database, around: Surroundings, sender: Sender, outgoing: Outgoing) -> None:
    secret = around.settings.token_secret.get_secret_value()
    keys = [tokens.unseal(sealed, secret) for sealed in outgoing.sealed_secrets]
    headers = signed_headers(keys, outgoing.message_id, clock.now(), outgoing.body)
    attempt = await sender.send(outgoing.url, headers, outgoing.body)
    async with database.sessions.begin() as db:
        await store.save_attempt(db, outgoing, **_outcome(outgoing, attempt))
        if attempt.delivered:
            await store.save_success(db, outgoing.webhook_id, clock.now())
        elif attempt.gone:
            await store.pause_webhook(db, outgoing.webhook_id, clock.now(), "the address answered 410 Gone")
        elif next_attempt_at(outgoing.attempts, clock.now()) is None:
            await _pause_the_silent(db, outgoing.webhook_id)


def _outcome(outgoing: Outgoing, attempt: Attempt) -> dict[str, Any]:
    now = clock.now()
    again = None if attempt.delivered or attempt.gone else next_attempt_at(outgoing.attempts, now)
    state = "delivered" if attempt.delivered else "given_up" if again is None else "waiting"
    return {
        "state": state,
        "next_attempt_at": again,
        "last_attempt_at": now,
        "last_status": attempt.status,
        "last_error": attempt.error,
    }


async def _pause_the_silent(db: Any, webhook_id: str) -> None:
    """Whoever has taken nothing for days is not knocked at any more."""
    found = await store.find_webhook(db, webhook_id)
    if found is not None and (found.last_success_at or found.created_at) < clock.now() - SILENT_FOR:
        await store.pause_webhook(db, webhook_id, clock.now(), "no message was taken for five days")


async def forget_old_messages(database: Database) -> None:
    """Messages that are no longer on their way are kept thirty days."""
    async with database.sessions.begin() as db:
        await store.delete_old_deliveries(db, clock.now() - KEPT)
