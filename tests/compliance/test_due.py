"""The list of what is due, when several work at it at once: nobody waits for somebody who waits for them."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from services.compliance.store import copies, decisions, due
from services.kit import clock
from services.kit.db import Database
from tests.apps import Tokens
from tests.compliance.cases import LOT_ID, Case
from tests.conftest import DatabaseOf, ServiceOf

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
SUBJECT = ("lot", "lot-1")


@pytest.fixture
async def database(committing_database: DatabaseOf) -> Database:
    return await committing_database("compliance")


async def appoint(database: Database, subjects: Iterable[tuple[str, str]]) -> None:
    async with database.sessions.begin() as db:
        await due.add_due(db, subjects, NOW, None)


async def appointed(database: Database) -> list[tuple[str, str]]:
    rows = await database.fetch_rows("SELECT subject_kind, subject_id FROM compliance.due ORDER BY 1, 2")
    return [(row[0], row[1]) for row in rows]


async def prepared(service_of: ServiceOf, tokens: Tokens) -> Case:
    """One lot with an answer of the present that has run out."""
    case = Case(await service_of("compliance"), tokens)
    await case.prepare()
    await case.list_lots()
    await case.as_of_the_present("lot", LOT_ID)
    await case.expire("lot", LOT_ID)
    return case


async def test_an_answer_is_given_while_the_same_question_is_being_asked(
    committing_service_app: ServiceOf, tokens: Tokens
) -> None:
    database = (await prepared(committing_service_app, tokens)).service.database
    await appoint(database, [("lot", LOT_ID)])
    async with database.sessions.begin() as asking, database.sessions.begin() as answering:
        assert await due.take_due(asking, NOW) is not None
        await decisions.rest(answering, "lot", [LOT_ID])
        after = asyncio.create_task(decisions.rest(asking, "lot", [LOT_ID]))
        await due.drop_due(answering, "lot", [LOT_ID])
        await answering.commit()
        await after
    assert await appointed(database) == []


async def test_what_runs_out_is_noted_while_its_question_is_being_asked(
    committing_service_app: ServiceOf, tokens: Tokens
) -> None:
    database = (await prepared(committing_service_app, tokens)).service.database
    await appoint(database, [("lot", LOT_ID)])
    async with database.sessions.begin() as asking, database.sessions.begin() as noting:
        assert await due.take_due(asking, NOW) is not None
        noted = asyncio.create_task(due.make_expired_due(noting, clock.now(), 10))
        # Until the other has looked at what stands and waits for the appointment, however long that takes it.
        while not await _is_waiting(database):  # noqa: ASYNC110  Another connection tells.
            await asyncio.sleep(0.01)
        await decisions.rest(asking, "lot", [LOT_ID])
        await asking.commit()
        assert await noted == 1
    assert await appointed(database) == [("lot", LOT_ID)]


async def _is_waiting(database: Database) -> bool:
    """Whether somebody waits for a lock in this database."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(await database.fetch_rows(waiting))


async def test_an_appointment_that_somebody_else_holds_is_left_to_them(database: Database) -> None:
    await appoint(database, [SUBJECT])
    async with database.sessions.begin() as moving:
        await due.add_due(moving, [SUBJECT], NOW, None)
        async with database.sessions.begin() as dropping:
            await asyncio.wait_for(due.drop_due(dropping, "lot", ["lot-1", "lot-2"]), 20)
    assert await appointed(database) == [SUBJECT]
    async with database.sessions.begin() as db:
        await due.drop_due(db, "lot", ["lot-1", "lot-2"])
    assert await appointed(database) == []


async def test_a_filing_that_somebody_else_asks_about_is_asked_in_the_next_round(
    committing_service_app: ServiceOf, tokens: Tokens
) -> None:
    case = Case(await committing_service_app("compliance"), tokens)
    await case.prepare()
    await case.list_lots()
    await case.submit()
    filing_id = (await case.decisions("filing"))[-1]["about"]["id"]
    database = case.service.database
    await case.ask_what_is_due()
    await appoint(database, [("filing", filing_id)])
    async with database.sessions.begin() as db:
        await copies.find_filing(db, filing_id)
        assert await asyncio.wait_for(case.ask_what_is_due(), 20) == 0
        assert await appointed(database) == [("filing", filing_id)]
    assert await case.ask_what_is_due() == 1
    assert await appointed(database) == []
