"""What the record's own service was told of a broadcast: waited for, and moved in time. Nothing else of it is touched.

Weeks lie between a fair and its full record, days between a label and a signature. A journey cannot wait for them, and
a process can be told of no other time than its own.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from deploy.seed.market import Json
from tests.journeys.studio import until
from tests.journeys.town import Town

HEARD = """
SELECT count(*) FILTER (WHERE kind = 'order') AS orders,
  coalesce(sum(jsonb_array_length(payload -> 'shipments')) FILTER (WHERE kind = 'order'), 0) AS parcels,
  count(*) FILTER (WHERE payload @@ '$.shipments[*].signed_ms > 0') AS signed,
  coalesce(sum(jsonb_array_length(payload -> 'refunds')) FILTER (WHERE kind = 'order'), 0) AS refunds,
  coalesce(sum(jsonb_array_length(payload -> 'acts')) FILTER (WHERE kind = 'rehearsal_batch'), 0) AS rehearsed,
  (SELECT count(*) FROM disclosure.course WHERE broadcast_id = $1 AND room ->> 'state' = 'ended') AS ended
FROM disclosure.fact WHERE broadcast_id = $1
"""
TOLD = """
SELECT (SELECT room FROM disclosure.course WHERE broadcast_id = $1)::text AS room,
  jsonb_agg(jsonb_build_array(kind, id, payload) ORDER BY kind, id)::text AS facts
FROM disclosure.fact WHERE broadcast_id = $1
"""
FACTS_MOVED = """
UPDATE disclosure.fact SET payload = moved.each -> 2
FROM jsonb_array_elements($2::jsonb) AS moved (each)
WHERE broadcast_id = $1 AND kind = moved.each ->> 0 AND id = moved.each ->> 1
"""
ROOM_MOVED = "UPDATE disclosure.course SET room = $2::jsonb WHERE broadcast_id = $1"
HOUR_MS = 3_600_000
# Any instant of these years as milliseconds; counts and lengths are smaller.
AN_INSTANT_MS = 10**12

Change = Callable[[Json, list[tuple[str, str, Json]]], None]
"""Moves the times in what was told: the room, and (kind, id, fact) of everything else, by kind and id."""


async def heard(town: Town, broadcast_id: str, wanted: Mapping[str, int]) -> None:
    """Wait until it has heard of so many orders, parcels, signatures, refunds and rehearsed acts, and of its end."""

    async def look() -> Json:
        row = await town.seen_by_owner(HEARD, broadcast_id)
        return {name: int(count) for name, count in row.items()}

    await until(look, lambda seen: all(count >= wanted.get(name, 0) for name, count in seen.items()))


async def retell(town: Town, broadcast_id: str, change: Change) -> None:
    """As if it had been told of other times."""
    row = await town.seen_by_owner(TOLD, broadcast_id)
    room, facts = json.loads(row["room"]), [tuple(each) for each in json.loads(row["facts"])]
    change(room, facts)
    await town.as_owner(FACTS_MOVED, broadcast_id, json.dumps(facts))
    await town.as_owner(ROOM_MOVED, broadcast_id, json.dumps(room))


def earlier(by: timedelta) -> Change:
    """All of it so much earlier."""

    def change(room: Json, facts: list[tuple[str, str, Json]]) -> None:
        _earlier(room, by)
        for _, _, fact in facts:
            _earlier(fact, by)

    return change


def two_days_on_the_road(room: Json, facts: list[tuple[str, str, Json]]) -> None:
    """The broadcast three days ago, the parcels sent the day after and signed for now."""
    kept = {fact_id: json.loads(json.dumps(fact["shipments"])) for kind, fact_id, fact in facts if kind == "order"}
    earlier(timedelta(days=3))(room, facts)
    for _, fact_id, fact in facts:
        for parcel in kept.get(fact_id, ()):
            parcel |= {"label_ms": parcel["signed_ms"] - 52 * HOUR_MS, "pickup_ms": parcel["signed_ms"] - 48 * HOUR_MS}
        if fact_id in kept:
            fact["shipments"] = kept[fact_id]


def an_hour(deals: list[str]) -> Change:
    """On air for an hour: rehearsed acts from two hours before the end on, these orders from fifty minutes before."""

    def change(room: Json, facts: list[tuple[str, str, Json]]) -> None:
        ended_at = datetime.fromisoformat(room["ended_at"])
        room["opened_at"], end = (ended_at - timedelta(hours=1)).isoformat(), int(ended_at.timestamp() * 1000)
        # Ids are in the order in which they were made.
        acts = [act for kind, _, fact in facts if kind == "rehearsal_batch" for act in fact["acts"]]
        for turn, act in enumerate(acts):
            act["at_ms"] = end - 2 * HOUR_MS + 40_000 * turn
        orders = {fact_id: fact for kind, fact_id, fact in facts if kind == "order"}
        for turn, order_id in enumerate(deals):
            at = end - 50 * 60_000 + 42_000 * turn
            orders[order_id] |= {"created_ms": at, "cart_ms": at}

    return change


def _earlier(told: Any, by: timedelta) -> None:
    """Every moment in it, by the endings of their names."""
    if isinstance(told, list):
        for each in told:
            _earlier(each, by)
    if isinstance(told, dict):
        for name, value in told.items():
            if name.endswith("_ms") and isinstance(value, int) and value > AN_INSTANT_MS:
                told[name] = value - int(by.total_seconds() * 1000)
            elif name.endswith("_at") and isinstance(value, str):
                told[name] = (datetime.fromisoformat(value) - by).isoformat()
            else:
                _earlier(value, by)
