"""Refunds, the parcels and the history of an order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.db import driver
from services.orders.models import Complaint, GoodsPage, Leg, Order, Refund, Shipment, Step

_DUE = """
UPDATE orders.refund r SET tries = tries + 1, send_at = $1::timestamptz + LEAST(2 * 2 ^ LEAST(tries, 8), 600)
  * interval '1 second'
FROM (SELECT id FROM orders.refund WHERE state = 'approved' AND send_at <= $1 ORDER BY send_at LIMIT $2
  FOR UPDATE SKIP LOCKED) due
WHERE r.id = due.id
RETURNING r.id, r.order_id, r.attempt, r.amount_fen,
  (SELECT p.number FROM orders.payment p JOIN orders.leg l ON l.checkout_id = p.checkout_id
   WHERE l.order_id = r.order_id) AS number
"""


async def find_refund(db: AsyncSession, refund_id: str, *, lock: bool = False) -> Refund | None:
    """A refund."""
    statement = select(Refund).where(Refund.id == refund_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await db.exec(statement)).first()


async def refunds_of(db: AsyncSession, order_ids: Sequence[str]) -> Sequence[Refund]:
    """The refunds of these orders, in the order in which they were asked for."""
    return (await db.exec(select(Refund).where(col(Refund.order_id).in_(order_ids)).order_by(col(Refund.id)))).all()


async def shipments_of(db: AsyncSession, order_ids: Sequence[str]) -> Sequence[Shipment]:
    """The parcels of these orders, in the order in which they were sent."""
    statement = select(Shipment).where(col(Shipment.order_id).in_(order_ids)).order_by(col(Shipment.id))
    return (await db.exec(statement)).all()


async def steps_of(db: AsyncSession, order_id: str) -> Sequence[Step]:
    """The history of an order."""
    return (await db.exec(select(Step).where(Step.order_id == order_id).order_by(col(Step.id)))).all()


async def take_due_refunds(db: AsyncSession, now: datetime, most: int) -> list[dict[str, Any]]:
    """Refunds that are to be sent to the provider now; each is due again later, in case we end meanwhile."""
    return [dict(row) for row in await (await driver(db)).fetch(_DUE, now, most)]


async def overdue_refunds(db: AsyncSession, now: datetime, most: int) -> Sequence[Refund]:
    """Refunds about which the region has not decided in time, locked."""
    statement = (
        select(Refund)
        .where(Refund.state == "requested", col(Refund.decide_until) <= now)
        .order_by(col(Refund.decide_until))
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return (await db.exec(statement)).all()


async def refunded_fen(db: AsyncSession, order_id: str) -> int:
    """What has gone back to the payer of an order."""
    total = sa.select(sa.func.coalesce(sa.func.sum(Refund.amount_fen), 0)).where(
        col(Refund.order_id) == order_id, col(Refund.state) == "refunded"
    )
    return int(await db.scalar(total) or 0)


async def mark_complaint_refunded(db: AsyncSession, complaint_id: str, at: datetime) -> Complaint:
    """What a complaint was awarded has gone back; the complaint as it stands now."""
    statement = select(Complaint).where(Complaint.id == complaint_id).with_for_update()
    complaint = (await db.exec(statement.execution_options(populate_existing=True))).one()
    complaint.refunded_at = at
    complaint.version += 1
    await db.flush()
    return complaint


async def unsent_orders(db: AsyncSession, account_id: str) -> Sequence[Order]:
    """Paid orders of an account that nothing was sent for yet."""
    statement = select(Order).where(Order.account_id == account_id, Order.state == "paid").order_by(col(Order.id))
    return (await db.exec(statement)).all()


async def find_order(db: AsyncSession, order_id: str) -> Order | None:
    """An order that was ever paid, by its id alone."""
    statement = (
        select(Order)
        .join(Leg, (col(Leg.order_id) == col(Order.id)) & (col(Leg.broadcast_id) == col(Order.broadcast_id)))
        .where(Leg.order_id == order_id)
    )
    return (await db.exec(statement)).first()


async def find_page(db: AsyncSession, sha256: str) -> str | None:
    """The goods page under this hash, as the canonical JSON that was hashed."""
    return (await db.exec(select(GoodsPage.document).where(GoodsPage.sha256 == sha256))).first()


async def list_refunds(
    db: AsyncSession, regions: Sequence[str], *, undecided: bool, before: str, limit: int
) -> Sequence[Refund]:
    """Refunds of these regions, newest first, whose id is below `before`."""
    statement = (
        select(Refund)
        .where(col(Refund.region_code).in_(regions), col(Refund.id) < before)
        .order_by(col(Refund.id).desc())
        .limit(limit)
    )
    if undecided:
        statement = statement.where(Refund.state == "requested")
    return (await db.exec(statement)).all()


async def photos_of(db: AsyncSession, order_id: str) -> set[str]:
    """Every photo that a refund or a complaint of this order names."""
    refunds = (await db.exec(select(Refund.photos).where(Refund.order_id == order_id))).all()
    complaints = (await db.exec(select(Complaint.photos).where(Complaint.order_id == order_id))).all()
    return {photo for photos in (*refunds, *complaints) for photo in photos}
