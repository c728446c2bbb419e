"""The orders service's application."""

from fastapi import FastAPI

from services.kit.app import build_app
from services.kit.blobs import BlobStore
from services.kit.db import Database
from services.orders.actions.carrier import SandboxCarrier
from services.orders.actions.provider import Outside, SandboxProvider
from services.orders.actions.surroundings import Surroundings
from services.orders.consumers import HANDLERS
from services.orders.routes import ROUTERS
from services.orders.settings import OrdersSettings


def create_app(settings: OrdersSettings | None = None, database: Database | None = None) -> FastAPI:
    """The application; settings come from the environment unless they are given."""
    settings = settings or OrdersSettings()
    around = surroundings_of(settings)
    app = build_app("orders", settings, ROUTERS, handlers=HANDLERS, database=database)
    app.state.surroundings = around
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
