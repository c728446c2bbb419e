"""The Dangshan storm: 27,000 orders in minutes, 24,000 of them of one lot, at three levels; then everything adds up.

`python3 sunfair.py bench dangshan [action] [service] [gateway]`, all three unless some are named. Every order is
durable before it is answered. Load, services and PostgreSQL share the machine: the ratio to pgbench, which calls the
same function on the same database in the same run, says more than the rates. Oversold and lost must be 0 at every
rate.
"""

import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bench import load, room
from bench.fair import PRICE_FEN, Buyer, Fair, add_buyers, market_key, open_fair, trust
from bench.kill import administrators_address
from bench.kill_orders import CALM, orders_of
from bench.viewers import Crowd
from deploy.postgres import Postgres
from deploy.process import remembered_port
from deploy.stack import Stack, gateway_secret, token_secret
from gateway.live.viewers import DEVICE_COOKIE, ROOM_COOKIE, Signer
from services.kit import tokens
from services.kit.actor import Actor
from services.kit.db import Database
from services.kit.ids import new_id
from services.kit.problem import Problem
from services.orders import actions
from services.orders.actions.checkouts import Knock, Till
from services.orders.batcher import Batcher, Waiting
from services.orders.schemas.checkouts import CheckoutIn

HOT, HOT_UNITS, HOT_ASKED = "hot-lot", 24_000, 24_500
OTHERS, OTHER_UNITS = tuple(f"lot-{number}" for number in range(1, 6)), 600
BUYERS = 9_000
CALLERS = 256
VIEWERS = 500
RESERVED_SECONDS, MOST, WAIT_SECONDS = 600, 400, 0.002
PLACED = HOT_UNITS + len(OTHERS) * OTHER_UNITS


@dataclass(frozen=True)
class Level:
    """What one level gave; times in milliseconds."""

    name: str
    placed: int
    refused: int
    seconds: float
    times: Sequence[float]

    @property
    def rate(self) -> float:
        """Orders a second."""
        return self.placed / self.seconds

    def within(self, share: float) -> float:
        """Milliseconds within which that share was answered."""
        return sorted(self.times)[int(len(self.times) * share)]

    def line(self, floor: float) -> str:
        """One line of the table."""
        return (
            f"{self.name:<34}{self.rate:>8,.0f}/s  p50 {self.within(0.50):7.1f} ms  p99 {self.within(0.99):7.1f} ms  "
            f"{self.rate / floor:5.2f} of pgbench  {self.placed:,} placed, {self.refused:,} told that it is sold out"
        )


def crowd(buyers: Sequence[Buyer]) -> list[tuple[Buyer, str]]:
    """Who asks for which lot, in the order of arrival; the same crowd in every run."""
    dice = random.Random(20200302)  # noqa: S311  Nothing here is secret.
    lots = [HOT] * HOT_ASKED + [lot for lot in OTHERS for _ in range(OTHER_UNITS)]
    dice.shuffle(lots)
    return [(buyers[place % len(buyers)], lot) for place, lot in enumerate(lots)]


async def fresh_fair(database: Database) -> Fair:
    """A sale with all its stock, whose lots no other sale of this database knows."""
    mark = new_id()[-12:]
    return await open_fair(database, {f"{lot}-{mark}": units for lot, units in stock().items()})


def stock() -> dict[str, int]:
    """Units by lot."""
    return {HOT: HOT_UNITS} | dict.fromkeys(OTHERS, OTHER_UNITS)


def lots_of(fair: Fair) -> dict[str, str]:
    """The lots of the crowd as this sale names them."""
    return dict(zip(stock(), fair.lot_ids, strict=True))


async def action_level(database: Database, fair: Fair, asked: Sequence[tuple[Buyer, str]]) -> tuple[Level, float]:
    """The batched action without HTTP; also the mean number of orders in a statement of the hot lot."""
    batches: list[int] = []

    class Counting(Batcher):
        """The batcher, which also counts."""

        async def _write(self, batch: Sequence[Waiting]) -> None:
            if batch[0][0].lines[0].lot_id == fair.lot_ids[0]:
                batches.append(len(batch))
            await super()._write(batch)

    batcher = Counting(database, RESERVED_SECONDS, MOST, WAIT_SECONDS)
    till = Till(database, batcher, load.SECRET, RESERVED_SECONDS)
    names, waiting = lots_of(fair), iter(asked)
    times: list[float] = []
    refused = 0

    async def calling() -> None:
        nonlocal refused
        for buyer, lot in waiting:
            raw = fair.body(buyer, names[lot])
            actor = Actor(buyer.account_id, f"person-{buyer.account_id}", "", frozenset({"buyer"}))
            started = time.perf_counter()
            try:
                body = CheckoutIn.model_validate_json(raw)
                await actions.place_checkout(till, actor, body, Knock(new_id(), "0" * 64, "203.0.113.7"))
            except Problem:
                refused += 1
            times.append((time.perf_counter() - started) * 1000)

    begun = time.perf_counter()
    await asyncio.gather(*(calling() for _ in range(CALLERS)))
    seconds = time.perf_counter() - begun
    level = Level("the batched action, no HTTP", len(times) - refused, refused, seconds, times)
    return level, sum(batches) / len(batches)


