"""The application of the accounts service: first key, first administrator, and the loop that keeps both fresh."""

import asyncio
import logging
from functools import partial

from fastapi import FastAPI

from services.accounts.actions.accounts import ensure_first_administrator
from services.accounts.actions.acts import tell_account_acts
from services.accounts.actions.announcing import REPUBLISHERS
from services.accounts.actions.passwords import Hasher
from services.accounts.actions.signing_keys import ensure_signing_key
from services.accounts.consumers import HANDLERS
from services.accounts.errors import OutsideTaken, UsernameTaken
from services.accounts.routes import ROUTERS
from services.accounts.settings import AccountsSettings
from services.accounts.store.sessions import sweep
from services.kit import clock
from services.kit.app import build_app
from services.kit.db import Database
from services.kit.passing import PASSING_ERRORS
from services.kit.sealing import tell_for_ever

log = logging.getLogger(__name__)

ROUND_SECONDS = 60

CONFLICTS = {
    "uq_account_username": UsernameTaken("Choose another user name.", "请换一个用户名。"),
    "pk_outside_identity": OutsideTaken("Another account was connected just now.", "该身份刚刚关联了另一账户。"),
}


def create_app(settings: AccountsSettings | None = None, database: Database | None = None) -> FastAPI:
    """The accounts service."""
    settings = settings or AccountsSettings()
    app = build_app(
        "accounts",
        settings,
        ROUTERS,
        handlers=HANDLERS,
        conflicts=CONFLICTS,
        republishers=REPUBLISHERS,
        on_start=prepare,
        loops=[keep_fresh, partial(tell_for_ever, tell_account_acts)],
        database=database,
    )
    app.state.hasher = Hasher(settings.hashes_at_once)
    return app


async def prepare(app: FastAPI) -> None:
    """Before the first request: a key to sign with, and somebody who can let others in."""
    settings: AccountsSettings = app.state.settings
    async with app.state.database.sessions.begin() as db:
        await ensure_signing_key(db, settings)
        if await ensure_first_administrator(db, settings, app.state.hasher):
            log.info("The account admin was made.")


async def keep_fresh(app: FastAPI) -> None:
    """For ever: the next signing key a day before it is needed, and expired sessions swept away."""
    while True:
        try:
            async with app.state.database.sessions.begin() as db:
                made = await ensure_signing_key(db, app.state.settings)
                await sweep(db, clock.now())
            if made is not None:
                log.info("Signing key %s signs from %s.", made.kid, made.starts_at)
        except PASSING_ERRORS as error:
            log.warning("Keys and sessions could not be looked after: %s", error)
        await asyncio.sleep(ROUND_SECONDS)
