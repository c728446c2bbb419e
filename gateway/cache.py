"""Ready-made answers to public reads, looked up before any framework: a hit costs what a bare ASGI app costs.

A request with a cookie or Authorization never reads or fills the cache, unless the cookie is a viewer's of a room. What
sets a cookie or is not marked `Cache-Control: public` is never kept. Entries live a few seconds and go at once when a
service speaks.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from urllib.parse import parse_qsl, urlencode

from starlette.types import Message, Scope, Send

from gateway.ready import head_of, write_at_once
from services.kit.http import language_of

MOST_ENTRIES = 5_000
LARGEST_BODY = 1_000_000
# Together: whoever asks for one page with ever other parameters must not fill the memory with it.
MOST_BYTES = 128 * 1024 * 1024
# Cookies that no public answer depends on; an empty name is no cookie.
SAME_FOR_ALL = frozenset({b"", b"sunfair_device", b"sunfair_viewer"})

Key = tuple[bytes, str, str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer as ASGI messages, and its `head` as it travels.

    `source` is the service whose events make it stale; pages go with any.
    """

    start: Message
    head: bytes
    body: bytes
    etag: bytes | None
    until: float
    source: str


@dataclass
class Cache:
    """Answers to GET by host, path, sorted query, Accept (and whether gzip is taken) and language."""

    seconds: float
    entries: OrderedDict[Key, Entry] = field(default_factory=OrderedDict)
    most_bytes: int = MOST_BYTES
    held_bytes: int = 0

    def purge(self, source: str) -> None:
        """Forget what the service's news may have changed: its own answers and every page."""
        stale = [key for key, entry in self.entries.items() if entry.source in (source, "pages")]
        for key in stale:
            self._forget(key)

    def find(self, key: Key) -> Entry | None:
        """The kept answer, if it is still good."""
        entry = self.entries.get(key)
        if entry is None:
            return None
        if entry.until < time.monotonic():
            self._forget(key)
            return None
        self.entries.move_to_end(key)
        return entry

    def keep(self, key: Key, entry: Entry) -> None:
        """Keep an answer, at the cost of those longest unused."""
        if key in self.entries:
            self._forget(key)
        self.entries[key] = entry
        self.held_bytes += _size(key, entry)
        while len(self.entries) > MOST_ENTRIES or self.held_bytes > self.most_bytes:
            self._forget(next(iter(self.entries)))

    def _forget(self, key: Key) -> None:
        self.held_bytes -= _size(key, self.entries.pop(key))


def _size(key: Key, entry: Entry) -> int:
    return len(entry.body) + sum(map(len, key))


def cache_key(scope: Scope, headers: dict[bytes, bytes]) -> Key | None:
    """The key of a request that may be answered from the cache, or None."""
    if scope["method"] not in ("GET", "HEAD") or b"authorization" in headers or _is_personal(headers):
        return None
    query = scope["query_string"].decode("latin-1")
    if query:
        # By name only: of a value given twice, the order decides which one counts.
        query = urlencode(sorted(parse_qsl(query, keep_blank_values=True), key=itemgetter(0)))
    wanted = _wanted(headers.get(b"accept", b""), headers.get(b"accept-encoding", b""), headers.get(b"accept-language"))
    return headers.get(b"host", b""), scope["path"], query, wanted


@lru_cache(maxsize=1024)
def _wanted(accept: bytes, encoding: bytes, language: bytes | None) -> str:
    """What of a request's wishes can change an answer; browsers send the same few again and again."""
    known = language_of((language or b"").decode("latin-1"))
    return f"{known} gzip={b'gzip' in encoding} {accept.decode('latin-1')}"


def _is_personal(headers: dict[bytes, bytes]) -> bool:
    """Whether a cookie could change the answer. A device that once watched a room reads the same pages as any other."""
    if b"cookie" not in headers:
        return False
    cookies = headers[b"cookie"].split(b";")
    return any(cookie.partition(b"=")[0].strip() not in SAME_FOR_ALL for cookie in cookies)


async def answer_from(entry: Entry, headers: dict[bytes, bytes], send: Send) -> None:
    """Send a kept answer, or 304 when the caller holds the same bytes."""
    if entry.etag is not None and entry.etag in headers.get(b"if-none-match", b""):
        kept = [(name, value) for name, value in entry.start["headers"] if name != b"content-length"]
        await send({"type": "http.response.start", "status": 304, "headers": kept})
        await send({"type": "http.response.body", "body": b""})
        return
    if not write_at_once(send, entry.head, entry.body):
        await send(entry.start)
        await send({"type": "http.response.body", "body": entry.body})


class Recorder:
    """Passes an answer on and keeps it when it may be kept."""

    def __init__(self, cache: Cache, key: Key, source: str, send: Send) -> None:
        self.cache, self.key, self.source, self.send = cache, key, source, send
        self.start: Message | None = None
        self.chunks: list[bytes] = []
        self.size = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message if _may_be_kept(message) else None
        elif self.start is not None:
            self._note(message)
        await self.send(message)

    def _note(self, message: Message) -> None:
        body = message.get("body", b"")
        self.size += len(body)
        if self.size > LARGEST_BODY:
            self.start = None
            return
        self.chunks.append(body)
        if self.start is not None and not message.get("more_body", False):
            self.cache.keep(self.key, self._entry(self.start, b"".join(self.chunks)))

    def _entry(self, start: Message, body: bytes) -> Entry:
        headers = list(start["headers"])
        if b"content-length" not in dict(headers):
            headers.append((b"content-length", str(len(body)).encode()))
        etag = dict(headers).get(b"etag")
        until = time.monotonic() + self.cache.seconds
        whole = {**start, "headers": headers}
        return Entry(whole, head_of(start["status"], headers), body, etag, until, self.source)


def _may_be_kept(start: Message) -> bool:
    headers = dict(start["headers"])
    return (
        start["status"] == 200
        and b"set-cookie" not in headers
        and b"public" in headers.get(b"cache-control", b"")
        and b"private" not in headers.get(b"cache-control", b"")
    )
