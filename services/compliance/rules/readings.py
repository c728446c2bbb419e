"""Counts and health checks of a broadcast: whether they were made late enough, and near enough, to be believed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from services.compliance.rules.core import Finding, Words, incomplete, need, outdated, passed
from services.compliance.rules.facts import Facts
from services.compliance.rules.law import Law

_HOUR = 60
_INSTANT = timedelta(microseconds=1)


def made_lately(path: str, made_at: datetime | None, law: Law, minutes: int) -> Finding:
    """A reading speaks for the moment it was made: so many minutes from the moment asked about, it needs a person.

    A reading dated ahead counts like an old one: clocks differ by seconds, and only a broken one by more.
    Raises MissingFact when nobody said when the reading was made.
    """
    made_at = need(made_at, path)
    most = timedelta(minutes=minutes)
    if abs(law.at - made_at) > most:
        return outdated(path, as_of=made_at, most=_span(minutes))
    return passed("recent_fact", fact=path, as_of=made_at).until(made_at + most + _INSTANT)


def reaches(path: str, counted_until: datetime | None, needed: datetime) -> Iterator[Finding]:
    """Nothing for a count that reaches the moment needed; otherwise that a person must look, until it can.

    Raises MissingFact when nobody said how far the count reaches.
    """
    counted_until = need(counted_until, path)
    if counted_until < needed:
        yield incomplete(path, as_of=counted_until, needed=needed)


def broadcast_end(facts: Facts) -> datetime:
    """When the room closed.

    Raises MissingFact when nobody said.
    """
    return need(need(facts.room, "room").ended_at, "room.ended_at")


def _span(minutes: int) -> Words:
    if minutes % _HOUR == 0:
        hours = minutes // _HOUR
        return Words(f"{hours}小时", f"{hours} hours" if hours > 1 else "an hour")
    return Words(f"{minutes}分钟", f"{minutes} minutes")
