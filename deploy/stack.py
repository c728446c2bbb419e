"""The whole of Sunfair on one machine: PostgreSQL, NATS, every service and the gateway, with one state folder."""

import contextlib
import fcntl
import hashlib
import hmac
import http.client
import json
import os
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from deploy.journal import Journal, to_terminal
from deploy.nats import Nats
from deploy.outside import COMPANIES, STAND_INS, ledger_key, stand_ins, told_to_disclosure, told_to_orders
from deploy.postgres import Postgres
from deploy.process import CannotStart, Process, port_is_free, write_private
from deploy.supervisor import ROOT, Service, Watch, stop_together, wait_until_ready

SERVICES = ("accounts", "catalog", "compliance", "broadcast", "orders", "disclosure")
SHANGHAI = ZoneInfo("Asia/Shanghai")
TOP_UP_AT = time(0, 10)
TOP_UP_MINUTES = 30
LONGEST_SOCKET_PATH = 107
# Megabytes: the database with the demo data and the log that it writes ahead; afterwards only what is added.
NEEDED_FIRST, NEEDED_LATER = 400, 50


class AlreadyRunning(Exception):
    """This state folder is in use by a Sunfair that runs; the message is its address."""


class Stack:
    """Started whole, stopped whole; whoever crashes in between is started again."""

    def __init__(
        self,
        state: Path,
        port: int,
        *,
        seed: bool = True,
        say: Callable[[str], None] = to_terminal,
        settings: Mapping[str, str] | None = None,
        postgres_settings: Mapping[str, str] | None = None,
    ) -> None:
        """`say` is given progress and log lines; `settings` are further SUNFAIR_… variables for every process."""
        self.state = state.resolve()
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.with_seed = seed
        self.say = say
        self.settings = dict(settings or {})
        self.postgres_settings = dict(postgres_settings or {})
        self.lock: TextIO | None = None
        self.postgres: Postgres | None = None
        self.nats: Nats | None = None
        self.services: dict[str, Service] = {}
        self.seeding: Process | None = None
        self.watch: Watch | None = None
        self.top_up_at = next_top_up()

    def start(self) -> None:
        """Start everything and return when all of it is ready and the demo data is there.

        Raises AlreadyRunning, or CannotStart with what to do about it.
        """
        self.make_state()
        self.take_lock()
        self.journal = self.make_journal()
        self.secret = kept_secret(self.state / "secret")
        self.end_leftovers()
        refuse_taken_port(self.port)
        self.start_servers()
        self.migrate()
        self.start_services()
        self.watch = Watch(
            [unit for unit in (self.postgres, self.nats) if unit] + list(self.services.values()),
            self.journal,
            self.top_up_now_and_then,
        )
        self.watch.start()
        if self.with_seed:
            self.seed()

    def make_state(self) -> None:
        """The folder that survives us."""
        try:
            self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.state / "blobs").mkdir(exist_ok=True)
        except OSError as refusal:
            raise CannotStart(
                f"The state folder {self.state} cannot be made or written: {refusal.strerror}. "
                "Choose another: SUNFAIR_STATE=/some/folder python3 sunfair.py up"
            ) from refusal
        refuse_full_disk(self.state)

    def make_journal(self) -> Journal:
        """Where every process's lines go."""
        return Journal(self.state / "log", self.say)

    def take_lock(self) -> None:
        """One launcher per state folder; the lock goes with its process, however that ends."""
        path = self.state / "lock"
        self.lock = path.open("a+")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.lock.seek(0)
            address = self.lock.read().strip()
            self.lock.close()
            self.lock = None
            if not address:
                raise CannotStart(
                    f"A backup or a restore is at work in {self.state}. Start again when it has ended."
                ) from None
            raise AlreadyRunning(address) from None
        self.lock.truncate(0)
        self.lock.write(f"{self.url}\n")
        self.lock.flush()

    def end_leftovers(self) -> None:
        """Stop the processes of a launcher that was killed: they would hold ports, sockets and data."""
        names = ("gateway", *SERVICES, *STAND_INS, "seed", "nats", "postgres")
        for name in names:
            ending = signal.SIGINT if name == "postgres" else signal.SIGTERM
            left = Process(name, [], pid_file=self.state / f"{name}.pid", sink=self.journal.write, stop_signal=ending)
            if left.stop_leftover():
                self.journal.note(f"{name} still ran from last time; it was stopped")

    def start_servers(self) -> None:
        """PostgreSQL and NATS."""
        self.say("Starting PostgreSQL …")
        self.postgres = Postgres(self.state, self.secret, sink=self.journal.write, settings=self.postgres_settings)
        if self.postgres.home != self.state:
            self.say(f"  As root without user namespaces, the database lives in {self.postgres.home}.")
        self.postgres.start()
        self.say("Starting NATS …")
        self.nats = Nats(self.state, self.secret, sink=self.journal.write)
        self.nats.start()

    def migrate(self) -> None:
        """Bring the database to the present version, as the administrator."""
        self.say("Bringing the database up to date …")
        if self.postgres is None:
            raise RuntimeError("The database is migrated after it has started.")
        done = subprocess.run(
            [sys.executable, "-m", "deploy.migrate"],
            cwd=ROOT,
            env={**os.environ, "SUNFAIR_DATABASE_URL": self.postgres.admin_url, "SUNFAIR_SECRET": self.secret},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        for line in (done.stdout + done.stderr).splitlines():
            self.journal.keep("migrate", {"service": "migrate", "message": line})
        if done.returncode != 0:
            last = "\n".join(f"    {line}" for line in done.stderr.splitlines()[-12:])
            raise CannotStart(f"The database could not be brought up to date:\n{last}")

    def start_services(self) -> None:
        """Every service on a socket of its own, and the gateway in front of them."""
        self.say(f"Starting {', '.join(SERVICES)} and the gateway …")
        folder = run_folder(self.state)
        (self.state / "ledger.pub").write_text(f"{ledger_key(self.secret)}\n", encoding="ascii")
        self.services |= stand_ins(self.state, self.secret, self.journal, {**os.environ, **self.settings})
        for name in SERVICES:
            listen = folder / f"{name}.sock"
            self.services[name] = Service(name, listen, self.environment(name), state=self.state, journal=self.journal)
        self.services["gateway"] = Service(
            "gateway", self.port, self.environment("gateway"), state=self.state, journal=self.journal
        )
        for service in self.services.values():
            service.start()
        wait_until_ready(list(self.services.values()), patience=120.0)

    def environment(self, service: str) -> dict[str, str]:
        """What one process finds around it: ours on top of what the launcher was given, SSL_CERT_FILE and the like."""
        return {**os.environ, **self.told(service), **self.settings}

    def told(self, service: str) -> dict[str, str]:
        """What the launcher tells one process; each gets its own user of the database and of NATS."""
        if self.postgres is None or self.nats is None:
            raise RuntimeError("Services are told the addresses of servers that exist.")
        everyone = {
            "SUNFAIR_DEMO": "1",
            "SUNFAIR_NATS_URL": self.nats.url(service),
            "SUNFAIR_PUBLIC_URL": self.url,
        }
        if service == "gateway":
            addresses = {f"SUNFAIR_{name.upper()}_URL": self.services[name].address for name in SERVICES}
            return everyone | addresses | {"SUNFAIR_GATEWAY_SECRET": gateway_secret(self.secret)}
        first = {"SUNFAIR_FIRST_ADMINISTRATOR_PASSWORD": self.administrator_password} if service == "accounts" else {}
        own = {
            "SUNFAIR_SERVICE_DATABASE_URL": self.postgres.service_url(service),
            "SUNFAIR_TOKEN_SECRET": token_secret(self.secret),
            "SUNFAIR_BLOBS": f"file://{self.state / 'blobs'}",
        }
        # On one machine the receiver that somebody tries out listens beside us.
        tried_out = {"SUNFAIR_WEBHOOK_PRIVATE_TARGETS": "1"} if service == "compliance" else {}
        outside = self.told_of_outside(service)
        gateways = {"SUNFAIR_GATEWAY_SECRET": gateway_secret(self.secret)} if service == "broadcast" else {}
        return everyone | first | tried_out | outside | gateways | own

    def told_of_outside(self, service: str) -> dict[str, str]:
        """What orders is told of the payment provider and the courier, and disclosure of the witness."""
        if service == "orders":
            return told_to_orders({name: self.services[name].address for name in COMPANIES}, self.secret)
        if service == "disclosure":
            return told_to_disclosure(self.services["witness"].address, self.secret)
        return {}

    @property
    def administrator_password(self) -> str:
        """Of the account `admin`."""
        return administrator_password(self.secret)

    def seed(self) -> None:
        """Load the demo data, or top it up; what it says is progress."""
        self.say("Looking after the demo data …")
        self.start_seed()
        if self.seeding and self.seeding.child and self.seeding.child.wait() != 0:
            self.journal.note(
                "The demo data is not complete; the lines above say why. Sunfair runs all the same; "
                "to try again: python3 sunfair.py seed",
                "ERROR",
            )

    def start_seed(self, *options: str) -> None:
        """Begin to load the demo data through the gateway, as any user would."""
        self.seeding = Process(
            "seed",
            [sys.executable, "-u", "-m", "deploy.seed", "--gateway", self.url, "--state", str(self.state), *options],
            pid_file=self.state / "seed.pid",
            sink=self.journal.write,
            env={**os.environ, "SUNFAIR_FIRST_ADMINISTRATOR_PASSWORD": self.administrator_password},
            folder=ROOT,
        )
        self.seeding.start()

    def top_up_now_and_then(self) -> None:
        """The demo data moves on: by a day shortly after midnight in China, and when the broadcast on air has ended."""
        if self.with_seed and datetime.now(SHANGHAI) >= self.top_up_at:
            self.top_up_at = next_top_up()
            if self.seeding is None or self.seeding.child is None or self.seeding.child.poll() is not None:
                self.start_seed("--top-up")

    def demo(self) -> dict[str, Any]:
        """The demo accounts and the demo API key; empty before the seed has written them."""
        try:
            found = json.loads((self.state / "demo.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return dict(found)

    def stop(self) -> None:
        """Stop everything: services first, so that they finish what they hold, then NATS, then PostgreSQL."""
        if self.watch:
            self.watch.stop()
        if self.seeding:
            self.seeding.stop(patience=1.0)
        stop_together([service.process for service in self.services.values()], patience=6.0)
        if self.nats:
            self.nats.stop()
        if self.postgres:
            self.postgres.stop()
        self.clear_run_folder()
        if self.lock:
            self.lock.truncate(0)
            self.lock.close()
            self.lock = None

    def clear_run_folder(self) -> None:
        """Take the sockets away, and their folder once it is empty."""
        for service in self.services.values():
            if isinstance(service.listen, Path):
                service.listen.unlink(missing_ok=True)
                with contextlib.suppress(OSError):
                    service.listen.parent.rmdir()

    def kill(self) -> None:
        """End everything at once; PostgreSQL repairs itself at the next start."""
        servers = [server.process for server in (self.nats, self.postgres) if server]
        for process in [*(service.process for service in self.services.values()), self.seeding, *servers]:
            if process and process.child and process.child.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    process.child.send_signal(signal.SIGQUIT if process.name == "postgres" else signal.SIGKILL)


def kept_secret(path: Path) -> str:
    """The one secret of this installation, made at the first start, readable by its owner alone."""
    if path.exists() and (kept := path.read_text().strip()):
        return kept
    made = secrets.token_hex(32)
    write_private(path, f"{made}\n")
    return made


def token_secret(secret: str) -> str:
    """What signing keys are sealed with: derived, so that a leaked database password does not open them."""
    return hmac.new(secret.encode(), b"token-secret", hashlib.sha256).hexdigest()


def gateway_secret(secret: str) -> str:
    """What the gateway signs viewers' tokens with: derived, as the token secret is."""
    return hmac.new(secret.encode(), b"gateway-secret", hashlib.sha256).hexdigest()


def administrator_password(secret: str) -> str:
    """Password of the account `admin`, which the accounts service makes while it has no accounts."""
    return hmac.new(secret.encode(), b"administrator-password", hashlib.sha256).hexdigest()[:24]


def refuse_full_disk(state: Path) -> None:
    """Raise CannotStart, in words, before a database begins that would stop half-way through its first tables."""
    needed = NEEDED_LATER if (state / "ledger.pub").exists() else NEEDED_FIRST
    free = shutil.disk_usage(state).free // 1024**2
    if free < needed:
        raise CannotStart(
            f"The disk of the state folder {state} has {free} MB free; {needed} MB are needed. "
            "Make room, or choose another: SUNFAIR_STATE=/some/folder python3 sunfair.py up"
        )


def refuse_taken_port(port: int) -> None:
    """Raise CannotStart, in words, when somebody else listens there."""
    if port_is_free(port):
        return
    who = "another Sunfair (with another state folder)" if is_sunfair(port) else "another program"
    raise CannotStart(
        f"Port {port} is taken by {who}. Choose another port: SUNFAIR_PORT={port + 1} python3 sunfair.py up"
    )


def is_sunfair(port: int) -> bool:
    """Whether the program on that port answers as our gateway does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2.0)
    try:
        connection.request("GET", "/api/v1/facts-schema", headers={"Accept": "application/json"})
        answer = connection.getresponse()
        return answer.status == 200 and answer.getheader("X-Request-Id") is not None
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def run_folder(state: Path) -> Path:
    """A folder for sockets with a short path that only we may enter: socket paths have at most 107 bytes.

    Raises CannotStart when a folder of that name is somebody else's.
    """
    name = f"sunfair-{hashlib.sha256(str(state).encode()).hexdigest()[:10]}"
    given = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nonexistent")
    fits = len(str(given / name / "compliance.sock")) <= LONGEST_SOCKET_PATH
    usable = given.is_dir() and os.access(given, os.W_OK) and fits
    folder = (given if usable else Path(tempfile.gettempdir())) / name
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise CannotStart(f"{folder} belongs to somebody else. Remove it, or set TMPDIR to a folder of your own.")
    folder.chmod(0o700)
    return folder


def next_top_up() -> datetime:
    """Ten past the next full or half hour: the calendar moves on at 00:10 in China, a broadcast ends at a full hour."""
    now = datetime.now(SHANGHAI)
    past = TOP_UP_AT.minute
    begun = now.replace(minute=0, second=0, microsecond=0) + timedelta(minutes=past)
    return next(each for step in range(4) if (each := begun + timedelta(minutes=TOP_UP_MINUTES * step)) > now)
