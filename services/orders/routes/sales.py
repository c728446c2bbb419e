"""What can be bought in a broadcast, and the goods pages that were kept. Nobody needs a token here."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from services.kit import clock
from services.kit.db import Reading, database_of
from services.kit.http import json_bytes
from services.kit.page import Cursor, Page, decode_cursor, encode_cursor
from services.orders import store
from services.orders.domain.figures import stages
from services.orders.schemas.sales import SaleOut, StagesOut, TicketOut

router = APIRouter(prefix="/sales", tags=["sales"])

OfLot = Annotated[str, Query(max_length=64, description="The lot whose orders are listed.")]
Lines = Annotated[int, Query(ge=1, le=1_000, description="Lines on a page.")]


@router.get("/{broadcast_id}", response_model=SaleOut)
async def get_sale(broadcast_id: str, request: Request) -> Response:
    """The shelf of a broadcast: prices, what is left, limits, and whether anything can be bought now."""
    body = await store.get_sale(database_of(request), broadcast_id, clock.business_now())
    return json_bytes(request, body, max_age=1, public=True)


@router.get("/{broadcast_id}/tickets")
async def list_tickets(
    broadcast_id: str, request: Request, lot_id: OfLot, cursor: Cursor = None, limit: Lines = 1_000
) -> Page[TicketOut]:
    """Who came first: the orders of a lot in the order of arrival, sealed meanwhile, without a word on buyers."""
    after = int(decode_cursor(cursor, int)[0]) if cursor else 0
    rows = await store.list_tickets(database_of(request), broadcast_id, lot_id, after, limit + 1)
    items = [TicketOut.model_validate(dict(row)) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].ticket) if len(rows) > limit else None)


@router.get("/pages/{sha256}", response_model=dict[str, Any])
async def get_goods_page(sha256: str, request: Request) -> Response:
    """A goods page as it stood while it could be bought from; its SHA-256 is the last word of the address."""
    body = await store.get_page(database_of(request), sha256)
    return json_bytes(request, body, max_age=3600, public=True)


@router.get("/{broadcast_id}/stages")
async def get_stages(broadcast_id: str, db: Reading, response: Response) -> StagesOut:
    """How far the orders of a broadcast have come: a sale is verified when its return window is over."""
    response.headers["Cache-Control"] = "public, max-age=5"
    counted = await store.count_stages(db, broadcast_id, clock.business_now())
    return StagesOut(broadcast_id=broadcast_id, **stages(counted))
