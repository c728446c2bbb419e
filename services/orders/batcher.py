"""The batcher: orders that wait for the same lot are written in one statement, which it commits for all of them.

The one place beside the edge that commits (ADR 0013): who waits here asked for a place in a queue, and the row of a
hot lot can be locked and flushed once for hundreds of them instead of once for each.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from services.kit.db import Database
from services.kit.db_problem import DATABASE_ERRORS, database_problem
from services.kit.problem import Unavailable
from services.orders import store
from services.orders.domain.placing import Asked, Outcome

Lane = tuple[str, str, datetime | None]
Waiting = tuple[Asked, asyncio.Future[Outcome]]


class Batcher:
    """One queue for each lot of each broadcast; who came first is served first.

    `most`: orders in one statement. `wait_seconds`: how long a first order waits for company; while a statement runs,
    the next batch collects by itself.
    """

    def __init__(self, database: Database, reservation_seconds: int, most: int, wait_seconds: float) -> None:
        self.database = database
        self.reservation_seconds = reservation_seconds
        self.most = most
        self.wait_seconds = wait_seconds
        self.lanes: dict[Lane, list[Waiting]] = {}
        self.running: set[asyncio.Task[None]] = set()

    async def place(self, asked: Asked) -> Outcome:
        """Queue an order of one lot and wait until it is committed or refused. Raises what the database raises."""
        lane = (asked.broadcast_id, asked.lines[0].lot_id, asked.at)
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        if lane in self.lanes:
            self.lanes[lane].append((asked, future))
        else:
            self.lanes[lane] = [(asked, future)]
            task = asyncio.create_task(self._serve(lane))
            self.running.add(task)
            task.add_done_callback(self.running.discard)
        return await future

    async def _serve(self, lane: Lane) -> None:
        """Write batch after batch until nobody waits in the lane."""
        batch: list[Waiting] = []
        try:
            await asyncio.sleep(self.wait_seconds)
            while self.lanes[lane]:
                batch, self.lanes[lane] = _next_batch(self.lanes[lane], self.most)
                await self._write(batch)
        finally:
            # However the lane ends, nobody waits for an answer that cannot come, and the next order opens it anew.
            _tell_all([*batch, *self.lanes.pop(lane)], RuntimeError("The queue for this lot was given up."))

    async def _write(self, batch: Sequence[Waiting]) -> None:
        try:
            outcomes = await store.place_batch(self.database, [asked for asked, _ in batch], self.reservation_seconds)
        except DATABASE_ERRORS as error:
            if len(batch) == 1 or isinstance(database_problem(error, {}), Unavailable):
                # Nobody is there: all are told at once to come again, with the same key, which finds what was
                # committed when only the answer was lost.
                _tell_all(batch, error)
            else:
                # One bad order must not spoil the others.
                for waiting in batch:
                    await self._write([waiting])
            return
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if not future.done():
                future.set_result(outcome)


def _tell_all(batch: Sequence[Waiting], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)


def _next_batch(waiting: Sequence[Waiting], most: int) -> tuple[list[Waiting], list[Waiting]]:
    """The first of them, and the rest. A key that stands in the batch already waits for the next one."""
    batch: list[Waiting] = []
    rest: list[Waiting] = []
    keys: set[tuple[str, str]] = set()
    for place, item in enumerate(waiting):
        if len(batch) == most:
            rest.extend(waiting[place:])
            break
        key = (item[0].account_id, item[0].key)
        (rest if key in keys else batch).append(item)
        keys.add(key)
    return batch, rest
