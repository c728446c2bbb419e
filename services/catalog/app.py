"""The application of catalog."""

import asyncio
import logging

from fastapi import FastAPI

from services.catalog.actions import republish_listings, republish_producers
from services.catalog.actions.imports import carry_import, forget_files
from services.catalog.consumers import HANDLERS
from services.catalog.domain.sheets.reading import LARGEST_SHEET_BYTES
from services.catalog.errors import CONFLICTS
from services.catalog.routes import ROUTERS
from services.catalog.settings import CatalogSettings
from services.kit import clock
from services.kit.app import build_app
from services.kit.blobs import BlobStore
from services.kit.db import Database
from services.kit.db_problem import DATABASE_ERRORS

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 1.0
FORGET_EVERY_ROUNDS = 60


def create_app(settings: CatalogSettings | None = None, database: Database | None = None) -> FastAPI:
    """Catalog with its routes, its consumers and its republisher."""
    settings = settings or CatalogSettings()
    app = build_app(
        "catalog",
        settings,
        ROUTERS,
        handlers=HANDLERS,
        conflicts=CONFLICTS,
        republishers={"listing": republish_listings, "producer": republish_producers},
        loops=[carry_imports],
        largest_upload=LARGEST_SHEET_BYTES + 64 * 1024,
        database=database,
    )
    # Uploads of spreadsheets lie apart: only so can they be forgotten, for nothing else names them.
    app.state.sheets = BlobStore(f"{settings.blobs.rstrip('/')}/imports")
    return app


async def carry_imports(app: FastAPI) -> None:
    """Carry out spreadsheets as they come, and forget files that nobody needs any more."""
    database, sheets = app.state.database, app.state.sheets
    secret = app.state.settings.token_secret.get_secret_value()
    rounds = 0
    while True:
        try:
            while await carry_import(database, sheets, secret):
                pass
            if rounds % FORGET_EVERY_ROUNDS == 0:
                await forget_files(database, sheets, clock.now())
        except DATABASE_ERRORS as error:
            log.warning("Spreadsheets wait: %s", error)
        rounds += 1
        await asyncio.sleep(LOOK_EVERY_SECONDS)
