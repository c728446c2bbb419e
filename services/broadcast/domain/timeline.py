"""What was on screen when, read from the room's record and from nothing else: the proof that nothing overlapped.

The room's state already forbids an official beside something to buy. This does not trust it: it reads what was written.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from services.broadcast.domain.facts import instant_text, known

Entry = Mapping[str, Any]

# Which entries begin and end what, and whether a lot is meant.
_BEGINS = {"leader_on": "official", "pinned": "pin", "price": "price", "flash_open": "price", "loss_leader": "buy_call"}
_ENDS = {"leader_off": ("official",), "unpinned": ("pin",), "lot_closed": ("price",), "off_shelf": ("pin", "price")}
_END_ALL = frozenset({"halted", "close"})
# What counts towards the length of a call: it is made in a moment, and stays in the ear.
_CALLS = frozenset({"buy_call"})


def appearances(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """The fact `room.timeline`: spans of the official, of pins and of prices; one without an end goes on.

    An entry has at, kind and body; they come in the order in which they were written.
    """
    running: dict[tuple[str, str | None], datetime] = {}
    found: list[dict[str, Any]] = []
    for entry in entries:
        kind, at, lot_id = entry["kind"], entry["at"], entry["body"].get("lot_id")
        found += [_span(ended, running.pop(ended), at) for ended in _ended_by(kind, lot_id, list(running))]
        begun = _BEGINS.get(kind)
        if begun in _CALLS:
            found.append(_span((begun, lot_id), at, at))
        elif begun is not None:
            if begun == "pin":
                # Pinning another lot takes the pin off the one before.
                found += [_span(one, running.pop(one), at) for one in list(running) if one[0] == "pin"]
            running.setdefault((begun, None if begun == "official" else lot_id), at)
    found += [_span(one, at, None) for one, at in running.items()]
    return sorted(found, key=lambda span: (span["starts_at"], span["kind"], span.get("lot_id") or ""))


def _ended_by(kind: str, lot_id: str | None, running: list[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    if kind in _END_ALL:
        return running
    ends = _ENDS.get(kind, ())
    return [one for one in running if one[0] in ends and (one[1] is None or lot_id is None or one[1] == lot_id)]


def _span(one: tuple[str, str | None], starts_at: datetime, ends_at: datetime | None) -> dict[str, Any]:
    kind, lot_id = one
    return known(
        {
            "kind": kind,
            "starts_at": instant_text(starts_at),
            "ends_at": instant_text(ends_at) if ends_at else None,
            "lot_id": lot_id,
        }
    )
