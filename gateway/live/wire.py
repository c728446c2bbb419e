"""The wire: events as bytes that are made once, and the writing of the same bytes to thousands of connections."""

import json
from collections import deque
from collections.abc import Coroutine, Iterable
from typing import Any

from starlette.types import Message, Send

KEPT_BYTES = 512 * 1024
KEPT_MS = 120_000
# Two replicas do not hear the same thing in the same millisecond; what is told twice, pages know by its id.
OVERLAP_MS = 1_000


def frame(event: str, data: Any, event_id: str | None = None) -> bytes:
    """One server-sent event (HTML living standard, section 9.2)."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    named = f"id: {event_id}\n" if event_id else ""
    return f"{named}event: {event}\ndata: {text}\n\n".encode("utf-8", "replace")


class Ring:
    """What was sent lately, for those who come back: bounded in time and in bytes."""

    def __init__(self, replica: str) -> None:
        self.replica = replica
        self.kept: deque[tuple[int, bytes]] = deque()
        self.bytes = 0
        # Before this moment something may be missing.
        self.complete_since = 0

    def event_id(self, at_ms: int) -> str:
        """The id under which a browser that comes back says what it saw last."""
        return f"{at_ms}-{self.replica}"

    def keep(self, at_ms: int, body: bytes) -> None:
        """Keep what is being sent, at the cost of the oldest."""
        self.kept.append((at_ms, body))
        self.bytes += len(body)
        while self.kept and (self.bytes > KEPT_BYTES or self.kept[0][0] < at_ms - KEPT_MS):
            oldest, gone = self.kept.popleft()
            self.bytes -= len(gone)
            self.complete_since = oldest

    def since(self, last_event_id: str) -> tuple[bytes, bool]:
        """What was sent after that id, and whether that is all of it. Ids of other replicas are understood."""
        seen = seen_ms(last_event_id)
        if seen < 0:
            return b"", False
        if not last_event_id.endswith(f"-{self.replica}"):
            seen -= OVERLAP_MS
        return b"".join(body for sent, body in self.kept if sent > seen), seen >= self.complete_since


def seen_ms(event_id: str) -> int:
    """The moment in the id of an event, of whichever replica; -1 for one that we never made."""
    at = event_id.partition("-")[0]
    return int(at) if at.isascii() and at.isdecimal() and len(at) < 16 else -1


class Watcher:
    """One connection. It is written to without waiting; one that cannot take more is cut."""

    __slots__ = ("gone", "send")

    def __init__(self, send: Send) -> None:
        self.send = send
        self.gone = False

    def write(self, message: Message) -> bool:
        """Hand over the message; False when the connection holds as much unsent as it may (64 KiB at the server)."""
        return _at_once(self.send(message))

    def cut(self) -> None:
        """End the connection without a word: whoever does not read would hold what waits for them for ever."""
        self.gone = True
        cycle = getattr(self.send, "__self__", None)
        transport = getattr(cycle, "transport", None)
        # ASGI knows no way to cut a connection. Without one the server closes it when the application returns.
        if transport is not None:
            transport.abort()


def _at_once(coroutine: Coroutine[Any, Any, None] | Any) -> bool:
    """Run a send that has nothing to wait for: the server waits only when a connection is full.

    A task for each of ten thousand viewers would cost three times as much as the writing itself.
    """
    try:
        coroutine.send(None)
    except StopIteration:
        return True
    coroutine.close()
    return False


def body_message(parts: Iterable[bytes] | bytes, *, more: bool = True) -> Message:
    """The ASGI message for these bytes; one object for all viewers."""
    body = parts if isinstance(parts, bytes) else b"".join(parts)
    return {"type": "http.response.body", "body": body, "more_body": more}
