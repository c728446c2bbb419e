"""A room for tests of the event stream: a stand-in for broadcast, gateways before it, and viewers on real sockets."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from httpx import AsyncClient, AsyncHTTPTransport
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from gateway.app import Door, create_app
from gateway.live.room import Pace
from gateway.settings import GatewaySettings
from services.kit import clock
from services.kit.ids import new_id
from tests.gateway.house import served

ROOM = "01976f3a-0000-7000-8000-00000000b0a1"
QUICK = {"tick": 0.02, "heartbeat": 0.1, "refresh": 0.2}


@dataclass
class Broadcast:
    """A stand-in service as a program of its own: one room whose state tests change, and a count of questions."""

    state: dict[str, Any] = field(default_factory=lambda: {"state": "open", "title_zh": "砀山酥梨专场"})
    asked: int = 0
    answers: bool = True
    remembers: bool = True
    stays: list[dict[str, Any]] = field(default_factory=list)
    proofs: list[str] = field(default_factory=list)
    chat: list[dict[str, Any]] = field(default_factory=list)
    spoken: list[dict[str, str]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.asked += request.url.path.endswith("/room")
        if not self.answers or not (self.remembers or request.url.path.endswith("/room")):
            response = JSONResponse({"status": 500}, 500)
        elif request.url.path == f"/broadcasts/{ROOM}/room":
            response = JSONResponse(self.state)
        elif request.url.path == f"/broadcasts/{ROOM}/viewer-sessions":
            self.proofs.append(request.headers.get("sunfair-gateway", ""))
            self.stays += (await request.json())["rows"]
            response = JSONResponse({"about": 1_200})
        elif request.url.path == f"/broadcasts/{ROOM}/messages" and request.method == "GET":
            response = JSONResponse({"items": self.chat[::-1], "next": None})
        elif request.url.path == f"/broadcasts/{ROOM}/messages":
            self.spoken.append(dict(request.headers))
            response = JSONResponse({"message_id": "m"}, 201)
        else:
            response = JSONResponse({"status": 404, "detail": "nothing here"}, 404)
        await response(scope, receive, send)


@dataclass
class Stream:
    """One viewer's connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    status: int
    headers: list[tuple[str, str]]
    waiting: bytes = b""

    @property
    def cookie(self) -> str:
        """What a browser would send back."""
        return "; ".join(value.split(";")[0] for name, value in self.headers if name == "set-cookie")

    async def problem(self) -> dict[str, Any]:
        """The body of a refusal."""
        length = int(dict(self.headers)["content-length"])
        body: dict[str, Any] = json.loads(await self.reader.readexactly(length))
        return body

    async def block(self) -> str:
        """The next event or comment as it came. Raises EOFError at the end of the stream."""
        while b"\n\n" not in self.waiting:
            size = int((await self.reader.readuntil(b"\r\n")).strip(), 16)
            piece = await self.reader.readexactly(size + 2)
            if size == 0:
                raise EOFError
            self.waiting += piece[:-2]
        block, _, self.waiting = self.waiting.partition(b"\n\n")
        return block.decode()

    async def event(self, name: str = "") -> tuple[str, Any, str | None]:
        """The next event (of that name): its name, data and id."""
        while True:
            lines = dict(line.split(": ", 1) for line in (await self.block()).split("\n") if not line.startswith(":"))
            if lines.get("event") and name in ("", lines["event"]):
                return lines["event"], json.loads(lines["data"]), lines.get("id")

    async def data(self, name: str) -> Any:
        """The data of the next event of that name."""
        return (await asyncio.wait_for(self.event(name), 10))[1]

    async def close(self) -> None:
        """Go."""
        self.writer.close()


@dataclass
class Hall:
    """Replicas of the gateway before one broadcast service."""

    broadcast: Broadcast
    doors: list[Door]
    sockets: list[Path]
    streams: list[Stream] = field(default_factory=list)

    async def watch(
        self, cookie: str = "", last: str = "", room: str = ROOM, replica: int = 0, method: str = "GET", buffer: int = 0
    ) -> Stream:
        """Open a stream. `buffer`: bytes that this viewer's side of the connection takes without reading."""
        connection = socket.socket(socket.AF_UNIX)
        if buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, str(self.sockets[replica]))
        reader, writer = await asyncio.open_unix_connection(sock=connection, limit=1 << 20)
        lines = [f"{method} /api/v1/broadcasts/{room}/stream HTTP/1.1", "host: sunfair.test"]
        lines += [f"cookie: {cookie}"] if cookie else []
        lines += [f"last-event-id: {last}"] if last else []
        writer.write("\r\n".join([*lines, "", ""]).encode())
        head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).decode().split("\r\n")
        headers = [(name.lower(), value) for name, _, value in (line.partition(": ") for line in head[1:]) if name]
        stream = Stream(reader, writer, int(head[0].split()[1]), headers)
        self.streams.append(stream)
        return stream

    def tell(self, subject: str, replica: int | None = None, **told: Any) -> None:
        """What NATS would bring: to every replica, or to one."""
        data = json.dumps({"entity_id": ROOM, **told}).encode()
        for door in self.doors if replica is None else [self.doors[replica]]:
            door.live.hear(subject, data)

    @asynccontextmanager
    async def page(self, cookie: str = "") -> AsyncIterator[AsyncClient]:
        """A browser with the cookies of a viewer."""
        transport = AsyncHTTPTransport(uds=str(self.sockets[0]))
        headers = {"cookie": cookie, "user-agent": "a phone"}
        async with AsyncClient(transport=transport, base_url="http://sunfair.test", headers=headers) as client:
            yield client

    def say(self, *texts: str) -> None:
        """Chat lines of the room."""
        lines = [line(text) for text in texts]
        self.broadcast.chat += lines
        self.tell("broadcast.chat.said", broadcast_id=ROOM, lines=lines)


def line(text: str) -> dict[str, Any]:
    """A message, said now."""
    return {"message_id": new_id(), "tag": "4821", "role": "viewer", "text": text, "said_at": clock.now().isoformat()}


@asynccontextmanager
async def hall(
    folder: Path, replicas: int = 1, pace: dict[str, float] | None = None, **settings: Any
) -> AsyncIterator[Hall]:
    """That many gateways, each on a socket of its own."""
    async with AsyncExitStack() as stack:
        broadcast = Broadcast()
        address = await stack.enter_async_context(served(broadcast, folder / "broadcast.sock"))
        given = {"demo": True, "background": False, "public_url": "http://sunfair.test", "broadcast_url": address}
        opened = Hall(broadcast, [], [])
        for number in range(replicas):
            door = create_app(GatewaySettings.model_validate(given | settings))
            lines = settings.get("chat_lines_a_second", 200)
            door.live.pace = Pace(chat_lines_a_second=lines, **{**QUICK, **(pace or {})})
            path = folder / f"gateway{number}.sock"
            await stack.enter_async_context(served(door, path))
            opened.doors.append(door)
            opened.sockets.append(path)
        try:
            yield opened
        finally:
            for stream in opened.streams:
                await stream.close()
            for door in opened.doors:
                await door.live.close()
                await door.clients.close()
                for upstream in door.upstreams.values():
                    await upstream.close()
