"""The test harness keeps its own promises: what a test stores is gone for the next one, and runs do not meet."""

import pytest
import sqlalchemy as sa

from services.kit.plumbing import plumbing
from tests.conftest import DatabaseOf, UrlOf, unit_of_work
from tests.servers import Run, Servers

SERVICE = "accounts"


async def remember(database: DatabaseOf) -> int:
    """Store a row, commit as a service does, and count what is there."""
    inbox = plumbing(SERVICE).inbox
    found = await database(SERVICE)
    async with found.sessions.begin() as db:
        await db.execute(inbox.insert().values(event_id="one", subject="tests.row.kept"))
    async with found.sessions() as db:
        return int((await db.execute(sa.select(sa.func.count()).select_from(inbox))).scalar_one())


@pytest.mark.parametrize("time", ["first", "second"])
async def test_what_a_test_commits_is_rolled_back(database: DatabaseOf, time: str) -> None:
    assert await remember(database) == 1, time


@pytest.mark.parametrize("time", ["first", "second"])
async def test_a_database_with_real_commits_is_thrown_away(committing_database: DatabaseOf, time: str) -> None:
    assert await remember(committing_database) == 1, time


async def test_a_service_may_not_read_the_tables_of_another(database: DatabaseOf) -> None:
    found = await database(SERVICE)
    async with found.sessions() as db:
        with pytest.raises(sa.exc.DBAPIError, match="permission denied"):
            await db.execute(sa.text("SELECT * FROM catalog.outbox"))


def test_two_runs_do_not_share_a_folder(servers: Servers) -> None:
    other = Run()
    try:
        assert str(other.take_folder()) != servers.folder
    finally:
        other.stop()


def test_every_worker_reaches_a_migrated_database(database_url: UrlOf) -> None:
    assert f"//{SERVICE}_app:{SERVICE}-" in database_url(SERVICE)


@pytest.mark.parametrize(
    ("nodeid", "unit"),
    [
        ("tests/journeys/test_orders.py::test_an_order@stack", "stack"),
        ("tests/kit/test_ids.py::test_a[b::c]", "tests/kit/test_ids.py"),
        ("tests/kit/test_ids.py::test_a[x@y]", "tests/kit/test_ids.py"),
    ],
)
def test_a_worker_gets_whole_files_and_one_of_them_all_of_the_whole_system(nodeid: str, unit: str) -> None:
    assert unit_of_work(nodeid) == unit
