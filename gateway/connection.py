"""One connection to a service, and its answers as they come: HTTP/1.1 with as little work as a door can do.

A general client takes 300 µs for what this does in 100, and of it the door needs little: one request after the other,
to our own services, whose answers say how long they are.
"""

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Mapping
from typing import cast

import httptools

# A caller who reads slowly must not make us hold the whole of a long answer.
MOST_UNREAD = 256 * 1024
# Less than a service keeps a connection: the side that asks must be the one that closes.
KEPT_SECONDS = 30.0
_BROKEN_LINE = re.compile(r"[\r\n\0]")
_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE"})


class ConnectionBroken(Exception):
    """The connection ended, or what came over it was no answer. `unheard`: before a single byte of an answer."""

    def __init__(self, reason: str, *, unheard: bool = False) -> None:
        super().__init__(reason)
        self.unheard = unheard


def request_bytes(method: str, target: str, host: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """A request as it travels. Raises ValueError for what would be read as another line or another request."""
    lines = [f"{method} {target} HTTP/1.1", f"host: {host}", *(f"{name}: {value}" for name, value in headers.items())]
    if body or method not in _WITHOUT_BODY:
        lines.append(f"content-length: {len(body)}")
    if " " in target or _BROKEN_LINE.search("".join(lines)):
        raise ValueError("A request line or a header holds what must not stand there.")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


class Connection(asyncio.Protocol):
    """A connection that carries one request at a time. Its present answer: `status`, `raw_headers`, then the body."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.transport: asyncio.Transport | None = None
        self.broken: ConnectionBroken | None = None
        self.free_since = self.loop.time()
        self.waiter: asyncio.Future[None] | None = None
        self._begin()

    def _begin(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.status = 0
        self.raw_headers: list[tuple[bytes, bytes]] = []
        self.chunks: deque[bytes] = deque()
        self.unread = 0
        self.asked = self.heard = self.paused = self.complete = False

    # What the transport says.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        # The loop's own kind of transport, which need not be a subclass of asyncio's.
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Some bytes of an answer; what nobody asked for ends the connection."""
        if self.complete or not self.asked:
            self._break("something came that nobody asked for")
            return
        self.heard = True
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._break(f"not an answer: {error}")
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side is gone."""
        self._break(str(exc or "the connection was closed"))
        self._wake()

    # What the parser says.

    def on_message_begin(self) -> None:
        """An answer begins; a second one to the same request is none."""
        if self.complete:
            raise ConnectionBroken("two answers came to one request")

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header of the answer."""
        self.raw_headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is whole. What is only said in between (1xx) is passed over (RFC 9110 §15.2)."""
        if (status := self.parser.get_status_code()) >= 200:
            self.status = status

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self.chunks.append(body)
        self.unread += len(body)
        if self.unread > MOST_UNREAD and not self.paused and self.transport is not None:
            self.paused = True
            self.transport.pause_reading()

    def on_message_complete(self) -> None:
        """The answer is whole."""
        if not self.status:
            self.raw_headers.clear()
            return
        self.complete = True
        if not self.parser.should_keep_alive():
            self.close()

    # What the door does.

    async def ask(self, request: bytes) -> None:
        """Send a request and wait until its answer begins. Raises ConnectionBroken."""
        self._begin()
        if self.transport is None or self.broken is not None:
            raise ConnectionBroken("the connection was closed", unheard=True)
        self.asked = True
        self.transport.write(request)
        while not self.status:
            await self._more()

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body, piece by piece as it comes. Raises ConnectionBroken when it ends too early."""
        while True:
            while self.chunks:
                piece = self.chunks.popleft()
                self.unread -= len(piece)
                yield piece
            if self.paused and self.transport is not None:
                self.paused = False
                self.transport.resume_reading()
            if self.complete:
                return
            await self._more()

    async def read(self) -> bytes:
        """The whole body. Raises ConnectionBroken when it ends too early."""
        return b"".join([piece async for piece in self.pieces()])

    @property
    def is_read(self) -> bool:
        """Whether the answer is whole and all of it was taken."""
        return self.complete and not self.chunks

    def is_good(self) -> bool:
        """Whether another request can be sent over it."""
        whole = self.complete or not self.heard
        if self.broken is None and (not whole or self.loop.time() - self.free_since > KEPT_SECONDS):
            self.close()
        return self.broken is None

    def rest(self) -> None:
        """Nobody reads this answer any more; the connection waits for the next request."""
        self.free_since = self.loop.time()
        if self.paused and self.complete and self.transport is not None:
            self.transport.resume_reading()

    def close(self) -> None:
        """End the connection."""
        self._break("closed")

    def _break(self, reason: str) -> None:
        if self.broken is None:
            self.broken = ConnectionBroken(reason, unheard=not self.heard)
        if self.transport is not None:
            self.transport.close()

    async def _more(self) -> None:
        """Wait for whatever comes next."""
        if self.broken is not None and not self.complete:
            raise self.broken
        self.waiter = self.loop.create_future()
        try:
            await self.waiter
        finally:
            self.waiter = None

    def _wake(self) -> None:
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)
