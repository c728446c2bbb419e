"""Orders as the desk of a region lists them, and what belongs to one order."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.db import Database, driver
from services.orders.models import Address, Checkout
from services.orders.store.checkouts import ORDER_COLUMNS

_DESK = f"""
SELECT {ORDER_COLUMNS}, l.region_code, g.refund_fen, g.captured_at AS paid_at,
  (SELECT count(*) FROM orders.shipment s WHERE s.order_id = o.id) AS parcels,
  (SELECT count(*) FROM orders.refund r WHERE r.order_id = o.id AND r.state = 'requested') AS open_refunds,
  (SELECT count(*) FROM orders.complaint c WHERE c.order_id = o.id AND c.decided_at IS NULL) AS open_complaints,
  EXISTS (SELECT 1 FROM orders.invoice i WHERE i.order_id = o.id AND i.number IS NULL) AS invoice_waits,
  CASE WHEN o.state IN ('paid', 'shipped') THEN json_build_object('consignee', a.consignee, 'phone', a.phone,
    'region_code', a.region_code, 'detail', a.detail)::text END AS address
FROM orders.sale v JOIN orders."order" o ON o.broadcast_id = v.broadcast_id
JOIN orders.leg g ON g.order_id = o.id AND NOT g.late
JOIN orders.lot l ON l.lot_id = o.lot_id AND l.version = o.lot_version
JOIN orders.checkout k ON k.id = o.checkout_id JOIN orders.address a ON a.id = k.address_id
WHERE v.region_code = ANY($1) AND o.id < $2 AND ($4::text IS NULL OR o.state = $4)
  AND ($5::text IS NULL OR o.broadcast_id = $5)
ORDER BY o.id DESC LIMIT $3
"""  # noqa: S608  Columns of ours.

_ROW = f"""
SELECT {ORDER_COLUMNS}, l.region_code, o.account_id FROM orders."order" o
JOIN orders.lot l ON l.lot_id = o.lot_id AND l.version = o.lot_version
WHERE o.broadcast_id = $1 AND o.id = $2
"""  # noqa: S608  Columns of ours.

_WHERE = """
SELECT broadcast_id FROM orders.leg WHERE order_id = $1
UNION ALL SELECT broadcast_id FROM orders."order" WHERE account_id = $2 AND id = $1 LIMIT 1
"""


async def list_orders_to_send(
    database: Database, regions: Sequence[str], before: str, limit: int, *, state: str | None, broadcast_id: str | None
) -> Sequence[Any]:
    """Paid orders that these regions sold, newest first, whose id is below `before`."""
    return await database.fetch_rows(_DESK, list(regions), before, limit, state, broadcast_id)


async def find_order_shown(db: AsyncSession, order_id: str, account_id: str) -> dict[str, Any] | None:
    """An order of this buyer, or anybody's that was paid, as it is shown; the caller decides who may see it."""
    connection = await driver(db)
    where = await connection.fetchval(_WHERE, order_id, account_id)
    row = await connection.fetchrow(_ROW, where, order_id) if where else None
    return dict(row) if row else None


async def checkout_and_address(db: AsyncSession, checkout_id: str) -> tuple[Checkout, Address]:
    """A checkout and where its goods go."""
    checkout = (await db.exec(select(Checkout).where(Checkout.id == checkout_id))).one()
    return checkout, (await db.exec(select(Address).where(Address.id == checkout.address_id))).one()
