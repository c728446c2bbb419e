"""A backup holds everything but the secret, and is put back whole into an empty place or not at all."""

import hashlib
import json
import re
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from deploy.backup import place_of
from deploy.migrate import services_with_migrations
from deploy.snapshot import DUMP, FILES, MANIFEST, Place, Unusable, check, compare, make, restore
from services.kit.blobs import BlobStore
from tests.servers import SECRET, Servers, drop

MADE_AT = "2026-11-28T00:00:00+00:00"
PEARS = "砀山酥梨的检测报告".encode()
NAME = hashlib.sha256(PEARS).hexdigest()
EVENTS = """INSERT INTO catalog.outbox (event_id, subject, payload, sent_at)
  VALUES ('e-1', 'catalog.lot.changed', '{}', now()), ('e-2', 'catalog.lot.changed', '{}', NULL)"""
ROW = "SELECT (to_jsonb(r) - 'sent_at')::text FROM {} r ORDER BY 1"


async def execute(place: Place, *statements: str) -> None:
    """Run statements as the administrator."""
    connection = await asyncpg.connect(place.plain)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def all_rows(place: Place) -> dict[str, list[str]]:
    """Every row of every table as text, less the moment at which an event was sent."""
    connection = await asyncpg.connect(place.plain)
    try:
        tables = await connection.fetch(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY($1)", services_with_migrations()
        )
        found = {}
        for schema, table in tables:
            rows = await connection.fetch(ROW.format(f"{schema}.{table}"))
            found[f"{schema}.{table}"] = [row[0] for row in rows]
        return found
    finally:
        await connection.close()


async def rows_of(place: Place, sql: str, role: str = "postgres") -> list[str]:
    """The one column that a query answers to that role."""
    connection = await asyncpg.connect(place.plain)
    try:
        await connection.execute(f"SET ROLE {role}")
        return [row[0] for row in await connection.fetch(sql)]
    finally:
        await connection.close()


