"""Two gateways and two copies of every service at once: nothing happens twice, and nobody is signed out by it."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import nats
import pytest

from deploy.process import remembered_port
from deploy.stack import SERVICES, run_folder
from deploy.supervisor import Service, wait_until_ready
from gateway.sessions import COOKIE
from services.kit.ids import new_id
from tests.journeys.town import Town

CHANGED = "accounts.account.changed"
HEARERS = ("compliance", "broadcast", "disclosure")
PASSWORD = "three pears and a truck"
WRITES = 24


@dataclass(frozen=True)
class Copies:
    """The second copy of everything, beside the town's own."""

    town: Town
    services: dict[str, Service]
    url: str

    @property
    def doors(self) -> tuple[str, str]:
        """Both gateways; behind one address, a visitor would land on either."""
        return self.town.stack.url, self.url


@pytest.fixture(scope="module")
def copies(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    """Start them; the second gateway knows the second copies only."""
    folder = tmp_path_factory.mktemp("copies")
    stack, port = town.stack, remembered_port(folder / "port")
    started: dict[str, Service] = {}
    for name in SERVICES:
        listen = run_folder(stack.state) / f"{name}-2.sock"
        started[name] = Service(name, listen, stack.environment(name), state=folder, journal=stack.journal)
    addresses = {f"SUNFAIR_{name.upper()}_URL": service.address for name, service in started.items()}
    told = stack.environment("gateway") | addresses
    started["gateway"] = Service("gateway", port, told, state=folder, journal=stack.journal)
    try:
        for service in started.values():
            service.start()
        wait_until_ready(list(started.values()), patience=120.0)
        yield Copies(town, started, f"http://127.0.0.1:{port}")
    finally:
        for service in started.values():
            service.process.stop(patience=1.0)
            if isinstance(service.listen, Path):
                service.listen.unlink(missing_ok=True)


@pytest.fixture
async def database(town: Town) -> AsyncIterator[asyncpg.Connection]:
    """The town's database as its administrator sees it."""
    assert town.stack.postgres is not None
    connection = await asyncpg.connect(town.stack.postgres.admin_url.replace("+asyncpg", ""))
    yield connection
    await connection.close()


async def handled(copies: Copies) -> list[dict[str, float]]:
    """How many of these events each copy says that it has handled."""
    counts: list[dict[str, float]] = []
    for services in (copies.town.stack.services, copies.services):
        found = {}
        for name in HEARERS:
            transport = httpx.AsyncHTTPTransport(uds=str(services[name].listen))
            async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
                told = (await client.get("/metrics")).text
            line = re.search(rf'handled_total{{outcome="handled",service="{name}",subject="{CHANGED}"}} (\S+)', told)
            found[name] = float(line[1]) if line else 0.0
        counts.append(found)
    return counts


async def make_accounts(copies: Copies, count: int) -> list[str]:
    """Accounts, made all at once, at one door and the other in turn; their ids."""
    token = await copies.town.market.token("admin")
    async with httpx.AsyncClient(timeout=30, headers={"Authorization": f"Bearer {token}"}) as client:

        async def make(door: str) -> str:
            name = f"copies-{new_id()}"
            body = {"username": name, "name": name, "roles": ["buyer"], "identity": name, "password": PASSWORD}
            answer = await client.post(f"{door}/api/v1/accounts", json=body)
            assert answer.status_code == 201, answer.text
            return str(answer.json()["id"])

        doors = cycle(copies.doors)
        return await asyncio.gather(*(make(next(doors)) for _ in range(count)))


async def until_heard(database: asyncpg.Connection, ids: list[str]) -> list[str]:
    """Wait until every hearer has stored every event about these accounts; the ids of the events."""
    said = "SELECT event_id, sent_at FROM accounts.outbox WHERE payload::jsonb->>'entity_id' = ANY($1)"
    for _ in range(150):
        rows = await database.fetch(said, ids)
        events = [row["event_id"] for row in rows]
        heard = [
            await database.fetchval(f"SELECT count(*) FROM {name}.inbox WHERE event_id = ANY($1)", events)  # noqa: S608  A name of ours.
            for name in HEARERS
        ]
        if len(rows) >= len(ids) and all(row["sent_at"] for row in rows) and set(heard) == {len(events)}:
            return events
        await asyncio.sleep(0.2)
    raise AssertionError((len(ids), len(events), heard))


async def in_stream(town: Town, events: list[str]) -> list[str]:
    """How often the message server took each of these events, as their ids in its order."""
    assert town.stack.nats is not None
    connection = await nats.connect(town.stack.nats.url("admin"))
    js = connection.jetstream()
    stored = int((await js.stream_info("ACCOUNTS")).state.last_seq)
    found: list[str] = []
    # From the end: what these tests say is the newest.
    for number in range(stored, max(0, stored - 6 * WRITES), -1):
        message: Any = await js.get_msg("ACCOUNTS", number)
        found += [event for event in [(message.headers or {}).get("Nats-Msg-Id", "")] if event in events]
    await connection.close()
    return found


async def test_no_event_is_said_or_handled_twice_and_the_copies_share_the_work(
    copies: Copies, database: asyncpg.Connection
) -> None:
    before = await handled(copies)
    ids = await make_accounts(copies, WRITES)
    events = await until_heard(database, ids)
    after = await handled(copies)

    assert sorted(await in_stream(copies.town, events)) == sorted(events)
    assert len(events) == WRITES
    for name in HEARERS:
        assert sum(now[name] - then[name] for now, then in zip(after, before, strict=True)) == WRITES
    letters = [await database.fetchval(f"SELECT count(*) FROM {name}.dead_letter") for name in SERVICES]  # noqa: S608  The same.
    assert letters == [0] * len(SERVICES)


async def test_a_session_holds_at_both_doors_ends_at_both_and_outlives_either(copies: Copies) -> None:
    (account,) = await make_accounts(copies, 1)
    first, second = copies.doors
    async with httpx.AsyncClient(timeout=30, headers={"Origin": first}) as browser:
        name = (await copies.town.market.get(f"/accounts/{account}", "admin"))["username"]
        await sign_in(browser, second, name)
        assert [await whose(browser, door) for door in copies.doors] == [account, account]

        ended = await browser.post(f"{first}/api/v1/sign-out-everywhere")
        assert ended.status_code < 300, ended.text
        for _ in range(100):
            if [await whose(browser, door) for door in copies.doors] == [None, None]:
                break
            await asyncio.sleep(0.1)
        assert [await whose(browser, door) for door in copies.doors] == [None, None]

        await sign_in(browser, second, name)
        copies.services["gateway"].process.stop(patience=0.0)
        assert await whose(browser, first) == account
        copies.services["gateway"].start()
        wait_until_ready([copies.services["gateway"]], patience=120.0)
        assert await whose(browser, second) == account


async def sign_in(browser: httpx.AsyncClient, door: str, name: str) -> None:
    """Sign in on the page, as a person does."""
    answer = await browser.post(f"{door}/en/sign-in", data={"username": name, "password": PASSWORD})
    assert answer.status_code == 303, answer.text[:500]
    assert COOKIE in browser.cookies


async def whose(browser: httpx.AsyncClient, door: str) -> str | None:
    """Whose session the browser's cookie is, at that door; None when nobody's."""
    answer = await browser.get(f"{door}/api/v1/me")
    return str(answer.json()["id"]) if answer.status_code == 200 else None
