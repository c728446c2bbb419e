"""Webhooks as their owners keep them: made, changed secrets, paused, resumed, tried, and messages sent again."""

import json
from datetime import datetime, timedelta
from typing import Any, cast

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.messages import sample
from services.compliance.actions.surroundings import Surroundings
from services.compliance.errors import KeyLacksScope, TooManyWebhooks, WebhookAddressRefused
from services.compliance.models import Delivery, Webhook
from services.compliance.schemas.webhooks import (
    DeliveryOut,
    DeliveryState,
    ReplayedOut,
    ReplayIn,
    WebhookIn,
    WebhookMade,
    WebhookOut,
)
from services.compliance.store import webhooks as store
from services.kit import clock, tokens, webhooks
from services.kit.actor import Actor
from services.kit.ids import new_id
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import BodyInvalid, FieldError, NotFound

MOST_WEBHOOKS = 10
BOTH_SECRETS_FOR = timedelta(hours=24)
LONGEST_BACK = timedelta(days=30)


def require_owner(actor: Actor) -> None:
    """Raises KeyLacksScope for an API key that was made for something else."""
    if not actor.may("webhooks:write"):
        raise KeyLacksScope(
            "Use a key with the scope webhooks:write.",
            "请使用带有 webhooks:write 授权的密钥。",
            scopes=list(actor.key_scopes),
        )


async def add_webhook(db: AsyncSession, around: Surroundings, actor: Actor, body: WebhookIn) -> WebhookMade:
    """A new webhook with a fresh secret. One made with a test key is told nothing but samples."""
    require_owner(actor)
    _require_callable(around, body.url)
    if len(await store.list_webhooks(db, actor.account_id)) >= MOST_WEBHOOKS:
        raise TooManyWebhooks(
            f"An account has at most {MOST_WEBHOOKS} webhooks. Delete one that is no longer used.",
            f"每个账户最多 {MOST_WEBHOOKS} 个回调，请先删除不再使用的。",
        )
    secret = webhooks.new_secret()
    made = Webhook(
        id=new_id(),
        account_id=actor.account_id,
        url=body.url,
        kinds=list(body.kinds),
        region_codes=list(body.region_codes),
        trial=actor.test_key,
        sealed_secret=_seal(around, secret),
        created_at=clock.now(),
    )
    await store.add_webhook(db, made)
    return WebhookMade(**_shown(made), secret=secret)


def _require_callable(around: Surroundings, url: str) -> None:
    try:
        webhooks.require_callable(url, private=around.settings.webhook_private_targets)
    except webhooks.AddressRefused as refused:
        raise WebhookAddressRefused(
            f"{refused} Give the https address of a public host.",
            f"{refused.zh}请填写公网主机的 https 地址。",
            errors=[FieldError("url", str(refused), refused.zh)],
        ) from None


def _seal(around: Surroundings, secret: str) -> str:
    return tokens.seal(secret, around.settings.token_secret.get_secret_value())


def _shown(webhook: Webhook) -> dict[str, Any]:
    return WebhookOut.model_validate(webhook).model_dump()


async def list_webhooks(db: AsyncSession, actor: Actor) -> Page[WebhookOut]:
    """The actor's webhooks."""
    require_owner(actor)
    return Page(items=[WebhookOut.model_validate(row) for row in await store.list_webhooks(db, actor.account_id)])


async def _own(db: AsyncSession, actor: Actor, webhook_id: str, *, locked: bool = False) -> Webhook:
    require_owner(actor)
    found = await store.find_webhook(db, webhook_id, locked=locked)
    if found is None or found.account_id != actor.account_id:
        raise NotFound(f"You have no webhook {webhook_id}.", f"您没有编号为 {webhook_id} 的回调。")
    return found


async def delete_webhook(db: AsyncSession, actor: Actor, webhook_id: str) -> None:
    """Forget a webhook and all messages to it."""
    await _own(db, actor, webhook_id, locked=True)
    await store.delete_webhook(db, webhook_id)


