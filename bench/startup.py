"""How long everything takes to be ready, and what memory it holds, beside a bare uvicorn hello.

`python3 sunfair.py bench startup`. A market of its own in a folder that is gone afterwards, without demonstration data;
first from nothing, then from the same folder again, as after a restart of the machine. Seconds run from the start of
the whole: PostgreSQL, NATS and the migrations come first, then all processes at once.
"""

import asyncio
import contextlib
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from bench.load import processor_seconds, running
from deploy.process import remembered_port
from deploy.stack import SERVICES, Stack

PAGE_BYTES = os.sysconf("SC_PAGESIZE")


def resident(pid: int) -> float:
    """Megabytes of memory that a process holds alone: what it shares with others is counted by share (Linux)."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return float("nan")


def family(pid: int) -> Iterator[int]:
    """A process and its children; PostgreSQL has one for each connection."""
    yield pid
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in task.read_text().split():
                yield from family(int(child))


class Observer:
    """Asks each process of a stack again and again whether it is ready, and notes when it first was."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.ready: dict[str, float] = {}
        self.over = threading.Event()
        self.begun = time.perf_counter()
        self.thread = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()

    def _look(self) -> None:
        while not self.over.wait(0.05):
            for name, service in list(self.stack.services.items()):
                if name not in self.ready and service.is_ready():
                    self.ready[name] = time.perf_counter() - self.begun


async def bare(folder: Path) -> tuple[float, float, float]:
    """Seconds until a bare uvicorn answers, its megabytes and its processor seconds."""
    address, begun = str(folder / "floor.sock"), time.perf_counter()
    async with running([sys.executable, "-m", "bench.load", address], address, {}) as process:
        async with asyncio.timeout(10):
            while not answers(address):  # noqa: ASYNC110  The process has no other way to say it.
                await asyncio.sleep(0.01)
        return time.perf_counter() - begun, resident(process.pid), processor_seconds(process.pid)


def answers(address: str) -> bool:
    """Whether somebody answers on that socket."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(1)
        try:
            asking.connect(address)
            asking.sendall(b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n")
            return asking.recv(12) == b"HTTP/1.1 200"
        except OSError:
            return False


def line(name: str, ready: float, megabytes: float, processor: float) -> None:
    """Print one process."""
    print(f"  {name:<12}{ready:8.2f} s   {megabytes:7.0f} MB   {processor:6.2f} s of processor")


def start(folder: Path, words: str) -> None:
    """Start the whole, print it, and stop it."""
    stack = Stack(folder / "state", remembered_port(folder / "port"), seed=False, say=lambda _line: None)
    begun = time.perf_counter()
    try:
        with Observer(stack) as observer:
            stack.start()
        whole = time.perf_counter() - begun
        print(f"{words}: all ready after {whole:.1f} s, on {os.cpu_count()} cores")
        total = 0.0
        for name in ("postgres", "nats", *SERVICES, "gateway"):
            pid = int((stack.state / f"{name}.pid").read_text().split()[0])
            members = list(family(pid))
            held = sum(resident(member) for member in members)
            used = sum(processor_seconds(member) for member in members)
            total += held
            line(name, observer.ready.get(name, float("nan")), held, used)
        print(f"  {'together':<12}{'':10}   {total:7.0f} MB")
    finally:
        stack.stop()


def main() -> None:
    """Floor, a first start, a second start."""
    with tempfile.TemporaryDirectory(prefix="sunfair-bench-") as name:
        folder = Path(name)
        print("Floor: a bare ASGI hello under uvicorn")
        line("hello", *asyncio.run(bare(folder)))
        start(folder, "From nothing, with initdb and all migrations")
        start(folder, "Again, from the same folder")


if __name__ == "__main__":
    main()
