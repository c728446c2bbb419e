"""What is answered from memory is, byte for byte but for the request's own headers, what was answered first."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.house import open_house, served

# Each answer has its own; the limits count only what is not answered from memory.
OWN = (b"x-request-id", b"ratelimit", b"ratelimit-policy")
BODY = b'{"items": []}' * 1_000


async def regions(scope: Any, receive: Any, send: Any) -> None:
    """A service with one public answer, in two pieces and of a length that it does not say."""
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"public, max-age=5"), (b"etag", b'"one"')]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY[:5], "more_body": True})
    await send({"type": "http.response.body", "body": BODY[5:]})


@pytest.fixture
async def socket(tmp_path: Path) -> AsyncIterator[str]:
    """The gateway on a socket, before that service, as browsers meet it."""
    async with (
        open_house({"catalog": regions}, tmp_path) as house,
        served(house.door, tmp_path / "gateway.sock") as address,
    ):
        yield address.removeprefix("unix:")


def get(*lines: str, method: str = "GET", version: str = "1.1") -> bytes:
    """A request as it travels."""
    return "\r\n".join([f"{method} /api/v1/regions HTTP/{version}", "Host: sunfair.test", *lines, "", ""]).encode()


async def told(socket: str, *requests: bytes) -> bytes:
    """All that comes back on one connection; the last request asks the server to close it."""
    reader, writer = await asyncio.open_unix_connection(socket)
    writer.write(b"".join(requests))
    answer = await asyncio.wait_for(reader.read(-1), 10)
    writer.close()
    return answer


def head_and_body(answer: bytes) -> tuple[list[bytes], bytes]:
    """Status line and headers less those of each answer alone, sorted; and the body, out of its chunks."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.split(b"\r\n")
    chunked = b"transfer-encoding: chunked" in lines
    if chunked:
        pieces = []
        while (size := int(body.partition(b"\r\n")[0], 16)) > 0:
            rest = body.partition(b"\r\n")[2]
            pieces.append(rest[:size])
            body = rest[size + 2 :]
        body = b"".join(pieces)
    framing = (b"transfer-encoding", b"content-length", b"connection", *OWN)
    return [status, *sorted(line for line in lines if line.split(b":")[0] not in framing)], body


LAST = get("Connection: close")


async def test_an_answer_from_memory_is_the_one_that_was_given_first(socket: str) -> None:
    first = head_and_body(await told(socket, LAST))
    from_memory = await told(socket, get(), LAST)
    one, _, other = from_memory.partition(BODY)
    assert head_and_body(one + BODY) == first == head_and_body(other)
    assert b"content-security-policy" in one
    assert f"content-length: {len(BODY)}".encode() in one
    assert b"connection: close" not in one
    assert b"connection: close" in other


async def test_many_requests_sent_at_once_are_answered_one_after_the_other(socket: str) -> None:
    await told(socket, LAST)
    answers = await told(socket, *[get()] * 20, LAST)
    assert answers.count(b"HTTP/1.1 200 OK\r\n") == 21
    assert answers.count(BODY) == 21


async def test_head_has_the_headers_and_no_body_and_the_next_request_is_answered(socket: str) -> None:
    await told(socket, LAST)
    answers = await told(socket, get(method="HEAD"), get('If-None-Match: "one"'), LAST)
    head, unchanged, last, _ = answers.split(b"\r\n\r\n")
    assert f"content-length: {len(BODY)}".encode() in head
    assert (unchanged.split(b"\r\n")[0], last.split(b"\r\n")[0]) == (b"HTTP/1.1 304 Not Modified", b"HTTP/1.1 200 OK")
    assert answers.endswith(BODY)


async def test_an_old_client_that_keeps_no_connection_is_answered_too(socket: str) -> None:
    await told(socket, LAST)
    answer = await told(socket, get(version="1.0"))
    assert b"connection: close" in answer
    assert answer.endswith(BODY)


async def test_a_reader_who_stops_reading_gets_the_whole_when_they_read_on(socket: str) -> None:
    await told(socket, LAST)
    reader, writer = await asyncio.open_unix_connection(socket)
    writer.write(get() * 200 + LAST)
    await asyncio.sleep(0)
    assert (await asyncio.wait_for(reader.read(-1), 20)).count(BODY) == 201
    writer.close()
