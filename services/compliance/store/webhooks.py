"""SQL of webhooks and of the messages on their way to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.models import Delivery, Webhook

_webhooks: Any = Webhook
_deliveries: Any = Delivery


@dataclass(frozen=True, slots=True)
class Message:
    """What is told, and to whom: `account_id` None tells everyone who wants this kind from one of `regions`."""

    id: str
    kind: str
    body: bytes
    account_id: str | None = None
    regions: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One attempt to be made."""

    webhook_id: str
    message_id: str
    body: bytes
    attempts: int
    url: str
    sealed_secrets: tuple[str, ...]


async def add_webhook(db: AsyncSession, webhook: Webhook) -> None:
    """Keep a webhook."""
    db.add(webhook)
    await db.flush()


async def find_webhook(db: AsyncSession, webhook_id: str, *, locked: bool = False) -> Webhook | None:
    """A webhook by id; `locked` against a second change of it at the same time."""
    wanted = sa.select(_webhooks).where(_webhooks.id == webhook_id)
    found: Webhook | None = (await db.execute(wanted.with_for_update() if locked else wanted)).scalars().one_or_none()
    return found


async def list_webhooks(db: AsyncSession, account_id: str) -> Sequence[Webhook]:
    """The webhooks of an account, oldest first."""
    rows = await db.execute(sa.select(_webhooks).where(_webhooks.account_id == account_id).order_by(_webhooks.id))
    return rows.scalars().all()


async def delete_webhook(db: AsyncSession, webhook_id: str) -> None:
    """Forget a webhook and what is on its way to it."""
    await db.execute(sa.delete(_webhooks).where(_webhooks.id == webhook_id))


async def add_deliveries(db: AsyncSession, message: Message, now: datetime) -> None:
    """Put a message on its way to every webhook that wants it, in the transaction of what it tells."""
    wanted = sa.select(
        _webhooks.id,
        sa.literal(message.id),
        sa.literal(message.kind),
        sa.literal(message.body, sa.LargeBinary),
        sa.literal("waiting"),
        sa.literal(now),
        sa.literal(0),
        sa.literal(now),
    ).where(sa.literal(message.kind) == sa.any_(_webhooks.kinds), _webhooks.paused_at.is_(None), ~_webhooks.trial)
    if message.account_id is not None:
        wanted = wanted.where(_webhooks.account_id == message.account_id)
    elif message.regions:
        everywhere = sa.func.cardinality(_webhooks.region_codes) == 0
        wanted = wanted.where(sa.or_(everywhere, _webhooks.region_codes.overlap(list(message.regions))))
    columns = ("webhook_id", "message_id", "kind", "body", "state", "created_at", "attempts", "next_attempt_at")
    # What is told again under the same id, as after a republication, is not sent twice.
    await db.execute(insert(_deliveries).from_select(columns, wanted).on_conflict_do_nothing())


async def add_delivery(db: AsyncSession, webhook_id: str, message: Message, now: datetime) -> None:
    """Put a message on its way to one webhook."""
    db.add(
        Delivery(
            webhook_id=webhook_id,
            message_id=message.id,
            kind=message.kind,
            body=message.body,
            state="waiting",
            created_at=now,
            attempts=0,
            next_attempt_at=now,
        )
    )
    await db.flush()


