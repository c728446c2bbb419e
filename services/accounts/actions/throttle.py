"""Counting failed sign-ins under a name and from an address, and making those wait who failed too often."""

from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from services.accounts.domain import FAILURES_PER_NAME, after_failure, wait_seconds
from services.accounts.errors import SignInThrottled
from services.accounts.settings import AccountsSettings
from services.accounts.store import sessions as store
from services.kit import clock
from services.kit.identity import identity_token


@dataclass(frozen=True)
class Counter:
    """Where failures are counted: `token` is a keyed hash of the name or address, which is not kept itself."""

    kind: str
    token: str
    limit: int


def counters_of(settings: AccountsSettings, username: str, address: str | None) -> tuple[Counter, ...]:
    """The counters of one attempt; an unknown name has one too, or its silence would tell that it is unknown."""
    secret = settings.token_secret.get_secret_value()
    by_name = Counter("name", identity_token("username", username, secret), FAILURES_PER_NAME)
    if address is None:
        return (by_name,)
    token = identity_token("address", address, secret)
    return (by_name, Counter("address", token, settings.sign_in_failures_per_address))


async def refuse_throttled(db: AsyncSession, counters: tuple[Counter, ...]) -> None:
    """Raises SignInThrottled while any of the counters makes wait; a refused attempt is not counted."""
    now = clock.now()
    wait = max([wait_seconds(await store.find_failures(db, one.kind, one.token), now) for one in counters])
    if wait:
        raise SignInThrottled(
            f"Wait {wait} seconds and try again, or ask an administrator for a reset code.",
            f"请等待 {wait} 秒后重试，或联系管理员获取重置码。",
            headers={"Retry-After": str(wait)},
        )


async def count_failure(db: AsyncSession, counters: tuple[Counter, ...]) -> None:
    """Count one failure everywhere."""
    now = clock.now()
    for one in counters:
        before = await store.lock_failures(db, one.kind, one.token)
        await store.save_failures(db, one.kind, one.token, after_failure(before, one.limit, now))


async def forget_failures(db: AsyncSession, counters: tuple[Counter, ...]) -> None:
    """After a success the name starts afresh. The address does not: one good account would pay for endless guesses."""
    for one in counters:
        if one.kind == "name":
            await store.delete_failures(db, one.kind, one.token)
