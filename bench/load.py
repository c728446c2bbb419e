"""What the measurements share: a service on its own durable PostgreSQL, a bare floor, and an honest load.

The load is open: requests are sent at their appointed moments whatever the answers do, and a time runs from the
appointment, so a stall is paid by everyone who would have waited in it.
"""

import asyncio
import contextlib
import itertools
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from deploy.migrate import migrate
from deploy.postgres import Postgres

SECRET = "c4" * 16
# More than this many requests under way means that the service has fallen behind for good.
MOST_OPEN = 256


@dataclass(frozen=True)
class Figures:
    """What one run of a load gave; times in milliseconds."""

    asked: int
    failed: int
    seconds: float
    times: Sequence[float]

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    def quantile(self, share: float) -> float:
        """The time within which this share of the answers came; not a number without any."""
        ordered = sorted(self.times)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else float("nan")


async def bare(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """The least that an ASGI application can do: read the body, answer five bytes, or as many as the path names."""
    if scope["type"] == "http":
        while (await receive()).get("more_body"):
            pass
        asked = scope["path"][1:]
        body = bytes(int(asked)) if asked.isdigit() else b"hello"
        length = str(len(body)).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        await send({"type": "http.response.body", "body": body})


@contextlib.asynccontextmanager
async def floor(folder: Path) -> AsyncIterator[str]:
    """The bare application under uvicorn in a process of its own; its socket."""
    address = str(folder / "floor.sock")
    async with running([sys.executable, "-m", "bench.load", address], address, {}):
        yield address


@contextlib.asynccontextmanager
async def postgres(folder: Path) -> AsyncIterator[Postgres]:
    """A migrated PostgreSQL of its own that flushes what it commits."""
    server = Postgres(folder, SECRET, sink=lambda *_: None)
    server.start()
    try:
        await migrate(server.url("postgres", server.password, "postgres"), SECRET)
        yield server
    finally:
        server.stop()


@contextlib.asynccontextmanager
async def service(name: str, folder: Path, server: Postgres, replica: int = 1) -> AsyncIterator[tuple[str, int]]:
    """One service in a process of its own, as it is deployed; its socket and its process id."""
    address = str(folder / f"{name}-{replica}.sock")
    environment = {
        "SUNFAIR_DEMO": "true",
        "SUNFAIR_BACKGROUND": "false",
        "SUNFAIR_TOKEN_SECRET": SECRET,
        "SUNFAIR_BLOBS": f"file://{folder / 'blobs'}",
        "SUNFAIR_SERVICE_DATABASE_URL": server.url(f"{name}_app", f"{name}-{SECRET}", "postgres"),
    }
    command = [sys.executable, "-m", "services.kit.serve", name, "--uds", address]
    async with running(command, address, environment) as process:
        yield address, process.pid


@contextlib.asynccontextmanager
async def running(
    command: Sequence[str], address: str, environment: dict[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that listens on a socket, stopped afterwards."""
    process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **environment})
    try:
        await listening(address)
        yield process
    finally:
        process.terminate()
        await process.wait()


async def listening(address: str) -> None:
    """Wait until somebody listens on the socket, at most 30 seconds."""
    for _ in range(300):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_unix_connection(address)
            writer.close()
            return
        await asyncio.sleep(0.1)
    raise TimeoutError(f"Nobody listens on {address}.")


class Client:
    """Connections to one socket, or in turn to those of replicas, kept for later; as little work as a client can do."""

    def __init__(self, *addresses: str) -> None:
        self._turn = itertools.cycle(addresses)
        self._idle: dict[str, list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]] = {
            each: [] for each in addresses
        }

    async def ask(self, request: bytes) -> int:
        """Send a request and read the answer whole; its status."""
        address = next(self._turn)
        idle = self._idle[address]
        reader, writer = idle.pop() if idle else await _connection(address)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        idle.append((reader, writer))
        return int(head[9:12])

    def close(self) -> None:
        """Close what is idle."""
        for idle in self._idle.values():
            for _, writer in idle:
                writer.close()


async def _connection(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """To a socket, or to `host:port`."""
    if address.startswith("/"):
        return await asyncio.open_unix_connection(address)
    host, _, port = address.rpartition(":")
    return await asyncio.open_connection(host, int(port))


def post(path: str, body: bytes) -> bytes:
    """A request to post JSON."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def at_rate(addresses: Sequence[str], requests: Sequence[bytes], rate: int) -> Figures:
    """Every request at its appointed moment, `rate` a second; those beyond `MOST_OPEN` under way count as failed."""
    client, times, failed = Client(*addresses), [], 0
    under_way: set[asyncio.Task[None]] = set()
    begun = time.perf_counter()

    async def one(request: bytes, appointed: float) -> None:
        nonlocal failed
        if await client.ask(request) == 200:
            times.append((time.perf_counter() - appointed) * 1000)
        else:
            failed += 1

    for number, request in enumerate(requests):
        appointed = begun + number / rate
        if (early := appointed - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        if len(under_way) >= MOST_OPEN:
            failed += 1
            continue
        task = asyncio.create_task(one(request, appointed))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)
    client.close()
    return Figures(len(requests), failed, time.perf_counter() - begun, times)


async def flat_out(addresses: Sequence[str], requests: Sequence[bytes], connections: int) -> Figures:
    """So many connections, each asking as soon as it was answered, until all requests are asked."""
    client, times, failed, waiting = Client(*addresses), [], 0, iter(requests)
    begun = time.perf_counter()

    async def asking() -> None:
        nonlocal failed
        for request in waiting:
            started = time.perf_counter()
            if await client.ask(request) == 200:
                times.append((time.perf_counter() - started) * 1000)
            else:
                failed += 1

    await asyncio.gather(*(asking() for _ in range(connections)))
    client.close()
    return Figures(len(requests), failed, time.perf_counter() - begun, times)


def processor_seconds(pid: int) -> float:
    """Processor time that a process has used so far (Linux); not a number elsewhere."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    uvicorn.run(bare, uds=sys.argv[1], loop="uvloop", http="httptools", access_log=False, log_level="error")
