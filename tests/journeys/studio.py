"""A broadcast that is on air in the running system, and those who act in it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from deploy.seed.market import Json
from tests.journeys.town import Town

# Two seconds are promised; a machine that does much else at the same time is given more before the test gives up.
PATIENCE_SECONDS = 60


class OnAir:
    """The room of a broadcast, and who acts in it unless somebody else is named."""

    def __init__(self, town: Town, broadcast_id: str, host: str = "demo-live-host") -> None:
        self.town = town
        self.broadcast_id = broadcast_id
        self.host = host
        self.path = f"/broadcasts/{broadcast_id}/room"
        self.key = ""

    async def see(self) -> Json:
        """The room as a late joiner gets it."""
        return await self.town.market.get(self.path)

    async def act(self, what: str, body: Any = None, who: str = "", status: int = 200) -> Json:
        """One act in the room."""
        sender = who or self.host
        answer = await self.town.send("POST", f"{self.path}/{what}", body, sender, Sunfair_Studio=self.key)
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    async def take_studio(self) -> None:
        """The host takes the studio."""
        self.key = (await self.act("studio-token", {"role": "host"}, status=201))["token"]

    async def until(self, state: str) -> Json:
        """The room once it is so."""
        return await until(self.see, lambda room: room["state"] == state)


async def until(look: Callable[[], Awaitable[Json]], is_so: Callable[[Json], bool]) -> Json:
    """What is seen once it is so."""
    for _ in range(PATIENCE_SECONDS * 20):
        seen = await look()
        if is_so(seen):
            return seen
        await asyncio.sleep(0.05)
    raise AssertionError(f"It never became so: {seen}")
