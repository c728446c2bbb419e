"""What can be bought in a broadcast, and the goods pages that were kept. Nobody needs a token here."""

from typing import Any

from fastapi import APIRouter, Request, Response

from services.kit import clock
from services.kit.db import database_of
from services.kit.http import json_bytes
from services.orders import store
from services.orders.schemas.sales import SaleOut

router = APIRouter(prefix="/sales", tags=["sales"])


@router.get("/{broadcast_id}", response_model=SaleOut)
async def get_sale(broadcast_id: str, request: Request) -> Response:
    """The shelf of a broadcast: prices, what is left, limits, and whether anything can be bought now."""
    body = await store.get_sale(database_of(request), broadcast_id, clock.business_now())
    return json_bytes(request, body, max_age=1, public=True)


@router.get("/pages/{sha256}", response_model=dict[str, Any])
async def get_goods_page(sha256: str, request: Request) -> Response:
    """A goods page as it stood while it could be bought from; its SHA-256 is the last word of the address."""
    body = await store.get_page(database_of(request), sha256)
    return json_bytes(request, body, max_age=3600, public=True)
