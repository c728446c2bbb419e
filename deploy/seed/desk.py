"""Where the seed does its work: the market, the book, and what was found to stand already."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from typing import Any

from deploy.seed.book import Book
from deploy.seed.market import Json, Market

Natural = Callable[[Json], object]


class Desk:
    """Does each thing once: what the book names is done, what a look finds is noted, the rest is made."""

    def __init__(self, market: Market, book: Book, say: Callable[[str], None]) -> None:
        self.market = market
        self.book = book
        self.say = say
        # Nothing can stand already in an installation that has no demo accounts yet, so nothing is looked up there.
        self.fresh = False
        # What came to rest elsewhere than its case says.
        self.astray: list[str] = []
        self.making: dict[str, asyncio.Lock] = {}
        self.lists: dict[str, asyncio.Task[dict[object, Json]]] = {}

    async def once(
        self,
        name: str,
        make: Callable[[], Awaitable[Json]],
        look: Callable[[], Awaitable[Json | None]] | None = None,
        keep: str = "id",
    ) -> str:
        """The `keep` of something, made at the first time. `look` finds what an earlier run made without noting it."""
        async with self.making.setdefault(name, asyncio.Lock()):
            if name not in self.book:
                found = await look() if look is not None and not self.fresh else None
                self.book.note(name, str((found or await make())[keep]))
            return str(self.book[name])

    async def standing(
        self, path: str, natural: Natural, wanted: object, who: str | None = None, **query: Any
    ) -> Json | None:
        """The item of a public list whose natural key is the wanted one; the list is read once."""
        name = f"{who}:{path}:{sorted(query.items())}"
        if name not in self.lists:
            self.lists[name] = asyncio.create_task(self._read(path, natural, who, query))
        return (await self.lists[name]).get(wanted)

    async def _read(self, path: str, natural: Natural, who: str | None, query: Mapping[str, Any]) -> dict[object, Json]:
        return {natural(item): item async for item in self.market.every(path, who, **query)}

    async def until(self, what: str, ask: Callable[[], Awaitable[Json]], ready: Callable[[Json], bool]) -> Json:
        """Ask until it is ready; answers come within a second as a rule. Raises TimeoutError after a minute."""
        pause = 0.1
        try:
            async with asyncio.timeout(60):
                while not ready(answer := await ask()):
                    await asyncio.sleep(pause)
                    pause = min(pause * 1.4, 1.0)
                return answer
        except TimeoutError as late:
            raise TimeoutError(f"Waited a minute for {what}.") from late


async def side_by_side(work: Iterable[Coroutine[Any, Any, Any]]) -> list[Any]:
    """Do these at the same time; the first failure ends the others."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(each) for each in work]
    return [task.result() for task in tasks]
