"""A few connections of the driver alone, for the statements that thousands wait for.

The driver's own pool makes a task for each connection that it takes back, and the session above it costs 300 µs; a
single statement leaves nothing behind that either would have to tidy up.
"""

from collections.abc import Sequence
from typing import Any

import asyncpg
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services.kit.lend import Lender

LEAN_CONNECTIONS = 2
PATIENCE_SECONDS = 10


class Lean:
    """At most `LEAN_CONNECTIONS` to one database, opened when they are needed."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.closed = False
        self.lender: Lender[asyncpg.Connection] = Lender(
            self._open, self._is_good, most=LEAN_CONNECTIONS, patience=PATIENCE_SECONDS
        )

    async def fetch(self, sql: str, *arguments: Any) -> Sequence[asyncpg.Record]:
        """All rows of one statement, which commits by itself. Raises PoolTimeoutError when no connection comes free."""
        try:
            connection = await self.lender.take()
        except TimeoutError as late:
            raise PoolTimeoutError("No connection became free in time.") from late
        try:
            rows: Sequence[asyncpg.Record] = await connection.fetch(sql, *arguments)
        except asyncpg.PostgresError:
            self.lender.give_back(connection)
            raise
        except BaseException:
            # Broken, or left in the middle of an answer: what comes next on it belongs to nobody.
            connection.terminate()
            self.lender.lost()
            raise
        self.lender.give_back(connection)
        return rows

    async def close(self) -> None:
        """Close what is idle now, and what is in use when it is given back."""
        self.closed = True
        while self.lender.idle:
            await self.lender.idle.pop().close()

    async def _open(self) -> asyncpg.Connection:
        return await asyncpg.connect(self.address, timeout=PATIENCE_SECONDS)

    def _is_good(self, connection: asyncpg.Connection) -> bool:
        if self.closed:
            connection.terminate()
        return not connection.is_closed()
