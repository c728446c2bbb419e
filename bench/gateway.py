"""What the door costs: cached and uncached answers of a running market beside a bare ASGI hello in the same run.

`python3 sunfair.py bench gateway [URL]`; the market must be up (`python3 sunfair.py up`). Load generator, market and
floor share the machine: read the ratios, not the rates. Requests and time are bounded.
"""

import asyncio
import contextlib
import socket
import statistics
import sys
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import uvicorn

CONNECTIONS = 32
SECONDS = 3.0
ROUNDS = 3


async def hello(scope: dict[str, object], _receive: object, send: object) -> None:
    """The least that an ASGI application can do."""
    if scope["type"] == "http" and callable(send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        await send({"type": "http.response.body", "body": b"hello"})


@contextlib.asynccontextmanager
async def floor() -> AsyncIterator[str]:
    """The bare application in a process of its own, as the gateway is."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.gateway", "--floor", str(port))
    url = f"http://127.0.0.1:{port}/"
    for _ in range(200):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            break
        await asyncio.sleep(0.05)
    yield url
    process.terminate()
    await process.wait()


async def ask(url: str, until: float, times: list[float]) -> int:
    """One connection asking again and again; how many answers were 200."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    request = f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: */*\r\n\r\n".encode()
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    good = 0
    while time.perf_counter() < until:
        started = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        await read_body(reader, head)
        times.append(time.perf_counter() - started)
        good += head.startswith(b"HTTP/1.1 200")
    writer.close()
    return good


async def read_body(reader: asyncio.StreamReader, head: bytes) -> None:
    """The rest of one answer, by length or in chunks."""
    lowered = head.lower()
    if b"content-length:" in lowered:
        length = int(lowered.split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        return
    while size := int(await reader.readline(), 16):
        await reader.readexactly(size + 2)
    await reader.readline()


async def measure(url: str) -> tuple[float, float, float]:
    """Good answers a second, and p50 and p99 in milliseconds: the median of three rounds."""
    rounds = []
    for _ in range(ROUNDS):
        times: list[float] = []
        started = time.perf_counter()
        good = sum(await asyncio.gather(*(ask(url, started + SECONDS, times) for _ in range(CONNECTIONS))))
        cuts = statistics.quantiles(times, n=100)
        rounds.append((good / (time.perf_counter() - started), cuts[49] * 1000, cuts[98] * 1000))
    return sorted(rounds)[ROUNDS // 2]


async def main(market: str) -> None:
    """Print each figure beside the floor."""
    async with floor() as bare:
        floor_rate, p50, p99 = await measure(bare)
        print(f"{'bare ASGI hello':<28}{floor_rate:>9.0f}/s  p50 {p50:6.2f} ms  p99 {p99:6.2f} ms   1.00")
        for name, path in (
            ("cached JSON", "/api/v1/regions"),
            ("cached page", "/zh/"),
            ("one lot or listing, cached", "/api/v1/listings"),
        ):
            rate, p50, p99 = await measure(market + path)
            ratio = rate / floor_rate
            print(f"{name:<28}{rate:>9.0f}/s  p50 {p50:6.2f} ms  p99 {p99:6.2f} ms   {ratio:.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--floor"]:
        uvicorn.run(hello, port=int(sys.argv[2]), loop="uvloop", http="httptools", access_log=False, log_level="error")
    else:
        asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"))