@pytest.fixture(scope="module")
async def market(servers: Servers, worker_name: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """A place with a revocation, files that their owners may name, and two events, one of them sent."""
    name = f"backed_up_{worker_name}"
    servers.make_database(name)
    place = Place(servers.url(name), f"file://{tmp_path_factory.mktemp('market')}", SECRET)
    await BlobStore(place.blobs).put(PEARS, ["341321"])
    await BlobStore(f"{place.blobs}/reports").put(b"a report")
    revoked = "INSERT INTO accounts.revocation VALUES ('a-1', '2026-11-28T12:00:00.123456+08:00')"
    await execute(place, EVENTS, revoked)
    yield place
    servers.drop_database(name)


@pytest.fixture(scope="module")
async def backup(market: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its backup, made while somebody was writing."""
    folder = tmp_path_factory.mktemp("backups") / "backup"
    writing = await asyncpg.connect(market.plain)
    try:
        transaction = writing.transaction()
        await transaction.start()
        await writing.execute("INSERT INTO accounts.revocation VALUES ('a-2', now())")
        await make(market, folder, MADE_AT)
        await transaction.rollback()
    finally:
        await writing.close()
    return folder


@pytest.fixture(scope="module")
async def restored(
    backup: Path, servers: Servers, worker_name: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Place]:
    """A place that was empty before the backup was put there."""
    name = f"restored_{worker_name}"
    await servers.execute(drop(name), f"CREATE DATABASE {name}")
    place = Place(servers.url(name), f"file://{tmp_path_factory.mktemp('restored')}", SECRET)
    await restore(place, backup)
    yield place
    await servers.execute(drop(name))


@pytest.fixture
def copied(backup: Path, tmp_path: Path) -> Path:
    """A copy of the backup that may be damaged."""
    return Path(shutil.copytree(backup, tmp_path / "copy"))


async def test_an_empty_place_gets_every_row(market: Place, restored: Place) -> None:
    found = await all_rows(restored)
    assert found == await all_rows(market)
    assert sum(map(len, found.values())) > 3


async def test_an_empty_place_gets_every_file_and_who_may_name_it(restored: Place) -> None:
    store = BlobStore(restored.blobs)
    assert await store.get(NAME) == PEARS
    assert await store.is_owned(NAME, ["341321"])
    assert [name async for name in BlobStore(f"{restored.blobs}/reports").digests()]


async def test_what_was_announced_is_announced_again(restored: Place) -> None:
    unsent = await rows_of(restored, "SELECT event_id FROM catalog.outbox WHERE sent_at IS NULL ORDER BY 1")
    assert unsent == ["e-1", "e-2"]


async def test_a_service_reads_its_own_tables_in_the_new_place_and_no_others(restored: Place) -> None:
    assert await rows_of(restored, "SELECT event_id FROM catalog.outbox", role="catalog_app")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await rows_of(restored, "SELECT account_id FROM accounts.revocation", role="catalog_app")


async def test_a_backup_is_of_one_moment_whatever_is_written_meanwhile(backup: Path) -> None:
    assert (await check(backup))["tables"]["accounts.revocation"]["rows"] == 1


async def test_a_place_that_holds_a_market_is_left_alone(market: Place, backup: Path) -> None:
    before = await all_rows(market)
    with pytest.raises(Unusable, match="already holds the schema accounts"):
        await restore(market, backup)
    assert await all_rows(market) == before


async def test_a_place_with_another_secret_is_refused(market: Place, backup: Path) -> None:
    with pytest.raises(Unusable, match="another secret"):
        await restore(replace(market, secret="other"), backup)


def test_the_secret_is_not_in_the_backup(backup: Path) -> None:
    held = [path.read_bytes() for path in backup.rglob("*") if path.is_file()]
    assert held
    assert all(SECRET.encode() not in data for data in held)
    assert backup.stat().st_mode & 0o777 == 0o700


async def test_a_backup_is_never_written_over_another(market: Place, backup: Path) -> None:
    with pytest.raises(Unusable, match="not empty"):
        await make(market, backup, MADE_AT)


def exchange_file(folder: Path) -> None:
    next(path for path in (folder / FILES).rglob("*") if path.is_file() and path.stat().st_size).write_bytes(b"other")


def lose_file(folder: Path) -> None:
    next(path for path in (folder / FILES).rglob("*") if path.is_file()).unlink()


def cut_dump(folder: Path) -> None:
    (folder / DUMP).write_bytes((folder / DUMP).read_bytes()[:-10])


def lose_manifest(folder: Path) -> None:
    (folder / MANIFEST).unlink()


def another_form(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | {"form": "sunfair-backup/9"}))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (exchange_file, "missing or changed"),
        (lose_file, "missing or changed"),
        (cut_dump, "was changed after the backup"),
        (lose_manifest, "no finished backup"),
        (another_form, "sunfair-backup/9"),
    ],
    ids=["exchanged", "lost", "cut", "unfinished", "newer"],
)
async def test_a_damaged_backup_is_named_and_not_put_back(
    copied: Path, damage: Callable[[Path], None], said: str
) -> None:
    nowhere = Place("postgresql://nowhere", f"file://{copied}", SECRET)
    damage(copied)
    with pytest.raises(Unusable, match=said):
        await check(copied)
    with pytest.raises(Unusable, match=said):
        await restore(nowhere, copied)


@pytest.mark.parametrize("changed", ["tables", "files"])
async def test_what_differs_after_it_was_put_back_is_named(backup: Path, changed: str) -> None:
    manifest = await check(backup)
    name = next(iter(manifest[changed]))
    found = {kind: dict(manifest[kind]) for kind in ("tables", "files")}
    found[changed][name] = "other"
    with pytest.raises(Unusable, match=re.escape(f"{name} differ")):
        compare(manifest, found["tables"], found["files"])


def test_a_state_folder_without_its_secret_is_asked_for_it(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="Put the secret"), place_of(tmp_path, restoring=True):
        pass


def test_a_place_in_the_environment_needs_its_files_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNFAIR_DATABASE_URL", "postgresql+asyncpg://nowhere/sunfair")
    monkeypatch.delenv("SUNFAIR_BLOBS", raising=False)
    with pytest.raises(Unusable, match="SUNFAIR_BLOBS"), place_of(tmp_path, restoring=False):
        pass