async def rotate_secret(db: AsyncSession, around: Surroundings, actor: Actor, webhook_id: str) -> WebhookMade:
    """A new secret; for a day the one before signs too, so that nothing is refused while it is replaced."""
    found = await _own(db, actor, webhook_id, locked=True)
    secret = webhooks.new_secret()
    found.sealed_earlier, found.earlier_until = found.sealed_secret, clock.now() + BOTH_SECRETS_FOR
    found.sealed_secret = _seal(around, secret)
    await db.flush()
    return WebhookMade(**_shown(found), secret=secret)


async def pause(db: AsyncSession, actor: Actor, webhook_id: str) -> WebhookOut:
    """Send nothing until it is resumed."""
    await _own(db, actor, webhook_id, locked=True)
    await store.pause_webhook(db, webhook_id, clock.now(), "paused by its owner")
    return await _again(db, actor, webhook_id)


async def resume(db: AsyncSession, actor: Actor, webhook_id: str) -> WebhookOut:
    """Send again; what was given up on meanwhile is sent only when it is asked for."""
    found = await _own(db, actor, webhook_id, locked=True)
    found.paused_at = found.paused_because = None
    await db.flush()
    return WebhookOut.model_validate(found)


async def _again(db: AsyncSession, actor: Actor, webhook_id: str) -> WebhookOut:
    found = await _own(db, actor, webhook_id)
    await db.refresh(found)
    return WebhookOut.model_validate(found)


async def ping(db: AsyncSession, actor: Actor, webhook_id: str, kind: str) -> DeliveryOut:
    """Send a sample now."""
    await _own(db, actor, webhook_id)
    told = sample(kind)
    await store.add_delivery(db, webhook_id, told, clock.now())
    found = (await store.list_deliveries(db, webhook_id, None, None, 1))[0]
    return _delivery(found)


async def list_deliveries(
    db: AsyncSession, actor: Actor, webhook_id: str, state: str | None, cursor: str | None, limit: int
) -> Page[DeliveryOut]:
    """Messages to a webhook of the actor, newest first."""
    await _own(db, actor, webhook_id)
    before = None
    if cursor:
        moment, message_id = decode_cursor(cursor, str, str)
        before = (_moment(str(moment)), str(message_id))
    rows = await store.list_deliveries(db, webhook_id, state, before, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    following = encode_cursor(last.created_at.isoformat(), last.message_id) if last else None
    return Page(items=[_delivery(row) for row in rows[:limit]], next=following)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return clock.now()


def _delivery(row: Delivery) -> DeliveryOut:
    named = {name: getattr(row, name) for name in DeliveryOut.model_fields if name not in ("body", "state")}
    return DeliveryOut(**named, state=cast(DeliveryState, row.state), body=json.loads(row.body))


async def replay(db: AsyncSession, actor: Actor, webhook_id: str, body: ReplayIn) -> ReplayedOut:
    """Send one message again, or all that were given up on since a moment within the last thirty days."""
    await _own(db, actor, webhook_id)
    if (body.message_id is None) == (body.since is None):
        raise BodyInvalid(
            "Name either a `message_id` or a moment `since` which to send again.",
            "请在 `message_id` 与 `since` 中填写且只填写一项。",
            errors=[FieldError("message_id", "Exactly one of the two.", "两项中只能填写一项。")],
        )
    since = max(body.since, clock.now() - LONGEST_BACK) if body.since is not None else None
    count = await store.send_again(db, webhook_id, clock.now(), message_id=body.message_id, since=since)
    if body.message_id is not None and count == 0:
        raise NotFound(
            f"No message {body.message_id} went to this webhook in the last 30 days.",
            f"最近 30 天内没有向该回调发送过 {body.message_id}。",
        )
    return ReplayedOut(replayed=count)
