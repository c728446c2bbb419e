"""Payments and their legs. Rows are locked in the order payment, checkout, orders, stock; nobody is asked meanwhile."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.db import driver
from services.kit.problem import NotFound
from services.orders.domain.money import UNSETTLED
from services.orders.models import Address, Callback, Checkout, Leg, Lot, Order, Payment
from services.orders.store.tables import table_of

_SELL = """
WITH locked AS MATERIALIZED (
  SELECT k.lot_id FROM orders.stock k
  WHERE k.broadcast_id = $1 AND k.lot_id = ANY($2) ORDER BY k.lot_id FOR UPDATE)
UPDATE orders.stock k SET reserved = k.reserved - o.units, sold = k.sold + o.units
FROM locked JOIN unnest($2::text[], $3::bigint[]) AS o(lot_id, units) ON o.lot_id = locked.lot_id
WHERE k.broadcast_id = $1 AND k.lot_id = locked.lot_id
"""

_BOUGHT = """
SELECT o.id, (SELECT count(*) FROM orders."order" p WHERE p.account_id = o.account_id
    AND p.state IN ('paid', 'shipped', 'signed', 'refunded') AND p.checkout_id <> o.checkout_id
    AND p.created_at < o.created_at AND p.created_at >= o.created_at - interval '365 days') AS bought
FROM orders."order" o WHERE o.checkout_id = ANY($1)
"""

_DUE = """
UPDATE orders.payment p SET asked = asked + 1, ask_at = $1::timestamptz + LEAST(10 * 2 ^ LEAST(asked, 6), 600)
  * interval '1 second'
FROM (SELECT checkout_id FROM orders.payment WHERE state IN ('asked','open','failed') AND ask_at <= $1
  ORDER BY ask_at LIMIT $2 FOR UPDATE SKIP LOCKED) due
WHERE p.checkout_id = due.checkout_id
RETURNING p.checkout_id, p.number,
  (SELECT c.state <> 'reserved' OR c.reserved_until <= clock_timestamp() FROM orders.checkout c
   WHERE c.id = p.checkout_id) AS over
