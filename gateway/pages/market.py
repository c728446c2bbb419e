"""What several public pages ask of the services in the same way."""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from urllib.parse import quote

from gateway.clients import Json
from gateway.pages.frame import Page
from services.kit.clock import SHANGHAI

MOST_BROADCASTS = 400


def item(collection: str, name: str) -> str:
    """The path of one thing at its service; a name from an address can never become another path or a query."""
    return f"/{collection}/{quote(name, safe='')}"


def start_of(day: date) -> str:
    """The first instant of a civil day in China, as the services read it."""
    return datetime.combine(day, time(), SHANGHAI).isoformat()


async def drawings_of(page: Page, broadcasts: Iterable[Json]) -> dict[str, str]:
    """Listing id → key of its drawing, for every listing of these broadcasts that may be seen."""
    listings = await find_listings(page, (each for row in broadcasts for each in row["listing_ids"]))
    return {name: listing["category"]["illustration"] for name, listing in listings.items()}


async def find_listings(page: Page, listing_ids: Iterable[str]) -> dict[str, Json]:
    """Those of the listings that the visitor may see, asked for all at once."""
    wanted = list(dict.fromkeys(listing_ids))
    found = await asyncio.gather(*(page.catalog.find(item("listings", each)) for each in wanted))
    return {name: listing for name, listing in zip(wanted, found, strict=True) if listing is not None}


async def list_broadcasts(page: Page, since: date | None, until: date | None, **query: Any) -> list[Json]:
    """The broadcasts between two days, the second excluded, as far as one page can show them."""
    asked = {
        "from": start_of(since) if since else None,
        "to": start_of(until) if until else None,
        "limit": 100,
        **query,
    }
    rows: list[Json] = []
    cursor: str | None = None
    while len(rows) < MOST_BROADCASTS:
        answer = await page.broadcast.get("/broadcasts", **asked, cursor=cursor)
        rows += answer["items"]
        cursor = answer["next"]
        if cursor is None:
            break
    return rows
