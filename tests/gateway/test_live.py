"""The room's event stream: the whole state first, resuming, shedding chat and never notices, and slow readers."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.types import Message

from gateway.app import Door
from gateway.errors import ViewerTokenRefused
from gateway.live.viewers import Signer
from gateway.live.wire import Ring
from gateway.settings import GatewaySettings
from services.kit.settings import DEMO_SECRET
from tests.gateway.watching import ROOM, Hall, hall, line


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Hall]:
    async with hall(tmp_path) as opened:
        yield opened


async def test_a_viewer_is_told_the_whole_state_first(room: Hall) -> None:
    stream = await room.watch()
    name, state, event_id = await stream.event()
    assert (stream.status, name, state) == (200, "state", room.broadcast.state)
    assert event_id
    headers = dict(stream.headers)
    assert headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in headers
    assert "default-src 'none'" in headers["content-security-policy"]


async def test_a_browser_is_told_when_to_come_back_each_at_another_moment(room: Hall) -> None:
    first_words = [await (await room.watch()).block() for _ in range(8)]
    pauses = {int(words.split("\n")[0].removeprefix("retry: ")) for words in first_words}
    assert all(1_000 <= pause <= 5_000 for pause in pauses)
    assert len(pauses) > 1


async def test_many_viewers_cost_broadcast_one_question(tmp_path: Path) -> None:
    async with hall(tmp_path, pace={"refresh": 60}) as opened:
        streams = await asyncio.gather(*(opened.watch() for _ in range(40)))
        for stream in streams:
            assert (await stream.event())[0] == "state"
        assert opened.broadcast.asked == 1


async def test_a_change_of_the_room_reaches_everybody(room: Hall) -> None:
    streams = [await room.watch() for _ in range(3)]
    for stream in streams:
        await stream.data("state")
    room.broadcast.state = room.broadcast.state | {"segment": {"kind": "market"}}
    room.tell("broadcast.room.changed", state="open")
    for stream in streams:
        assert (await stream.data("state"))["segment"] == {"kind": "market"}


async def test_a_change_whose_event_was_lost_is_seen_all_the_same(room: Hall) -> None:
    stream = await room.watch()
    await stream.data("state")
    room.broadcast.state = room.broadcast.state | {"pinned_lot_id": "lot-7"}
    assert (await stream.data("state"))["pinned_lot_id"] == "lot-7"


async def test_a_halt_shuts_the_shelf_even_while_broadcast_does_not_answer(room: Hall) -> None:
    room.broadcast.state = room.broadcast.state | {"shelf": [{"lot_id": "lot-7"}], "pinned_lot_id": "lot-7"}
    stream = await room.watch()
    assert (await stream.data("state"))["shelf"]
    room.broadcast.answers = False
    room.tell("broadcast.room.changed", state="halted", why_halted={"rule": "fm.verified"})
    state = await stream.data("state")
    assert (state["state"], state["shelf"], state["pinned_lot_id"]) == ("halted", [], None)
    assert state["why_halted"] == {"rule": "fm.verified"}


async def test_the_stream_ends_with_a_good_bye_when_the_broadcast_does(room: Hall) -> None:
    stream = await room.watch()
    await stream.data("state")
    room.broadcast.state = {"state": "ended"}
    room.tell("broadcast.room.changed", state="ended")
    assert (await stream.data("state"))["state"] == "ended"
    assert await stream.data("bye") == {"reason": "ended"}
    with pytest.raises(EOFError):
        await stream.block()


async def test_viewers_of_a_replica_that_stops_find_another(tmp_path: Path) -> None:
    async with hall(tmp_path, replicas=2) as opened:
        stream = await opened.watch()
        await stream.data("state")
        await opened.doors[0].live.close()
        # A good-bye would tell the browser to stay away.
        with pytest.raises(EOFError):
            await stream.block()
        again = await opened.watch(cookie=stream.cookie, replica=1)
        assert (await again.data("state"))["state"] == "open"


async def test_nothing_to_say_is_said_too(room: Hall) -> None:
    stream = await room.watch()
    await stream.data("state")
    assert await asyncio.wait_for(stream.block(), 10) == ": beat"


async def test_who_comes_back_gets_what_was_missed_and_nothing_twice(room: Hall) -> None:
    stays = await room.watch()
    stream = await room.watch()
    room.say("one")
    name, _, last = await stream.event("chat")
    await stream.close()
    for text in ("two", "three"):
        await stays.data("chat")
        room.say(text)
    await stays.data("chat")
    again = await room.watch(cookie=stream.cookie, last=last or "")
    assert (await again.event())[0] == "state"
    assert await again.data("resumed") == {"complete": True}
    texts = [line["text"] for _ in range(2) for line in (await again.data("chat"))["messages"]]
    assert (name, texts) == ("chat", ["two", "three"])


async def test_who_comes_back_to_another_replica_misses_nothing(tmp_path: Path) -> None:
    async with hall(tmp_path, replicas=2) as opened:
        stays = await opened.watch(replica=1)
        await stays.data("state")
        stream = await opened.watch(replica=0)
        opened.say("one")
        _, _, last = await stream.event("chat")
        await stays.data("chat")
        opened.say("two")
        await stays.data("chat")
        again = await opened.watch(cookie=stream.cookie, last=last or "", replica=1)
        await again.data("resumed")
        texts: set[str] = set()
        while "two" not in texts:
            texts |= {line["text"] for line in (await again.data("chat"))["messages"]}


async def test_who_was_away_too_long_is_told_that_something_is_missing(room: Hall) -> None:
    for odd in ("1-abcdef", "nonsense", "-", "9" * 40, "１２-x"):
        stream = await room.watch(last=odd.encode().decode("latin-1"))
        await stream.data("state")
        assert await stream.data("resumed") == {"complete": False}


async def test_who_comes_late_hears_what_was_said_lately(room: Hall) -> None:
    room.broadcast.chat = [line("one"), line("two")]
    first = await room.watch()
    assert [said["text"] for said in (await first.data("chat"))["messages"]] == ["one", "two"]
    room.say("three")
    room.tell("broadcast.chat.said", broadcast_id=ROOM, removed=[room.broadcast.chat[0]["message_id"]])
    room.tell(
        "broadcast.chat.said",
        broadcast_id=ROOM,
        folded=[{"message_id": room.broadcast.chat[1]["message_id"], "times": 4}],
    )
    await first.data("folded")
    late = (await (await room.watch()).data("chat"))["messages"]
    assert [(said["text"], said.get("times")) for said in late] == [("two", 4), ("three", 1)]


async def test_a_past_that_cannot_be_read_at_first_is_told_as_soon_as_it_can(room: Hall) -> None:
    room.broadcast.chat, room.broadcast.remembers = [line("one")], False
    stream = await room.watch()
    await stream.data("state")
    room.broadcast.remembers = True
    assert [said["text"] for said in (await stream.data("chat"))["messages"]] == ["one"]


async def test_a_crowd_that_comes_back_after_a_replica_was_lost_asks_broadcast_nothing(tmp_path: Path) -> None:
    async with hall(tmp_path, replicas=2) as opened:
        stream = await opened.watch()
        opened.say("one")
        _, _, last = await stream.event("chat")
        missed = line("said while nobody was there")
        opened.broadcast.chat.append(missed)
        streams = [await opened.watch(cookie=stream.cookie, last=last or "", replica=1) for _ in range(5)]
        for again in streams:
            assert [said["text"] for said in (await again.data("chat"))["messages"]] == ["one", missed["text"]]
            assert (await again.data("resumed")) == {"complete": True}


async def test_what_was_said_while_the_ear_was_lost_is_asked_for_once_and_told(room: Hall) -> None:
    streams = [await room.watch() for _ in range(3)]
    room.say("one")
    for stream in streams:
        await stream.data("chat")
    room.broadcast.chat.append(line("missed"))
    await room.doors[0].live.hear_again()
    for stream in streams:
        assert [said["text"] for said in (await stream.data("chat"))["messages"]] == ["missed"]


async def test_two_replicas_tell_their_viewers_the_same(tmp_path: Path) -> None:
    async with hall(tmp_path, replicas=2) as opened:
        streams = [await opened.watch(replica=replica) for replica in (0, 1)]
        for stream in streams:
            await stream.data("state")
        opened.say("hello")
        heard = [await stream.data("chat") for stream in streams]
        assert heard[0] == heard[1]


async def test_chat_is_sampled_and_says_so_while_notices_all_arrive(tmp_path: Path) -> None:
    async with hall(tmp_path, chat_lines_a_second=4) as opened:
        stream = await opened.watch()
        await stream.data("state")
        opened.say(*[f"line {number}" for number in range(500)])
        for number in range(20):
            opened.tell("broadcast.room.noted", broadcast_id=ROOM, kind="notice", text_zh=f"通知{number}", text_en="")
        notices = [(await stream.data("notice"))["zh"] for _ in range(20)]
        chat = await stream.data("chat")
        assert notices == [f"通知{number}" for number in range(20)]
        assert len(chat["messages"]) + chat["shed"] == 500
        # Four a second, and at most a second was gathered.
        assert 1 <= len(chat["messages"]) <= 4


async def test_a_slow_reader_is_cut_and_the_others_do_not_wait(tmp_path: Path) -> None:
    async with hall(tmp_path, pace={"heartbeat": 60}) as opened:
        slow = await opened.watch(buffer=4096)
        # This viewer stops reading: its side takes what it can hold, then nothing.
        slow.reader._limit = 1  # type: ignore[attr-defined]  # asyncio has no public way to stop reading.
        good = await opened.watch()
        await good.data("state")
        live = opened.doors[0].live
        for number in range(400):
            opened.tell(
                "broadcast.room.noted", broadcast_id=ROOM, kind="notice", text_zh="长" * 5000, text_en=str(number)
            )
            assert (await good.data("notice"))["en"] == str(number)
            if live.open == 1:
                break
        assert live.open == 1


async def test_stock_is_told_as_it_changes_and_to_whoever_comes_later(room: Hall) -> None:
    stream = await room.watch()
    await stream.data("state")
    room.tell("orders.level.changed", broadcast_id=ROOM, lot_id="lot-7", available_units=3, sold_out=False)
    level = {"lot-7": {"available": 3, "sold_out": False}}
    assert await stream.data("stock") == level
    assert await (await room.watch()).data("stock") == level


async def test_an_unknown_room_is_a_404_and_a_closed_one_a_409(room: Hall) -> None:
    stream = await room.watch(room="01976f3a-0000-7000-8000-000000000000")
    assert (stream.status, (await stream.problem())["type"].rsplit("/")[-1]) == (404, "not-found")
    room.broadcast.state = {"state": "closed"}
    closed = await room.watch()
    assert (closed.status, (await closed.problem())["type"].rsplit("/")[-1]) == (409, "room-not-open")


async def test_a_room_that_opens_can_be_entered_a_moment_later(room: Hall) -> None:
    room.broadcast.state = {"state": "closed"}
    assert (await room.watch()).status == 409
    room.broadcast.state = {"state": "open"}
    room.doors[0].live.asking.clear()
    assert (await room.watch()).status == 200


async def test_the_stream_is_for_reading(room: Hall) -> None:
    assert (await room.watch(method="POST")).status == 405


async def test_a_viewers_cookies_go_nowhere_but_to_the_room(room: Hall) -> None:
    set_cookies = [value for name, value in (await room.watch()).headers if name == "set-cookie"]
    assert len(set_cookies) == 2
    assert all("HttpOnly" in value and "SameSite=Strict" in value for value in set_cookies)
    assert f"Path=/api/v1/broadcasts/{ROOM};" in set_cookies[0]


@pytest.mark.parametrize(
    "token",
    [
        "forged",
        f"{'0' * 32}.{'A' * 22}",
        "",
        "é.é",
        Signer(DEMO_SECRET, secure=False).give("another-room"),
        Signer("a secret of somebody else, long enough", secure=False).give(ROOM),
    ],
    ids=["no token", "zeros", "empty", "not ascii", "of another room", "of another secret"],
)
async def test_a_forged_token_or_another_rooms_is_refused(room: Hall, token: str) -> None:
    stream = await room.watch(cookie=f"sunfair_viewer={token}")
    assert (stream.status, (await stream.problem())["type"].rsplit("/")[-1]) == (401, "viewer-token-refused")
    # The browser is rid of it, and comes in the next time.
    assert "Max-Age=0" in dict(stream.headers)["set-cookie"]


def test_a_token_is_good_for_a_day() -> None:
    signer = Signer(DEMO_SECRET, secure=False)
    token = signer.give(ROOM)
    assert signer.read(ROOM, token, 60)
    assert signer.read(ROOM, token, 0) is None
    with pytest.raises(ViewerTokenRefused):
        signer.viewer(ROOM, {b"cookie": b"sunfair_viewer=" + token[:-1].encode()})


async def test_connections_without_a_token_are_limited_by_address_and_viewers_with_one_are_not(tmp_path: Path) -> None:
    async with hall(tmp_path, newcomer_limit=5) as opened:
        streams = [await opened.watch() for _ in range(8)]
        assert [stream.status for stream in streams] == [200] * 5 + [429] * 3
        assert dict(streams[-1].headers)["retry-after"]
        assert (await opened.watch(cookie=streams[0].cookie)).status == 200


async def test_ten_thousand_connections_from_one_address_without_a_token_harm_nobody_else(tmp_path: Path) -> None:
    async with hall(tmp_path) as opened:
        watching = await opened.watch()
        door, limit = opened.doors[0], GatewaySettings(demo=True).newcomer_limit
        began = time.monotonic()
        answers = [await knock(door, "203.0.113.7") for _ in range(10_000)]
        # While they knock the bucket fills evenly; so many and no more come in.
        filled = (time.monotonic() - began) * limit / 60 + 1
        counts = Counter(status for status, _ in answers)
        assert set(counts) == {200, 429}
        assert limit <= counts[200] <= limit + filled
        assert all(b"retry-after" in headers for status, headers in answers if status == 429)
        # Nothing of them is kept, their neighbours come in, and so does who was there before from that very address.
        assert (door.live.open, len(door.limiter.buckets)) == (1, 2)
        assert (await knock(door, "203.0.113.8"))[0] == 200
        assert (await knock(door, "203.0.113.7", watching.cookie))[0] == 200
        room = opened.broadcast
        room.state = room.state | {"title_zh": "照常"}
        opened.tell("broadcast.room.changed")
        while (await watching.data("state"))["title_zh"] != "照常":
            pass


async def knock(door: Door, address: str, cookie: str = "") -> tuple[int, set[bytes]]:
    """Ask for the stream and go away at once, without a socket; the status, and which headers came with it."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/api/v1/broadcasts/{ROOM}/stream",
        "raw_path": b"",
        "query_string": b"",
        "headers": [(b"host", b"sunfair.test"), (b"cookie", cookie.encode())],
        "client": (address, 40_000),
        "scheme": "http",
        "root_path": "",
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await door(scope, receive, send)
    return sent[0]["status"], {name for name, _ in sent[0]["headers"]}


