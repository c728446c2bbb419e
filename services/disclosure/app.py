"""The application of disclosure: the key of the log, and the loop in which the log grows."""

import asyncio
import logging

from fastapi import FastAPI

from services.disclosure.actions.growing import MOST_AT_ONCE, ensure_key
from services.disclosure.actions.opening import make_next_month, mark_old_layouts, shelf_of
from services.disclosure.actions.preparing import prepare_next
from services.disclosure.actions.publishing import Witnesses, grow_once
from services.disclosure.actions.surroundings import Surroundings
from services.disclosure.consumers import handlers
from services.disclosure.errors import ReplyGiven
from services.disclosure.routes import ROUTERS
from services.disclosure.settings import DisclosureSettings
from services.kit.app import build_app
from services.kit.db import Database
from services.kit.passing import PASSING_ERRORS

log = logging.getLogger(__name__)


CONFLICTS = {
    "uq_reply_open": ReplyGiven(
        "Somebody of your region answered this finding a moment ago.", "本地区刚刚已有人对该项核查发现作出答复。"
    )
}


def create_app(settings: DisclosureSettings | None = None, database: Database | None = None) -> FastAPI:
    """The disclosure service; settings come from the environment unless they are given."""
    settings = settings or DisclosureSettings()
    app = build_app(
        "disclosure",
        settings,
        ROUTERS,
        handlers=handlers(settings.token_secret.get_secret_value()),
        conflicts=CONFLICTS,
        on_start=prepare,
        loops=[keep_growing, keep_records, keep_months],
        database=database,
    )
    app.state.surroundings = Surroundings.of(settings)
    app.state.shelf = shelf_of(app.state.surroundings)
    return app


async def prepare(app: FastAPI) -> None:
    """Before the first request: the key that signs checkpoints, and which months are to be made anew."""
    async with app.state.database.sessions.begin() as db:
        app.state.surroundings.key = await ensure_key(db, app.state.surroundings)
    await mark_old_layouts(app.state.database)


async def keep_growing(app: FastAPI) -> None:
    """For ever: leaves enter the log, and its checkpoints are witnessed and published."""
    around: Surroundings = app.state.surroundings
    witnesses = Witnesses(around)
    try:
        while True:
            try:
                grown = await grow_once(app.state.database, around, witnesses)
            except PASSING_ERRORS as error:
                log.warning("The log could not grow: %s", error)
                grown = 0
            # More may wait behind a batch; otherwise the next checkpoint has its time.
            await asyncio.sleep(0 if grown == MOST_AT_ONCE else around.settings.ledger_seconds)
    finally:
        await witnesses.close()


async def keep_records(app: FastAPI) -> None:
    """For ever: records that are due are put together, one after the other."""
    around: Surroundings = app.state.surroundings
    while True:
        try:
            prepared = await prepare_next(app.state.database, around)
        except PASSING_ERRORS as error:
            log.warning("A record could not be put together: %s", error)
            prepared = None
        await asyncio.sleep(0 if prepared else around.settings.record_seconds)


async def keep_months(app: FastAPI) -> None:
    """For ever: months whose releases have changed are made anew, one after the other."""
    around: Surroundings = app.state.surroundings
    while True:
        made = None
        try:
            made = await make_next_month(app.state.database, app.state.shelf)
        except PASSING_ERRORS as error:
            log.warning("The files of a month could not be made: %s", error)
        await asyncio.sleep(0 if made else around.settings.open_data_seconds)
