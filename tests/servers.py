"""The servers that a test run works with: one PostgreSQL for all of it, made once and repaired by the next run."""

import asyncio
import fcntl
import hashlib
import os
import shutil
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO, TypeVar

import asyncpg

from deploy.postgres import FORGETFUL, Postgres
from deploy.stack import SERVICES

ROOT = Path(__file__).resolve().parent.parent
SECRET = "7e57" * 8
MOST_RUNS = 32
MEMORY = Path("/dev/shm")  # noqa: S108  Whose folder it is, is looked at.
ROOMY = 4 * 1024**3
KIT = [ROOT / "services" / "kit" / name for name in ("migrate.py", "plumbing.py")]

Result = TypeVar("Result")


def run_apart(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end in a thread of its own, where no loop of pytest's can be disturbed."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@dataclass(frozen=True)
class Servers:
    """What a worker must know of the run's PostgreSQL; plain values, because they cross to other processes."""

    folder: str
    postgres_port: int
    template: str

    def url(self, database: str, user: str = "postgres") -> str:
        """The address of a database, for the administrator or for a role of ours."""
        password = user if user == "postgres" else user.removesuffix("_app")
        return f"postgresql+asyncpg://{user}:{password}-{SECRET}@127.0.0.1:{self.postgres_port}/{database}"

    def make_database(self, name: str, service: str = "") -> None:
        """A database as the migrations leave it, of one service or of all; an older one of that name is dropped.

        Its files are copied and not written page by page into the log, which takes half the time; and there are a
        third as many of them for one service as for all.
        """
        template = self.template_of(service) if service else self.template
        create = f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy'
        run_apart(self.execute(drop(name), create))

    def template_of(self, service: str) -> str:
        """The name of the template that has the schema of this service alone."""
        return f"{self.template}_{service}"

    def drop_database(self, name: str) -> None:
        """Drop a database whoever is still connected."""
        run_apart(self.execute(drop(name)))

    async def execute(self, *statements: str) -> None:
        """Run statements as the administrator, each in its own transaction."""
        connection = await asyncpg.connect(self.url("postgres").replace("+asyncpg", ""))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


def drop(name: str) -> str:
    """The statement that drops a database and sends away who still works in it."""
    return f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'


def memory_folder() -> Path | None:
    """A folder of this checkout in memory; None where the machine has no such place or too little room in it.

    A database is some three hundred files, and every test of races wants new ones: to copy and delete them costs a
    disk's file system fifteen times the processor time that it costs here. A hundred and fifty megabytes stay there
    for the next run.
    """
    try:
        if shutil.disk_usage(MEMORY).free < ROOMY:
            return None
        checkout = hashlib.sha256(bytes(ROOT)).hexdigest()[:12]
        folder = MEMORY / f"sunfair-tests-{os.getuid()}-{checkout}"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder if folder.stat().st_uid == os.getuid() else None
    except OSError:
        return None


class Run:
    """One run of pytest: it holds a folder that no other run uses, and the PostgreSQL in it."""

    def __init__(self) -> None:
        self.lock: TextIO | None = None
        self.log: TextIO | None = None
        self.postgres: Postgres | None = None
        self.started: Servers | None = None

    def servers(self) -> Servers:
        """The run's servers, started at the first call."""
        if self.started is None:
            folder = self.take_folder()
            self.log = (folder / "postgres.log").open("w")
            self.postgres = Postgres(folder, SECRET, sink=self.write, settings=FORGETFUL)
            self.postgres.start()
            template = f"template_{migrations_digest()}"
            self.started = Servers(str(folder), self.postgres.port, template)
            run_apart(make_template(self.started, self.postgres))
        return self.started

    def take_folder(self) -> Path:
        """The first of a few folders that no other run holds: the lock goes with the process that took it."""
        given = os.environ.get("SUNFAIR_TEST_STATE")  # noqa: TID251  For tests alone.
        root = Path(given) if given else memory_folder() or ROOT / ".sunfair" / "tests"
        for number in range(MOST_RUNS):
            folder = root / str(number)
            folder.mkdir(parents=True, exist_ok=True)
            lock = (folder / "lock").open("w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                continue
            self.lock = lock
            return folder
        raise RuntimeError(f"{MOST_RUNS} test runs already work under {root}.")

    def write(self, _name: str, line: str) -> None:
        """Keep what PostgreSQL says, for who looks into a failing test."""
        if self.log:
            self.log.write(line + "\n")
            self.log.flush()

    def stop(self) -> None:
        """Stop what was started."""
        if self.postgres:
            self.postgres.stop()
        if self.log:
            self.log.close()
        if self.lock:
            self.lock.close()


def for_workers(servers: Servers) -> dict[str, Any]:
    """The servers in the form that xdist hands to its workers."""
    return asdict(servers)


def migrations_digest() -> str:
    """Changes with any file that shapes the migrated database, so that an outdated template is never used."""
    digest = hashlib.sha256()
    shaping = [*ROOT.glob("services/**/migrations/**/*"), ROOT / "deploy" / "migrate.py", *KIT]
    for path in sorted(shaping):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


async def make_template(servers: Servers, postgres: Postgres) -> None:
    """Migrate a database once for all tests, unless one from the very same migrations is still there."""
    connection = await asyncpg.connect(postgres.url("postgres", postgres.password, "postgres").replace("+asyncpg", ""))
    try:
        rows = await connection.fetch("SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%'")
        known = {row["datname"] for row in rows}
        if known.issuperset([servers.template, *map(servers.template_of, SERVICES)]):
            return
        for outdated in known:
            await connection.execute(drop(outdated))
        # Migrated under another name, the last to get its own: a run that is interrupted here looks unfinished.
        await connection.execute(drop("migrating"))
        await connection.execute("CREATE DATABASE migrating")
        await migrate_database(postgres.url("postgres", postgres.password, "migrating"))
        for service in SERVICES:
            await make_template_of(servers, service, connection)
        await connection.execute(f'ALTER DATABASE migrating RENAME TO "{servers.template}"')
    finally:
        await connection.close()


async def make_template_of(servers: Servers, service: str, connection: asyncpg.Connection) -> None:
    """What was migrated, without the schemas of the other services."""
    name = servers.template_of(service)
    await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE migrating STRATEGY file_copy')
    inside = await asyncpg.connect(servers.url(name).replace("+asyncpg", ""))
    try:
        for other in SERVICES:
            if other != service:
                await inside.execute(f"DROP SCHEMA {other} CASCADE")
    finally:
        await inside.close()


async def migrate_database(admin_url: str) -> None:
    """The product's own migration, imported late: tests that need no database do not need it either."""
    from deploy.migrate import migrate

    await migrate(admin_url, SECRET)
