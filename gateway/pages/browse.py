"""Looking around: today's market, regions, specialties, listings, lots."""

import asyncio
from datetime import timedelta

from fastapi import APIRouter, Response

from gateway.clients import Json, ServiceProblem
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import drawings_of, item, list_broadcasts, start_of
from gateway.views import baskets, broadcasts, goods, history, market
from gateway.views.attributes import attribute_rows
from gateway.views.speaking import own, season
from services.kit import clock
from services.kit.problem import Unavailable

router = APIRouter()

DAYS_AHEAD = 15
MOST_CARDS = 12
MOST_STOPPED = 3
MOST_ON_AIR = 5


@router.get("/{lang}/")
async def show_home(page: CurrentPage) -> Response:
    """Today, what comes up, what is in season, and what the gate stopped."""
    today = clock.business_today()
    ahead, stopped, in_season, listings = await asyncio.gather(
        list_broadcasts(page, today, today + timedelta(days=DAYS_AHEAD)),
        _stopped(page, region=None),
        page.catalog.get("/specialties", month=today.month, limit=8),
        page.catalog.get("/listings", limit=8),
    )
    drawings = await drawings_of(page, [*ahead, *stopped])
    on_air = [row for row in ahead if row["state"] in broadcasts.ON_AIR]
    cards = [
        (broadcasts.start_day(row), broadcasts.broadcast_card(page, row, drawings, today))
        for row in ahead
        if row not in on_air and row["state"] != "ended"
    ]
    return page.show(
        "browse/home.html",
        on_air=[broadcasts.broadcast_card(page, row, drawings, today) for row in on_air],
        today=[card for day, card in cards if day <= today],
        coming=[card for day, card in cards if day > today][:7],
        stopped=[broadcasts.broadcast_card(page, row, drawings, today) for row in stopped],
        specialties=[market.specialty_card(page, card, today.month) for card in in_season["items"]],
        listings=[market.listing_card(page, card) for card in listings["items"]],
        month=today.month,
    )


async def _stopped(page: Page, region: str | None) -> list[Json]:
    """The newest broadcasts that the gate stopped."""
    answer = await page.broadcast.get("/broadcasts", state="blocked", order="latest", region=region, limit=MOST_STOPPED)
    found: list[Json] = answer["items"]
    return found


@router.get("/{lang}/regions")
async def show_regions(page: CurrentPage, q: str = "") -> Response:
    """The provinces, or the regions of a name."""
    words = q.strip()[:100]
    found = await page.catalog.get("/regions", q=words or None, limit=100)
    items = [_region_link(page, region) for region in found["items"]]
    return page.show("browse/regions.html", q=words, items=items)


def _region_link(page: Page, region: Json) -> Json:
    return {
        "href": f"/{page.language}/regions/{region['code']}",
        "name": own(page, region, "name"),
        "above": own(page, region, "path") if "path_zh" in region else "",
        "code": region["code"],
        "demo": region["demo"],
    }


@router.get("/{lang}/regions/{code}")
async def show_region(page: CurrentPage, code: str) -> Response:
    """One region: what it is known for, what it offers, its broadcasts, and what its code became."""
    region = await page.catalog.get(item("regions", code))
    today = clock.business_today()
    children, specialties, listings, ahead, past, stopped = await asyncio.gather(
        page.catalog.get(f"{item('regions', code)}/children"),
        page.catalog.get("/specialties", region=code, limit=MOST_CARDS),
        page.catalog.get("/listings", region=code, limit=MOST_CARDS),
        list_broadcasts(page, today, None, region=code),
        page.broadcast.get("/broadcasts", region=code, to=start_of(today), order="latest", limit=MOST_CARDS),
        _stopped(page, region=code),
    )
    drawings = await drawings_of(page, [*ahead[:MOST_CARDS], *past["items"], *stopped])
    announced = [row for row in [*ahead[:MOST_CARDS], *past["items"]] if row["state"] != "blocked"]
    cards = [broadcasts.broadcast_card(page, row, drawings, today) for row in announced]
    return page.show(
        "browse/region.html",
        region=region,
        name=own(page, region, "name"),
        crumbs=market.region_crumbs(page, region),
        heirs=[_region_link(page, each) for each in region["history"]["successors"]],
        origins=[_region_link(page, each) for each in region["history"]["predecessors"]],
        children=[_region_link(page, each) for each in children["items"]],
        specialties=[market.specialty_card(page, card, today.month) for card in specialties["items"]],
        listings=[market.listing_card(page, card) for card in listings["items"]],
        broadcasts=cards,
        stopped=[broadcasts.broadcast_card(page, row, drawings, today) for row in stopped],
    )


