"""The broadcast service's application."""

from collections.abc import AsyncIterator
from datetime import datetime

from fastapi import FastAPI
from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast import store
from services.broadcast.actions.announce import event_of
from services.broadcast.actions.declarations import official_declared
from services.broadcast.consumers import HANDLERS
from services.broadcast.errors import AlreadyEntered, SlotTaken
from services.broadcast.models import OVERLAP
from services.broadcast.routes import ROUTERS
from services.broadcast.settings import Settings
from services.contracts.broadcast import FilingEvent, OfficialDeclared
from services.kit.app import build_app
from services.kit.db import Database
from services.kit.problem import Problem

CONFLICTS: dict[str, Problem] = {
    OVERLAP: SlotTaken(
        "The room or one of the people is taken at that time. Choose another time.",
        "该时段直播间或人员已被占用，请另选时间。",
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


def create_app(settings: Settings | None = None, database: Database | None = None) -> FastAPI:
    """The application; settings come from the environment unless they are given."""
    return build_app(
        "broadcast",
        settings or Settings(),
        ROUTERS,
        handlers=HANDLERS,
        conflicts=CONFLICTS,
        republishers={"filing": republish_filings, "official": republish_officials},
        database=database,
    )
