"""How long the record of a room is kept, and how its entries are chained, so that anybody can check it."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import rfc8785

from services.contracts.values import SHANGHAI, shanghai_day

YEARS = 3


def first_hash(broadcast_id: str) -> str:
    """Where the chain of a room's record begins."""
    return hashlib.sha256(f"sunfair-room-record/1:{broadcast_id}".encode()).hexdigest()


def entry_hash(before: str, broadcast_id: str, entry: Mapping[str, Any]) -> str:
    """SHA-256 over RFC 8785 of an entry and of the hash before it.

    `entry` has seq, at (RFC 3339, UTC), stream_ms, kind and body.
    """
    named = {name: entry[name] for name in ("seq", "at", "stream_ms", "kind", "body")}
    document: dict[str, Any] = {"before": before, "broadcast_id": broadcast_id, **named}
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def first_break(broadcast_id: str, entries: Iterable[Mapping[str, Any]]) -> int | None:
    """The number of the first entry that is missing, moved or changed; None when the chain holds."""
    before = first_hash(broadcast_id)
    for number, entry in enumerate(entries, 1):
        if entry["seq"] != number or entry["hash"] != entry_hash(before, broadcast_id, entry):
            return number
        before = entry["hash"]
    return None


def kept_until(ended_at: datetime, years: int = YEARS) -> datetime:
    """The first instant at which the record of a broadcast may be deleted: whole years from the day after it.

    29 February falls to 1 March. Source: 电子商务法 第三十一条; 直播电商监督管理办法 第十六条、第三十一条.
    """
    day = shanghai_day(ended_at)
    leap = day.month == 2 and day.day == 29
    last = date(day.year + years, 3, 1) if leap else day.replace(year=day.year + years)
    return datetime.combine(last + timedelta(days=1), datetime.min.time(), SHANGHAI)
