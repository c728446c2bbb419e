"""Finding: specialties, listings and lots by text, region, category and season."""

import asyncio
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from gateway.clients import Json, ServiceProblem
from gateway.pages.frame import CurrentPage, Page
from gateway.views import market
from gateway.views.speaking import month_name, own, place
from services.contracts import regions
from services.kit import clock

router = APIRouter()


@router.get("/{lang}/search")
async def show_search(
    page: CurrentPage,
    q: str = "",
    region: str = "",
    category: str = "",
    month: str = "",
    kind: str = "",
    cursor: str = "",
) -> Response:
    """What is found, newest first; with nothing asked, everything."""
    asked = {"q": q.strip()[:200], "region": region, "category": category, "month": month, "kind": kind}
    found, categories, provinces = await asyncio.gather(
        _search(page, asked, cursor), page.catalog.get("/categories"), page.catalog.get("/regions", limit=100)
    )
    today = clock.business_today()
    onward = urlencode({**{name: value for name, value in asked.items() if value}, "cursor": found["next"] or ""})
    return page.show(
        "search/search.html",
        asked=asked,
        cards=[_card(page, card, today.month) for card in market.without_repeats(found["items"])],
        next_href=f"/{page.language}/search?{onward}" if found["next"] else None,
        first_href=f"/{page.language}/search" if cursor else None,
        categories=market.category_options(page, categories["items"]),
        regions=_region_options(page, provinces["items"], region),
        months=[(str(number), month_name(page, number)) for number in range(1, 13)],
        kinds=_kinds(page, asked),
        understood_as=found.get("understood_as"),
    )


async def _search(page: Page, asked: dict[str, str], cursor: str) -> Json:
    """What catalog finds; nothing where it cannot understand what was asked."""
    try:
        query = {name: value or None for name, value in asked.items() if name != "q"}
        return await page.catalog.get("/search", q=asked["q"], cursor=cursor or None, limit=24, **query)
    except ServiceProblem as problem:
        if problem.status not in (404, 422):
            raise
        return {"items": [], "next": None}


def _card(page: Page, card: Json, month: int) -> Json:
    if card["kind"] == "specialty":
        return {"kind": "specialty", "card": market.specialty_card(page, card, month)}
    return {"kind": "listing", "card": market.listing_card(page, card)}


def _region_options(page: Page, provinces: list[Json], chosen: str) -> list[tuple[str, str]]:
    options = [(each["code"], own(page, each, "name")) for each in provinces]
    if chosen and regions.known(chosen) and chosen not in dict(options):
        options.insert(0, (chosen, place(page, chosen)))
    return options


def _kinds(page: Page, asked: dict[str, str]) -> list[Json]:
    names = (
        ("", page._("Everything")),
        ("specialty", page._("Specialties")),
        ("listing", page._("Listings")),
        ("lot", page._("Lots")),
    )
    others = {name: value for name, value in asked.items() if value and name != "kind"}
    return [
        {
            "name": name,
            "href": f"/{page.language}/search?{urlencode({**others, 'kind': kind} if kind else others)}",
            "current": asked["kind"] == kind,
        }
        for kind, name in names
    ]