"""


async def lock_checkout_of(db: AsyncSession, checkout_id: str, account_id: str | None = None) -> Checkout:
    """A checkout, locked; of this buyer when one is named. Raises NotFound."""
    statement = select(Checkout).where(Checkout.id == checkout_id).with_for_update()
    if account_id is not None:
        statement = statement.where(Checkout.account_id == account_id)
    found = (await db.exec(statement)).first()
    if found is None:
        raise NotFound("You have no such checkout.", "您没有该结算单。")
    return found


async def orders_of(db: AsyncSession, checkout_id: str) -> Sequence[Order]:
    """The orders of a checkout, in the order of their lots."""
    statement = select(Order).where(Order.checkout_id == checkout_id).order_by(col(Order.lot_id))
    return (await db.exec(statement)).all()


async def bought_before(db: AsyncSession, orders: Sequence[Order]) -> dict[str, int]:
    """Order id → how many other orders its account had paid for in the 365 days before it."""
    rows = await (await driver(db)).fetch(_BOUGHT, [order.checkout_id for order in orders])
    return {row["id"]: row["bought"] for row in rows}


async def lots_of(db: AsyncSession, orders: Sequence[Order]) -> dict[str, Lot]:
    """The lots of these orders by id, each in the version that was bought."""
    pairs = [(order.lot_id, order.lot_version) for order in orders]
    statement = select(Lot).where(sa.tuple_(col(Lot.lot_id), col(Lot.version)).in_(pairs))
    return {lot.lot_id: lot for lot in (await db.exec(statement)).all()}


async def add_payment(db: AsyncSession, payment: Payment) -> Payment:
    """The payment of a checkout, which is there already when somebody asked before; locked."""
    values = payment.model_dump()
    await db.execute(insert(table_of(Payment)).values(**values).on_conflict_do_nothing())
    found = await lock_payment(db, payment.checkout_id)
    if found is None:
        raise RuntimeError("A payment that was just written is not there.")
    return found


async def lock_payment(db: AsyncSession, checkout_id: str) -> Payment | None:
    """A payment, locked."""
    statement = select(Payment).where(Payment.checkout_id == checkout_id).with_for_update()
    return (await db.exec(statement.execution_options(populate_existing=True))).first()


async def find_payment(db: AsyncSession, checkout_id: str, account_id: str | None = None) -> Payment | None:
    """A payment; of this buyer when one is named."""
    statement = select(Payment).where(Payment.checkout_id == checkout_id)
    if account_id is not None:
        statement = statement.where(Payment.account_id == account_id)
    return (await db.exec(statement)).first()


async def sell_reserved(db: AsyncSession, broadcast_id: str, units: Mapping[str, int]) -> None:
    """So many units of each lot, which were reserved, are sold. The last statement of a transaction.

    The row of a hot lot is wanted by everybody who orders: it is locked for the commit alone.
    """
    lots = sorted(units)
    await (await driver(db)).execute(_SELL, broadcast_id, lots, [units[lot] for lot in lots])


async def is_first_callback(db: AsyncSession, callback: Callback) -> bool:
    """Write the message down; False when it was heard before."""
    statement = insert(table_of(Callback)).values(**callback.model_dump()).on_conflict_do_nothing()
    return (await db.execute(statement.returning(table_of(Callback).c.message_id))).first() is not None


async def forget_callbacks(db: AsyncSession, before: datetime) -> None:
    """Callbacks older than that are repeated by nobody."""
    table = table_of(Callback)
    await db.execute(table.delete().where(table.c.received_at < before))


async def ask_soon(db: AsyncSession, checkout_id: str, at: datetime) -> None:
    """The provider is asked about this payment at that time, if it is not settled."""
    table = table_of(Payment)
    await db.execute(
        table.update()
        .where(table.c.checkout_id == checkout_id, table.c.state.in_(UNSETTLED))
        .values(ask_at=sa.func.least(table.c.ask_at, at))
    )


async def take_due_payments(db: AsyncSession, now: datetime, most: int) -> list[dict[str, Any]]:
    """Payments that the provider must be asked about now; each is due again later, in case we end meanwhile.

    `over`: the checkout is paid for, let go or run out, so the payment is to be closed.
    """
    return [dict(row) for row in await (await driver(db)).fetch(_DUE, now, most)]


async def find_leg(db: AsyncSession, order_id: str, *, lock: bool = False) -> Leg | None:
    """The captured money of an order."""
    statement = select(Leg).where(Leg.order_id == order_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await db.exec(statement)).first()


async def get_order_row(db: AsyncSession, order_id: str, broadcast_id: str, *, lock: bool = False) -> Order:
    """An order that is known to be there."""
    statement = select(Order).where(Order.broadcast_id == broadcast_id, Order.id == order_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await db.exec(statement)).one()


async def legs_of(db: AsyncSession, order_ids: Sequence[str]) -> dict[str, Leg]:
    """The captured money of these orders."""
    return {leg.order_id: leg for leg in (await db.exec(select(Leg).where(col(Leg.order_id).in_(order_ids)))).all()}


async def placed_of(db: AsyncSession, checkout_ids: Sequence[str]) -> dict[str, tuple[Checkout, Payment, str, str]]:
    """Of each checkout: itself, its payment, the region that its goods go to, and the token of who receives them."""
    statement = (
        select(Checkout, Payment, col(Address.region_code), col(Address.recipient))
        .join(Payment, col(Payment.checkout_id) == col(Checkout.id))
        .join(Address, col(Address.id) == col(Checkout.address_id))
        .where(col(Checkout.id).in_(checkout_ids))
    )
    rows = (await db.exec(statement)).all()
    return {checkout.id: (checkout, payment, region, recipient) for checkout, payment, region, recipient in rows}


async def paid_orders_since(db: AsyncSession, since: datetime) -> AsyncIterator[Sequence[Order]]:
    """Orders that were paid in time and have changed since, some hundreds at a time."""
    last = ""
    while True:
        statement = (
            select(Order)
            .join(Leg, (col(Leg.order_id) == col(Order.id)) & (col(Leg.broadcast_id) == col(Order.broadcast_id)))
            .where(col(Order.changed_at) >= since, col(Order.id) > last, ~col(Leg.late))
            .order_by(col(Order.id))
            .limit(200)
        )
        rows = (await db.exec(statement)).all()
        if not rows:
            return
        yield rows
        last = rows[-1].id
