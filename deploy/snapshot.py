"""What a backup is made of: the database as of one moment with a digest of every table, and the files by their hash."""

import asyncio
import hashlib
import json
import os
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg
import obstore
from obstore.store import LocalStore, ObjectStore

from deploy.migrate import services_with_migrations
from deploy.postgres import packed_programs
from services.kit.blobs import BlobStore

DUMP, FILES, MANIFEST = "database.dump", "files", "manifest.json"
FORM = "sunfair-backup/1"
COPIED_AT_ONCE = 16
# Read the same whatever the session of the reader prefers.
READING = "SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1"
# Rows have no order, so what is compared is a sum over all of them: it differs when any row does.
DIGEST = """SELECT count(*) AS rows,
  coalesce(sum(('x' || substr(md5(r::text), 1, 15))::bit(60)::bigint), 0)::text AS sum FROM {table} r"""


class Unusable(Exception):
    """A backup or a place that cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Place:
    """Where a market's data stand: the database as its administrator sees it, and the store of files."""

    database: str
    blobs: str
    secret: str | None

    @property
    def plain(self) -> str:
        """The address as drivers other than SQLAlchemy know it."""
        return self.database.replace("postgresql+asyncpg", "postgresql")

    @property
    def seal(self) -> str | None:
        """Tells whether two places share their secret, without telling it; None where it is not known."""
        return None if self.secret is None else hashlib.sha256(f"backup:{self.secret}".encode()).hexdigest()


async def make(place: Place, folder: Path, made_at: str) -> dict[str, Any]:
    """Write a backup into an empty folder; its manifest.

    The database comes first: a file is stored before the row that names it, so the files that are copied afterwards
    hold all that the dumped rows name.
    """
    take_empty(folder)
    async with snapshot(place) as (connection, name):
        tables = await digests(connection)
        heads = await revisions(connection)
        await run("pg_dump", place, "--format=custom", f"--snapshot={name}", f"--file={folder / DUMP}")
    files = await copy_files(BlobStore(place.blobs).store, store_in(folder))
    manifest = {
        "form": FORM,
        "made_at": made_at,
        "seal": place.seal,
        "dump_sha256": sha256_of(folder / DUMP),
        "revisions": heads,
        "tables": tables,
        "files": files,
    }
    # Last: without its manifest a folder is no backup.
    write_manifest(folder, manifest)
    return manifest


