"""Thousands of viewers in one process, for `bench room`: they connect, read, notice when each message was sent, return.

Every message carries the moment of its sending on the machine's monotonic clock, which all processes share. Viewers
count a piece of bytes that was seen before without reading it again, so the client costs little beside the server.
"""

import asyncio
import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

SENT = re.compile(rb"sent=([0-9.]+)")
CONNECTING = 100
RETURN_SECONDS = (1.0, 5.0)


@dataclass
class Tally:
    """What all viewers together have seen."""

    delays: list[float] = field(default_factory=list)
    greeted: int = 0
    lost: int = 0
    measuring: bool = False
    stamps: dict[bytes, list[float]] = field(default_factory=dict)
    greeted_at: list[float] = field(default_factory=list)

    def take(self, data: bytes) -> None:
        """A piece of the stream, as one viewer got it."""
        now = time.perf_counter()
        stamps = self.stamps.get(data)
        if stamps is None:
            stamps = self.stamps[data] = [float(found) for found in SENT.findall(data)]
            if len(self.stamps) > 1_000:
                self.stamps.clear()
        if self.measuring:
            self.delays.extend(now - sent for sent in stamps)


class Viewer(asyncio.Protocol):
    """One viewer, who comes back when the connection is lost, each at a moment of their own."""

    def __init__(self, crowd: "Crowd", request: bytes) -> None:
        self.crowd = crowd
        self.request = request
        self.greeted = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        # Of uvloop or of asyncio: both write, and share no class that says so.
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        """The first piece with an event in it is the greeting."""
        tally = self.crowd.tally
        if self.greeted:
            tally.take(data)
        elif b"data:" in data:
            self.greeted = True
            tally.greeted += 1
            tally.greeted_at.append(time.perf_counter())

    def connection_lost(self, exc: Exception | None) -> None:
        """Come back a little later, as a browser that was told when."""
        self.transport = None
        self.crowd.tally.lost += 1
        if self.greeted:
            self.greeted = False
            self.crowd.tally.greeted -= 1
        if self.crowd.returning:
            pause = random.uniform(*RETURN_SECONDS)  # noqa: S311  It spreads the load.
            asyncio.get_running_loop().call_later(pause, self.crowd.send_back, self)


@dataclass
class Crowd:
    """Viewers of one room."""

    host: str
    port: int
    requests: Sequence[bytes]
    tally: Tally = field(default_factory=Tally)
    viewers: list[Viewer] = field(default_factory=list)
    returning: bool = False
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def enter(self) -> float:
        """Let everybody in, a hundred at a time; the seconds it took until the last was greeted."""
        started = time.perf_counter()
        gate = asyncio.Semaphore(CONNECTING)

        async def one(request: bytes) -> None:
            async with gate:
                viewer = Viewer(self, request)
                await asyncio.get_running_loop().create_connection(lambda: viewer, self.host, self.port)
                self.viewers.append(viewer)
                while not viewer.greeted:  # noqa: ASYNC110  A protocol has no event to wait for.
                    await asyncio.sleep(0.01)

        await asyncio.gather(*(one(request) for request in self.requests))
        return time.perf_counter() - started

    def send_back(self, viewer: Viewer) -> None:
        """Connect a viewer anew."""
        task = asyncio.get_running_loop().create_task(self._send_back(viewer))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _send_back(self, viewer: Viewer) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: viewer, self.host, self.port)
        except OSError:
            if self.returning:
                pause = random.uniform(*RETURN_SECONDS)  # noqa: S311  The same.
                asyncio.get_running_loop().call_later(pause, self.send_back, viewer)

    async def leave(self) -> None:
        """Everybody goes."""
        self.returning = False
        for viewer in self.viewers:
            if viewer.transport is not None:
                viewer.transport.abort()
        await asyncio.sleep(0.5)


def share(delays: Sequence[float], part: float) -> float:
    """The delay in milliseconds that `part` of all deliveries stayed within."""
    if not delays:
        return float("nan")
    return sorted(delays)[min(len(delays) - 1, int(len(delays) * part))] * 1000
