"""The orders service's application."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial

from fastapi import FastAPI
from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.orders import OrderEvent
from services.kit import clock
from services.kit.app import build_app
from services.kit.blobs import BlobStore
from services.kit.db import Database
from services.kit.passing import PASSING_ERRORS
from services.kit.sealing import tell_for_ever
from services.orders import actions, store
from services.orders.actions.acts import tell_order_acts
from services.orders.actions.allocation import republish_stock
from services.orders.actions.callbacks import forget_old_callbacks
from services.orders.actions.carrier import SandboxCarrier
from services.orders.actions.checkouts import Till
from services.orders.actions.outside import Outside
from services.orders.actions.parcels import book_parcels
from services.orders.actions.payments import ask_about_payments
from services.orders.actions.provider import SandboxProvider
from services.orders.actions.refunds import pay_overdue, send_refunds
from services.orders.actions.surroundings import Surroundings
from services.orders.actions.telling import republish_complaints, republish_orders
from services.orders.batcher import Batcher
from services.orders.consumers import handlers
from services.orders.routes import ROUTERS
from services.orders.settings import OrdersSettings

log = logging.getLogger(__name__)

LEVELS_EVERY_SECONDS = 0.5


def create_app(settings: OrdersSettings | None = None, database: Database | None = None) -> FastAPI:
    """The application; settings come from the environment unless they are given."""
    settings = settings or OrdersSettings()
    around = surroundings_of(settings)
    app = build_app(
        "orders",
        settings,
        ROUTERS,
        handlers=handlers(around),
        republishers={
            "stock": republish_stock,
            "order": partial(_republish_orders, around),
            "complaint": republish_complaints,
        },
        loops=[
            let_go_for_ever,
            tell_levels_for_ever,
            seal_for_ever,
            follow_money,
            forget_for_ever,
            partial(tell_for_ever, tell_order_acts),
        ],
        database=database,
    )
    app.state.surroundings = around
    app.state.till = till_of(app, settings)
    return app


def surroundings_of(settings: OrdersSettings) -> Surroundings:
    """Where the service runs, as its settings say."""
    payments = Outside(settings.payments_url, settings.payments_key.get_secret_value())
    courier = Outside(settings.courier_url, settings.courier_key.get_secret_value())
    public_url = settings.public_url.rstrip("/")
    return Surroundings(
        token_secret=settings.token_secret.get_secret_value(),
        demo=settings.demo,
        # Photos of buyers lie apart: only so can they be forgotten, for nothing else names them.
        blobs=BlobStore(f"{settings.blobs.rstrip('/')}/buyers"),
        provider=SandboxProvider(payments, settings.payments_webhook_secret.get_secret_value()),
        carrier=SandboxCarrier(courier, settings.courier_webhook_secret.get_secret_value()),
        public_url=public_url,
        callbacks_url=(settings.callbacks_url or f"{public_url}/api/v1").rstrip("/"),
        grace_seconds=settings.payment_grace_seconds,
        outside=(payments, courier),
    )


def till_of(app: FastAPI, settings: OrdersSettings) -> Till:
    """Where this process places orders."""
    batcher = Batcher(
        app.state.database, settings.reservation_seconds, settings.batch_orders, settings.batch_wait_ms / 1000
    )
    secret = settings.token_secret.get_secret_value()
    return Till(app.state.database, batcher, secret, settings.reservation_seconds)


async def let_go_for_ever(app: FastAPI) -> None:
    """Let reservations go that have run out, every second."""
    while True:
        try:
            while await store.expire_due(app.state.database, app.state.surroundings.grace_seconds):
                pass
        except PASSING_ERRORS as error:
            log.warning("Reservations are not let go: %s", error)
        await asyncio.sleep(1.0)


async def follow_money(app: FastAPI) -> None:
    """Twice a second: refunds sent, waybills asked for, unheard payments asked about, overdue refunds paid."""
    try:
        while True:
            await _follow_once(app.state.database, app.state.surroundings)
            await asyncio.sleep(0.5)
    finally:
        await app.state.surroundings.close()


async def forget_for_ever(app: FastAPI) -> None:
    """Every hour: callbacks that nobody repeats any more."""
    while True:
        try:
            await forget_old_callbacks(app.state.database, clock.now())
        except PASSING_ERRORS as error:
            log.warning("Old callbacks are not forgotten: %s", error)
        await asyncio.sleep(3600)


async def _follow_once(database: Database, around: Surroundings) -> None:
    try:
        await send_refunds(database, around)
        await book_parcels(database, around)
        await ask_about_payments(database, around)
        await pay_overdue(database, around, clock.now())
    except PASSING_ERRORS as error:
        log.warning("The money is not followed: %s", error)


def _republish_orders(around: Surroundings, db: AsyncSession, since: datetime) -> AsyncIterator[OrderEvent]:
    return republish_orders(db, around, since)


async def tell_levels_for_ever(app: FastAPI) -> None:
    """Tell what is left of each lot, twice a second at most."""
    while True:
        try:
            async with app.state.database.sessions.begin() as db:
                await actions.tell_levels(db)
        except PASSING_ERRORS as error:
            log.warning("Levels are not told: %s", error)
        await asyncio.sleep(LEVELS_EVERY_SECONDS)


async def seal_for_ever(app: FastAPI) -> None:
    """Seal the order of arrival, every second; the public log hears of it once a minute."""
    while True:
        try:
            async with app.state.database.sessions.begin() as db:
                await actions.seal_tickets(db)
            async with app.state.database.sessions.begin() as db:
                await actions.tell_tickets(db)
        except PASSING_ERRORS as error:
            log.warning("Tickets are not sealed: %s", error)
        await asyncio.sleep(1.0)
