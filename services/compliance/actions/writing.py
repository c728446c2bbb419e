"""Stores the decisions of callers who wait at the same moment in one statement: one commit for all of them.

The exception to "only the edge commits" (ADR 0010): the requests that wait here have done nothing else in the
database, and each hears its answer only after the commit that holds it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.compliance.store import decisions as store
from services.compliance.store.decisions import NewDecision
from services.kit.db import Database
from services.kit.db_problem import DATABASE_ERRORS

MOST_AT_ONCE = 200


class RulebookMoved(Exception):
    """The decision was made by values that are no longer the current ones; it was not stored."""


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """A decision, the values by which it was made, and whoever waits for it."""

    decision: NewDecision
    values_sha256: str
    stored: asyncio.Future[None]


class DecisionWriter:
    """One per process. There is no timer: whatever has gathered while the last commit ran goes into the next one."""

    def __init__(self) -> None:
        self._waiting: list[Waiting] = []
        self._running: asyncio.Task[None] | None = None

    async def store(self, database: Database, decision: NewDecision, values_sha256: str) -> None:
        """Return when the decision is committed. Raises RulebookMoved, and what the database says of this decision."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(decision, values_sha256, stored))
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
                for one in together:
                    if not one.stored.done():
                        one.stored.set_exception(RuntimeError("The decision could not be stored."))


async def _stored(database: Database, together: Sequence[Waiting], *, tell: bool = False) -> bool:
    """Whether they were committed; `tell`: whoever waits hears of the failure."""
    try:
        fresh = await store.add_decisions_by(
            database, [one.decision for one in together], [one.values_sha256 for one in together]
        )
    except DATABASE_ERRORS as error:
        if tell:
            for one in together:
                one.stored.set_exception(error)
        return False
    for one in together:
        if one.stored.done():
            continue
        if one.decision.id in fresh:
            one.stored.set_result(None)
        else:
            one.stored.set_exception(RulebookMoved())
    return True
