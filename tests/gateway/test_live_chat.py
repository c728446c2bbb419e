"""The chat on its way through the door: who speaks is told by tokens of ours alone, and a flood is refused early."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateway.watching import ROOM, Hall, hall

MESSAGES = f"/api/v1/broadcasts/{ROOM}/messages"
ORIGIN = {"origin": "http://sunfair.test"}


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Hall]:
    async with hall(tmp_path) as opened:
        yield opened


async def test_broadcast_is_told_the_viewer_and_the_device_by_our_tokens(room: Hall) -> None:
    stream = await room.watch()
    async with room.page(stream.cookie) as client:
        await client.post(MESSAGES, json={"text": "你好"}, headers=ORIGIN)
        await client.post(MESSAGES, json={"text": "你好"}, headers=ORIGIN)
    first, second = room.broadcast.spoken
    assert (first["x-viewer"], first["x-viewer-device"]) == (second["x-viewer"], second["x-viewer-device"])
    assert first["x-viewer"] in stream.cookie
    assert first["x-viewer-device"] in stream.cookie


async def test_nobody_says_by_themselves_who_they_are(room: Hall) -> None:
    forged = ORIGIN | {"x-viewer": "somebody", "x-viewer-device": "a-phone", "sunfair-gateway": "guessed"}
    async with room.page("sunfair_viewer=forged; sunfair_device=forged") as client:
        await client.post(MESSAGES, json={"text": "你好"}, headers=forged)
    (spoken,) = room.broadcast.spoken
    assert not {"x-viewer", "x-viewer-device", "sunfair-gateway"} & set(spoken)


async def test_a_message_of_a_megabyte_is_refused_at_the_door(room: Hall) -> None:
    async with room.page() as client:
        answer = await client.post(MESSAGES, content=b'{"text": "' + b"a" * 1_000_000 + b'"}', headers=ORIGIN)
    assert (answer.status_code, answer.json()["type"].rsplit("/")[-1]) == (413, "body-too-large")
    assert "16 kB" in answer.json()["detail"]
    assert room.broadcast.spoken == []


async def test_lines_that_stand_for_more_and_lines_to_take_away_reach_every_viewer(room: Hall) -> None:
    stream = await room.watch()
    await stream.data("state")
    for times in (2, 7):
        room.tell("broadcast.chat.said", broadcast_id=ROOM, folded=[{"message_id": "m1", "times": times}])
    room.tell("broadcast.chat.said", broadcast_id=ROOM, removed=["m2"])
    assert await stream.data("removed") == {"message_ids": ["m2"]}
    assert (await stream.data("folded"))["times"]["m1"] in (2, 7)
