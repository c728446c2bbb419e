"""What is announced: the public calendar, and the page of each broadcast."""

import asyncio
from collections.abc import Iterable
from datetime import date, timedelta

from fastapi import APIRouter, Response

from gateway.clients import Json
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import drawings_of, find_listings, item, list_broadcasts
from gateway.views import broadcasts, decisions, market, reports
from gateway.views.speaking import own, place
from services.contracts import regions
from services.kit import clock
from services.kit.problem import NotFound

router = APIRouter()

FIRST_MONTH = date(2020, 1, 1)
MOST_REPORTS = 10


@router.get("/{lang}/calendar")
async def show_calendar(page: CurrentPage, month: str = "", region: str = "") -> Response:
    """A month of the public calendar, by day; of one region and all below it, if one is named."""
    today = clock.business_today()
    first, after = _month(month, today)
    code = region if regions.known(region) else None
    rows, others = await asyncio.gather(
        list_broadcasts(page, first, after, region=code),
        page.broadcast.get("/broadcasts", region=code, order="latest", limit=100),
    )
    rows = [row for row in rows if first <= broadcasts.start_day(row) < after]
    drawings = await drawings_of(page, rows)
    return page.show(
        "calendar/month.html",
        days=broadcasts.agenda(page, rows, drawings, today),
        month=first,
        month_title=broadcasts.month_title(page, first),
        previous=(first - timedelta(days=1)).replace(day=1) if first > FIRST_MONTH else None,
        following=after,
        region=code or "",
        region_name=place(page, code) if code else None,
        months=broadcasts.months_with_broadcasts(page, others["items"], first, code or ""),
        this_month=today.replace(day=1),
    )


def _month(month: str, today: date) -> tuple[date, date]:
    """The bounds of the month asked for; of this one when none is. Raises NotFound."""
    try:
        bounds = broadcasts.month_bounds(month or f"{today:%Y-%m}")
    except ValueError as error:
        raise NotFound(
            "There is no such month. Write it as 2020-03.", "没有这样的月份，请写成 2020-03 的形式。"
        ) from error
    if bounds[0] < FIRST_MONTH:
        raise NotFound("The calendar begins in January 2020.", "日历从 2020 年 1 月开始。")
    return bounds


@router.get("/{lang}/broadcasts/{broadcast_id}")
async def show_broadcast(page: CurrentPage, broadcast_id: str) -> Response:
    """One broadcast with every decision that let it through, or stopped it, and why."""
    broadcast = await page.broadcast.get(item("broadcasts", broadcast_id))
    region, listings, against, upheld = await asyncio.gather(
        page.catalog.find(item("regions", broadcast["region_code"])),
        find_listings(page, broadcast["listing_ids"]),
        _against(page, broadcast["decisions"]),
        page.compliance.get("/reports/upheld", about_kind="broadcast", about_id=broadcast["id"], limit=MOST_REPORTS),
    )
    drawings = {name: listing["category"]["illustration"] for name, listing in listings.items()}
    lots = _lots(page, broadcast["listings"], listings)
    names = {lot["id"]: lot["producer"] for lot in lots}
    title = own(page, broadcast, "title")
    return page.show(
        "calendar/broadcast.html",
        broadcast=broadcast,
        title=title,
        where=place(page, broadcast["region_code"]),
        crumbs=market.region_crumbs(page, region, title) if region else [],
        illustration=broadcasts.drawing_of(broadcast, drawings),
        standing=broadcasts.status(page, broadcast["state"]),
        presenter=own(page, broadcast, "presenter_post"),
        segments=broadcasts.segments(page, broadcast["segments"]),
        approval=broadcasts.approval_line(page, broadcast["approval"]),
        declaration=broadcasts.declaration_line(page, broadcast["presenter_declaration"]),
        decisions=broadcasts.decision_items(page, broadcast["decisions"], names),
        against=against,
        reason=own(page, broadcast, "reason"),
        listings=_listing_links(page, broadcast["listings"]),
        lots=lots,
        room=own(page, broadcast, "room"),
        event_title=own(page, broadcast, "event_title"),
        upheld=[reports.upheld(page, row) for row in upheld["items"]],
    )


async def _against(page: Page, given: Iterable[Json]) -> list[Json]:
    """The rules that stood against it in the newest decision about the filing, in full."""
    about_filing = [each for each in given if each["about"] == "filing"]
    if not about_filing or about_filing[-1]["outcome"] == "pass":
        return []
    decision = await page.compliance.find(item("decisions", about_filing[-1]["decision_id"]))
    found = decisions.rulings(page, decision) if decision else []
    return [each for each in found if each["result"] == about_filing[-1]["outcome"]]


def _listing_links(page: Page, pinned: Iterable[Json]) -> list[Json]:
    return [
        {"name": own(page, each, "title"), "href": f"/{page.language}/listings/{each['listing_id']}"} for each in pinned
    ]


def _lots(page: Page, pinned: Iterable[Json], listings: dict[str, Json]) -> list[Json]:
    """The lots that go to market, of listings that may be seen."""
    return [
        {
            "id": lot["id"],
            "href": f"/{page.language}/lots/{lot['id']}",
            "producer": lot["seller"]["name"],
            "title": own(page, each, "title"),
            "price": market.lot_price(lot["lot"]),
            "outcome": lot["decision"]["outcome"] if lot["decision"] else None,
        }
        for each in pinned
        if each["listing_id"] in listings
        for lot in listings[each["listing_id"]]["lots"]
        if lot["id"] in each["lot_ids"]
    ]
