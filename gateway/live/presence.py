"""What viewers tell of their stay, gathered for a few seconds and handed to broadcast, which keeps the sessions.

A viewer's page says when it joins, every 15 seconds that it is still there, and when it leaves. Between two hand-overs
one row a viewer is enough: what they said is added up in it. Addresses and browsers' names pass through and are
written nowhere; broadcast keeps salted tokens of them.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.live.viewers import Viewer
from services.kit import clock
from services.kit.http import body_problem
from services.kit.problem import Problem

log = logging.getLogger(__name__)

BATCH_SECONDS = 5.0
ROWS_AT_ONCE = 1_000
# When broadcast does not answer for long, the oldest are kept and the rest is not counted: memory has an end.
MOST_WAITING = 50_000

Referrer = Literal["push", "feed", "share", "search", "link"]
HandOver = Callable[[str, bytes], Awaitable[dict[str, Any]]]
Counted = Callable[[str, int | None], None]
Key = tuple[str, str]


class PresenceIn(BaseModel):
    """What a page says of its viewer since it last said anything."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["join", "beat", "leave"]
    foreground_ms: Annotated[int, Field(strict=True, ge=0, le=120_000)] = 0
    interactions: Annotated[int, Field(strict=True, ge=0, le=1_000)] = 0
    referrer: Referrer = "link"


@dataclass
class Stay:
    """One row: what one viewer said since the last hand-over."""

    viewer: str
    device: str
    address: str
    user_agent: str
    account_id: str | None
    first_ms: int
    last_ms: int
    beats: int = 0
    interactions: int = 0
    foreground_ms: int = 0
    referrer: Referrer | None = None
    left: bool = False

    def add(self, said: PresenceIn, at_ms: int) -> None:
        """One more thing that the page said."""
        self.last_ms = max(self.last_ms, at_ms)
        self.beats += said.kind == "beat"
        self.interactions += said.interactions
        self.foreground_ms += said.foreground_ms
        # A page that is loaded anew leaves and joins: that is one stay.
        self.left = said.kind == "leave"
        if said.kind == "join":
            self.referrer = said.referrer

    def take_over(self, later: "Stay") -> None:
        """What was said while this row could not be handed over."""
        self.last_ms = max(self.last_ms, later.last_ms)
        self.beats += later.beats
        self.interactions += later.interactions
        self.foreground_ms += later.foreground_ms
        self.left = later.left
        self.referrer = self.referrer or later.referrer
        self.account_id = later.account_id or self.account_id


@dataclass
class Presence:
    """Stays that wait for their hand-over."""

    hand_over: HandOver
    counted: Counted
    waiting: dict[Key, Stay] = field(default_factory=dict)

    def take(
        self,
        broadcast_id: str,
        viewer: Viewer,
        said: PresenceIn,
        *,
        address: str,
        user_agent: str,
        account_id: str | None,
    ) -> None:
        """Add what a page said."""
        key = (broadcast_id, viewer.token)
        now = int(clock.now().timestamp() * 1000)
        stay = self.waiting.get(key)
        if stay is None:
            if len(self.waiting) >= MOST_WAITING:
                return
            stay = Stay(viewer.token, viewer.device, address, user_agent[:300], account_id, now, now)
            self.waiting[key] = stay
        stay.account_id = account_id or stay.account_id
        stay.add(said, now)

    async def run(self) -> None:
        """Hand over for ever."""
        while True:
            await asyncio.sleep(BATCH_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Hand everything over, a thousand rows of one room at a time; what is not taken waits for the next time."""
        waiting, self.waiting = self.waiting, {}
        rooms: dict[str, list[Stay]] = {}
        for (broadcast_id, _), stay in waiting.items():
            rooms.setdefault(broadcast_id, []).append(stay)
        for broadcast_id, stays in rooms.items():
            for rows in _portions(stays):
                await self._hand_over(broadcast_id, rows)

    async def _hand_over(self, broadcast_id: str, rows: list[Stay]) -> None:
        body = json.dumps({"rows": [asdict(row) for row in rows]}).encode("utf-8", "replace")
        try:
            answer = await self.hand_over(broadcast_id, body)
        except Problem as problem:
            log.warning("Stays in room %s wait: %s", broadcast_id, problem)
            self._keep(broadcast_id, rows)
        else:
            self.counted(broadcast_id, answer.get("about"))

    def _keep(self, broadcast_id: str, rows: list[Stay]) -> None:
        for row in rows:
            later = self.waiting.get((broadcast_id, row.viewer))
            if later is not None:
                row.take_over(later)
            if later is not None or len(self.waiting) < MOST_WAITING:
                self.waiting[(broadcast_id, row.viewer)] = row


def _portions(stays: list[Stay]) -> Iterator[list[Stay]]:
    rest = iter(stays)
    while portion := list(islice(rest, ROWS_AT_ONCE)):
        yield portion


def said_in(body: bytes) -> PresenceIn:
    """What the page said. Raises BodyInvalid or BodyUnreadable."""
    try:
        return PresenceIn.model_validate_json(body)
    except ValidationError as error:
        raise body_problem(list(error.errors(include_url=False))) from error
