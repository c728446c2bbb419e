"""What a check costs: one service on its own durable PostgreSQL, asked by several connections at once.

`python3 sunfair.py bench checks`. Every answer is stored before it is given, so this measures parsing, the rules and a
commit each. Load generator, service and database share the machine; requests and time are bounded.
"""

import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

from deploy.migrate import migrate
from deploy.postgres import Postgres
from tests.compliance.rules.documents import document

CONNECTIONS = 16
SECONDS = 4.0
SECRET = "c4" * 16
AT = "2020-03-02T09:00:00+08:00"


def questions() -> dict[str, dict[str, Any]]:
    """The three that are asked: a notice, a whole listing, and a notice of 100 kB."""
    notice = "请各单位干部职工每人购买苹果，每人不少于50元。"
    innocent = "今天上午，县里召开会议，研究冬季果园管护与冷库检修工作。"

    def about(text: str) -> dict[str, Any]:
        facts = {"texts": [{"kind": "notice", "text": text}]}
        return {"stage": "filing", "rules": ["notice.apportion"], "at": AT, "facts": facts}

    return {
        "a notice": about(notice),
        "a whole listing": {"stage": "listing", "at": AT, "facts": document()},
        "a notice of 100 kB": about(innocent * (100_000 // len(innocent.encode()))),
    }


@contextlib.asynccontextmanager
async def service(folder: Path) -> AsyncIterator[str]:
    """Compliance in a process of its own, as it is deployed; its socket."""
    server = Postgres(folder, SECRET, sink=lambda *_: None)
    server.start()
    try:
        await migrate(server.url("postgres", server.password, "postgres"), SECRET)
        address = str(folder / "compliance.sock")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.kit.serve", "compliance", "--uds", address),
            env={
                **os.environ,
                "SUNFAIR_DEMO": "true",
                "SUNFAIR_BACKGROUND": "false",
                "SUNFAIR_TOKEN_SECRET": SECRET,
                "SUNFAIR_BLOBS": f"file://{folder / 'blobs'}",
                "SUNFAIR_SERVICE_DATABASE_URL": server.url("compliance_app", f"compliance-{SECRET}", "postgres"),
            },
        )
        try:
            await listening(address)
            yield address
        finally:
            process.terminate()
            await process.wait()
    finally:
        server.stop()


async def listening(address: str) -> None:
    """Wait until the service answers on its socket, at most 20 seconds."""
    for _ in range(200):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_unix_connection(address)
            writer.close()
            return
        await asyncio.sleep(0.1)
    raise TimeoutError("The service did not start.")


async def ask(http: aiohttp.ClientSession, body: dict[str, Any], until: float, times: list[float]) -> None:
    """One connection, asking again and again."""
    while time.perf_counter() < until:
        started = time.perf_counter()
        async with http.post("http://compliance/checks", json=body) as answer:
            await answer.read()
            answer.raise_for_status()
        times.append(time.perf_counter() - started)


async def measure(address: str) -> None:
    """Print rate, median and 99th percentile of each question."""
    connector = aiohttp.UnixConnector(address, limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector) as http:
        for name, body in questions().items():
            await ask(http, body, time.perf_counter() + 0.5, [])
            times: list[float] = []
            until = time.perf_counter() + SECONDS
            await asyncio.gather(*(ask(http, body, until, times) for _ in range(CONNECTIONS)))
            times.sort()
            half, worst = statistics.median(times) * 1000, times[int(len(times) * 0.99)] * 1000
            print(f"{name:20} {len(times) / SECONDS:8.0f} a second   p50 {half:6.1f} ms   p99 {worst:6.1f} ms")


async def main() -> None:
    """All of it, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="sunfair-bench-") as folder:
        async with service(Path(folder)) as address:
            await measure(address)


if __name__ == "__main__":
    asyncio.run(main())
