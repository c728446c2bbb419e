"""After a broadcast: its record on the stream clock, what was done to its chat, and how viewers are counted."""

import asyncio
from collections.abc import Iterable

from fastapi import APIRouter, Response

from gateway.clients import Json
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.pages.room import or_none
from gateway.views import replay as views
from gateway.views.room import state_badge
from gateway.views.speaking import own, place

router = APIRouter(prefix="/{lang}")

MOST_ENTRIES = 2_000
AT_ONCE = 100


@router.get("/broadcasts/{broadcast_id}/replay")
async def show_replay(page: CurrentPage, broadcast_id: str, all: str = "") -> Response:  # noqa: A002  It is a word of the address.
    """The run of the show, entry by entry, with a jump to every product and its price then and now."""
    path = item("broadcasts", broadcast_id)
    room, rows = await asyncio.gather(
        page.broadcast.get(f"{path}/room"), _record(page, f"{path}/room/record", everything=bool(all))
    )
    found = await _lots(page, views.lot_ids(rows))
    names = {name: f"{own(page, lot, 'title')} · {lot['seller']['name']}" for name, lot in found.items()}
    prices = {name: _price(lot) for name, lot in found.items()}
    return page.show(
        "room/replay.html",
        room=room,
        title=own(page, room, "title"),
        where=place(page, room["region_code"]),
        badge=state_badge(page, room["state"]),
        entries=views.entries(page, rows, names, everything=bool(all)),
        products=views.products(page, rows, names, prices),
        everything=bool(all),
        last_hash=rows[-1].get("hash", "") if rows else "",
    )


async def _record(page: Page, path: str, *, everything: bool) -> list[Json]:
    rows: list[Json] = []
    cursor: str | None = None
    beats = "true" if everything else "false"
    while len(rows) < MOST_ENTRIES:
        answer = await page.broadcast.find(path, limit=AT_ONCE, cursor=cursor, beats=beats)
        rows += (answer or {}).get("items", ())
        cursor = (answer or {}).get("next")
        if cursor is None:
            break
    return rows


async def _lots(page: Page, lot_ids: Iterable[str]) -> dict[str, Json]:
    """Those of the lots that may be seen."""
    wanted = list(lot_ids)
    found = await asyncio.gather(*(page.catalog.find(item("lots", each)) for each in wanted))
    return {name: lot for name, lot in zip(wanted, found, strict=True) if lot is not None}


def _price(lot: Json) -> int | None:
    listed = lot["lot"].get("price_fen") if lot.get("state", "listed") == "listed" else None
    return int(listed) if listed is not None else None


@router.get("/broadcasts/{broadcast_id}/moderation")
async def show_moderation(page: CurrentPage, broadcast_id: str) -> Response:
    """What was removed from a chat, by which rule: counts and hashes, no words and no people."""
    path = item("broadcasts", broadcast_id)
    room, told = await asyncio.gather(page.broadcast.get(f"{path}/room"), or_none(page.broadcast, f"{path}/moderation"))
    return page.show(
        "room/moderation.html",
        room=room,
        title=own(page, room, "title"),
        told=views.moderation(page, told) if told else None,
    )


@router.get("/viewer-sessions")
async def show_viewer_sessions(page: CurrentPage) -> Response:
    """How viewers are counted, in the words of the definition."""
    return page.show("room/viewers.html")
