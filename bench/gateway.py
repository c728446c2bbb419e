"""What the door and a service cost: cached, uncached and signed-in reads, and checks, beside a bare ASGI hello.

`python3 sunfair.py bench gateway [--json]`. The market must be up (`python3 sunfair.py up`; SUNFAIR_STATE). A gateway
of our own stands before the services that run, so that its limits can be set out of the way. Load generator, services
and floor share the machine: read the ratios and the processor time of a request, not the rates alone.
"""

import asyncio
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench.load import Figures, at_rate, flat_out, floor, post, processor_seconds, running
from deploy.stack import SERVICES, administrator_password, gateway_secret, run_folder
from deploy.supervisor import ROOT

CONNECTIONS = 32
REQUESTS = 4_000
ROUNDS = 3
CHECKS_A_SECOND = 200
CHECK_SECONDS = 6
AT = "2020-03-02T09:00:00+08:00"


@dataclass(frozen=True)
class Market:
    """The market that runs here: its state folder, the socket of a service, the pid of a process."""

    state: Path

    def socket(self, name: str) -> str:
        return str(run_folder(self.state) / f"{name}.sock")

    def pid(self, name: str) -> int:
        return int((self.state / f"{name}.pid").read_text().split()[0])

    @property
    def secret(self) -> str:
        return (self.state / "secret").read_text().strip()


def get(path: str, **headers: str) -> bytes:
    """A request for that path."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept: */*\r\n{lines}\r\n".encode()


@contextlib.asynccontextmanager
async def gateway(market: Market, folder: Path) -> AsyncIterator[tuple[str, int]]:
    """A gateway before the services that run here, with limits that no load meets; its socket and its process id."""
    address = str(folder / "gateway.sock")
    many = str(10**9)
    told = {
        "SUNFAIR_DEMO": "1",
        "SUNFAIR_GATEWAY_SECRET": gateway_secret(market.secret),
        "SUNFAIR_BACKGROUND": "false",
        **{f"SUNFAIR_{name.upper()}_URL": f"unix:{market.socket(name)}" for name in SERVICES},
        **{f"SUNFAIR_{name}_LIMIT": many for name in ("ADDRESS", "VISITOR", "KEY")},
    }
    command = [sys.executable, "-m", "services.kit.serve", "gateway", "--uds", address]
    async with running(command, address, told) as process:
        yield address, process.pid


async def median(
    address: str, requests: Callable[[int], Sequence[bytes]], pids: Sequence[int]
) -> tuple[Figures, list[float]]:
    """The middle of three rounds by rate, and the processor time of a request in each process, in microseconds."""
    rounds = []
    await flat_out([address], requests(0)[:200], CONNECTIONS)
    for number in range(1, ROUNDS + 1):
        before = [processor_seconds(pid) for pid in pids]
        found = await flat_out([address], requests(number), CONNECTIONS)
        used = [(processor_seconds(pid) - then) * 1e6 / found.asked for pid, then in zip(pids, before, strict=True)]
        rounds.append((found, used))
    return sorted(rounds, key=lambda each: each[0].rate)[ROUNDS // 2]


class Report:
    """Prints each figure beside the floor, and keeps them all for whoever wants them as JSON."""

    def __init__(self) -> None:
        self.bare: tuple[float, float] | None = None
        self.figures: dict[str, dict[str, Any]] = {}

    def line(self, name: str, found: Figures, used: Sequence[float]) -> None:
        """One figure: rate, times, processor time per request in each process, and its ratios to the floor."""
        if self.bare is None:
            self.bare = (found.rate, used[0])
        rate, cost = self.bare
        spent = " + ".join(f"{each:.0f}" for each in used)
        failed = f"   {found.failed} failed" if found.failed else ""
        print(
            f"  {name:<44}{found.rate:7.0f}/s  {found.rate / rate:4.2f} of bare   p50 {found.quantile(0.5):6.2f} ms  "
            f"p99 {found.quantile(0.99):6.2f} ms   {spent:>9} µs  {sum(used) / cost:4.1f} of bare{failed}"
        )
        self.figures[name] = {
            "rate": round(found.rate),
            "of_bare": round(found.rate / rate, 3),
            "p50_ms": round(found.quantile(0.5), 2),
            "p99_ms": round(found.quantile(0.99), 2),
            "processor_us": [round(each) for each in used],
            "failed": found.failed,
        }


def same(request: bytes) -> Callable[[int], Sequence[bytes]]:
    """The same request again and again."""
    return lambda _round: [request] * REQUESTS


def never_the_same(path: str) -> Callable[[int], Sequence[bytes]]:
    """Requests for the same thing of which no cache has seen any: a query that nobody reads tells them apart."""
    return lambda number: [get(f"{path}?n={number}-{each}") for each in range(REQUESTS)]


def checks(first: int, count: int) -> list[bytes]:
    """Whole listings to be checked, with texts that are like no other's; `trial`, so that none is kept for long."""
    from tests.compliance.rules.documents import document

    made = []
    for number in range(first, first + count):
        facts = document()
        facts["texts"] = [{**text, "text": f"{text['text']}（第{number}批）"} for text in facts["texts"]]
        body = json.dumps({"stage": "listing", "at": AT, "facts": facts, "trial": True}).encode()
        made.append(post("/api/v1/checks", body))
    return made


