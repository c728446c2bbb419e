"""HTTP/1.1 with an end: a request's head has a largest size, and a request that does not come on is given up.

uvicorn on httptools reads a head of any length and waits for the rest of a request for ever; a stranger with one
connection could fill the memory, and with some thousands take every connection that there is.
"""

import asyncio
import http
import json

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# The parser of addresses takes no longer one, see httptools.
LONGEST_ADDRESS = 65_535
LARGEST_HEAD_BYTES = 128 * 1024
STALLED_SECONDS = 30.0
# What a slow phone still manages in that time; whoever sends less keeps the connection from others.
LEAST_BYTES = 2 * 1024
LINGER_SECONDS = 1.0

_WORDS = {
    400: (
        "The request is not HTTP as RFC 9112 has it. Check the request line and the headers.",
        "请求不符合 HTTP 规范（RFC 9112），请检查请求行和请求头。",
    ),
    414: (
        "The address has more than 64 kB. Search for less, or send fewer parameters.",
        "网址超过 64 kB，请缩短搜索内容或减少参数。",
    ),
    408: (
        "The rest of the request did not come. Send it again.",
        "请求未在规定时间内发送完毕，请重新发送。",
    ),
    431: (
        f"The headers have more than {LARGEST_HEAD_BYTES // 1024} kB. Send fewer cookies or shorter headers.",
        f"请求头超过 {LARGEST_HEAD_BYTES // 1024} kB，请减少 Cookie 或缩短请求头。",
    ),
}


class BoundedProtocol(HttpToolsProtocol):
    """One connection. What cannot be read at all is refused in words too, as a problem document in both languages."""

    stalled_seconds = STALLED_SECONDS

    url = b""
    in_head = True
    coming = False
    refused = False
    head_bytes = 0
    since_looked = 0
    watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection on which nothing is asked ends as one on which nothing more is asked."""
        super().connection_made(transport)
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._stop_watching()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes; as long as the request has no end, somebody looks at the clock."""
        if self.refused:
            return
        self.since_looked += len(data)
        if self.in_head:
            self.head_bytes += len(data)
        super().data_received(data)
        if self.refused or self.transport.is_closing():
            return
        if self.in_head and self.head_bytes > LARGEST_HEAD_BYTES:
            self._refuse(431)
        elif not self.coming and not self.head_bytes:
            self._stop_watching()
        elif self.watch is None:
            self.since_looked = 0
            self.watch = self.loop.call_later(self.stalled_seconds, self._look)

    def on_message_begin(self) -> None:
        """A request begins."""
        self.coming = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its head is whole; how large a body may be is known further in."""
        self.in_head, self.head_bytes = False, 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """It is whole, and another may follow."""
        self.in_head, self.coming, self.head_bytes = True, False, 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP, or asks for more than an address can hold."""
        del msg
        self._refuse(414 if len(self.url) > LONGEST_ADDRESS else 400)

    def _look(self) -> None:
        """Go on while enough came since last time, or while it is we who do not read."""
        if self.flow.read_paused or self.since_looked >= LEAST_BYTES:
            self.since_looked = 0
            self.watch = self.loop.call_later(self.stalled_seconds, self._look)
        else:
            self._refuse(408)

    def _stop_watching(self) -> None:
        if self.watch is not None:
            self.watch.cancel()
            self.watch = None

    def _refuse(self, status: int) -> None:
        """Say why, unless an answer is on its way already, and close."""
        self._stop_watching()
        self._unset_keepalive_if_required()
        self.refused = True
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(_refusal(status))
            self.transport.write_eof()
            # Closed at once, with something unread, the connection would be reset and the words lost on their way.
            self.watch = self.loop.call_later(LINGER_SECONDS, self.transport.close)
        else:
            self.transport.close()


def _refusal(status: int) -> bytes:
    en, zh = _WORDS[status]
    phrase = http.HTTPStatus(status).phrase
    document = {"type": "about:blank", "title": phrase, "status": status, "detail": f"{en} {zh}"}
    body = json.dumps(document, ensure_ascii=False).encode()
    head = (
        f"HTTP/1.1 {status} {phrase}\r\ncontent-type: application/problem+json\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
