"""What the door makes of a service's answers, whole, halved, late, doubled or nonsense, and of connections that end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvloop

from gateway.connection import MOST_UNREAD, request_bytes
from gateway.upstream import Upstream
from services.kit.problem import Unavailable

Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Said: yes\r\n\r\nhello"


class Service:
    """Speaks bytes: for each request the next of `answers`; None ends the connection without a word."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.heard: list[bytes] = []
        self.connections = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while self.answers and (head := await self._head(reader)):
            self.heard.append(head)
            answer = self.answers.pop(0)
            if answer is None:
                break
            writer.write(answer)
        writer.close()

    async def _head(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.CancelledError):
            return b""  # The door closed it, or the test is over.


@asynccontextmanager
async def upstream(service: Answering, folder: Path) -> AsyncIterator[Upstream]:
    """That service on a socket, and the door's way to it."""
    server = await asyncio.start_unix_server(service, str(folder / "service.sock"))
    way = Upstream("catalog", f"unix:{folder / 'service.sock'}")
    try:
        yield way
    finally:
        await way.close()
        server.close()


async def asked(way: Upstream, method: str = "GET", body: bytes = b"") -> tuple[int, bytes]:
    async with way.call(method, "/lots/1?n=2", {"accept-language": "zh"}, body) as answer:
        return answer.status, await answer.read()


async def test_one_connection_carries_one_request_after_the_other(tmp_path: Path) -> None:
    chunked = b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n5\r\nthing\r\n0\r\n\r\n"
    nothing = b"HTTP/1.1 204 No Content\r\n\r\n"
    unchanged = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nContent-Length: 900\r\n\r\n'
    service = Service(OK, chunked, nothing, unchanged, OK)
    async with upstream(service, tmp_path) as way:
        assert await asked(way) == (200, b"hello")
        assert await asked(way) == (404, b"nothing")
        assert await asked(way, "POST", b"{}") == (204, b"")
        assert await asked(way) == (304, b"")
        assert await asked(way) == (200, b"hello")
    assert service.connections == 1
    assert service.heard[0] == b"GET /lots/1?n=2 HTTP/1.1\r\nhost: service\r\naccept-language: zh\r\n\r\n"
    assert b"content-length: 2\r\n" in service.heard[2]


def test_it_is_the_same_on_the_loop_that_the_door_runs_on(tmp_path: Path) -> None:
    size = 4 * MOST_UNREAD

    async def read() -> None:
        service = Service(OK, b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + bytes(size), None, OK)
        async with upstream(service, tmp_path) as way:
            assert await asked(way) == (200, b"hello")
            assert await asked(way, "POST", b"{}") == (200, bytes(size))
            assert await asked(way) == (200, b"hello")

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(read())


async def test_what_is_only_said_in_between_is_no_answer(tmp_path: Path) -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    async with upstream(Service(early + OK), tmp_path) as way, way.call("GET", "/", {}, b"") as answer:
        assert (answer.status, answer.raw_headers[-1]) == (200, (b"X-Said", b"yes"))
        assert len(answer.raw_headers) == 2


async def test_a_kept_connection_that_ends_is_replaced_for_a_read_and_never_for_a_write(tmp_path: Path) -> None:
    service = Service(OK, None, OK, None, OK)
    async with upstream(service, tmp_path) as way:
        assert await asked(way) == (200, b"hello")
        assert await asked(way) == (200, b"hello")
        with pytest.raises(Unavailable):
            await asked(way, "POST", b"{}")
        assert await asked(way) == (200, b"hello")
        assert way.connections.made == 1
    posts = [head for head in service.heard if head.startswith(b"POST")]
    assert (len(posts), service.connections) == (1, 3)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nnot a length\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"220 mail.example ESMTP\r\n",
        b"\x00\xff\x00",
    ],
)
async def test_half_an_answer_and_nonsense_mean_that_nobody_answers(tmp_path: Path, answer: bytes) -> None:
    async def ends(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async with upstream(ends, tmp_path) as way:
        with pytest.raises(Unavailable):
            await asked(way)
        assert way.connections.made == 0


async def test_a_second_answer_to_one_request_is_given_to_nobody(tmp_path: Path) -> None:
    service = Service(OK + OK.replace(b"hello", b"other"), OK)
    async with upstream(service, tmp_path) as way:
        assert await asked(way) == (200, b"hello")
        assert await asked(way) == (200, b"hello")
    assert service.connections == 2


async def test_a_long_answer_waits_for_who_reads_slowly(tmp_path: Path) -> None:
    size = 40 * MOST_UNREAD
    service = Service(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + bytes(size), OK)
    async with upstream(service, tmp_path) as way:
        read = most = 0
        async with way.call("GET", "/", {}, b"") as answer:
            async for piece in answer.pieces():
                read += len(piece)
                most = max(most, answer.unread)
                await asyncio.sleep(0)
        assert read == size
        # One reading of the socket may go over it.
        assert most < 4 * MOST_UNREAD
        assert await asked(way) == (200, b"hello")


async def test_an_answer_that_nobody_reads_to_its_end_ends_its_connection(tmp_path: Path) -> None:
    service = Service(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", OK)
    async with upstream(service, tmp_path) as way:
        async with way.call("GET", "/", {}, b"") as answer:
            assert answer.status == 200
        assert await asked(way) == (200, b"hello")
    assert service.connections == 2


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/lots/1 HTTP/1.1\r\nX-Forged: 1", {}),
        ("/lots/1 2", {}),
        ("/lots/1", {"accept": "a\r\nX-Forged: 1"}),
        ("/lots/1", {"x\nforged": "1"}),
        ("/lots/1", {"accept": "a\0"}),
    ],
)
def test_nothing_is_sent_that_could_be_read_as_another_line(target: str, headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="must not stand there"):
        request_bytes("GET", target, "service", headers, b"")


@pytest.mark.parametrize("url", ["https://catalog", "catalog:8000", "http://catalog/below"])
def test_an_address_of_another_kind_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="catalog"):
        Upstream("catalog", url)
