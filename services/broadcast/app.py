"""The broadcast service's application."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial

from fastapi import FastAPI
from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast import actions, store
from services.broadcast.actions.announce import event_of
from services.broadcast.actions.chat.telling import record_chat, republish_chat, tell_what_was_said
from services.broadcast.actions.declarations import official_declared
from services.broadcast.actions.room.recorder import delete_old_records
from services.broadcast.actions.room.tending import republish_rooms, tend_rooms
from services.broadcast.actions.steps import tell_steps
from services.broadcast.consumers import handlers
from services.broadcast.errors import AlreadyEntered, RoomRefused, SlotTaken
from services.broadcast.models import OVERLAP
from services.broadcast.models.live import ONE_SEGMENT
from services.broadcast.routes import ROUTERS
from services.broadcast.settings import Settings
from services.contracts.broadcast import FilingEvent, OfficialDeclared
from services.kit.app import build_app
from services.kit.db import Database
from services.kit.passing import PASSING_ERRORS
from services.kit.problem import Problem
from services.kit.sealing import tell_for_ever

log = logging.getLogger(__name__)

ROUND_SECONDS = 0.5
STAYS_SECONDS = 5
CHAT_SECONDS = 0.1
ROUNDS_TO_RECORD = 50
FORGETTING_SECONDS = 3600

CONFLICTS: dict[str, Problem] = {
    OVERLAP: SlotTaken(
        "The room or one of the people is taken at that time. Choose another time.",
        "该时段直播间或人员已被占用，请另选时间。",
    ),
    ONE_SEGMENT: RoomRefused(
        "Another segment was started at this moment. Read the room again.", "此刻已有其他时段开始，请刷新后再操作。"
    ),
    "uq_official_person_post_zh_region_code": AlreadyEntered(
        "This person is entered with this post. Revise that entry.", "该人员的这一职务已登记，请修改原有记录。"
    ),
    "uq_host_person_region_code": AlreadyEntered(
        "This person is entered as a host of the region. Revise that entry.",
        "该人员已登记为本地区主播，请修改原有记录。",
    ),
}


async def republish_filings(db: AsyncSession, since: datetime) -> AsyncIterator[FilingEvent]:
    """Every filing that was ever announced and has changed since, as it stands now."""
    async for filing in store.filings_changed_since(db, since):
        yield event_of(filing)


async def republish_officials(db: AsyncSession, since: datetime) -> AsyncIterator[OfficialDeclared]:
    """Every official whose declarations have changed since, with the one that stands now."""
    async for official, declaration in store.declarers_since(db, since):
        yield official_declared(official, declaration)


async def tend(app: FastAPI) -> None:
    """For ever: rooms that run are looked after, twice a second."""
    while True:
        try:
            await tend_rooms(app.state.database, app.state.settings)
        except PASSING_ERRORS as error:
            log.warning("Rooms could not be looked after: %s", error)
        await asyncio.sleep(ROUND_SECONDS)


def create_app(settings: Settings | None = None, database: Database | None = None) -> FastAPI:
    """The application; settings come from the environment unless they are given."""
    settings = settings or Settings()
    return build_app(
        "broadcast",
        settings,
        ROUTERS,
        handlers=handlers(settings.token_secret.get_secret_value()),
        conflicts=CONFLICTS,
        republishers={
            "filing": republish_filings,
            "official": republish_officials,
            "room": republish_rooms,
            "viewer_batch": actions.republish_stays,
            "chat_batch": republish_chat,
        },
        loops=[tend, end_stays, tell_chat, forget, partial(tell_for_ever, tell_steps)],
        database=database,
    )


async def end_stays(app: FastAPI) -> None:
    """For ever: stays of which nothing is heard any more end, and are told of."""
    while True:
        try:
            async with app.state.database.sessions.begin() as db:
                ended = await actions.end_stays(db)
        except PASSING_ERRORS as error:
            log.warning("Stays could not be ended: %s", error)
            ended = 0
        # More may wait behind a full round.
        await asyncio.sleep(0 if ended else STAYS_SECONDS)


async def tell_chat(app: FastAPI) -> None:
    """For ever: what was said is told ten times a second, and anchored in its room's record every few seconds."""
    rounds = 0
    while True:
        try:
            async with app.state.database.sessions.begin() as db:
                await tell_what_was_said(db)
            rounds += 1
            if rounds % ROUNDS_TO_RECORD == 0:
                async with app.state.database.sessions.begin() as db:
                    await record_chat(db)
        except PASSING_ERRORS as error:
            log.warning("What was said could not be told: %s", error)
        await asyncio.sleep(CHAT_SECONDS)


async def forget(app: FastAPI) -> None:
    """For ever: every hour what accounts watched thirty days ago is deleted, and records whose years are over."""
    while True:
        try:
            async with app.state.database.sessions.begin() as db:
                await actions.forget_watched(db)
            async with app.state.database.sessions.begin() as db:
                await delete_old_records(db, app.state.settings.record_years)
        except PASSING_ERRORS as error:
            log.warning("What is old could not be deleted: %s", error)
        await asyncio.sleep(FORGETTING_SECONDS)