def pgbench(server: Postgres, url: str, folder: Path, fair: Fair, batch: int, seconds: int = 8) -> float:
    """Orders a second of the same function, called by pgbench at `url` with as many orders at a time."""
    address = url.replace("+asyncpg", "")
    script = folder / "place.sql"
    many = f"FROM generate_series(1, {batch})"
    prices = f"array_fill({PRICE_FEN}::bigint, ARRAY[{batch}])"
    script.write_text(
        f"SELECT count(*) FROM orders.place('{fair.broadcast_id}', '{fair.lot_ids[0]}', NULL, {RESERVED_SECONDS}, "  # noqa: S608  Our own names.
        f"ARRAY(SELECT uuidv7()::text {many}), ARRAY(SELECT uuidv7()::text {many}), "
        f"ARRAY(SELECT account_id FROM orders.address ORDER BY id LIMIT {batch}), "
        f"ARRAY(SELECT uuidv7()::text {many}), array_fill(repeat('0', 64), ARRAY[{batch}]), "
        f"array_fill(1::bigint, ARRAY[{batch}]), {prices}, "
        f"ARRAY(SELECT id FROM orders.address ORDER BY id LIMIT {batch}), "
        f"""array_fill('{{"buyer": "1", "device": "0", "ip": "1", "entry": "live_card", "cart_ms": 1583128780000,"""
        f""" "page_view_ms": 0}}'::jsonb, ARRAY[{batch}]));\n"""
    )
    command = [
        str(server.programs / "pgbench"),
        "-n",
        "-M",
        "prepared",
        "-c",
        "1",
        "-T",
        str(seconds),
        "-f",
        str(script),
        address,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ})
    rate = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    return float(rate.split()[2]) * batch


async def http_level(name: str, address: str, requests: Sequence[bytes]) -> Level:
    """So many connections, each ordering as soon as it was answered, until all have asked."""
    client, waiting = load.Client(address), iter(requests)
    times: list[float] = []
    told = Counter[int]()

    async def asking() -> None:
        for request in waiting:
            started = time.perf_counter()
            told[await client.ask(request)] += 1
            times.append((time.perf_counter() - started) * 1000)

    begun = time.perf_counter()
    await asyncio.gather(*(asking() for _ in range(CALLERS)))
    seconds = time.perf_counter() - begun
    client.close()
    if unexpected := set(told) - {201, 409}:
        raise RuntimeError(f"Orders were answered with {unexpected}.")
    return Level(name, told[201], told[409], seconds, times)


async def look_before(address: str, buyers: Sequence[Buyer], prefix: str = "") -> None:
    """Every buyer has looked at their orders before, as everybody does who has seen the page of the basket."""
    head = "GET {}/orders?limit=1 HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\n\r\n"
    requests = [head.format(prefix, buyer.token).encode() for buyer in buyers]
    await load.flat_out([address], requests, 32)


@dataclass(frozen=True)
class Failures:
    """The three ways in which a storm can fail; each must be nothing."""

    oversold: int
    lost: int
    differences: int


async def add_up(database: Database, fair: Fair, level: Level) -> Failures:
    """Print what was oversold and lost, which must be nothing. Raises when it is something."""
    async with database.readings() as db:
        report = await actions.reconcile(db, fair.broadcast_id)
    orders = sum(lot.tickets for lot in report.lots)
    oversold = sum(max(lot.orders_reserved + lot.orders_sold - lot.allocated, 0) for lot in report.lots)
    found = Failures(oversold, level.placed - orders, len(report.differences))
    print(f"{'':<34}oversold {found.oversold}, lost {found.lost}, differences {found.differences}", flush=True)
    if found != Failures(0, 0, 0):
        raise RuntimeError(f"It does not add up: {report.differences}")
    return found


async def on_one_database(levels: Sequence[str], folder: Path) -> list[tuple[Level, Failures]]:
    """The action and the service, with pgbench between them, on a PostgreSQL of their own."""
    measured = []
    async with load.postgres(folder) as server:
        url = server.url("orders_app", f"orders-{load.SECRET}", "postgres")
        database = Database.connect(url, "orders")
        connection = await asyncpg.connect(server.url("postgres", server.password, "postgres").replace("+asyncpg", ""))
        key = tokens.new_signing_key()
        await trust(connection, ["orders"], key)
        buyers = await add_buyers(connection, BUYERS, key)
        asked = crowd(buyers)
        fair = await fresh_fair(database)
        level, mean_batch = await action_level(database, fair, asked)
        endless = await open_fair(database, {f"endless-{fair.broadcast_id}": 10_000_000})
        batch = max(1, round(mean_batch))
        floor = await asyncio.to_thread(pgbench, server, url, folder, endless, batch)
        print(f"{'pgbench, batches of ' + str(batch):<34}{floor:>8,.0f}/s")
        if "action" in levels:
            print(level.line(floor))
            measured.append((level, await add_up(database, fair, level)))
        if "service" in levels:
            measured.append(await service_level(database, server, folder, buyers, floor))
        await connection.close()
        await database.close()
    return measured


