"""One room at this replica: what is new in a quarter of a second becomes one piece of bytes for every viewer.

The state is asked of broadcast once for all viewers, at each change and now and then beside it, so that a lost
message delays a halt by a second and a half and no more. Notices and the state are never left out; chat is, by
sampling, when it comes faster than anybody reads, and says how much.
"""

import asyncio
import json
import logging
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import ClientError
from prometheus_client import Counter, Gauge
from starlette.types import Message

from gateway.live.wire import Ring, Watcher, body_message, frame, seen_ms
from services.kit import clock
from services.kit.problem import Problem

log = logging.getLogger(__name__)

TICK_SECONDS = 0.25
HEARTBEAT_SECONDS = 15.0
REFRESH_SECONDS = 1.5
# Between so many writes the loop looks at new connections, or nobody could join while a full room is served.
WRITES_AT_ONCE = 200
LONGEST_GATHERING = 1.0
# What is different in every answer, whether anything has happened or not.
VOLATILE = frozenset({"at", "stream_ms", "viewers_coarse"})
RECENT_LINES = 50
REPLICA = secrets.token_hex(3)

WATCHING = Gauge("sunfair_live_watching", "Open event streams of this replica")
CUT = Counter("sunfair_live_cut_total", "Streams that were cut because their reader was too slow")
SHED = Counter("sunfair_live_shed_total", "Chat lines left out of the streams by sampling")

ReadRoom = Callable[[str], Awaitable[dict[str, Any]]]
ReadChat = Callable[[str], Awaitable[list[dict[str, Any]] | None]]
Json = dict[str, Any]


@dataclass(frozen=True)
class Pace:
    """How fast a room goes."""

    chat_lines_a_second: int = 20
    tick: float = TICK_SECONDS
    heartbeat: float = HEARTBEAT_SECONDS
    refresh: float = REFRESH_SECONDS


