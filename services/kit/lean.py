"""A few connections of the driver alone, for the statements that thousands wait for.

The driver's own pool makes a task for each connection that it takes back, and the session above it costs 300 µs; a
single statement leaves nothing behind that either would have to tidy up.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any

import asyncpg
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

LEAN_CONNECTIONS = 2
PATIENCE_SECONDS = 10


class Lean:
    """At most `LEAN_CONNECTIONS` to one database, opened when they are needed; who comes first is served first."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.idle: list[asyncpg.Connection] = []
        self.waiting: deque[asyncio.Future[asyncpg.Connection | None]] = deque()
        self.opened = 0
        self.closed = False

    async def fetch(self, sql: str, *arguments: Any) -> Sequence[asyncpg.Record]:
        """All rows of one statement, which commits by itself. Raises PoolTimeoutError when no connection comes free."""
        connection = await self._take()
        try:
            rows: Sequence[asyncpg.Record] = await connection.fetch(sql, *arguments)
        except asyncpg.PostgresError:
            self._give_back(connection)
            raise
        except BaseException:
            # Broken, or left in the middle of an answer: what comes next on it belongs to nobody.
            self._drop(connection)
            raise
        self._give_back(connection)
        return rows

    async def close(self) -> None:
        """Close what is idle now, and what is in use when it is given back."""
        self.closed = True
        for connection in self.idle:
            await connection.close()
        self.idle.clear()

    async def _take(self) -> asyncpg.Connection:
        while True:
            while self.idle:
                connection = self.idle.pop()
                if not connection.is_closed():
                    return connection
                self.opened -= 1
            if self.opened < LEAN_CONNECTIONS:
                return await self._open()
            if (connection := await self._wait()) is not None:
                return connection

    async def _open(self) -> asyncpg.Connection:
        self.opened += 1
        try:
            return await asyncpg.connect(self.address, timeout=PATIENCE_SECONDS)
        except BaseException:
            self._free()
            raise

    async def _wait(self) -> asyncpg.Connection | None:
        """The connection that somebody gives back, or None when there is room for another."""
        turn: asyncio.Future[asyncpg.Connection | None] = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await turn
        except BaseException as ended:
            if turn.done() and not turn.cancelled():
                # It was handed over in the moment in which we gave up.
                self._hand_on(turn.result())
            if isinstance(ended, TimeoutError):
                raise PoolTimeoutError("No connection became free in time.") from ended
            raise

    def _hand_on(self, connection: asyncpg.Connection | None) -> None:
        if connection is None:
            self._wake(None)
        else:
            self._give_back(connection)

    def _give_back(self, connection: asyncpg.Connection) -> None:
        if self.closed or connection.is_closed():
            self._drop(connection)
        elif not self._wake(connection):
            self.idle.append(connection)

    def _drop(self, connection: asyncpg.Connection) -> None:
        connection.terminate()
        self._free()

    def _free(self) -> None:
        self.opened -= 1
        self._wake(None)

    def _wake(self, connection: asyncpg.Connection | None) -> bool:
        """Hand over to who waits longest; whether there is anybody."""
        while self.waiting:
            turn = self.waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return True
        return False
