"""The application of compliance: its key, and the loops of the standing question and of forgetting."""

import asyncio
import logging
from functools import partial

from fastapi import FastAPI

from services.compliance.actions.announcing import REPUBLISHERS
from services.compliance.actions.checks import warm_up
from services.compliance.actions.clearances import ensure_clearance_key
from services.compliance.actions.deliveries import Carrier, forget_old_messages
from services.compliance.actions.impact import ask_next_batch
from services.compliance.actions.on_air import forget_chat
from services.compliance.actions.report_figures import forget_reports
from services.compliance.actions.standing import ask_what_is_due, forget_the_expired
from services.compliance.actions.surroundings import Surroundings
from services.compliance.actions.trail import tell_trail
from services.compliance.consumers import handlers
from services.compliance.domain.reports import MOST_FILES
from services.compliance.errors import (
    AlreadyVerified,
    AppealAnswered,
    OverrideAnswered,
    ParameterChangeMoved,
    RulebookNotCurrent,
)
from services.compliance.routes import ROUTERS
from services.compliance.settings import ComplianceSettings
from services.kit.app import build_app
from services.kit.blobs import BlobStore
from services.kit.db import Database
from services.kit.files import MOST_BYTES
from services.kit.passing import PASSING_ERRORS
from services.kit.sealing import tell_for_ever
from services.kit.webhooks import Sender

# A loop waits for the values of rules, too: another process of the same service may just be writing them.
NOT_NOW: tuple[type[Exception], ...] = (*PASSING_ERRORS, RulebookNotCurrent)

log = logging.getLogger(__name__)

# As many files as a report takes at once, and the wrapping of a form.
LARGEST_REPORT_BYTES = MOST_FILES * MOST_BYTES + 128 * 1024
ROUND_SECONDS = 0.5
FORGETTING_SECONDS = 3600

CONFLICTS = {
    "pk_verification": AlreadyVerified("Nothing has changed since you verified it.", "自您核实以来内容没有变化。"),
    "uq_override_proposed": OverrideAnswered(
        "An override of this was proposed a moment ago. Confirm or decline that one.",
        "刚刚已有人提议推翻此项，请对该提议作出确认或不予确认。",
    ),
    "uq_appeal_once": AppealAnswered(
        "There is an appeal against this already. A decision is appealed once.",
        "对该结论已有申诉，同一决定只能申诉一次。",
    ),
    "uq_parameter_change_from_on": ParameterChangeMoved(
        "Another value of this parameter was published for the same day just now.", "同一施行日刚刚公布了另一参数值。"
    ),
}


def create_app(settings: ComplianceSettings | None = None, database: Database | None = None) -> FastAPI:
    """The compliance service."""
    settings = settings or ComplianceSettings()
    around = Surroundings(settings, BlobStore(settings.blobs), BlobStore(f"{settings.blobs.rstrip('/')}/reports"))
    app = build_app(
        "compliance",
        settings,
        ROUTERS,
        handlers=handlers(around),
        conflicts=CONFLICTS,
        republishers=REPUBLISHERS,
        largest_upload=LARGEST_REPORT_BYTES,
        on_start=prepare,
        loops=[ask_again, carry, weigh_proposals, forget, partial(tell_for_ever, tell_trail)],
        database=database,
    )
    app.state.surroundings = around
    return app


async def prepare(app: FastAPI) -> None:
    """Before the first request: the key that signs clearances, and every lexicon and sentence read once."""
    warm_up()
    async with app.state.database.sessions.begin() as db:
        app.state.surroundings.clearance_key = await ensure_clearance_key(db, app.state.surroundings)


async def ask_again(app: FastAPI) -> None:
    """For ever: whatever is due is asked again, twice a second."""
    while True:
        try:
            asked = await ask_what_is_due(app.state.database, app.state.surroundings)
            if asked:
                log.info("%s questions were asked again.", asked)
        except NOT_NOW as error:
            log.warning("The standing question could not be asked: %s", error)
        await asyncio.sleep(ROUND_SECONDS)


async def carry(app: FastAPI) -> None:
    """For ever: messages that are due go out to other platforms, twice a second."""
    around: Surroundings = app.state.surroundings
    async with Sender(private=around.settings.webhook_private_targets) as sender:
        carrier = Carrier(app.state.database, around, sender)
        try:
            while True:
                try:
                    begun = await carrier.begin()
                except PASSING_ERRORS as error:
                    log.warning("Messages could not be carried: %s", error)
                    begun = 0
                # More may wait behind those that have just gone; who does not answer is not waited for.
                await (carrier.wait(ROUND_SECONDS) if begun else asyncio.sleep(ROUND_SECONDS))
        finally:
            carrier.stop()


async def weigh_proposals(app: FastAPI) -> None:
    """For ever: what proposed values would change is asked, a batch at a time; other work has its turn in between."""
    while True:
        more = False
        try:
            more = await ask_next_batch(app.state.database, app.state.surroundings)
        except NOT_NOW as error:
            log.warning("What a proposed value would change could not be asked: %s", error)
        await asyncio.sleep(0 if more else ROUND_SECONDS)


async def forget(app: FastAPI) -> None:
    """For ever: decisions, words and files whose time is over are deleted, every hour."""
    while True:
        try:
            await forget_the_expired(app.state.database)
            await forget_reports(app.state.database, app.state.surroundings)
            await forget_old_messages(app.state.database)
            await forget_chat(app.state.database)
        except PASSING_ERRORS as error:
            log.warning("What has run out could not be deleted: %s", error)
        await asyncio.sleep(FORGETTING_SECONDS)