class Room:
    """Viewers of one broadcast at this replica, and what they have not been told yet."""

    def __init__(self, broadcast_id: str, read: ReadRoom, read_chat: ReadChat, pace: Pace) -> None:
        self.broadcast_id = broadcast_id
        self.read = read
        self.read_chat = read_chat
        self.pace = pace
        self.ring = Ring(REPLICA)
        self.ring.complete_since = _now_ms()
        self.watchers: set[Watcher] = set()
        self.entered = 0
        self.state: Json = {}
        self.levels: dict[str, Json] = {}
        self.about: Json | None = None
        self.news: list[tuple[str, Json]] = []
        self.chat: list[Json] = []
        self.recent: deque[Json] = deque(maxlen=RECENT_LINES)
        self.recalled = False
        self.folded: dict[str, int] = {}
        self.sampled_at = time.monotonic()
        self.state_is_new = False
        self.new_levels: dict[str, Json] = {}
        self.stale = asyncio.Event()
        self.quiet = 0.0
        self.tasks: list[asyncio.Task[None]] = []

    async def ask(self) -> None:
        """Ask for the state and for what was said lately. Raises what broadcast answers, such as NotFound."""
        self.state = await self.read(self.broadcast_id)
        if self.is_open:
            await self.recall()

    async def recall(self) -> None:
        """Read what was said lately, once for everybody: at the start, and after the ear was lost for a while."""
        said = await self.read_chat(self.broadcast_id)
        self.recalled = said is not None
        known = {line["message_id"] for line in self.recent}
        missed = [line for line in said or () if line["message_id"] not in known]
        self.recent.extend(missed)
        if self.entered:
            self.chat.extend(missed)

    def run(self) -> None:
        """Begin to follow the room and to tell its viewers."""
        self.tasks = [asyncio.create_task(self._tick_for_ever()), asyncio.create_task(self._follow())]

    def stop(self) -> None:
        """End the work for this room at this replica."""
        for task in self.tasks:
            task.cancel()
        self.tasks = []

    @property
    def is_running(self) -> bool:
        """Whether viewers are being told."""
        return bool(self.tasks)

    @property
    def is_open(self) -> bool:
        """Whether there is something to watch: the room is open or about to be, was halted, or rehearses."""
        return self.state.get("state") in ("opening", "open", "halted") or bool(self.state.get("rehearsing"))

    def greeting(self, last_event_id: str | None) -> bytes:
        """What a viewer is told first: the whole state, then what they missed, or what was said lately.

        Thousands come back at once after a replica is lost; what they need is here, and none of them asks for more.
        """
        parts = [frame("state", self.state, self.ring.event_id(_now_ms()))]
        missed, complete = self.ring.since(last_event_id) if last_event_id else (b"", False)
        if not complete and self.recent:
            parts.append(frame("chat", {"messages": list(self.recent), "shed": 0}))
            complete = last_event_id is not None and seen_ms(last_event_id) >= _said_ms(self.recent[0])
        if last_event_id:
            parts.append(frame("resumed", {"complete": complete}))
        parts.append(missed)
        if self.levels:
            parts.append(frame("stock", self.levels))
        if self.about is not None:
            parts.append(frame("viewers", self.about))
        return b"".join(parts)

    def changed(self, told: Json | None = None) -> None:
        """The room has changed: ask anew. What the event itself says is shown should nobody answer."""
        if told is not None and told.get("state") in ("halted", "ended"):
            # Nobody waits for a second answer before the shelf is shut.
            shut = {"state": told["state"], "why_halted": told.get("why_halted"), "shelf": [], "pinned_lot_id": None}
            self._take(self.state | shut)
        self.stale.set()

    def say(self, event: str, data: Json) -> None:
        """News that is never left out."""
        self.news.append((event, data))

    def said(self, lines: list[Json]) -> None:
        """Chat lines, in order."""
        self.chat.extend(lines)
        self.recent.extend(lines)

    def remove(self, message_ids: list[str]) -> None:
        """Lines that are no longer shown, to nobody."""
        gone = set(message_ids)
        for kept in (self.recent, self.chat):
            lines = [line for line in kept if line["message_id"] not in gone]
            kept.clear()
            kept.extend(lines)
        self.say("removed", {"message_ids": message_ids})

    def fold(self, lines: list[Json]) -> None:
        """Lines that stand for more than one message by now; only the newest count of each is worth telling."""
        times = {line["message_id"]: line["times"] for line in lines}
        self.folded |= times
        for line in self.recent:
            line["times"] = times.get(line["message_id"], line.get("times", 1))

    def level(self, lot_id: str, level: Json) -> None:
        """What is left of a lot."""
        if self.levels.get(lot_id) != level:
            self.levels[lot_id] = self.new_levels[lot_id] = level

    def count(self, about: int | None) -> None:
        """About how many watch; None: fewer than ten."""
        if self.about != {"about": about}:
            self.about = {"about": about}
            self.say("viewers", self.about)

    async def _follow(self) -> None:
        """Keep the state fresh: at once after an event, else every moment, so that a lost event does no harm."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stale.wait(), self.pace.refresh)
            self.stale.clear()
            try:
                self._take(await self.read(self.broadcast_id))
                if not self.recalled:
                    await self.recall()
            except (Problem, ClientError, ValueError) as refusal:
                log.warning("Room %s cannot be read: %s", self.broadcast_id, refusal)

    def _take(self, state: Json) -> None:
        """Keep the state; it is news unless only the clock has moved on."""
        self.state_is_new = self.state_is_new or _lasting(state) != _lasting(self.state)
        self.state = state

    async def _tick_for_ever(self) -> None:
        due = time.monotonic()
        while True:
            # Held to its appointments: what the writing takes does not make the next piece later.
            due = max(due + self.pace.tick, time.monotonic())
            await asyncio.sleep(due - time.monotonic())
            await self.tick()

    async def tick(self) -> None:
        """Tell everybody what is new, once."""
        if self.state_is_new and not self.is_open:
            await self._write(body_message(frame("state", self.state)))
            self.part("ended")
            return
        body = self._fresh()
        self.quiet = 0.0 if body else self.quiet + self.pace.tick
        if not body and self.quiet >= self.pace.heartbeat:
            self.quiet, body = 0.0, b": beat\n\n"
        if body:
            await self._write(body_message(body))

    def _fresh(self) -> bytes:
        """What happened since the last tick, encoded once; all but the state can be asked for again."""
        state = frame("state", self.state) if self.state_is_new else b""
        self.state_is_new = False
        events = list(self.news)
        self.news.clear()
        if self.new_levels:
            events.append(("stock", dict(self.new_levels)))
            self.new_levels.clear()
        if self.chat:
            events.append(("chat", self._sampled()))
        if self.folded:
            events.append(("folded", {"times": dict(self.folded)}))
            self.folded.clear()
        if not events:
            return state
        at = _now_ms()
        last = len(events) - 1
        # The id comes last: whoever is cut off in between asks for the whole piece again.
        told = b"".join(
            frame(event, data, self.ring.event_id(at) if place == last else None)
            for place, (event, data) in enumerate(events)
        )
        self.ring.keep(at, told)
        return state + told

    def _sampled(self) -> Json:
        lines, self.chat = self.chat, []
        # A piece that comes late holds more: the rate counts, not the piece.
        now = time.monotonic()
        passed, self.sampled_at = now - self.sampled_at, now
        seconds = min(max(passed, self.pace.tick), LONGEST_GATHERING)
        most = max(1, round(self.pace.chat_lines_a_second * seconds))
        if len(lines) <= most:
            return {"messages": lines, "shed": 0}
        shown = [lines[place * len(lines) // most] for place in range(most)]
        shed = len(lines) - len(shown)
        SHED.inc(shed)
        return {"messages": shown, "shed": shed}

    async def _write(self, message: Message) -> None:
        for number, watcher in enumerate(list(self.watchers), start=1):
            if not watcher.gone and not watcher.write(message):
                CUT.inc()
                watcher.cut()
            if number % WRITES_AT_ONCE == 0:
                await asyncio.sleep(0)

    def part(self, reason: str | None) -> None:
        """The last word to everybody; the stream ends. Without a reason browsers come back by themselves."""
        farewell = body_message(frame("bye", {"reason": reason}) if reason else b"", more=False)
        for watcher in list(self.watchers):
            if not watcher.gone and not watcher.write(farewell):
                watcher.cut()


def _lasting(state: Json) -> Json:
    return {name: value for name, value in state.items() if name not in VOLATILE}


def _said_ms(line: Json) -> int:
    return int(datetime.fromisoformat(line["said_at"]).timestamp() * 1000)


def _now_ms() -> int:
    return int(clock.now().timestamp() * 1000)


def parsed(body: bytes) -> Json:
    """A service's answer as a dictionary."""
    document: Json = json.loads(body)
    return document