def take_empty(folder: Path) -> None:
    """Make the folder, for its owner alone. Raises Unusable when something is in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Unusable(f"{folder} is not empty. Name a new folder: a backup is never written over another.")


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Say what the backup holds."""
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any]:
    """What the backup says of itself, its dump compared. Raises Unusable."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError) as missing:
        raise Unusable(f"{folder} holds no finished backup: {MANIFEST} is missing or unreadable.") from missing
    if manifest.get("form") != FORM:
        raise Unusable(f"{folder} is written as {manifest.get('form')}; this Sunfair reads {FORM}.")
    if not (folder / DUMP).exists() or sha256_of(folder / DUMP) != manifest["dump_sha256"]:
        raise Unusable(f"{folder / DUMP} is missing or was changed after the backup. Take an older backup.")
    return manifest


async def check(folder: Path) -> dict[str, Any]:
    """The manifest of a backup that is whole. Raises Unusable, naming what is missing or was changed."""
    manifest = read_manifest(folder)
    present = await list_files(store_in(folder))
    wrong = sorted(name for name, digest in manifest["files"].items() if present.get(name) != digest)
    if wrong:
        raise Unusable(f"{len(wrong)} files of {folder} are missing or changed, {wrong[0]} first. Take an older one.")
    return manifest


async def restore(place: Place, folder: Path) -> dict[str, Any]:
    """Put a backup into an empty place, and compare every table and file with the manifest; the manifest.

    What was announced is announced again: the message server is not part of a backup, and may have held what no
    service had heard yet. Every service keeps what it has heard, so nothing happens twice.
    """
    manifest = await check(folder)
    if manifest["seal"] and place.seal and manifest["seal"] != place.seal:
        raise Unusable("This place has another secret than the one the backup was made with; keys would not open.")
    connection = await asyncpg.connect(place.plain)
    try:
        await refuse_occupied(connection)
        await make_roles(connection)
        await run("pg_restore", place, "--exit-on-error", "--single-transaction", str(folder / DUMP))
        await copy_files(store_in(folder), BlobStore(place.blobs).store)
        async with connection.transaction():
            await connection.execute(READING)
            compare(manifest, await digests(connection), await list_files(BlobStore(place.blobs).store))
        for service in services_with_migrations():
            again = f"UPDATE {service}.outbox SET sent_at = NULL WHERE sent_at IS NOT NULL"  # noqa: S608  A name of ours.
            await connection.execute(again)
    finally:
        await connection.close()
    return manifest


def compare(manifest: Mapping[str, Any], tables: Mapping[str, Any], files: Mapping[str, str]) -> None:
    """Raises Unusable when a table or a file is not as the backup says."""
    wrong = [name for name, digest in manifest["tables"].items() if tables.get(name) != digest]
    wrong += sorted(set(tables) - set(manifest["tables"]))
    wrong += [name for name, digest in manifest["files"].items() if files.get(name) != digest]
    if wrong:
        raise Unusable(f"Restored, but not the same: {', '.join(wrong[:5])} differ. Do not use this place.")


@asynccontextmanager
async def snapshot(place: Place) -> AsyncIterator[tuple[asyncpg.Connection, str]]:
    """A connection that sees one moment, and the name under which another program sees the very same."""
    connection = await asyncpg.connect(place.plain)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute(READING)
            yield connection, await connection.fetchval("SELECT pg_export_snapshot()")
    finally:
        await connection.close()


async def digests(connection: asyncpg.Connection) -> dict[str, dict[str, Any]]:
    """How many rows each table has, and a sum over all of them."""
    listed = await connection.fetch(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY($1) ORDER BY 1, 2",
        services_with_migrations(),
    )
    found = {}
    for schema, table in listed:
        name = f"{schema}.{table}"
        found[name] = dict(await connection.fetchrow(DIGEST.format(table=name)))
    return found


async def revisions(connection: asyncpg.Connection) -> dict[str, str]:
    """The last migration of every service."""
    return {
        service: await connection.fetchval(f"SELECT version_num FROM {service}.alembic_version")  # noqa: S608  A name of ours.
        for service in services_with_migrations()
    }


async def refuse_occupied(connection: asyncpg.Connection) -> None:
    """Raises Unusable when the database already holds a market."""
    there = await connection.fetchval(
        "SELECT min(nspname) FROM pg_namespace WHERE nspname = ANY($1)", services_with_migrations()
    )
    if there:
        raise Unusable(
            f"The database already holds the schema {there}. A backup is put into an empty place only: "
            "move the old state away, or name another database."
        )


async def make_roles(connection: asyncpg.Connection) -> None:
    """The roles that a dump names but does not hold; their passwords come with the migration."""
    known = {row[0] for row in await connection.fetch("SELECT rolname FROM pg_roles")}
    for service in services_with_migrations():
        for role, rights in ((f"{service}_owner", "NOLOGIN"), (f"{service}_app", "LOGIN")):
            if role not in known:
                await connection.execute(f"CREATE ROLE {role} {rights}")


async def copy_files(source: ObjectStore, target: ObjectStore) -> dict[str, str]:
    """Copy what the target lacks, never over what it has; the name and the SHA-256 of every file of the source."""
    there = set(await list_names(target))
    copied: dict[str, str] = {}
    gate = asyncio.Semaphore(COPIED_AT_ONCE)

    async def copy(name: str) -> None:
        async with gate:
            data = bytes(await (await obstore.get_async(source, name)).bytes_async())
            copied[name] = hashlib.sha256(data).hexdigest()
            if name not in there:
                await obstore.put_async(target, name, data)

    await asyncio.gather(*(copy(name) for name in await list_names(source)))
    return copied


async def list_files(store: ObjectStore) -> dict[str, str]:
    """The name and the SHA-256 of every file."""
    found = {}
    for name in await list_names(store):
        found[name] = hashlib.sha256(bytes(await (await obstore.get_async(store, name)).bytes_async())).hexdigest()
    return found


async def list_names(store: ObjectStore) -> Sequence[str]:
    """The path of every file."""
    return sorted([found["path"] async for page in obstore.list(store) for found in page])


def store_in(folder: Path) -> ObjectStore:
    """The files of a backup."""
    (folder / FILES).mkdir(mode=0o700, exist_ok=True)
    return LocalStore(folder / FILES)


async def run(program: str, place: Place, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs on the database. Raises Unusable with its words."""
    parts = urlsplit(place.plain)
    env = {**os.environ, "PGPASSWORD": unquote(parts.password or ""), "PGTZ": "UTC"}
    command = [str(packed_programs() / "bin" / program), "--dbname", parts.path.lstrip("/"), "--no-password"]
    command += ["--host", parts.hostname or "127.0.0.1", "--port", str(parts.port or 5432)]
    command += ["--username", unquote(parts.username or "postgres"), *arguments]
    done = await asyncio.to_thread(subprocess.run, command, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unusable(f"{program} refused: {done.stderr.strip()}")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, however large."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