async def test_one_viewer_has_only_so_many_streams_at_a_time(tmp_path: Path) -> None:
    async with hall(tmp_path, streams_of_viewer=2) as opened:
        first = await opened.watch()
        assert (await opened.watch(cookie=first.cookie)).status == 200
        assert (await opened.watch(cookie=first.cookie)).status == 429


async def test_one_address_alone_does_not_fill_the_house(tmp_path: Path) -> None:
    async with hall(tmp_path, streams_of_address=2) as opened:
        streams = [await opened.watch() for _ in range(3)]
        assert [stream.status for stream in streams] == [200, 200, 429]
        assert "this network" in (await streams[2].problem())["detail"]


async def test_a_full_replica_says_which_limit_is_reached(tmp_path: Path) -> None:
    async with hall(tmp_path, most_streams=2) as opened:
        assert [(await opened.watch()).status for _ in range(2)] == [200, 200]
        refused = await opened.watch()
        assert refused.status == 503
        assert "ulimit -n" in (await refused.problem())["detail"]


async def test_what_services_say_of_other_rooms_or_badly_disturbs_nobody(room: Hall) -> None:
    stream = await room.watch()
    await stream.data("state")
    live = room.doors[0].live
    live.hear("broadcast.room.changed", b"{broken")
    live.hear("broadcast.chat.said", json.dumps({"broadcast_id": "another", "lines": [{"text": "x"}]}).encode())
    room.say("hello")
    assert [line["text"] for line in (await stream.data("chat"))["messages"]] == ["hello"]


def test_what_is_kept_for_those_who_come_back_has_a_bound() -> None:
    ring = Ring("a")
    for second in range(600):
        ring.keep(second * 1_000, b"x" * 10_000)
    assert ring.bytes <= 512 * 1024
    assert ring.since(f"{599_000}-a") == (b"", True)
    assert ring.since("1000-a")[1] is False