async def take_outgoing(
    db: AsyncSession, now: datetime, lease: timedelta, limit: int, *, of_one: int | None = None, but: Sequence[str] = ()
) -> list[Outgoing]:
    """Messages that are due, taken for a while: whoever dies with one in hand loses it to the next process.

    At most `of_one` of each webhook, by turns, and none of the webhooks `but`.
    """
    turn = sa.func.row_number().over(partition_by=_deliveries.webhook_id, order_by=_deliveries.next_attempt_at)
    due = (
        sa.select(_deliveries.webhook_id, _deliveries.message_id, turn.label("turn"))
        .where(_deliveries.state == "waiting", _deliveries.next_attempt_at <= now, _deliveries.webhook_id.not_in(but))
        .subquery("due")
    )
    chosen = (
        sa.select(_deliveries.webhook_id, _deliveries.message_id)
        .join(due, sa.and_(due.c.webhook_id == _deliveries.webhook_id, due.c.message_id == _deliveries.message_id))
        # Once more: another process may have taken it between the look and the lock.
        .where(due.c.turn <= (of_one or limit), _deliveries.state == "waiting", _deliveries.next_attempt_at <= now)
        .order_by(due.c.turn, _deliveries.next_attempt_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=_deliveries)
        .cte("chosen")
    )
    taken = (
        sa.update(_deliveries)
        .where(
            _deliveries.webhook_id == chosen.c.webhook_id,
            _deliveries.message_id == chosen.c.message_id,
            _webhooks.id == _deliveries.webhook_id,
        )
        .values(attempts=_deliveries.attempts + 1, next_attempt_at=now + lease)
        .returning(
            _deliveries.webhook_id,
            _deliveries.message_id,
            _deliveries.body,
            _deliveries.attempts,
            _webhooks.url,
            _webhooks.sealed_secret,
            sa.case((_webhooks.earlier_until > now, _webhooks.sealed_earlier)),
        )
    )
    rows = await db.execute(taken.execution_options(synchronize_session=False))
    return [
        Outgoing(webhook_id, message_id, body, attempts, url, tuple(secret for secret in secrets if secret))
        for webhook_id, message_id, body, attempts, url, *secrets in rows
    ]


async def save_attempt(db: AsyncSession, outgoing: Outgoing, **outcome: Any) -> None:
    """Note how an attempt ended."""
    await db.execute(
        sa.update(_deliveries)
        .where(_deliveries.webhook_id == outgoing.webhook_id, _deliveries.message_id == outgoing.message_id)
        .values(**outcome)
    )


async def save_success(db: AsyncSession, webhook_id: str, now: datetime) -> None:
    """The webhook has taken a message."""
    await db.execute(sa.update(_webhooks).where(_webhooks.id == webhook_id).values(last_success_at=now))


async def pause_webhook(db: AsyncSession, webhook_id: str, now: datetime, because: str) -> None:
    """Send nothing more to a webhook until its owner resumes it; what waits is given up on, and can be sent again."""
    await db.execute(
        sa.update(_webhooks)
        .where(_webhooks.id == webhook_id, _webhooks.paused_at.is_(None))
        .values(paused_at=now, paused_because=because)
    )
    await db.execute(
        sa.update(_deliveries)
        .where(_deliveries.webhook_id == webhook_id, _deliveries.state == "waiting")
        .values(state="given_up", next_attempt_at=None)
    )


async def list_deliveries(
    db: AsyncSession, webhook_id: str, state: str | None, before: tuple[datetime, str] | None, limit: int
) -> Sequence[Delivery]:
    """Messages to a webhook, newest first."""
    wanted = sa.select(_deliveries).where(_deliveries.webhook_id == webhook_id)
    if state is not None:
        wanted = wanted.where(_deliveries.state == state)
    if before is not None:
        wanted = wanted.where(sa.tuple_(_deliveries.created_at, _deliveries.message_id) < before)
    rows = await db.execute(wanted.order_by(_deliveries.created_at.desc(), _deliveries.message_id.desc()).limit(limit))
    return rows.scalars().all()


async def send_again(
    db: AsyncSession, webhook_id: str, now: datetime, *, message_id: str | None = None, since: datetime | None = None
) -> int:
    """Put one message, or all that were given up on since, on their way once more; how many."""
    chosen = sa.update(_deliveries).where(_deliveries.webhook_id == webhook_id)
    if message_id is not None:
        chosen = chosen.where(_deliveries.message_id == message_id)
    else:
        chosen = chosen.where(_deliveries.state == "given_up", _deliveries.created_at >= since)
    done = await db.execute(
        chosen.values(state="waiting", attempts=0, next_attempt_at=now).returning(_deliveries.message_id)
    )
    return len(done.all())


async def delete_old_deliveries(db: AsyncSession, before: datetime) -> None:
    """Forget messages that are no longer on their way."""
    await db.execute(sa.delete(_deliveries).where(_deliveries.created_at < before, _deliveries.state != "waiting"))
