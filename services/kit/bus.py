"""NATS JetStream: connecting, the streams, and the loop that hands each message to its consumer.

This is the one place where a message is given up on purpose: after five deliveries it becomes a dead letter.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, StorageType, StreamConfig
from nats.js.errors import BadRequestError, NotFoundError
from opentelemetry.trace import SpanKind
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, inbox
from services.kit.db import Database
from services.kit.event import Event
from services.kit.passing import PASSING_ERRORS
from services.kit.telemetry import EVENT_SECONDS, EVENTS_HANDLED, span

log = logging.getLogger(__name__)

KEPT_SECONDS = 30 * 24 * 3600
DEDUPLICATION_SECONDS = 120
MOST_DELIVERIES = 5
ACK_WAIT_SECONDS = 30
BATCH = 64

Handler = Callable[[AsyncSession, Any], Awaitable[None]]
Handlers = Mapping[type[Event], Handler]


async def connect(url: str, name: str, on_return: Callable[[], Awaitable[None]] | None = None) -> Client:
    """A connection that waits for the server and comes back by itself; `on_return` is called whenever it has."""

    async def say(error: Exception) -> None:
        log.warning("NATS: %s", error or type(error).__name__)

    return await nats.connect(
        url,
        name=name,
        error_cb=say,
        reconnected_cb=on_return,
        reconnect_time_wait=0.2,
        max_reconnect_attempts=-1,
        connect_timeout=5,
    )


def stream_name(service: str) -> str:
    """The stream that holds everything `service` says."""
    return service.upper()


async def ensure_stream(js: JetStreamContext, service: str, replicas: int = 1) -> None:
    """Make the stream of `service` if it is not there; every service may be the first to start."""
    config = StreamConfig(
        name=stream_name(service),
        subjects=[f"{service}.>"],
        storage=StorageType.FILE,
        max_age=KEPT_SECONDS,
        duplicate_window=DEDUPLICATION_SECONDS,
        num_replicas=replicas,
    )
    try:
        await js.add_stream(config)
    except BadRequestError:
        log.info("Stream %s stands with other settings; left as it is.", config.name)


class Listener:
    """What one service hears from one other: a durable pull consumer and its loop."""

    ack_wait_seconds: float = ACK_WAIT_SECONDS

    def __init__(
        self, database: Database, js: JetStreamContext, service: str, source: str, handlers: Handlers, replicas: int = 1
    ) -> None:
        self.database = database
        self.js = js
        self.service = service
        self.source = source
        self.replicas = replicas
        self.by_subject = {event.subject: (event, handler) for event, handler in handlers.items()}

    async def run(self) -> None:
        """Hear for ever; a lost connection or a vanished stream is waited out."""
        while True:
            try:
                subscription = await self._subscribe()
                while True:
                    await self._hear(subscription)
            except PASSING_ERRORS as error:
                log.warning("%s cannot hear %s: %s", self.service, self.source, error or type(error).__name__)
                await asyncio.sleep(0.5)

    async def _subscribe(self) -> JetStreamContext.PullSubscription:
        await ensure_stream(self.js, self.source, self.replicas)
        durable = f"{self.service}-from-{self.source}"
        config = ConsumerConfig(
            durable_name=durable,
            filter_subjects=sorted(self.by_subject),
            ack_policy=AckPolicy.EXPLICIT,
            deliver_policy=DeliverPolicy.ALL,
            ack_wait=self.ack_wait_seconds,
            max_ack_pending=BATCH * 4,
        )
        await self.js.add_consumer(stream_name(self.source), config)
        return await self.js.pull_subscribe_bind(durable=durable, stream=stream_name(self.source))

    async def _hear(self, subscription: JetStreamContext.PullSubscription) -> None:
        try:
            messages = await subscription.fetch(BATCH, timeout=5)
        except TimeoutError:
            await self._look_for_stream()
            return
        for message in messages:
            await self.take(message)

    async def _look_for_stream(self) -> None:
        try:
            await self.js.consumer_info(stream_name(self.source), f"{self.service}-from-{self.source}")
        except NotFoundError as error:
            raise NatsError(f"the consumer on {stream_name(self.source)} is gone") from error

    async def take(self, message: Msg) -> None:
        """Handle one message once: its effect, its inbox row and nothing else commit together, then it is acked."""
        event_class, handler = self.by_subject[message.subject]
        deliveries = message.metadata.num_delivered
        try:
            event = event_class.model_validate_json(message.data)
            with span(message.subject, event.traceparent, SpanKind.CONSUMER):
                fresh = await inbox.handle_once(self.database, event, handler)
            outcome = "handled" if fresh else "repeated"
            waited = (clock.now() - message.metadata.timestamp).total_seconds()
            EVENT_SECONDS.labels(self.service, self.source).observe(max(0.0, waited))
        except Exception as error:
            log.exception("%s failed on %s", self.service, message.subject, extra={"fields": {"delivery": deliveries}})
            outcome = "failed"
            if deliveries < MOST_DELIVERIES:
                await message.nak(delay=0.2 * 2**deliveries)
            else:
                await inbox.give_up(self.database, message.subject, message.data, error, deliveries)
                await message.ack()
        else:
            await message.ack()
        EVENTS_HANDLED.labels(self.service, message.subject, outcome).inc()


def by_source(handlers: Handlers) -> dict[str, dict[type[Event], Handler]]:
    """The handlers grouped by the service that speaks: the first word of the subject."""
    grouped: dict[str, dict[type[Event], Handler]] = {}
    for event, handler in handlers.items():
        grouped.setdefault(event.subject.split(".")[0], {})[event] = handler
    return grouped
