"""Who may do what with an order: its buyer, and the operators of the region that sold."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.actor import Actor
from services.kit.problem import NotFound
from services.orders import store
from services.orders.domain.people import in_scope
from services.orders.errors import NotYourOrder, OrderMoveRefused, OutOfRegion
from services.orders.models import Leg, Lot, Order


async def paid_order(db: AsyncSession, order_id: str, *, lock: bool = True) -> tuple[Order, Lot, Leg]:
    """A paid order with its lot and its money, the money and the order locked. Raises NotFound, OrderMoveRefused."""
    found = await store.find_order(db, order_id)
    if found is None:
        raise NotFound(f"There is no order {order_id}.", f"没有编号为 {order_id} 的订单。")
    leg = await store.find_leg(db, order_id, lock=lock)
    order = await store.get_order_row(db, order_id, found.broadcast_id, lock=lock)
    if leg is None or leg.late:
        raise OrderMoveRefused("Nobody has paid for this order.", "该订单尚未付款。", state=order.state)
    return order, (await store.lots_of(db, [order]))[order.lot_id], leg


def require_buyer(actor: Actor, order: Order) -> None:
    """Raises NotFound for somebody else's order: that there is one is nobody's business."""
    if order.account_id != actor.account_id:
        raise NotFound(f"You have no order {order.id}.", f"您没有编号为 {order.id} 的订单。")


def sells(actor: Actor, region_code: str) -> bool:
    """Whether the actor acts for the region that sells."""
    if actor.has("administrator"):
        return True
    return actor.has("operator") and in_scope(actor.scopes, region_code, clock.business_today())


def require_seller(actor: Actor, region_code: str) -> None:
    """Raises OutOfRegion unless the actor acts for the region that sells."""
    if not sells(actor, region_code):
        raise OutOfRegion(
            f"The operators of {region_code} do this.", f"须由 {region_code} 的经办人办理。", region_code=region_code
        )


async def regions_within(db: AsyncSession, region_code: str) -> list[str]:
    """The regions that sell and lie in this one, itself among them: an operator's or inspector's scope may be wider."""
    today = clock.business_today()
    return [code for code in await store.selling_regions(db) if in_scope((region_code,), code, today)]


def require_either(actor: Actor, order: Order, region_code: str) -> None:
    """Raises NotYourOrder unless the actor bought it, sells it, or inspects."""
    if order.account_id != actor.account_id and not sells(actor, region_code) and not actor.has("inspector"):
        raise NotYourOrder(
            "Its buyer and the region that sold it may do this.", "仅买家本人和销售地区的经办人可以操作。"
        )
