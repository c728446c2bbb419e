"""The two kinds of session that a request may ask for."""

import asyncio
import contextlib

import asyncpg
import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError

from services.kit.db import Reading, driver, driver_alone
from services.kit.db_problem import DATABASE_ERRORS, database_problem
from services.kit.ids import new_id
from services.kit.lean import LEAN_CONNECTIONS, Lean
from services.kit.plumbing import plumbing
from services.kit.problem import Unavailable
from tests.conftest import DatabaseOf


async def test_a_reading_request_sees_one_moment_however_often_it_asks(committing_database: DatabaseOf) -> None:
    database = await committing_database("accounts")
    table = plumbing("accounts").revocation
    counted = sa.select(sa.func.count()).select_from(table)
    app = FastAPI()
    app.state.database = database

    @app.get("/")
    async def read_twice(db: Reading) -> list[int]:
        before = (await db.execute(counted)).scalar_one()
        async with database.sessions.begin() as other:
            await other.execute(sa.insert(table).values(account_id=new_id(), revoked_at=sa.func.now()))
        return [before, (await db.execute(counted)).scalar_one()]

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        first, second = (await client.get("/")).json(), (await client.get("/")).json()
    assert first == [0, 0]
    assert second == [1, 1]


_REVOKE = "INSERT INTO accounts.revocation (account_id, revoked_at) VALUES ($1, now())"


async def test_what_goes_through_the_driver_first_is_undone_with_its_session(committing_database: DatabaseOf) -> None:
    database = await committing_database("accounts")
    async with database.sessions() as db:
        await (await driver(db)).execute(_REVOKE, new_id())
        await db.rollback()
    assert not await database.fetch_rows("SELECT 1 FROM accounts.revocation")


async def test_a_lone_statement_is_whole_by_itself_and_joins_a_transaction_that_has_begun(
    committing_database: DatabaseOf,
) -> None:
    database = await committing_database("accounts")
    async with database.sessions() as db:
        await (await driver_alone(db)).execute(_REVOKE, "kept")
        await db.execute(sa.text("SELECT 1"))
        await (await driver_alone(db)).execute(_REVOKE, "undone")
        await db.rollback()
    rows = await database.fetch_rows("SELECT account_id FROM accounts.revocation")
    assert [row["account_id"] for row in rows] == ["kept"]


async def test_an_error_of_the_database_does_not_repeat_what_somebody_wrote(committing_database: DatabaseOf) -> None:
    database = await committing_database("accounts")
    async with database.sessions() as db:
        with pytest.raises(DBAPIError) as told:
            await db.execute(sa.text("SELECT 1 / 0, :words"), {"words": "what-a-citizen-told"})
    assert "what-a-citizen-told" not in str(told.value)


@pytest.mark.parametrize(
    "error", [asyncpg.DiskFullError, asyncpg.OutOfMemoryError, asyncpg.ReadOnlySQLTransactionError]
)
def test_a_database_without_room_is_away_for_a_while(error: type[asyncpg.PostgresError]) -> None:
    problem = database_problem(error("could not extend file"), {})
    assert isinstance(problem, Unavailable)
    assert problem.headers["Retry-After"]


def test_half_an_answer_of_a_server_that_died_is_no_defect_of_ours() -> None:
    problem = database_problem(asyncpg.InternalClientError("got result for unknown protocol state 3"), {})
    assert isinstance(problem, Unavailable)
    assert asyncpg.InternalClientError in DATABASE_ERRORS


async def test_a_page_is_read_past_the_session_and_the_connection_serves_the_next(
    committing_database: DatabaseOf,
) -> None:
    database = await committing_database("accounts")
    asked = [database.fetch_page("SELECT to_jsonb($1::int)::text", number) for number in range(20)]
    assert await asyncio.gather(*asked) == [str(number).encode() for number in range(20)]
    assert await database.fetch_page("SELECT NULL::text") is None
    with pytest.raises(asyncpg.PostgresError):
        await database.fetch_page("SELECT 1 / 0")
    assert await database.fetch_page("SELECT '梨'") == "梨".encode()


async def test_a_page_is_read_again_after_the_database_sent_the_connection_away(
    committing_database: DatabaseOf,
) -> None:
    database = await committing_database("accounts")
    gone = await database.fetch_page("SELECT pg_backend_pid()::text")
    async with database.sessions() as db:
        await db.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": int(gone or b"0")})
    found = None
    for _ in range(20):
        with contextlib.suppress(*DATABASE_ERRORS):
            found = found or await database.fetch_page("SELECT pg_backend_pid()::text")
    assert found not in (None, gone)


async def test_a_page_that_nobody_waits_for_any_more_holds_nobody_up(committing_database: DatabaseOf) -> None:
    database = await committing_database("accounts")
    slow = [asyncio.create_task(database.fetch_page("SELECT pg_sleep(30)::text")) for _ in range(LEAN_CONNECTIONS)]
    waiting = [asyncio.create_task(database.fetch_page("SELECT 'late'")) for _ in range(3)]
    while not await database.fetch_rows("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(30)%'"):  # noqa: ASYNC110  The server tells by its table alone.
        await asyncio.sleep(0.01)
    for task in (*slow, waiting[0]):
        task.cancel()
    assert await asyncio.gather(*waiting[1:]) == [b"late", b"late"]
    ended = await asyncio.gather(*slow, waiting[0], return_exceptions=True)
    assert {type(each) for each in ended} == {asyncio.CancelledError}
    assert await database.fetch_page("SELECT 'again'") == b"again"


async def test_a_database_that_is_not_there_fails_everybody_who_asks_at_once() -> None:
    lean = Lean("postgresql://nobody@127.0.0.1:1/nothing")
    failed = await asyncio.gather(*(lean.fetch("SELECT 1") for _ in range(5)), return_exceptions=True)
    assert all(isinstance(each, OSError) for each in failed)
    assert lean.lender.made == 0