async def service_level(
    database: Database, server: Postgres, folder: Path, buyers: Sequence[Buyer], floor: float
) -> tuple[Level, Failures]:
    """The service over HTTP, in a process of its own."""
    async with load.service("orders", folder, server) as (address, pid):
        fair = await fresh_fair(database)
        names = lots_of(fair)
        await look_before(address, buyers)
        requests = [fair.request(buyer, names[lot]) for buyer, lot in crowd(buyers)]
        before = load.processor_seconds(pid)
        level = await http_level("the service over HTTP", address, requests)
        spent = load.processor_seconds(pid) - before
    print(level.line(floor))
    print(f"{'':<34}{spent / len(requests) * 1e6:,.0f} µs of the processor in the service for each request")
    return level, await add_up(database, fair, level)


async def whole_path(folder: Path) -> None:
    """Through the gateway of a whole market, with viewers in the room; only broadcast's word on the room stands in."""
    port = room.free_port()
    broadcast = await room.serve(port, "bench.room", "--stand-in", str(port))
    settings = CALM | {"SUNFAIR_BROADCAST_URL": f"http://127.0.0.1:{broadcast.port}"}
    stack = Stack(folder, remembered_port(folder.parent / "gateway.port"), seed=False, settings=settings, say=_silent)
    try:
        await asyncio.to_thread(stack.start)
        await gateway_level(stack)
    finally:
        await asyncio.to_thread(stack.stop)
        await broadcast.stop()


async def gateway_level(stack: Stack) -> None:
    """The storm at a market that runs."""
    if stack.postgres is None:
        raise RuntimeError("The market is not running.")
    database = orders_of(stack)
    connection = await asyncpg.connect(administrators_address(stack))
    buyers = await add_buyers(connection, BUYERS, await market_key(connection, token_secret(stack.secret)))
    await connection.close()
    fair = await open_fair(database, stock(), room.ROOM)
    audience = Crowd("127.0.0.1", stack.port, streams(stack))
    await audience.enter()
    address = f"127.0.0.1:{stack.port}"
    await look_before(address, buyers, "/api/v1")
    names = lots_of(fair)
    requests = [fair.request(buyer, names[lot], "/api/v1/checkouts") for buyer, lot in crowd(buyers)]
    spent = [load.processor_seconds(pid) for pid in pids(stack)]
    level = await http_level(f"the gateway, {VIEWERS} viewers", address, requests)
    spent = [load.processor_seconds(pid) - before for pid, before in zip(pids(stack), spent, strict=True)]
    staying, lost = audience.tally.greeted, audience.tally.lost
    await audience.leave()
    endless = await open_fair(database, {"endless": 10_000_000})
    url = stack.postgres.service_url("orders")
    floor = await asyncio.to_thread(pgbench, stack.postgres, url, stack.state, endless, CALLERS // 2)
    print(f"{'pgbench, batches of ' + str(CALLERS // 2):<34}{floor:>8,.0f}/s")
    print(level.line(floor))
    each = " and ".join(f"{seconds / len(requests) * 1e6:,.0f} µs" for seconds in spent)
    print(f"{'':<34}{each} of the processor in gateway and orders for each request")
    print(f"{'':<34}{staying} of {VIEWERS} viewers stayed, {lost} lost their stream")
    await add_up(database, fair, level)
    await database.close()


def streams(stack: Stack) -> list[bytes]:
    """What each viewer's browser asks for, with the tokens that it was given when it first came."""
    signer = Signer(gateway_secret(stack.secret), secure=False)
    head = f"GET /api/v1/broadcasts/{room.ROOM}/stream HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: "
    return [
        f"{head}{ROOM_COOKIE}={signer.give(room.ROOM)}; {DEVICE_COOKIE}={signer.give('device')}\r\n\r\n".encode()
        for _ in range(VIEWERS)
    ]


def pids(stack: Stack) -> list[int]:
    """The processes that an order goes through."""
    children = [stack.services[name].process.child for name in ("gateway", "orders")]
    return [child.pid for child in children if child is not None]


def _silent(_line: str) -> None:
    """The market's own lines are not what is measured."""


async def main(levels: Sequence[str]) -> None:
    """Run the levels that were asked for."""
    print(f"{PLACED:,} orders by {BUYERS:,} buyers, {CALLERS} at a time, durable", flush=True)
    with tempfile.TemporaryDirectory(prefix="sunfair-dangshan-") as folder:
        if {"action", "service"} & set(levels):
            await on_one_database(levels, Path(folder))
        if "gateway" in levels:
            await whole_path(Path(folder) / "market")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or ["action", "service", "gateway"]))
