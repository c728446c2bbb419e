"""The server before strangers: heads without end, requests that stop half-way, and what is no HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from services.kit.protocol import LARGEST_HEAD_BYTES, BoundedProtocol

Talk = Callable[..., Any]
ASKED = b"POST / HTTP/1.1\r\nHost: sunfair.test\r\n"


class Impatient(BoundedProtocol):
    """One that waits a blink only."""

    stalled_seconds = 0.05


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the number of bytes that were sent."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(str(size)))]})
    await send({"type": "http.response.body", "body": str(size).encode()})


@pytest.fixture
async def port(request: pytest.FixtureRequest) -> AsyncIterator[int]:
    """A port where that application listens."""
    config, state = uvicorn.Config(app, log_config=None, access_log=False), ServerState()
    config.load()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: request.param(config, state, {}, loop), "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def told(port: int, *pieces: bytes) -> tuple[str, bytes]:
    """The status line and the body of the answer to these bytes; both empty when the connection ends without one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        answer = await reader.read(100_000)
    except ConnectionError:
        answer = b""
    finally:
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.partition(b"\r\n")[0].decode(), body


def only(protocol: type[BoundedProtocol]) -> pytest.MarkDecorator:
    """For the one protocol, not the other."""
    return pytest.mark.parametrize("port", [protocol], indirect=True, ids=[protocol.__name__])


@only(BoundedProtocol)
async def test_a_request_is_answered_whole_and_in_pieces(port: int) -> None:
    assert await told(port, ASKED + b"Content-Length: 3\r\n\r\nabc") == ("HTTP/1.1 200 OK", b"3")
    assert await told(port, ASKED, b"Content-Length: 3\r\n", b"\r\n", b"a", b"bc") == ("HTTP/1.1 200 OK", b"3")


@only(BoundedProtocol)
async def test_a_body_may_be_larger_than_a_head(port: int) -> None:
    size = 10 * LARGEST_HEAD_BYTES
    sent = ASKED + b"Content-Length: %d\r\n\r\n" % size
    assert await told(port, sent, b"x" * size) == ("HTTP/1.1 200 OK", str(size).encode())


@only(BoundedProtocol)
@pytest.mark.parametrize(
    "endless", [b"X-Many: aaaaaaaa\r\n" * 100, b"a" * 2_000], ids=["many headers", "one header without end"]
)
async def test_a_head_without_end_is_refused_in_words(port: int, endless: bytes) -> None:
    status, body = await told(port, ASKED + b"X: ", *[endless] * (LARGEST_HEAD_BYTES // len(endless) + 1))
    assert status == "HTTP/1.1 431 Request Header Fields Too Large"
    assert "128 kB" in json.loads(body)["detail"]
    assert "请求头" in json.loads(body)["detail"]


@only(BoundedProtocol)
async def test_what_is_no_http_is_refused_in_words(port: int) -> None:
    status, body = await told(port, b"\x16\x03\x01 hello\r\n\r\n")
    assert status == "HTTP/1.1 400 Bad Request"
    assert json.loads(body)["status"] == 400


@only(BoundedProtocol)
async def test_a_search_that_no_address_can_hold_is_refused_in_words(port: int) -> None:
    status, body = await told(port, b"GET /zh/search?q=" + b"%E6%A2%A8" * 10_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n")
    assert status.startswith("HTTP/1.1 414 ")
    assert "请缩短搜索内容" in json.loads(body)["detail"]


@only(Impatient)
async def test_a_head_that_stops_half_way_is_given_up(port: int) -> None:
    status, body = await told(port, ASKED + b"X-Slow: ")
    assert status == "HTTP/1.1 408 Request Timeout"
    assert "请求未在规定时间内" in json.loads(body)["detail"]


@only(Impatient)
async def test_a_body_that_stops_half_way_is_given_up(port: int) -> None:
    assert await told(port, ASKED + b"Content-Length: 9\r\n\r\nabc") == ("", b"")


@only(Impatient)
async def test_an_answer_that_takes_its_time_is_waited_for(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(2):
        writer.write(ASKED + b"Content-Length: 0\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n0")).startswith(b"HTTP/1.1 200")
        # Longer than a request may take to come on: between two there is nothing to wait for.
        await asyncio.sleep(0.1)
    writer.close()
