"""Finding: specialties, listings and lots by text, region, category, season, price and state."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Response

from gateway.clients import Json, ServiceProblem
from gateway.pages.frame import CurrentPage, Page
from gateway.views import market, searching
from gateway.views.speaking import month_name, own, place
from services.contracts import regions
from services.kit import clock

router = APIRouter()

LONGEST = 200
"""So many characters catalog takes of a text, and no filter is longer."""


@dataclass(frozen=True)
class Asked:
    """What the address of the page asks, as it was typed."""

    q: str = ""
    region: str = ""
    category: str = ""
    month: str = ""
    kind: str = ""
    price_from: str = ""
    price_to: str = ""
    state: str = ""

    def typed(self) -> dict[str, str]:
        """By name, without what no answer could fit."""
        return {name: value.strip()[:LONGEST] for name, value in asdict(self).items()}

    def is_cut(self) -> bool:
        """Whether more was typed to search for than is used."""
        return len(self.q.strip()) > LONGEST


@router.get("/{lang}/search")
async def show_search(page: CurrentPage, given: Annotated[Asked, Depends()], cursor: str = "") -> Response:
    """What is found, newest first, and how it is spread; with nothing asked, everything."""
    asked = given.typed()
    prices, errors = searching.price_bounds(page, asked)
    query = {name: asked[name] or None for name in ("region", "category", "month", "kind", "state")} | prices
    (found, spread), categories, provinces = await asyncio.gather(
        _search(page, asked["q"], query, cursor),
        page.catalog.get("/categories"),
        page.catalog.get("/regions", limit=100),
    )
    today = clock.business_today()
    # Onward goes what this page was narrowed by, and no price while one of the two cannot be used.
    unused = ("price_from", "price_to") if errors else ()
    kept = {name: value for name, value in asked.items() if value and name not in unused}
    onward = urlencode({**kept, "cursor": found["next"] or ""})
    meant = found.get("understood_as")
    return page.show(
        "search/search.html",
        asked=asked,
        is_cut=given.is_cut(),
        errors=errors,
        refused=found.get("refused"),
        cards=[_card(page, card, today.month) for card in market.without_repeats(found["items"])],
        facets=spread
        and searching.Facets(page, {**dict.fromkeys(asked, ""), **kept, "q": meant or asked["q"]}, spread).view(),
        next_href=f"/{page.language}/search?{onward}" if found["next"] else None,
        first_href=f"/{page.language}/search" if cursor else None,
        categories=market.category_options(page, categories["items"]),
        regions=_region_options(page, provinces["items"], asked["region"]),
        months=[(str(number), month_name(page, number)) for number in range(1, 13)],
        states=searching.state_options(page),
        kinds=_kinds(page, asked),
        understood_as=meant,
    )


async def _search(page: Page, text: str, query: Mapping[str, Any], cursor: str) -> tuple[Json, Json | None]:
    """What catalog finds and how it is spread; nothing, and why, where it cannot understand the question."""
    try:
        found = await page.catalog.get("/search", q=text, cursor=cursor or None, limit=24, **query)
        if cursor or not found["items"]:
            return found, None
        # Counted is what is shown: that of the meant word, where the typed one found nothing.
        return found, await page.catalog.get("/search/facets", q=found.get("understood_as") or text, **query)
    except ServiceProblem as problem:
        if problem.status not in (404, 422):
            raise
        said = [*problem.field_errors.values()] or [problem.document.get("detail", "")]
        return {"items": [], "next": None, "refused": " ".join(map(str, said))}, None


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
