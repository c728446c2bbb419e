"""The orders service's application."""

from fastapi import FastAPI

from services.kit.app import build_app
from services.kit.db import Database
from services.orders.consumers import HANDLERS
from services.orders.routes import ROUTERS
from services.orders.settings import OrdersSettings


def create_app(settings: OrdersSettings | None = None, database: Database | None = None) -> FastAPI:
    """The application; settings come from the environment unless they are given."""
    return build_app("orders", settings or OrdersSettings(), ROUTERS, handlers=HANDLERS, database=database)
