"""Decisions that wait together share a commit; a bad one among them fails alone, and nobody waits for ever."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import asyncpg
import pytest

from services.compliance.actions.writing import DecisionWriter, RulebookMoved
from services.compliance.store.decisions import NewDecision
from services.kit.db import Database
from services.kit.ids import new_id
from tests.conftest import DatabaseOf

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def decision() -> NewDecision:
    return NewDecision(
        id=new_id(),
        origin="platform",
        stage="filing",
        binding=True,
        announced=False,
        is_public=False,
        outcome="pass",
        at=NOW,
        decided_at=NOW,
        ruleset="2026.11.0+sha256:0123456789ab",
        facts_sha256="f" * 64,
        answer_sha256="a" * 64,
        document=b"{}",
        deleted_after=NOW,
    )


@pytest.fixture
async def database(committing_database: DatabaseOf) -> Database:
    return await committing_database("compliance")


async def current(database: Database) -> str:
    """Names the values that are published now."""
    rows = await database.fetch_rows("SELECT values_sha256 FROM compliance.rulebook")
    return str(rows[0]["values_sha256"])


async def stored(database: Database) -> set[str]:
    return {row["id"] for row in await database.fetch_rows("SELECT id FROM compliance.decision")}


async def commits(database: Database) -> int:
    """Transactions that wrote decisions, told by the transaction that made each row."""
    rows = await database.fetch_rows("SELECT count(DISTINCT xmin::text) AS n FROM compliance.decision")
    return int(rows[0]["n"])


async def test_what_waits_together_is_stored_in_a_few_commits(database: Database) -> None:
    writer, asked = DecisionWriter(), [decision() for _ in range(60)]
    by = await current(database)
    await asyncio.gather(*(writer.store(database, one, by) for one in asked))
    assert await stored(database) >= {one.id for one in asked}
    assert await commits(database) <= 3


async def test_a_decision_is_there_when_its_caller_hears(database: Database) -> None:
    writer, one = DecisionWriter(), decision()
    await writer.store(database, one, await current(database))
    assert one.id in await stored(database)
    other = decision()
    await writer.store(database, other, await current(database))
    assert other.id in await stored(database)


async def test_a_row_that_is_refused_fails_alone(database: Database) -> None:
    writer, good = DecisionWriter(), [decision() for _ in range(5)]
    twice = replace(decision(), id=good[0].id)
    by = await current(database)
    answers = await asyncio.gather(
        *(writer.store(database, one, by) for one in [*good[:3], twice, *good[3:]]), return_exceptions=True
    )
    assert [type(answer) for answer in answers if answer is not None] == [asyncpg.UniqueViolationError]
    assert await stored(database) >= {one.id for one in good}


async def test_a_caller_who_goes_away_takes_nobody_along(database: Database) -> None:
    writer, gone, staying = DecisionWriter(), decision(), decision()
    by = await current(database)
    leaving = asyncio.create_task(writer.store(database, gone, by))
    waiting = asyncio.create_task(writer.store(database, staying, by))
    await asyncio.sleep(0)
    leaving.cancel()
    await waiting
    assert await stored(database) >= {gone.id, staying.id}


async def test_a_defect_leaves_nobody_waiting(database: Database) -> None:
    writer = DecisionWriter()
    broken = replace(decision(), at="no instant")  # type: ignore[arg-type]  # What a defect of ours would write.
    by = await current(database)
    answers = await asyncio.gather(
        writer.store(database, broken, by), writer.store(database, decision(), by), return_exceptions=True
    )
    assert isinstance(answers[0], Exception)
    assert answers[1] is None


async def test_a_decision_by_values_that_are_no_longer_current_is_not_stored(database: Database) -> None:
    writer, old, new = DecisionWriter(), decision(), decision()
    by = await current(database)
    answers = await asyncio.gather(
        writer.store(database, old, "0" * 64), writer.store(database, new, by), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [RulebookMoved, type(None)]
    assert await stored(database) & {old.id, new.id} == {new.id}


async def test_lists_are_stored_as_they_were_told_whoever_stands_beside_them(database: Database) -> None:
    writer, by = DecisionWriter(), await current(database)
    told: list[list[str] | None] = [None, [], ["lot.a", "梨,{}"], ['"quoted"', "NULL", "\\"]]
    asked = [replace(decision(), rules=rules, keys=rules) for rules in told]
    await asyncio.gather(*(writer.store(database, one, by) for one in asked))
    rows = await database.fetch_rows("SELECT id, rules, keys FROM compliance.decision")
    kept = {row["id"]: (row["rules"], row["keys"]) for row in rows}
    assert [kept[one.id] for one in asked] == [(rules, rules) for rules in told]
