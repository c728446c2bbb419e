"""What companies outside call back: believed by their own signatures, taken once, in any order."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.db import Database
from services.kit.problem import NotFound
from services.orders import store
from services.orders.actions.parcels import take_tracked
from services.orders.actions.payments import take_seen
from services.orders.actions.provider import Repaid
from services.orders.actions.refunds import take_repaid
from services.orders.actions.surroundings import Surroundings
from services.orders.domain.money import Seen
from services.orders.models import Callback
from services.orders.schemas.payments import CallbackOut

KEPT = timedelta(days=30)

Effect = Callable[[AsyncSession], Awaitable[Any]]


async def hear_provider(
    database: Database, around: Surroundings, provider: str, headers: Mapping[str, str], body: bytes
) -> CallbackOut:
    """A word about a payment or a refund. Raises CallbackRefused, CallbackUnreadable, PaymentUnknown, NotFound."""
    _require_known(provider, around.provider.name)
    heard = around.provider.hear(headers, body)

    async def effect(db: AsyncSession) -> None:
        if isinstance(heard.told, Seen):
            await take_seen(db, around, heard.told)
        elif isinstance(heard.told, Repaid):
            await take_repaid(db, around, heard.told)

    return await _once(database, f"payments:{provider}", heard.message_id, heard.kind, effect if heard.told else None)


async def hear_carrier(
    database: Database, around: Surroundings, carrier: str, headers: Mapping[str, str], body: bytes
) -> CallbackOut:
    """A word about a parcel. Raises CallbackRefused, CallbackUnreadable, NotFound."""
    _require_known(carrier, around.carrier.name)
    heard = around.carrier.hear(headers, body)
    tracked = heard.told

    async def effect(db: AsyncSession) -> None:
        if tracked is not None:
            await take_tracked(db, around, tracked)

    return await _once(database, f"parcels:{carrier}", heard.message_id, heard.kind, effect if tracked else None)


def _require_known(given: str, known: str) -> None:
    if given != known:
        raise NotFound(f"We do not work with {given[:50]}.", "没有该机构的接入。")


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


async def forget_old_callbacks(database: Database, now: datetime) -> None:
    """Whoever calls back gives up after days; what was heard a month ago needs no memory."""
    async with database.sessions.begin() as db:
        await store.forget_callbacks(db, now - KEPT)
