"""Lends a few things that cost something to make, connections say: who comes first is served first."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Lender(Generic[Thing]):
    """At most `most` things, made when they are needed and lent again while they are good."""

    def __init__(
        self, make: Callable[[], Awaitable[Thing]], good: Callable[[Thing], bool], *, most: int, patience: float
    ) -> None:
        """`patience`: seconds that somebody waits for a thing to come free."""
        self.make = make
        self.good = good
        self.most = most
        self.patience = patience
        self.idle: list[Thing] = []
        self.made = 0
        self.waiting: deque[asyncio.Future[Thing | None]] = deque()

    async def take(self) -> Thing:
        """A good thing; whoever takes it gives it back or says that it is lost. Raises TimeoutError."""
        while True:
            while self.idle:
                thing = self.idle.pop()
                if self.good(thing):
                    return thing
                self.made -= 1
            if self.made < self.most:
                return await self._take_fresh()
            if (given := await self._wait()) is not None:
                return given

    def give_back(self, thing: Thing) -> None:
        """It can be lent again, if it is still good."""
        if not self.good(thing):
            self.lost()
        elif not self._wake(thing):
            self.idle.append(thing)

    def lost(self) -> None:
        """It will not come back; somebody who waits may have another made."""
        self.made -= 1
        self._wake(None)

    async def _take_fresh(self) -> Thing:
        self.made += 1
        try:
            return await self.make()
        except BaseException:
            self.lost()
            raise

    async def _wait(self) -> Thing | None:
        """What somebody gives back, or None when there is room for another."""
        turn: asyncio.Future[Thing | None] = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        try:
            async with asyncio.timeout(self.patience):
                return await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                self._pass_on(turn.result())
            raise

    def _pass_on(self, thing: Thing | None) -> None:
        """What was handed over in the moment in which we gave up."""
        if thing is None:
            self._wake(None)
        else:
            self.give_back(thing)

    def _wake(self, thing: Thing | None) -> bool:
        """Hand over to who waits longest; whether there is anybody."""
        while self.waiting:
            turn = self.waiting.popleft()
            if not turn.done():
                turn.set_result(thing)
                return True
        return False
