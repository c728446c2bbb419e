"""What companies outside call back: believed when signed lately by them, taken once, in any order."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.db import Database
from services.kit.problem import NotFound
from services.kit.webhooks import SignatureRefused, require_signed
from services.orders import store
from services.orders.actions.parcels import take_tracked
from services.orders.actions.payments import take_seen
from services.orders.actions.refunds import take_repaid
from services.orders.actions.surroundings import Surroundings
from services.orders.errors import CallbackRefused, CallbackUnreadable
from services.orders.models import Callback
from services.orders.schemas.payments import CallbackOut

LONGEST_BODY = 256 * 1024

Shown = TypeVar("Shown")
Effect = Callable[[AsyncSession], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Secrets:
    """What each company signs with; several, separated by spaces, while one is being replaced."""

    provider: str
    carrier: str


async def hear_provider(
    database: Database,
    around: Surroundings,
    secrets: Secrets,
    provider: str,
    headers: Mapping[str, str],
    body: bytes,
) -> CallbackOut:
    """A word about a payment or a refund. Raises CallbackRefused, CallbackUnreadable, PaymentUnknown, NotFound."""
    _require_known(provider, around.provider.name)
    message_id = _believed(secrets.provider, headers, body)
    kind, data = _read(body)

    async def effect(db: AsyncSession) -> None:
        if kind.startswith("payment."):
            await take_seen(db, around, _parsed(around.provider.read_payment, data))
        else:
            await take_repaid(db, around, _parsed(around.provider.read_refund, data))

    used = kind.startswith(("payment.", "refund."))
    return await _once(database, f"payments:{provider}", message_id, kind, effect if used else None)


async def hear_carrier(
    database: Database,
    around: Surroundings,
    secrets: Secrets,
    carrier: str,
    headers: Mapping[str, str],
    body: bytes,
) -> CallbackOut:
    """A word about a parcel. Raises CallbackRefused, CallbackUnreadable, NotFound."""
    _require_known(carrier, around.carrier.name)
    message_id = _believed(secrets.carrier, headers, body)
    kind, data = _read(body)

    async def effect(db: AsyncSession) -> None:
        await take_tracked(db, around, _parsed(around.carrier.read, data))

    return await _once(database, f"parcels:{carrier}", message_id, kind, effect if kind == "parcel.scanned" else None)


def _require_known(given: str, known: str) -> None:
    if given != known:
        raise NotFound(f"We do not work with {given[:50]}.", "没有该机构的接入。")


def _believed(secret: str, headers: Mapping[str, str], body: bytes) -> str:
    try:
        return require_signed(secret.split(), headers, body, clock.now())
    except SignatureRefused as refused:
        raise CallbackRefused(
            f"{refused} Sign id, timestamp and body as Standard Webhooks asks.",
            "签名无效或时间戳已过期，请按 Standard Webhooks 规范签名。",
        ) from refused


def _read(body: bytes) -> tuple[str, dict[str, Any]]:
    try:
        message = json.loads(body) if len(body) <= LONGEST_BODY else None
    except (ValueError, RecursionError):
        message = None
    kind, data = (message.get("type"), message.get("data")) if isinstance(message, dict) else (None, None)
    if not isinstance(kind, str) or not isinstance(data, dict):
        raise _unreadable()
    return kind[:100], data


def _parsed(read: Callable[[dict[str, Any]], Shown], data: dict[str, Any]) -> Shown:
    try:
        return read(data)
    except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
        raise _unreadable() from error


def _unreadable() -> CallbackUnreadable:
    return CallbackUnreadable(
        "Send JSON with `type` and `data` as agreed.", "请发送约定格式的 JSON（含 type 与 data）。"
    )


async def _once(database: Database, source: str, message_id: str, kind: str, effect: Effect | None) -> CallbackOut:
    """The effect and the memory of the message in one transaction; None: nothing of ours follows from it."""
    outcome = "ignored" if effect is None else "taken"
    heard = Callback(source=source, message_id=message_id, kind=kind, outcome=outcome, received_at=clock.now())
    async with database.sessions.begin() as db:
        if not await store.is_first_callback(db, heard):
            return CallbackOut(outcome="repeated")
        if effect is not None:
            await effect(db)
    return CallbackOut(outcome=outcome)
