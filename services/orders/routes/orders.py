"""Orders of the caller, and those that a region has sold."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from services.kit.actor import CurrentActor
from services.kit.db import Reading, database_of
from services.kit.page import Cursor, Limit, Page, decode_cursor, encode_cursor
from services.orders import store
from services.orders.actions import details
from services.orders.actions.access import regions_within, require_seller
from services.orders.domain.life import OrderState
from services.orders.routes.asked import LATEST, InRegion, Operator
from services.orders.schemas.checkouts import OrderOut
from services.orders.schemas.details import OrderDetail, OrderToSend

router = APIRouter(prefix="/orders", tags=["orders"])


@router.get("")
async def list_orders(
    request: Request, actor: CurrentActor, cursor: Cursor = None, limit: Limit = 20
) -> Page[OrderOut]:
    """What the caller has ordered, newest first."""
    rows = await store.list_orders(database_of(request), actor.account_id, _before(cursor), limit + 1)
    items = [OrderOut.model_validate(dict(row)) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].order_id) if len(rows) > limit else None)


@router.get("/sold")
async def list_sold_orders(
    request: Request,
    db: Reading,
    actor: Operator,
    region: InRegion,
    state: Annotated[OrderState | None, Query()] = None,
    broadcast_id: Annotated[str | None, Query(max_length=64)] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[OrderToSend]:
    """Paid orders that a region sold, newest first, with the address of what must be sent."""
    require_seller(actor, region)
    database = database_of(request)
    within = await regions_within(db, region)
    rows = await store.list_orders_to_send(
        database, within, _before(cursor), limit + 1, state=state, broadcast_id=broadcast_id
    )
    items = [OrderToSend.model_validate(_with_address(dict(row))) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].order_id) if len(rows) > limit else None)


@router.get("/{order_id}")
async def get_order(order_id: str, db: Reading, actor: CurrentActor) -> OrderDetail:
    """One order with all that has happened to it, and what the caller may do now."""
    return await details.read_order(db, actor, order_id)


def _before(cursor: str | None) -> str:
    return str(decode_cursor(cursor, str)[0]) if cursor else LATEST


def _with_address(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"address": json.loads(row["address"]) if row["address"] else None}
