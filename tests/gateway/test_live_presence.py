"""What pages say of their viewers' stay: known by their token, added up, and handed over in batches."""

from collections.abc import AsyncIterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient, Response

from gateway.live.presence import Stay
from services.broadcast.schemas.viewing import StayIn
from services.kit.identity import gateway_proof
from services.kit.settings import DEMO_SECRET
from tests.gateway.watching import ROOM, Hall, hall

PRESENCE = f"/api/v1/broadcasts/{ROOM}/presence"


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Hall]:
    async with hall(tmp_path) as opened:
        yield opened


async def say(client: AsyncClient, kind: str, **fields: Any) -> Response:
    return await client.post(PRESENCE, json={"kind": kind, **fields})


async def test_what_a_page_says_is_added_up_and_handed_over_once(room: Hall) -> None:
    stream = await room.watch()
    async with room.page(stream.cookie) as client:
        assert (await say(client, "join", referrer="share")).status_code == 204
        for _ in range(2):
            await say(client, "beat", foreground_ms=15_000, interactions=3)
        await say(client, "leave", foreground_ms=2_000)
    presence = room.doors[0].live.presence
    await presence.flush()
    await presence.flush()
    (stay,) = room.broadcast.stays
    assert (stay["beats"], stay["interactions"], stay["foreground_ms"]) == (2, 6, 32_000)
    assert (stay["referrer"], stay["left"], stay["user_agent"]) == ("share", True, "a phone")
    assert stay["first_ms"] <= stay["last_ms"]
    assert room.broadcast.proofs == [gateway_proof(DEMO_SECRET)]


async def test_the_count_comes_back_with_the_hand_over_and_reaches_everybody(room: Hall) -> None:
    stream = await room.watch()
    await stream.data("state")
    async with room.page(stream.cookie) as client:
        await say(client, "join")
    await room.doors[0].live.presence.flush()
    assert await stream.data("viewers") == {"about": 1_200}
    assert await (await room.watch()).data("viewers") == {"about": 1_200}


async def test_two_viewers_on_one_device_are_two_rows_of_one_device(room: Hall) -> None:
    first = await room.watch()
    device = first.cookie.split("; ")[1]
    second = await room.watch(cookie=device)
    for cookie in (first.cookie, f"{second.cookie}; {device}"):
        async with room.page(cookie) as client:
            assert (await say(client, "join")).status_code == 204
    await room.doors[0].live.presence.flush()
    one, two = room.broadcast.stays
    assert one["viewer"] != two["viewer"]
    assert one["device"] == two["device"]


async def test_what_could_not_be_handed_over_waits_and_nothing_is_counted_twice(room: Hall) -> None:
    stream = await room.watch()
    presence = room.doors[0].live.presence
    async with room.page(stream.cookie) as client:
        await say(client, "join", referrer="push")
        await say(client, "beat")
        room.broadcast.answers = False
        await presence.flush()
        await say(client, "beat")
        room.broadcast.answers = True
    await presence.flush()
    (stay,) = room.broadcast.stays
    assert (stay["beats"], stay["referrer"]) == (2, "push")


async def test_a_thousand_rows_are_the_most_of_one_hand_over(room: Hall) -> None:
    signer = room.doors[0].live.signer
    await room.watch()
    for _ in range(3):
        cookie = f"sunfair_viewer={signer.give(ROOM)}; sunfair_device={signer.give('device')}"
        async with room.page(cookie) as client:
            await say(client, "beat")
    live = room.doors[0].live
    for number in range(1_200):
        (key, stay) = next(iter(live.presence.waiting.items()))
        live.presence.waiting[(key[0], f"viewer-{number}")] = stay
    await live.presence.flush()
    assert len(room.broadcast.proofs) == 2
    assert len(room.broadcast.stays) == 1_203


@pytest.mark.parametrize(
    "cookie", ["", "sunfair_viewer=forged", "sunfair_viewer=" + "0" * 32 + ".AAAAAAAAAAAAAAAAAAAAAA"]
)
async def test_presence_without_a_token_of_this_room_is_refused(room: Hall, cookie: str) -> None:
    async with room.page(cookie) as client:
        response = await say(client, "join")
    assert (response.status_code, response.json()["type"].rsplit("/")[-1]) == (401, "viewer-token-refused")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ('{"kind": "cheer"}', 422),
        ('{"kind": "beat", "foreground_ms": -1}', 422),
        ('{"kind": "beat", "interactions": 1000000000}', 422),
        ('{"kind": "beat", "likes": 3}', 422),
        ("[]", 422),
        ("x" * 5_000, 413),
    ],
)
async def test_presence_that_makes_no_sense_is_refused(room: Hall, body: str, status: int) -> None:
    stream = await room.watch()
    async with room.page(stream.cookie) as client:
        response = await client.post(PRESENCE, content=body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


async def test_presence_is_sent_with_post(room: Hall) -> None:
    async with room.page() as client:
        assert (await client.get(PRESENCE)).status_code == 405


async def test_a_page_that_speaks_without_end_is_told_to_slow_down(tmp_path: Path) -> None:
    async with hall(tmp_path, viewer_limit=5) as opened:
        stream = await opened.watch()
        async with opened.page(stream.cookie) as client:
            statuses = [(await say(client, "beat")).status_code for _ in range(7)]
    assert statuses == [204] * 5 + [429] * 2


async def test_the_public_cannot_hand_over_stays(room: Hall) -> None:
    async with room.page() as client:
        headers = {"sunfair-gateway": gateway_proof(DEMO_SECRET)}
        for path in (ROOM, ROOM + "/", "%2e%2e/broadcasts/" + ROOM):
            target = f"/api/v1/broadcasts/{path}/viewer-sessions"
            assert (await client.post(target, json={"rows": []}, headers=headers)).status_code == 404
    assert room.broadcast.proofs == []


def test_the_gateway_hands_over_what_broadcast_takes() -> None:
    assert {field.name for field in fields(Stay)} == set(StayIn.model_fields)
