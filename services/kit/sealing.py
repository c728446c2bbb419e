"""What offices did, told to the public log as hashes: by region, so many at once, twice a minute."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

from fastapi import FastAPI
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.event import Event
from services.kit.ids import new_id
from services.kit.outbox import enqueue
from services.kit.passing import PASSING_ERRORS

log = logging.getLogger(__name__)

# As many hashes as fit well into one event.
MOST_TOLD = 1_000
EVERY_SECONDS = 30.0

Tell = Callable[[AsyncSession], Awaitable[int]]


async def tell_hashes(db: AsyncSession, event: Callable[..., Event], hashes: Iterable[tuple[str, str]]) -> int:
    """Announce hashes (region code, SHA-256), each region's in one event of that class; how many."""
    by_region: dict[str, list[str]] = {}
    for region_code, sha256 in hashes:
        by_region.setdefault(region_code, []).append(sha256)
    for region_code, told in by_region.items():
        await enqueue(db, event(entity_id=new_id(), version=1, region_code=region_code, sha256=tuple(told)))
    return sum(map(len, by_region.values()))


async def tell_for_ever(tell: Tell, app: FastAPI) -> None:
    """Tell what has not been told yet, at most `MOST_TOLD` in a transaction; a backlog waits for nothing."""
    while True:
        told = 0
        try:
            async with app.state.database.sessions.begin() as db:
                told = await tell(db)
        except PASSING_ERRORS as error:
            log.warning("The log of %s does not hear what was done: %s", app.state.name, error)
        await asyncio.sleep(0 if told == MOST_TOLD else EVERY_SECONDS)
