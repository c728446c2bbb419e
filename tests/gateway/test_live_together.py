"""The room's way from one viewer to another: broadcast, its outbox, NATS, two gateways, and the streams."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest

from gateway.app import create_app
from gateway.live.room import Pace
from gateway.settings import GatewaySettings
from tests.apps import Tokens
from tests.broadcast.crowd import Crowd
from tests.broadcast.studio import Studio
from tests.conftest import ServiceOf, UrlOf
from tests.gateway.house import served
from tests.gateway.watching import QUICK, Broadcast, Hall, Stream


@pytest.fixture
async def crowd(committing_service_app: ServiceOf, tokens: Tokens) -> Crowd:
    """An open room in a broadcast service that relays and listens."""
    app = await committing_service_app("broadcast", background=True)
    return Crowd(await (await Studio(app, tokens).due()).on_air())


@pytest.fixture
async def hall(crowd: Crowd, nats_url: UrlOf, tmp_path: Path) -> AsyncIterator[Hall]:
    """Two gateways before it that hear what it says."""
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(served(crowd.studio.app.app, tmp_path / "broadcast.sock"))
        settings = GatewaySettings(
            demo=True, background=False, nats_url=nats_url("gateway"), broadcast_url=address, address_limit=10_000
        )
        opened = Hall(Broadcast(), [], [])
        listening = []
        for number in range(2):
            door = create_app(settings)
            door.live.pace = Pace(tick=QUICK["tick"], heartbeat=QUICK["heartbeat"], refresh=60.0)
            path = tmp_path / f"gateway{number}.sock"
            await stack.enter_async_context(served(door, path))
            listening.append(asyncio.create_task(door._listen()))
            opened.doors.append(door)
            opened.sockets.append(path)
        yield opened
        for task in listening:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        for stream in opened.streams:
            await stream.close()
        for door in opened.doors:
            await door.live.close()
            await door.clients.close()
            for upstream in door.upstreams.values():
                await upstream.close()


async def listening(crowd: Crowd, hall: Hall) -> list[Stream]:
    """A viewer at each replica who hears. The gateways begin in their own time; until then somebody says hello."""
    streams = [await hall.watch(room=crowd.studio.id, replica=replica) for replica in (0, 1)]
    hearing = [asyncio.create_task(stream.event("chat")) for stream in streams]
    for number in range(200):
        await crowd.said(f"有人吗 {number}", crowd.viewer(f"v{number}"))
        done, _ = await asyncio.wait(hearing, timeout=0.3)
        if len(done) == len(hearing):
            return streams
    raise AssertionError("the replicas do not hear")


async def seen(stream: Stream, message: str) -> None:
    """Read on until the message comes."""
    while message not in [line["message_id"] for line in (await stream.data("chat"))["messages"]]:
        pass


async def test_what_one_says_everybody_hears_on_every_replica(crowd: Crowd, hall: Hall) -> None:
    streams = await listening(crowd, hall)
    message = await crowd.said("你们都是笨蛋", crowd.viewer("rude"))
    for stream in streams:
        await seen(stream, message)
    assert (await crowd.remove(message, crowd.moderator())).status_code == 201
    for stream in streams:
        assert await stream.data("removed") == {"message_ids": [message]}
    await crowd.studio.do("notices", {"zh": "稍后进入销售时段", "en": "The market opens soon"})
    for stream in streams:
        assert (await stream.data("notice"))["zh"] == "稍后进入销售时段"


async def test_a_halt_reaches_the_viewers_of_every_replica_with_its_reason(crowd: Crowd, hall: Hall) -> None:
    streams = await listening(crowd, hall)
    halt = {"reason_zh": "价格与申报不符", "reason_en": "The price differs from the filing"}
    answer = await crowd.studio.act("halt", halt, headers=crowd.inspector())
    assert answer.status_code == 200, answer.text
    for stream in streams:
        state = await stream.data("state")
        while state["state"] != "halted":
            state = await stream.data("state")
        assert state["shelf"] == []
        assert state["why_halted"]["reason_zh"] == "价格与申报不符"
