"""The only place that reads the time.

Two readings, and they differ on purpose. `now()` is the machine's: tokens, sessions, limits, the relay and
retention follow it. `business_now()` is the moment the business is conducted at: in demonstrations a case of
2020 is filed with the clock of its own day, and a consumer works at the moment its event occurred.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_business_now: ContextVar[datetime | None] = ContextVar("business_now", default=None)


def now() -> datetime:
    """This instant, aware, UTC; never moved by anyone."""
    return datetime.now(UTC)


def business_now() -> datetime:
    """The instant at which business is conducted: the set clock if there is one, else `now()`."""
    return _business_now.get() or now()


def business_today() -> date:
    """The civil day in China of `business_now()`."""
    return business_now().astimezone(SHANGHAI).date()


def is_set() -> bool:
    """True while a clock other than the machine's is in force; no clearance is issued then."""
    return _business_now.get() is not None


@contextmanager
def set_to(instant: datetime | None) -> Iterator[None]:
    """Conduct the enclosed business at `instant` (aware); None leaves the machine's clock in force."""
    if instant is not None and instant.tzinfo is None:
        raise ValueError("A clock is set to an aware instant.")
    token = _business_now.set(instant.astimezone(UTC) if instant else None)
    try:
        yield
    finally:
        _business_now.reset(token)
