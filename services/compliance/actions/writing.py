"""Stores the decisions of callers who wait at the same moment in one statement: one commit for all of them.

The exception to "only the edge commits" (ADR 0010): the requests that wait here have done nothing else in the
database, and each hears its answer only after the commit that holds it.
"""

import asyncio
from collections.abc import Sequence

from services.compliance.store import decisions as store
from services.compliance.store.decisions import NewDecision
from services.kit.db import Database
from services.kit.db_problem import DATABASE_ERRORS

MOST_AT_ONCE = 200

Waiting = tuple[NewDecision, asyncio.Future[None]]


class DecisionWriter:
    """One per process. There is no timer: whatever has gathered while the last commit ran goes into the next one."""

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []
        self._running: asyncio.Task[None] | None = None

    async def store(self, database: Database, decision: NewDecision) -> None:
        """Return when the decision is committed. Raises what the database says of this one decision."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((decision, stored))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._drain(database))
        # A caller who has gone away must not take the others' commit along.
        await asyncio.shield(stored)

    async def _drain(self, database: Database) -> None:
        while self._waiting:
            together, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            try:
                if not await _stored(database, together):
                    for one in together:
                        await _stored(database, [one], tell=True)
            finally:
                # A defect of ours in here must not leave anybody waiting for ever.
                for _, stored in together:
                    if not stored.done():
                        stored.set_exception(RuntimeError("The decision could not be stored."))


async def _stored(database: Database, together: Sequence[Waiting], *, tell: bool = False) -> bool:
    """Whether they were committed; `tell`: whoever waits hears of the failure."""
    try:
        async with database.sessions.begin() as db:
            await store.add_decisions(db, [decision for decision, _ in together])
    except DATABASE_ERRORS as error:
        if tell:
            for _, stored in together:
                stored.set_exception(error)
        return False
    for _, stored in together:
        stored.set_result(None)
    return True
