"""The database of one service: its engine, and the two kinds of session a request may ask for.

A `Reading` session never commits and sees one moment, however many statements it takes; a `Writing` session commits
at the edge, *before* the answer is sent: FastAPI runs the exit of a dependency after the response unless its scope is
the function.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

import asyncpg
import sqlalchemy as sa
from fastapi import Depends, Request
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.lean import Lean
from services.kit.telemetry import DATABASE_CONNECTIONS, DATABASE_POOL

POOL_TIMEOUT_SECONDS = 10


class Database:
    """One service's database: `sessions` for the ORM, `fetch_*` for statements straight through the driver."""

    def __init__(self, engine: AsyncEngine | None, schema: str, sessions: async_sessionmaker[AsyncSession]) -> None:
        self.engine = engine
        self.schema = schema
        self.sessions = sessions
        # The level is given with BEGIN, so a snapshot costs no further round trip.
        snapshots = engine.execution_options(isolation_level="REPEATABLE READ") if engine is not None else None
        self.readings = _session_maker(snapshots, schema) if snapshots is not None else sessions
        self._lean: Lean | None = None

    @classmethod
    def connect(cls, url: str, schema: str, pool_size: int = 5) -> "Database":
        """A pool of at most `pool_size` connections; nothing is opened until it is needed."""
        # Errors are logged, and what somebody wrote must not be in a log: statements are shown without their values.
        engine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=POOL_TIMEOUT_SECONDS,
            pool_pre_ping=False,
            hide_parameters=True,
        )
        return cls(engine, schema, _session_maker(engine, schema))

    @classmethod
    def bound(cls, connection: AsyncConnection, schema: str) -> "Database":
        """Everything inside the caller's own transaction: how a test rolls back what a request committed."""
        return cls(None, schema, _session_maker(connection, schema))

    def watch(self, service: str) -> None:
        """Show how many connections of the pool are in use; one that is bound to a single connection has no pool."""
        pool = self.engine.pool if self.engine is not None else None
        if isinstance(pool, AsyncAdaptedQueuePool):
            DATABASE_POOL.labels(service).set(pool.size())
            DATABASE_CONNECTIONS.labels(service).set_function(pool.checkedout)

    async def fetch_bytes(self, sql: str, *arguments: Any) -> bytes | None:
        """The single text value that `sql` ($1, $2 …) answers, as UTF-8; None without a row. For JSON made in SQL."""
        rows = await self.fetch_rows(sql, *arguments)
        return None if not rows or rows[0][0] is None else str(rows[0][0]).encode()

    async def fetch_rows(self, sql: str, *arguments: Any) -> Sequence[asyncpg.Record]:
        """All rows that `sql` ($1, $2 …) answers, through the driver."""
        async with self.sessions() as db:
            return await _rows(db, sql, arguments)

    async def fetch_page(self, sql: str, *arguments: Any) -> bytes | None:
        """As `fetch_bytes`, for the few reads that thousands ask for at once: past the session, which costs 300 µs."""
        if self.engine is None:
            return await self.fetch_bytes(sql, *arguments)
        rows = await self._fetch_lean(self.engine.url, sql, arguments)
        return None if not rows or rows[0][0] is None else str(rows[0][0]).encode()

    async def change_at_once(self, sql: str, *arguments: Any) -> Sequence[asyncpg.Record]:
        """As `change_rows`, for the few writes that hundreds wait for in a second: past the session."""
        if self.engine is None:
            return await self.change_rows(sql, *arguments)
        return await self._fetch_lean(self.engine.url, sql, arguments)

    async def _fetch_lean(self, url: sa.URL, sql: str, arguments: Sequence[Any]) -> Sequence[asyncpg.Record]:
        if self._lean is None:
            self._lean = Lean(url.set(drivername="postgresql").render_as_string(hide_password=False))
        return await self._lean.fetch(sql, *arguments)

    async def change_rows(self, sql: str, *arguments: Any) -> Sequence[asyncpg.Record]:
        """As `fetch_rows`, for one statement that writes and commits by itself, in one journey to the database."""
        async with self.sessions.begin() as db:
            return await _rows(db, sql, arguments)

    async def is_up(self) -> bool:
        """True when the database answers."""
        try:
            async with self.sessions() as db:
                await db.execute(text("SELECT 1"))
        except (DBAPIError, PoolTimeoutError, OSError):
            return False
        return True

    async def close(self) -> None:
        """Close the pools."""
        if self._lean is not None:
            await self._lean.close()
            self._lean = None
        if self.engine is not None:
            await self.engine.dispose()


async def _rows(db: AsyncSession, sql: str, arguments: Sequence[Any]) -> Sequence[asyncpg.Record]:
    connection = await driver_alone(db)
    try:
        rows: Sequence[asyncpg.Record] = await connection.fetch(sql, *arguments)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        # The pool does not see what goes past it, and would lend a dead connection again and again.
        if connection.is_closed():
            await db.invalidate()
        raise
    return rows


def _session_maker(bind: AsyncEngine | AsyncConnection, schema: str) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(
        bind,
        class_=AsyncSession,
        expire_on_commit=False,
        join_transaction_mode="create_savepoint",
        info={"schema": schema},
    )


async def driver(db: AsyncSession) -> asyncpg.Connection:
    """The asyncpg connection under a session, in the session's transaction."""
    connection = await driver_alone(db)
    if not connection.is_in_transaction():
        # SQLAlchemy sends BEGIN with the first statement of its own; until then each of ours would commit by itself.
        await db.execute(text("SELECT 1"))
    return connection


async def driver_alone(db: AsyncSession) -> asyncpg.Connection:
    """As `driver`, for one statement that is whole by itself: it saves the journeys of BEGIN and COMMIT.

    In a transaction that has begun it is part of that one.
    """
    raw = await (await db.connection()).get_raw_connection()
    return raw.driver_connection


def schema_of(db: AsyncSession) -> str:
    """The schema that owns this session."""
    schema: str = db.info["schema"]
    return schema


def violated_constraint(error: DBAPIError) -> str | None:
    """Name of the constraint that PostgreSQL says was violated, if it says so."""
    cause = getattr(error.orig, "__cause__", None)
    name: str | None = getattr(cause, "constraint_name", None)
    return name


def database_of(request: Request) -> Database:
    """The service's database."""
    database: Database = request.app.state.database
    return database


async def _reading(request: Request) -> AsyncIterator[AsyncSession]:
    async with database_of(request).readings() as db:
        yield db
        await db.rollback()


async def _writing(request: Request) -> AsyncIterator[AsyncSession]:
    async with database_of(request).sessions.begin() as db:
        yield db


Reading = Annotated[AsyncSession, Depends(_reading)]
Writing = Annotated[AsyncSession, Depends(_writing, scope="function")]