async def any_lot(address: str) -> str:
    """The id of a lot that is listed."""
    async with client_of(address) as client:
        listings = (await client.get("/listings", params={"limit": 1})).json()["items"]
        if not listings:
            raise SystemExit("The market that runs here lists nothing. Load the demonstration: python3 sunfair.py seed")
        listing = (await client.get(f"/listings/{listings[0]['id']}")).json()
        return str(listing["lots"][0]["id"])


async def length_of(address: str, path: str) -> int:
    """How many bytes a page has."""
    async with client_of(address) as client:
        return len((await client.get(f"http://bench{path}", headers={"Accept-Encoding": "identity"})).content)


async def signed_in(address: str, market: Market) -> str:
    """An administrator's access token."""
    async with client_of(address) as client:
        who = {"username": "admin", "password": administrator_password(market.secret), "kind": "api"}
        return str((await client.post("/sign-in", json=who)).json()["access_token"])


def client_of(address: str) -> httpx.AsyncClient:
    """A client of the gateway on that socket."""
    return httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=address), base_url="http://bench/api/v1")


async def main(market: Market) -> Report:
    """Print each figure beside the floor."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="sunfair-bench-") as name:
        folder = Path(name)
        async with floor(folder) as bare, gateway(market, folder) as (door, door_pid):
            lot = await any_lot(door)
            catalog, catalog_pid = market.socket("catalog"), market.pid("catalog")
            print(f"{CONNECTIONS} connections, {REQUESTS} requests, the middle of {ROUNDS} rounds")
            floor_pid = pid_on(bare)
            report.line("bare ASGI hello", *await median(bare, same(get("/")), [floor_pid]))
            report.line("cached JSON", *await median(door, same(get("/api/v1/regions")), [door_pid]))
            report.line("cached page", *await median(door, same(get("/zh/")), [door_pid]))
            many = await length_of(door, "/zh/")
            report.line(f"bare ASGI, the page's {many} bytes", *await median(bare, same(get(f"/{many}")), [floor_pid]))
            one = f"/lots/{lot}"
            report.line("one lot at the service", *await median(catalog, never_the_same(one), [catalog_pid]))
            both = [door_pid, catalog_pid]
            through = never_the_same(f"/api/v1{one}")
            report.line("one lot through the gateway, uncached", *await median(door, through, both))
            # Fetched only now: a token is good for five minutes.
            own = same(get(f"/api/v1{one}", Authorization=f"Bearer {await signed_in(door, market)}"))
            report.line("the same, signed in", *await median(door, own, both))
            gate = [door_pid, market.pid("compliance")]
            before = [processor_seconds(pid) for pid in gate]
            asked = checks(0, CHECKS_A_SECOND * CHECK_SECONDS)
            found = await at_rate([door], asked, CHECKS_A_SECOND)
            used = [(processor_seconds(pid) - then) * 1e6 / found.asked for pid, then in zip(gate, before, strict=True)]
            report.line(f"checks through the gateway, {CHECKS_A_SECOND} a second", found, used)
    return report


def pid_on(address: str) -> int:
    """The process that was started for that socket."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = entry.read_bytes().split(b"\0")
            if address.encode() in words and b"bench.load" in words:
                return int(entry.parent.name)
    return 0


if __name__ == "__main__":
    where = Path(os.environ.get("SUNFAIR_STATE") or ROOT / ".sunfair").resolve()
    if not (where / "secret").exists():
        raise SystemExit(f"No market runs in {where}. Start it: python3 sunfair.py up")
    told = asyncio.run(main(Market(where)))
    if "--json" in sys.argv:
        print(json.dumps(told.figures, indent=1, ensure_ascii=False))
