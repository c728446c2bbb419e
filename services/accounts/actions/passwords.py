"""Hashing passwords off the event loop, a few at a time, so that a burst of sign-ins stops nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.accounts import domain
from services.accounts.errors import SignInBusy

MOST_WAITING = 200


@dataclass(frozen=True)
class Proof:
    """Whether a password was the right one, and a new hash of it where the stored one is of an older setting."""

    good: bool
    new_hash: str | None = None


class Hasher:
    """Lets `at_once` callers hash; the others wait their turn, and beyond 200 waiting they are sent away."""

    def __init__(self, at_once: int) -> None:
        self.turns = asyncio.Semaphore(at_once)
        self.waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold a turn. What is read inside is read after the wait, so guesses that queued meet the throttle too."""
        if self.waiting >= MOST_WAITING:
            raise SignInBusy("Try again in a few seconds.", "请几秒钟后重试。", headers={"Retry-After": "5"})
        self.waiting += 1
        try:
            await self.turns.acquire()
        finally:
            self.waiting -= 1
        try:
            yield
        finally:
            self.turns.release()

    async def hash(self, password: str) -> str:
        """An Argon2id hash; call it in a turn, unless a transaction is open."""
        return await asyncio.to_thread(domain.hash_password, password)

    async def prove(self, stored: str | None, password: str) -> Proof:
        """Compare a password with a stored hash; without one it takes as long and fails. Call it in a turn."""
        if not await asyncio.to_thread(domain.password_matches, stored, password):
            return Proof(good=False)
        if stored is not None and domain.needs_new_hash(stored):
            return Proof(good=True, new_hash=await self.hash(password))
        return Proof(good=True)
