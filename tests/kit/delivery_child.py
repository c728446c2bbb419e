"""A bare relay or listener in a process of its own that kills itself with SIGKILL at one exact point.

`python -m tests.kit.delivery_child relay|listener POINT DATABASE_URL NATS_URL`; POINT `never` works until idle.
"""

import asyncio
import os
import signal
import sys
from typing import Literal

import sqlalchemy as sa
from nats.aio.msg import Msg
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import bus, inbox
from services.kit.db import Database
from services.kit.event import Event
from services.kit.relay import Relay

SPEAKER, HEARER = "catalog", "compliance"


class Happened(Event):
    """Something happened, once."""

    subject = "catalog.test.happened"
    entity: Literal["test"] = "test"


async def count_it(db: AsyncSession, event: Happened) -> None:
    """The effect: one row per time it is had, so that a second time would show."""
    await db.execute(sa.text("INSERT INTO compliance.effect (event_id) VALUES (:id)"), {"id": event.message_id})


def die() -> None:
    """Leave as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


class MortalRelay(Relay):
    """Dies before the first message is out, or when all are out and none is marked."""

    point = "never"

    async def _publish(self, messages: list[tuple[str, str, str]]) -> None:
        if self.point == "committed":
            die()
        await super()._publish(messages)
        if self.point == "published":
            die()


class MortalListener(bus.Listener):
    """Dies when the message is here and nothing is done, or when the effect is committed and not acked."""

    point = "never"
    ack_wait_seconds = 1.0  # A test need not wait half a minute for what the dead one had in hand.

    async def take(self, message: Msg) -> None:
        if self.point == "delivered":
            die()
        if self.point == "consumed":
            event_class, handler = self.by_subject[message.subject]
            await inbox.handle_once(self.database, event_class.model_validate_json(message.data), handler)
            die()
        await super().take(message)


async def main(role: str, point: str, database_url: str, nats_url: str) -> None:
    """Run the relay or the listener until killed."""
    connection = await bus.connect(nats_url, f"{role}-child")
    js = connection.jetstream()
    if role == "relay":
        relay = MortalRelay(Database.connect(database_url, SPEAKER), js, SPEAKER)
        relay.point = point
        await relay.run()
    listener = MortalListener(Database.connect(database_url, HEARER), js, HEARER, SPEAKER, {Happened: count_it})
    listener.point = point
    await listener.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
