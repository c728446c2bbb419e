"""The application of catalog."""

from fastapi import FastAPI

from services.catalog.actions import republish_listings, republish_producers
from services.catalog.consumers import HANDLERS
from services.catalog.errors import CONFLICTS
from services.catalog.routes import ROUTERS
from services.catalog.settings import CatalogSettings
from services.kit.app import build_app
from services.kit.db import Database


def create_app(settings: CatalogSettings | None = None, database: Database | None = None) -> FastAPI:
    """Catalog with its routes, its consumers and its republisher."""
    return build_app(
        "catalog",
        settings or CatalogSettings(),
        ROUTERS,
        handlers=HANDLERS,
        conflicts=CONFLICTS,
        republishers={"listing": republish_listings, "producer": republish_producers},
        database=database,
    )
