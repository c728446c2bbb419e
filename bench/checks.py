"""What a check costs: the rules alone, and stored before it is answered, beside a bare answer and a bare INSERT.

`python3 sunfair.py bench checks`. One compliance process on its own durable PostgreSQL, then two, as a machine of two
cores runs them; load generator, services and database share the machine, so read the ratios beside the rates. Every
request asks about other texts, so that no memory of an earlier one helps. Requests and time are bounded.
"""

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from bench.load import Figures, at_rate, flat_out, floor, post, postgres, processor_seconds, service
from services.compliance.rules import RULEBOOK, STAGES, decide, parse_facts
from tests.compliance.rules.documents import document

AT = "2020-03-02T09:00:00+08:00"
RATES = (50, 200, 500)
SECONDS = 6
BATCHES, BATCH = 3, 500
PURE = 300


def listing(number: int) -> dict[str, Any]:
    """A whole listing with every fact, whose texts are like no other's."""
    facts = document()
    facts["texts"] = [{**text, "text": f"{text['text']}（第{number}批）"} for text in facts["texts"]]
    return {"stage": "listing", "at": AT, "facts": facts}


def requests(first: int, count: int) -> list[bytes]:
    """Ready-made requests."""
    return [post("/checks", json.dumps(listing(number)).encode()) for number in range(first, first + count)]


def line(name: str, found: Figures, beside: float | None = None, used: float | None = None) -> None:
    """Print one figure, its ratio to a floor where there is one, and what the service's processors did for it."""
    each = f"   {used * 1000 / len(found.times):5.2f} ms of processor each" if used and found.times else ""
    ratio = f"   {found.rate / beside:5.2f} of it" if beside else ""
    failed = f"   {found.failed} failed" if found.failed else ""
    print(
        f"  {name:<34}{found.rate:8.0f}/s   p50 {found.quantile(0.5):7.2f} ms   p99 {found.quantile(0.99):7.2f} ms"
        f"{each}{ratio}{failed}"
    )


def rules_alone() -> None:
    """Print microseconds of the rulebook per stage, facts parsed before, every text new."""
    print("Rules alone, one process, microseconds for all rules of a stage")
    at = datetime.fromisoformat(AT)
    for stage in STAGES:
        asked = sum(stage in rule.stages for rule in RULEBOOK)
        parsed = [parse_facts(listing(number)["facts"]) for number in range(PURE)]
        decide(parsed[0], stage, at)
        times: list[float] = []
        for facts in parsed:
            started = time.perf_counter()
            decide(facts, stage, at)
            times.append((time.perf_counter() - started) * 1e6)
        print(f"  {stage:<10}{asked:3} rules   p50 {statistics.median(times):7.0f}   p99 {sorted(times)[-4]:7.0f}")


async def single_inserts(url: str) -> float:
    """Rows of a decision's size inserted and committed a second, one after the other on one connection."""
    row = json.dumps(listing(0)).encode() * 3
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
    await connection.execute("CREATE TABLE public.floor (id bigint PRIMARY KEY, document bytea)")
    times: list[float] = []
    begun = time.perf_counter()
    while time.perf_counter() - begun < 2:
        started = time.perf_counter()
        await connection.execute("INSERT INTO public.floor VALUES ($1, $2)", len(times), row)
        times.append((time.perf_counter() - started) * 1000)
    await connection.close()
    found = Figures(len(times), 0, time.perf_counter() - begun, times)
    line("single INSERT, one connection", found)
    return found.rate


async def rates(services: Sequence[tuple[str, int]], first: int, beside: float) -> None:
    """Print the open load at each rate, and what one gets flat out: the knee. Texts are numbered from `first`."""
    addresses = [address for address, _ in services]

    def used() -> float:
        return sum(processor_seconds(pid) for _, pid in services)

    await flat_out(addresses, requests(first, 200), 4)
    for number, rate in enumerate(RATES, 1):
        asked = requests(first + number * 10_000, rate * SECONDS)
        before = used()
        found = await at_rate(addresses, asked, rate)
        line(f"a whole listing, {rate} a second", found, used=used() - before)
    asked, before = requests(first + 90_000, 1_500), used()
    found = await flat_out(addresses, asked, 16)
    line("flat out, 16 connections", found, beside, used() - before)


async def batch(address: str, pid: int) -> None:
    """Print what a batch does, and per second of processor of the service."""
    bodies = [
        post("/checks:batch", json.dumps({"checks": [listing(n * BATCH + i) for i in range(BATCH)]}).encode())
        for n in range(BATCHES)
    ]
    used, begun = processor_seconds(pid), time.perf_counter()
    for body in bodies:
        await stream(address, body)
    seconds, used = time.perf_counter() - begun, processor_seconds(pid) - used
    total = BATCHES * BATCH
    print(f"  batches of {BATCH}: {total / seconds:.0f} checks/s, {total / used:.0f} per second of one core")


async def stream(address: str, body: bytes) -> None:
    """Post a batch and read its lines to the end."""
    reader, writer = await asyncio.open_unix_connection(address)
    writer.write(body.replace(b"Host: bench\r\n", b"Host: bench\r\nConnection: close\r\n"))
    answer = await reader.read()
    writer.close()
    if answer.count(b'"decision_id"') < BATCH:
        raise RuntimeError("A batch was not answered whole.")


async def main() -> None:
    """All of it, in a folder that is gone afterwards."""
    rules_alone()
    with tempfile.TemporaryDirectory(prefix="sunfair-bench-") as name:
        folder = Path(name)
        async with postgres(folder) as server, floor(folder) as bare:
            print("Floors in the same run")
            line("bare ASGI answer to the same body", await flat_out([bare], requests(0, 1_500), 16))
            inserted = await single_inserts(server.url("postgres", server.password, "postgres"))
            async with service("compliance", folder, server) as (address, pid):
                print("Over HTTP, stored before it is answered, one process")
                await rates([(address, pid)], 100_000, inserted)
                await batch(address, pid)
                print("The same, two processes asked in turn")
                async with service("compliance", folder, server, replica=2) as other:
                    await rates([(address, pid), other], 200_000, inserted)


if __name__ == "__main__":
    asyncio.run(main())
