"""Orders of the caller."""

from fastapi import APIRouter, Request

from services.kit.actor import CurrentActor
from services.kit.db import database_of
from services.kit.page import Cursor, Limit, Page, decode_cursor, encode_cursor
from services.orders import store
from services.orders.schemas.checkouts import OrderOut

router = APIRouter(prefix="/orders", tags=["orders"])

LATEST = "~"  # It sorts after every id.


@router.get("")
async def list_orders(
    request: Request, actor: CurrentActor, cursor: Cursor = None, limit: Limit = 20
) -> Page[OrderOut]:
    """What the caller has ordered, newest first."""
    before = str(decode_cursor(cursor, str)[0]) if cursor else LATEST
    rows = await store.list_orders(database_of(request), actor.account_id, before, limit + 1)
    items = [OrderOut.model_validate(dict(row)) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].order_id) if len(rows) > limit else None)


@router.get("/{order_id}")
async def get_order(order_id: str, request: Request, actor: CurrentActor) -> OrderOut:
    """One order of the caller."""
    return OrderOut.model_validate(dict(await store.get_order(database_of(request), order_id, actor.account_id)))
