"""Answers that are ready as bytes, head and all, written to the connection as they are.

The server looks at every header of an answer anew, each time: of an answer that is given ten thousand times that is
more than all the rest of the work. What it looked at once, when the answer was first given, is kept joined.
"""

from collections.abc import Sequence

from starlette.types import Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

Header = tuple[bytes, bytes]


def head_of(status: int, headers: Sequence[Header]) -> bytes:
    """Status line and headers as they travel (RFC 9112), with the empty line that ends them."""
    return STATUS_LINE[status] + b"".join(b"%b: %b\r\n" % header for header in headers) + b"\r\n"


def write_at_once(send: Send, head: bytes, body: bytes) -> bool:
    """Write a whole answer to the connection behind `send`; False where it must be sent the usual way.

    That is so for a connection that ends with this answer, for HEAD, for a reader who does not keep up, and under any
    server but our own. ASGI knows no such message; this does what the server's own `send` does with two of them.
    """
    cycle = getattr(send, "__self__", None)
    if not isinstance(cycle, RequestResponseCycle) or not _takes_it(cycle):
        return False
    cycle.response_started = True
    cycle.waiting_for_100_continue = False
    cycle.transport.write(head)
    cycle.transport.write(body)
    cycle.response_complete = True
    cycle.message_event.set()
    cycle.on_response()
    return True


def _takes_it(cycle: RequestResponseCycle) -> bool:
    plain = cycle.keep_alive and not cycle.default_headers and not cycle.response_started
    return plain and cycle.scope["method"] == "GET" and not (cycle.disconnected or cycle.flow.write_paused)
