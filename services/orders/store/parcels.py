"""Parcels."""

from datetime import datetime
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.db import driver
from services.orders.models import Address, Checkout, Shipment

_DUE = """
UPDATE orders.shipment s SET tries = tries + 1, book_at = $1::timestamptz + LEAST(2 * 2 ^ LEAST(tries, 8), 600)
  * interval '1 second'
FROM (SELECT id FROM orders.shipment WHERE state = 'asked' AND book_at <= $1 ORDER BY book_at LIMIT $2
  FOR UPDATE SKIP LOCKED) due
WHERE s.id = due.id
RETURNING s.id, s.tries, s.from_region, s.to_region, s.declared_grams, s.sign_kind
"""


async def find_shipment(db: AsyncSession, shipment_id: str, *, lock: bool = False) -> Shipment | None:
    """A parcel."""
    statement = select(Shipment).where(Shipment.id == shipment_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await db.exec(statement)).first()


async def take_due_parcels(db: AsyncSession, now: datetime, most: int) -> list[dict[str, Any]]:
    """Parcels whose waybill is to be asked for now; each is due again later, in case we end meanwhile."""
    return [dict(row) for row in await (await driver(db)).fetch(_DUE, now, most)]


async def ship_region(db: AsyncSession, checkout_id: str) -> str:
    """The region that a checkout's goods go to."""
    statement = (
        select(Address.region_code)
        .join(Checkout, col(Checkout.address_id) == col(Address.id))
        .where(Checkout.id == checkout_id)
    )
    return (await db.exec(statement)).one()
