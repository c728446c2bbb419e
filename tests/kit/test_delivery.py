"""Kill -9 at every point between a commit and its effect elsewhere: nothing is lost, nothing happens twice."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import bus, inbox
from services.kit.db import Database
from services.kit.outbox import EventTooLarge, enqueue
from services.kit.plumbing import plumbing
from services.kit.relay import Relay
from tests.kit.delivery_child import HEARER, SPEAKER, Happened, count_it
from tests.servers import Servers

KILLS = 10
EVENTS_BETWEEN_KILLS = 3
PATIENCE_SECONDS = 60


@pytest.fixture
async def two_schemas(servers: Servers, worker_name: str) -> AsyncIterator[str]:
    """A database with the plumbing of a speaker and a hearer, and the table of the hearer's effect."""
    name = f"delivery_{worker_name}"
    servers.make_database(name)
    url = servers.url(name)
    database = Database.connect(url, SPEAKER)
    assert database.engine is not None
    async with database.engine.begin() as connection:
        for schema in (SPEAKER, HEARER):
            await connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
            await connection.execute(sa.text(f"CREATE SCHEMA {schema}"))
            await connection.run_sync(plumbing(schema).metadata.create_all)
        await connection.execute(sa.text("CREATE TABLE compliance.effect (event_id text)"))
    await database.close()
    yield url
    servers.drop_database(name)


@pytest.fixture
async def clean_streams(nats_url: Callable[[str], str]) -> AsyncIterator[None]:
    """No messages of an earlier test."""
    connection = await bus.connect(nats_url("admin"), "test")
    for stream in await connection.jetstream().streams_info():
        await connection.jetstream().delete_stream(stream.config.name or "")
    yield
    await connection.close()


async def say(database: Database, count: int, first: int) -> list[str]:
    """Commit `count` events in the speaker's outbox; their ids."""
    events = [Happened(entity_id=f"t-{number}", version=1) for number in range(first, first + count)]
    async with database.sessions.begin() as db:
        await enqueue(db, *events)
    return [event.message_id for event in events]


async def effects(url: str) -> list[str]:
    """What the hearer did, once for each time it did it."""
    database = Database.connect(url, HEARER)
    rows = await database.fetch_rows("SELECT event_id FROM compliance.effect")
    await database.close()
    return [row["event_id"] for row in rows]


@asynccontextmanager
async def child(role: str, point: str, url: str, nats_url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A child that dies at `point`; stopped at the end if it lives on."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.kit.delivery_child", role, point, url, nats_url, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize(
    ("role", "point"),
    [("relay", "committed"), ("relay", "published"), ("listener", "delivered"), ("listener", "consumed")],
)
async def test_a_kill_at_this_point_loses_nothing_and_repeats_nothing(
    role: str, point: str, two_schemas: str, clean_streams: None, nats_url: Callable[[str], str]
) -> None:
    speaker = Database.connect(two_schemas, SPEAKER)
    user = SPEAKER if role == "relay" else HEARER
    other = "listener" if role == "relay" else "relay"
    other_user = HEARER if role == "relay" else SPEAKER
    said: list[str] = []
    async with child(other, "never", two_schemas, nats_url(other_user)):
        for kill in range(KILLS):
            said += await say(speaker, EVENTS_BETWEEN_KILLS, kill * EVENTS_BETWEEN_KILLS)
            async with child(role, point, two_schemas, nats_url(user)) as mortal:
                assert await asyncio.wait_for(mortal.wait(), PATIENCE_SECONDS) == -9
        async with child(role, "never", two_schemas, nats_url(user)):
            await until(lambda: effects(two_schemas), sorted(said))
    await speaker.close()


async def until(look: Callable[[], object], wanted: list[str]) -> None:
    """Look until every event had its effect, then once more: a second effect would show as a duplicate."""
    for _ in range(PATIENCE_SECONDS * 5):
        found = sorted(await look())  # type: ignore[misc]  # `look` is async; typed loosely to stay readable.
        if len(found) >= len(wanted):
            break
        await asyncio.sleep(0.2)
    await asyncio.sleep(0.5)
    assert sorted(await look()) == wanted  # type: ignore[misc]  # The same.


async def test_a_message_that_cannot_be_handled_becomes_a_dead_letter_and_can_be_replayed(
    two_schemas: str, clean_streams: None, nats_url: Callable[[str], str]
) -> None:
    broken = True

    async def sometimes(db: AsyncSession, event: Happened) -> None:
        if broken:
            raise ValueError("the effect is impossible today")
        await count_it(db, event)

    speaker, hearer = Database.connect(two_schemas, SPEAKER), Database.connect(two_schemas, HEARER)
    await say(speaker, 1, 0)
    speaking = await bus.connect(nats_url(SPEAKER), "test")
    hearing = await bus.connect(nats_url(HEARER), "test")
    await bus.ensure_stream(speaking.jetstream(), SPEAKER)
    assert await Relay(speaker, speaking.jetstream(), SPEAKER).send_some() == 1
    listener = bus.Listener(hearer, hearing.jetstream(), HEARER, SPEAKER, {Happened: sometimes})
    task = asyncio.create_task(listener.run())
    letters = await letters_of(hearer)
    assert [letter["deliveries"] for letter in letters] == [bus.MOST_DELIVERIES]
    assert "impossible today" in letters[0]["error"]
    task.cancel()
    broken = False
    assert await inbox.handle_once(hearer, Happened.model_validate_json(letters[0]["payload"]), sometimes)
    assert len(await effects(two_schemas)) == 1
    for connection in (speaking, hearing):
        await connection.close()
    for database in (speaker, hearer):
        await database.close()


async def letters_of(database: Database) -> list[sa.RowMapping]:
    """The dead letters, waited for."""
    for _ in range(PATIENCE_SECONDS * 5):
        async with database.sessions() as db:
            if letters := list(await inbox.list_dead_letters(db)):
                return letters
        await asyncio.sleep(0.2)
    return []


async def test_an_event_above_256_kb_is_refused_before_it_is_stored(two_schemas: str) -> None:
    speaker = Database.connect(two_schemas, SPEAKER)
    with pytest.raises(EventTooLarge):
        async with speaker.sessions.begin() as db:
            await enqueue(db, Happened(entity_id="x" * 300_000, version=1))
    assert await speaker.fetch_rows("SELECT 1 FROM catalog.outbox") == []
    await speaker.close()


async def test_two_relays_share_the_work_and_send_each_row_once(
    two_schemas: str, clean_streams: None, nats_url: Callable[[str], str]
) -> None:
    speaker = Database.connect(two_schemas, SPEAKER)
    said = await say(speaker, 500, 0)
    connection = await bus.connect(nats_url(SPEAKER), "test")
    js = connection.jetstream()
    await bus.ensure_stream(js, SPEAKER)
    relays = [Relay(speaker, js, SPEAKER) for _ in range(2)]
    while sum(await asyncio.gather(*(relay.send_some() for relay in relays))):
        pass
    assert (await js.stream_info(bus.stream_name(SPEAKER))).state.messages == len(said)
    await connection.close()
    await speaker.close()
