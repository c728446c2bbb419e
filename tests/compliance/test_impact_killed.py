"""A process that weighs a proposal is killed, between two batches and inside one: the next goes on, nothing twice."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.kit.db import Database
from tests.apps import Tokens
from tests.compliance.present import Present
from tests.compliance.test_impact import three_lots
from tests.conftest import ServiceOf

LOTS = ["LOT-1", "LOT-2", "LOT-3"]


@pytest.fixture
async def present(committing_service_app: ServiceOf, tokens: Tokens) -> Present:
    return await three_lots(await committing_service_app("compliance"), tokens)


@asynccontextmanager
async def weigher(database: Database, folder: Path, batches: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another process that weighs so many batches; killed at the end, if it was not before."""
    assert database.engine is not None
    url = database.engine.url.render_as_string(hide_password=False)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.compliance.weigher", url, str(folder), str(batches)),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def finished(present: Present, change: dict[str, Any]) -> dict[str, Any]:
    """What is told once somebody else has weighed the rest."""
    await present.weigh()
    told: dict[str, Any] = await present.get(f"/parameter-changes/{change['id']}/impact")
    lines = await present.get(f"/parameter-changes/{change['id']}/impact/subjects")
    assert [line["subject_id"] for line in lines["items"]] == LOTS
    return told


async def test_killed_between_two_batches_the_next_process_goes_on_behind_the_first(
    present: Present, tmp_path: Path
) -> None:
    change = await present.propose()
    async with weigher(present.service.database, tmp_path, batches=2) as process:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 60) == b"weighed\n"
    assert (await present.get(f"/parameter-changes/{change['id']}/impact"))["asked"] == 2
    told = await finished(present, change)
    assert (told["state"], told["asked"], told["counts"]) == ("done", 3, {"lot:pass:review": 3})


async def test_killed_inside_a_batch_it_leaves_nothing_of_it_and_the_batch_is_asked_again(
    present: Present, tmp_path: Path
) -> None:
    change = await present.propose()
    assert present.service.database.engine is not None
    async with present.service.database.engine.begin() as holding:
        # Whoever wants to keep a line waits for us, so that the process is killed with a batch half done.
        await holding.execute(sa.text("LOCK TABLE compliance.impact_line IN SHARE MODE"))
        async with weigher(present.service.database, tmp_path, batches=1):
            await _until_somebody_waits(present.service.database)
    told = await finished(present, change)
    assert (told["state"], told["asked"], told["counts"]) == ("done", 3, {"lot:pass:review": 3})


async def _until_somebody_waits(database: Database) -> None:
    waiting = "SELECT count(*) AS n FROM pg_locks WHERE NOT granted AND relation = 'compliance.impact_line'::regclass"
    for _ in range(600):
        if (await database.fetch_rows(waiting))[0]["n"]:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("Nobody came to keep a line.")
