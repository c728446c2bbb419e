"""The application of catalog."""

import asyncio
import logging
from functools import partial

from fastapi import FastAPI

from services.catalog.actions import republish_listings, republish_producers
from services.catalog.actions.history import tell_edits
from services.catalog.actions.imports import carry_export, carry_import, forget_exports, forget_files
from services.catalog.consumers import HANDLERS
from services.catalog.domain.sheets.reading import LARGEST_SHEET_BYTES
from services.catalog.errors import CONFLICTS
from services.catalog.routes import ROUTERS
from services.catalog.settings import CatalogSettings
from services.kit import clock
from services.kit.app import build_app
from services.kit.blobs import BlobStore
from services.kit.db import Database
from services.kit.passing import PASSING_ERRORS
from services.kit.sealing import tell_for_ever

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
        loops=[carry_imports, carry_exports, partial(tell_for_ever, tell_edits)],
        largest_upload=LARGEST_SHEET_BYTES + 64 * 1024,
        database=database,
    )
    # Uploads of spreadsheets lie apart: only so can they be forgotten, for nothing else names them.
    app.state.sheets = BlobStore(f"{settings.blobs.rstrip('/')}/imports")
    app.state.exports = BlobStore(f"{settings.blobs.rstrip('/')}/exports")
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
        except PASSING_ERRORS as error:
            log.warning("Spreadsheets wait: %s", error)
        rounds += 1
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def carry_exports(app: FastAPI) -> None:
    """Write spreadsheets as they are asked for, and forget those that expired."""
    database, files = app.state.database, app.state.exports
    rounds = 0
    while True:
        try:
            while await carry_export(database, files):
                pass
            if rounds % FORGET_EVERY_ROUNDS == 0:
                await forget_exports(database, files, clock.now())
        except PASSING_ERRORS as error:
            log.warning("Exports wait: %s", error)
        rounds += 1
        await asyncio.sleep(LOOK_EVERY_SECONDS)
