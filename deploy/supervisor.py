"""Keeps the processes of one machine alive: who crashed is started again, at first at once, then more patiently."""

import http.client
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from deploy.journal import Journal, readable, understood
from deploy.process import CannotStart, Process

ROOT = Path(__file__).resolve().parent.parent

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0


class Unit(Protocol):
    """Anything that is started, watched and stopped."""

    name: str

    @property
    def alive(self) -> bool: ...

    def start(self) -> None: ...


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class Service:
    """One service's process, listening on a unix socket, or on a port of 127.0.0.1 as the gateway does."""

    def __init__(
        self,
        name: str,
        listen: Path | int,
        env: Mapping[str, str],
        *,
        state: Path,
        journal: Journal,
        program: Sequence[str] = (),
    ) -> None:
        """`program`: the module that is run and its words, when it is not one of our services."""
        self.name = name
        self.listen = listen
        where = ["--uds", str(listen)] if isinstance(listen, Path) else ["--host", "127.0.0.1", "--port", str(listen)]
        self.process = Process(
            name,
            [sys.executable, "-m", *(program or ("services.kit.serve", name)), *where],
            pid_file=state / f"{name}.pid",
            sink=journal.write,
            env=env,
            folder=ROOT,
        )

    @property
    def address(self) -> str:
        """How the gateway is told where this service is."""
        return f"unix:{self.listen}" if isinstance(self.listen, Path) else f"http://127.0.0.1:{self.listen}"

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process.alive

    def start(self) -> None:
        """Start the process; a socket that a killed one left is taken away first."""
        self.process.stop_leftover()
        if isinstance(self.listen, Path):
            self.listen.unlink(missing_ok=True)
        self.process.start()

    def is_ready(self) -> bool:
        """Whether the service itself says that everything it needs is there."""
        return self.answer()[0] == 200

    def waits_for(self) -> str:
        """What it says that it waits for; nothing when it does not say."""
        try:
            waiting = json.loads(self.answer()[1])["waiting"]
        except (ValueError, KeyError, TypeError):
            return ""
        return ", ".join(map(str, waiting))

    def answer(self) -> tuple[int, bytes]:
        """What it says of itself; 0 where it does not answer."""
        timeout = 5.0
        if isinstance(self.listen, Path):
            connection: http.client.HTTPConnection = UnixConnection(self.listen, timeout)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.listen, timeout=timeout)
        try:
            connection.request("GET", "/readyz")
            told = connection.getresponse()
            return told.status, told.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()


def wait_until_ready(services: Sequence[Service], patience: float) -> None:
    """Return when all are ready. Raises CannotStart with the last words of one that ended or stays unready."""
    waiting = list(services)
    deadline = time.monotonic() + patience
    while waiting:
        for service in list(waiting):
            if service.is_ready():
                waiting.remove(service)
            elif not service.alive or time.monotonic() > deadline:
                how = _how(service)
                service.process.stop()
                raise CannotStart(f"{service.name} {how}. Its last words:\n{last_words(service)}")
        time.sleep(0.05)


def _how(service: Service) -> str:
    if not service.alive:
        return f"ended with code {service.process.exit_code}"
    waiting = service.waits_for()
    return f"is not ready: it waits for {waiting}" if waiting else "is not ready"


def last_words(service: Service) -> str:
    """The end of what a service said, as the terminal shows it."""
    lines = list(service.process.last_lines)[-3:]
    return "\n".join("    " + readable(understood(service.name, line)) for line in lines)


def stop_together(processes: Sequence[Process], patience: float) -> None:
    """Ask all to stop, then wait for each, by force at the end."""
    for process in processes:
        process.ask_to_stop()
    deadline = time.monotonic() + patience
    for process in processes:
        process.stop(max(0.1, deadline - time.monotonic()))


class Fall:
    """How often and when a unit fell, which decides how long to wait before it is started again."""

    def __init__(self) -> None:
        self.pause = FIRST_PAUSE
        self.fell_at = 0.0
        self.retry_at: float | None = None

    def note(self, now: float) -> float:
        """The unit was found fallen; when to start it again."""
        if self.retry_at is None:
            self.pause = FIRST_PAUSE if now - self.fell_at > STEADY_AFTER else min(self.pause * 2, LONGEST_PAUSE)
            self.fell_at = now
            self.retry_at = now + self.pause
        return self.retry_at


class Watch:
    """A thread that looks at every unit a few times a second."""

    def __init__(self, units: Sequence[Unit], journal: Journal, each_time: Callable[[], None]) -> None:
        """`each_time` is called at every look: where the daily work is started."""
        self.units = list(units)
        self.journal = journal
        self.each_time = each_time
        self.falls = {unit.name: Fall() for unit in units}
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self.thread.start()

    def stop(self) -> None:
        """Stop watching; nothing is started again after this returns."""
        self.over.set()
        if self.thread.is_alive():
            self.thread.join(30.0)

    def run(self) -> None:
        """Watch until told to stop."""
        while not self.over.wait(0.2):
            self.each_time()
            for unit in self.units:
                if not unit.alive and not self.over.is_set():
                    self.raise_again(unit)

    def raise_again(self, unit: Unit) -> None:
        """Start a fallen unit when its pause is over."""
        fall, now = self.falls[unit.name], time.monotonic()
        if fall.retry_at is None:
            self.journal.note(f"{unit.name} ended unexpectedly; it is started again", "WARNING")
        if now < fall.note(now):
            return
        fall.retry_at = None
        try:
            unit.start()
        except CannotStart as refusal:
            self.journal.note(str(refusal), "ERROR")
