"""Finding what is in force: cards, how they are spread, and what may be typed next."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from services.catalog import store
from services.catalog.routes.parameters import CategoryQuery, MonthQuery, RegionQuery
from services.catalog.schemas.finding import Facets, SearchPage, SuggestionList
from services.catalog.schemas.specialties import CardKind
from services.kit.db import database_of
from services.kit.http import json_bytes, public_json
from services.kit.page import Cursor, Limit

router = APIRouter(tags=["search"])

Text = Annotated[str, Query(max_length=200, description="Chinese, pinyin or its initials, or English.")]
FromFen = Annotated[int | None, Query(ge=0, le=10_000_000_000, description="The price is at least so many fen.")]
ToFen = Annotated[int | None, Query(ge=0, le=10_000_000_000, description="The price is at most so many fen.")]
State = Annotated[
    str | None, Query(max_length=20, pattern=r"^[a-z_]+$", description="The state on the card, such as listed.")
]


async def _wanted(
    q: Text = "",
    region: RegionQuery = None,
    category: CategoryQuery = None,
    month: MonthQuery = None,
    kind: CardKind | None = None,
    from_fen: FromFen = None,
    to_fen: ToFen = None,
    state: State = None,
) -> store.Wanted:
    return store.Wanted.of(
        q=q,
        kind=kind,
        region=region,
        category=category,
        month=month,
        from_fen=from_fen,
        to_fen=to_fen,
        state=state,
    )


Wanted = Annotated[store.Wanted, Depends(_wanted)]


@router.get("/search", response_model=SearchPage)
async def search_market(request: Request, wanted: Wanted, cursor: Cursor = None, limit: Limit = 24) -> Response:
    """Specialties, listings and lots by text, region, category, season, price and state, newest first, no totals.

    Where nothing is found, a name that sounds alike or is one sign away is looked for, and `understood_as` names it.
    """
    return public_json(request, await store.search_cards(database_of(request), wanted, cursor, limit))


@router.get("/search/facets", response_model=Facets)
async def count_search(request: Request, wanted: Wanted) -> Response:
    """How what is found is spread over places, kinds, months, prices and states; estimates say that they are."""
    found = await store.find_facets(database_of(request), wanted)
    return public_json(request, found.model_dump_json().encode())


@router.get("/search/suggestions", response_model=SuggestionList)
async def suggest_search(request: Request, q: Text = "") -> Response:
    """Names that begin like what is being typed, in Chinese, pinyin or initials, and under which there is something."""
    found = SuggestionList(items=await store.suggest(database_of(request), q))
    return json_bytes(request, found.model_dump_json().encode(), max_age=60, public=True)
