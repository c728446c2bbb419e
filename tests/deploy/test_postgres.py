"""PostgreSQL from its wheel: what a first start, a crash, a half-made folder and a lost secret leave behind."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.account import SYSTEM_ACCOUNT, unprivileged
from deploy.postgres import FORGETFUL, Postgres
from deploy.process import CannotStart, birth

SECRET = "ab12" * 8
SETTINGS = {**FORGETFUL, "synchronous_commit": "on"}


class Said(list[str]):
    """Keeps the lines that a server says."""

    def __call__(self, _name: str, line: str) -> None:
        self.append(line)


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def postgres(tmp_path: Path, said: Said) -> Iterator[Postgres]:
    server = Postgres(tmp_path / "state of one", SECRET, sink=said, settings=SETTINGS)
    yield server
    server.stop()


async def ask(server: Postgres, sql: str, password: str | None = None) -> object:
    """The value that a statement answers, asked as the administrator."""
    url = server.url("postgres", password or server.password).replace("+asyncpg", "")
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_a_first_start_makes_the_product_database(postgres: Postgres) -> None:
    postgres.start()
    assert await ask(postgres, "SELECT current_database()") == "sunfair"


async def test_a_wrong_password_is_refused(postgres: Postgres) -> None:
    postgres.start()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await ask(postgres, "SELECT 1", password="guess")


async def test_chinese_letters_are_letters_to_the_search(postgres: Postgres) -> None:
    postgres.start()
    await ask(postgres, "CREATE EXTENSION pg_trgm")
    assert await ask(postgres, "SELECT cardinality(show_trgm('砀山酥梨'))") == 5


async def test_what_was_committed_survives_a_restart_on_the_same_port(postgres: Postgres) -> None:
    postgres.start()
    port = postgres.port
    await ask(postgres, "CREATE TABLE kept AS SELECT 7 AS value")
    postgres.stop()
    postgres.start()
    assert (postgres.port, await ask(postgres, "SELECT value FROM kept")) == (port, 7)


async def test_a_killed_server_is_recovered(postgres: Postgres) -> None:
    postgres.start()
    await ask(postgres, "CREATE TABLE kept AS SELECT 7 AS value")
    assert postgres.process is not None
    postgres.process.kill()
    postgres.start()
    assert await ask(postgres, "SELECT value FROM kept") == 7


async def test_a_server_whose_launcher_was_killed_is_stopped_and_started_again(postgres: Postgres, said: Said) -> None:
    postgres.start()
    assert postgres.process is not None
    orphan = postgres.process.child
    assert orphan is not None
    successor = Postgres(postgres.folder, SECRET, sink=said, settings=SETTINGS)
    successor.start()
    try:
        assert orphan.wait(5) is not None
        assert await ask(successor, "SELECT 1") == 1
    finally:
        successor.stop()


def test_a_pid_file_that_names_a_stranger_is_cleared_and_the_stranger_lives(postgres: Postgres) -> None:
    postgres.start()
    postgres.stop()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (postgres.data / "postmaster.pid").write_text(f"{stranger.pid}\n{postgres.data}\n")
        postgres.folder.joinpath("postgres.pid").write_text(f"{stranger.pid} born-another-time\n")
        postgres.start()
        assert postgres.alive
        assert birth(stranger.pid) is not None
    finally:
        stranger.kill()
        stranger.wait()


async def test_a_half_made_data_folder_is_set_aside_and_made_anew(postgres: Postgres, said: Said) -> None:
    (postgres.data / "base").mkdir(parents=True)
    (postgres.data / "PG_VERSION").write_text("18\n")
    postgres.start()
    assert await ask(postgres, "SELECT 1") == 1
    assert (postgres.home / "postgres.broken-1" / "base").exists()
    assert any("half made" in line for line in said)


async def test_an_interrupted_first_start_leaves_nothing_in_the_way(postgres: Postgres) -> None:
    (postgres.home / "postgres.new" / "base").mkdir(parents=True)
    postgres.start()
    assert await ask(postgres, "SELECT 1") == 1


def test_a_folder_of_another_version_is_refused_in_words(postgres: Postgres) -> None:
    (postgres.data / "global").mkdir(parents=True)
    (postgres.data / "global" / "pg_control").write_bytes(b"")
    (postgres.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(CannotStart, match="written by PostgreSQL 15"):
        postgres.start()


async def test_a_new_secret_becomes_the_password(postgres: Postgres, said: Said) -> None:
    postgres.start()
    postgres.stop()
    heir = Postgres(postgres.folder, "cd34" * 8, sink=said, settings=SETTINGS)
    heir.start()
    try:
        assert await ask(heir, "SELECT 1") == 1
        with pytest.raises(asyncpg.InvalidPasswordError):
            await ask(heir, "SELECT 1", password=postgres.password)
    finally:
        heir.stop()


async def test_a_taken_port_is_left_to_its_owner(postgres: Postgres, tmp_path: Path, said: Said) -> None:
    postgres.start()
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "postgres.port").write_text(f"{postgres.port}\n")
    second = Postgres(tmp_path / "two", SECRET, sink=said, settings=SETTINGS)
    second.start()
    try:
        assert second.port != postgres.port
        assert await ask(postgres, "SELECT 1") == 1
    finally:
        second.stop()


def test_the_servers_own_words_explain_a_failed_start(tmp_path: Path, said: Said) -> None:
    server = Postgres(tmp_path, SECRET, sink=said, settings={**SETTINGS, "shared_buffers": "nonsense"})
    with pytest.raises(CannotStart, match="nonsense"):
        server.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs somebody else to run PostgreSQL")
def test_root_runs_the_server_without_privileges(postgres: Postgres) -> None:
    postgres.start()
    assert postgres.process is not None
    account = unprivileged(postgres.folder)
    assert account.prefix or account.home
    if account.ids is None:
        assert postgres.data.parent == postgres.folder
    else:
        assert (postgres.data.stat().st_uid, postgres.data.stat().st_gid) == account.ids, SYSTEM_ACCOUNT


def test_stopping_takes_the_pid_file_away(postgres: Postgres) -> None:
    postgres.start()
    assert postgres.process is not None
    pid = postgres.process.pid
    assert pid is not None
    postgres.stop()
    assert birth(pid) is None
    assert not (postgres.folder / "postgres.pid").exists()


async def test_stopping_does_not_wait_for_a_client_that_stays(postgres: Postgres) -> None:
    postgres.start()
    client = await asyncpg.connect(postgres.admin_url.replace("+asyncpg", ""))
    before = time.monotonic()
    postgres.stop()
    assert time.monotonic() - before < 5
    client.terminate()