@router.get("/{lang}/specialties/{specialty_id}")
async def show_specialty(page: CurrentPage, specialty_id: str) -> Response:
    """What a region is known for, and who offers it."""
    specialty = await page.catalog.get(item("specialties", specialty_id))
    region, listings = await asyncio.gather(
        page.catalog.get(item("regions", specialty["region"]["code"])),
        page.catalog.get("/listings", specialty=specialty_id, limit=24),
    )
    today = clock.business_today()
    return page.show(
        "browse/specialty.html",
        specialty=specialty,
        name=own(page, specialty, "name"),
        description=own(page, specialty, "description"),
        crumbs=market.region_crumbs(page, region, own(page, specialty, "name")),
        season=season(page, specialty["season_months"]),
        in_season=today.month in specialty["season_months"],
        marks=market.mark_names(page, specialty["marks"]),
        listings=[market.listing_card(page, card) for card in listings["items"]],
    )


@router.get("/{lang}/listings/{listing_id}")
async def show_listing(page: CurrentPage, listing_id: str) -> Response:
    """One specialty in one season: its open call, its producers, the gate's answer lot by lot."""
    listing = await page.catalog.get(item("listings", listing_id))
    region, event, on_air = await asyncio.gather(
        page.catalog.get(item("regions", listing["region"]["code"])),
        page.compliance.find(item("events", listing["event_id"])),
        _on_air(page, listing_id),
    )
    return page.show(
        "browse/listing.html",
        shared=page.visitor.account_id is None,
        listing=listing,
        title=own(page, listing, "title"),
        description=own(page, listing, "description"),
        crumbs=market.region_crumbs(page, region, own(page, listing, "title")),
        season=season(page, listing["season_months"]),
        marks=market.mark_names(page, listing["marks"]),
        event=event,
        lots=[_lot_row(page, lot) for lot in listing["lots"]],
        on_air=on_air,
    )


async def _on_air(page: Page, listing_id: str) -> list[Json]:
    """The announced broadcasts that bring the listing to market, the next one first."""
    rows = await list_broadcasts(page, clock.business_today(), None, listing=listing_id)
    coming = [row for row in rows if row["state"] in ("scheduled", *broadcasts.ON_AIR)]
    return [broadcasts.broadcast_line(page, row) for row in coming[:MOST_ON_AIR]]


def _lot_row(page: Page, lot: Json) -> Json:
    return {
        "href": f"/{page.language}/lots/{lot['id']}",
        "producer": own(page, {"name_zh": lot["seller"]["name"], "name_en": lot["seller"]["name_en"]}, "name"),
        "price": market.lot_price(lot["lot"]),
        "form": lot["lot"],
        "unit": market.unit_word(page, lot["lot"]["price_unit"]),
        "outcome": lot["decision"]["outcome"] if lot["decision"] else None,
        "decision": lot["decision"],
        "state": lot["state"],
    }


@router.get("/{lang}/lots/{lot_id}")
async def show_lot(page: CurrentPage, lot_id: str) -> Response:
    """One producer's offer: the true seller, papers, price and what it is made of, event, decision."""
    lot = await page.catalog.get(item("lots", lot_id))
    region, event, on_air, prices = await asyncio.gather(
        page.catalog.get(item("regions", lot["region"]["code"])),
        page.compliance.find(item("events", lot["event_id"])),
        _on_air(page, lot["listing_id"]),
        page.catalog.find(f"{item('lots', lot_id)}/prices"),
    )
    crumbs = market.region_crumbs(page, region)
    crumbs += [
        {"name": own(page, lot, "title"), "href": f"/{page.language}/listings/{lot['listing_id']}"},
        {"name": lot["lot"]["lot_number"]},
    ]
    return page.show(
        "browse/lot.html",
        lot=lot,
        title=goods.called(page, lot["lot"], lot),
        description=own(page, lot["lot"], "description"),
        crumbs=crumbs,
        event=event,
        unit=market.unit_word(page, lot["lot"]["price_unit"]),
        price=market.lot_price(lot["lot"]),
        price_lines=market.price_lines(page, lot["lot"]),
        details=[
            *market.lot_details(page, lot["lot"]),
            *attribute_rows(page, lot["category"]["code"], lot["lot"].get("attributes") or {}),
        ],
        certificates=market.certificate_rows(page, lot["lot"].get("certificates")),
        prices=history.price_panel(page, prices) if prices else None,
        on_air=on_air,
        offers=await offers_of(page, on_air, lot_id) if lot["state"] == "listed" else [],
    )


async def offers_of(page: Page, on_air: list[Json], lot_id: str) -> list[Json]:
    """The coming broadcasts in which the lot can be put into the basket; none while orders does not answer."""
    try:
        sales = await asyncio.gather(*(page.orders.find(item("sales", each["id"])) for each in on_air))
    except (ServiceProblem, Unavailable):
        return []
    return [baskets.offer(page, sale, lot_id) for sale in sales if sale is not None]
