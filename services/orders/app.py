"""The orders service's application."""

import asyncio
import logging

from fastapi import FastAPI

from services.kit.app import build_app
from services.kit.blobs import BlobStore
from services.kit.db import Database
from services.kit.db_problem import DATABASE_ERRORS
from services.orders import actions, store
from services.orders.actions.carrier import SandboxCarrier
from services.orders.actions.checkouts import Till
from services.orders.actions.provider import Outside, SandboxProvider
from services.orders.actions.surroundings import Surroundings
from services.orders.batcher import Batcher
from services.orders.consumers import HANDLERS
from services.orders.routes import ROUTERS
from services.orders.settings import OrdersSettings

log = logging.getLogger(__name__)

LEVELS_EVERY_SECONDS = 0.5


def create_app(settings: OrdersSettings | None = None, database: Database | None = None) -> FastAPI:
    """The application; settings come from the environment unless they are given."""
    settings = settings or OrdersSettings()
    around = surroundings_of(settings)
    app = build_app(
        "orders", settings, ROUTERS, handlers=HANDLERS, loops=[let_go_for_ever, tell_levels_for_ever], database=database
    )
    app.state.surroundings = around
    app.state.till = till_of(app, settings)
    return app


def surroundings_of(settings: OrdersSettings) -> Surroundings:
    """Where the service runs, as its settings say."""
    return Surroundings(
        token_secret=settings.token_secret.get_secret_value(),
        demo=settings.demo,
        blobs=BlobStore(settings.blobs),
        provider=SandboxProvider(Outside(settings.payments_url, settings.payments_key.get_secret_value())),
        carrier=SandboxCarrier(Outside(settings.courier_url, settings.courier_key.get_secret_value())),
        public_url=settings.public_url.rstrip("/"),
        callbacks_url=(settings.callbacks_url or f"{settings.public_url.rstrip('/')}/api/v1").rstrip("/"),
        grace_seconds=settings.payment_grace_seconds,
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
            while await store.expire_due(app.state.database):
                pass
        except DATABASE_ERRORS as error:
            log.warning("Reservations are not let go: %s", error)
        await asyncio.sleep(1.0)


async def tell_levels_for_ever(app: FastAPI) -> None:
    """Tell what is left of each lot, twice a second at most."""
    while True:
        try:
            async with app.state.database.sessions.begin() as db:
                await actions.tell_levels(db)
        except DATABASE_ERRORS as error:
            log.warning("Levels are not told: %s", error)
        await asyncio.sleep(LEVELS_EVERY_SECONDS)
