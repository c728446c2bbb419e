"""The buyer's basket, kept here so that it is the same on every device and its times can be believed."""

from fastapi import APIRouter

from services.kit import clock
from services.kit.db import Reading, Writing
from services.orders import store
from services.orders.errors import BasketFull
from services.orders.routes.asked import Person
from services.orders.schemas.basket import BasketChange, BasketIn, BasketLineOut, BasketOut

router = APIRouter(prefix="/basket", tags=["basket"])

MOST_LINES = 50


@router.get("")
async def get_basket(db: Reading, actor: Person) -> BasketOut:
    """My basket, and what has become of each line: its price now, and whether it can be bought."""
    lines = await store.list_basket(db, actor.account_id, clock.business_now())
    return BasketOut(items=[BasketLineOut(**line) for line in lines])


@router.put("")
async def put_basket(body: BasketIn, db: Writing, actor: Person) -> BasketOut:
    """My whole basket as it is to be; a lot named twice counts once, as it was named last."""
    lines = {(line.broadcast_id, line.lot_id): line.model_dump() for line in body.items}
    await store.save_basket(db, actor.account_id, list(lines.values()), clock.business_now())
    found = await store.list_basket(db, actor.account_id, clock.business_now())
    return BasketOut(items=[BasketLineOut(**line) for line in found])


@router.patch("")
async def change_basket(body: BasketChange, db: Writing, actor: Person) -> BasketOut:
    """Some lines of my basket; what another page has put in meanwhile stays. Raises BasketFull."""
    lines = {(line.broadcast_id, line.lot_id): line.model_dump() for line in body.items}
    await store.change_basket(db, actor.account_id, list(lines.values()), clock.business_now())
    found = await store.list_basket(db, actor.account_id, clock.business_now())
    if len(found) > MOST_LINES:
        raise BasketFull(
            f"A basket holds at most {MOST_LINES} kinds of goods. Order some of them, or take some out.",
            f"购物车最多容纳 {MOST_LINES} 种商品，请先结算或移除一部分。",
        )
    return BasketOut(items=[BasketLineOut(**line) for line in found])
