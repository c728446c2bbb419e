"""Checkouts and their orders: placed, read, let go. What sells stands in functions of the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.db import Database
from services.kit.problem import NotFound
from services.orders.domain.placing import Asked, Outcome
from services.orders.models import Checkout

_PLACE = """
SELECT n, outcome, checkout_id, number, ticket, freight_fen, reserved_until, created_at
FROM orders.place($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::text[]::jsonb[])
"""

_PLACE_BASKET = """
SELECT outcome, checkout_id, number, ticket, freight_fen, reserved_until, created_at
FROM orders.place_basket($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb, $10, $11, $12, $13)
"""

_CHECKOUT = """
SELECT json_build_object('checkout_id', c.id, 'broadcast_id', c.broadcast_id, 'state', c.state,
  'orders', (SELECT json_agg(json_build_object('order_id', o.id, 'lot_id', o.lot_id, 'units', o.units,
      'unit_price_fen', o.unit_price_fen, 'freight_fen', o.freight_fen, 'amount_fen', o.amount_fen,
      'ticket', o.ticket, 'state', o.state) ORDER BY o.lot_id)
    FROM orders."order" o WHERE o.checkout_id = c.id),
  'total_fen', c.total_fen,
  'reserved_until', to_char(c.reserved_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'created_at', to_char(c.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text
FROM orders.checkout c WHERE c.id = $1 AND c.account_id = $2
"""

# Where somebody was sent to pay, the provider's last word is waited for, but not for ever.
_DUE = """
SELECT orders.let_go(ARRAY(
  SELECT c.id FROM orders.checkout c WHERE c.state = 'reserved' AND c.reserved_until <= clock_timestamp()
    AND (c.reserved_until <= clock_timestamp() - make_interval(secs => $1) OR NOT EXISTS (
      SELECT FROM orders.payment p WHERE p.checkout_id = c.id AND p.state IN ('asked', 'open', 'failed')))
  ORDER BY c.id LIMIT 500 FOR UPDATE OF c SKIP LOCKED), 'expired')
"""


ORDER_COLUMNS = """
o.id AS order_id, o.checkout_id, o.broadcast_id, o.lot_id, o.units, o.unit_grams, o.unit_price_fen,
  o.freight_fen, o.amount_fen, o.ticket, o.state, o.page_sha256, o.created_at, o.changed_at, o.version,
  l.title_zh, l.title_en, l.producer_uscc, l.facts -> 'seller' ->> 'name' AS seller_name,
  l.facts -> 'lot' ->> 'display_name' AS lot_name, l.facts -> 'lot' ->> 'specification' AS specification,
  l.facts -> 'lot' ->> 'return_policy' AS return_policy"""

_ORDERS = f"""
SELECT {ORDER_COLUMNS} FROM orders."order" o JOIN orders.lot l ON l.lot_id = o.lot_id AND l.version = o.lot_version
WHERE o.account_id = $1 AND o.id < $2 ORDER BY o.id DESC LIMIT $3
"""  # noqa: S608  Columns of ours.


async def place_batch(database: Database, batch: Sequence[Asked], reservation_seconds: int) -> list[Outcome]:
    """Order one line each of one lot of one broadcast, first come first served, and commit; one outcome each.

    Nobody is raised at: who got nothing is told so by the outcome. No key stands in the batch twice.
    """
    first = batch[0]
    rows = await database.change_rows(
        _PLACE,
        first.broadcast_id,
        first.lines[0].lot_id,
        first.at,
        reservation_seconds,
        [asked.checkout_id for asked in batch],
        [asked.lines[0].order_id for asked in batch],
        [asked.account_id for asked in batch],
        [asked.key for asked in batch],
        [asked.body_sha256 for asked in batch],
        [asked.lines[0].units for asked in batch],
        [asked.lines[0].price_fen for asked in batch],
        [asked.address_id for asked in batch],
        [asked.placed for asked in batch],
    )
    return [Outcome(*row[1:]) for row in rows]


async def place_basket(database: Database, asked: Asked, reservation_seconds: int) -> list[Outcome]:
    """Order several lots, all or none, and commit; one outcome for each line, or one alone for a known key."""
    rows = await database.change_rows(
        _PLACE_BASKET,
        asked.broadcast_id,
        asked.at,
        reservation_seconds,
        asked.checkout_id,
        asked.account_id,
        asked.key,
        asked.body_sha256,
        asked.address_id,
        asked.placed,
        [line.order_id for line in asked.lines],
        [line.lot_id for line in asked.lines],
        [line.units for line in asked.lines],
        [line.price_fen for line in asked.lines],
    )
    return [Outcome(*row) for row in rows]


async def get_checkout(database: Database, checkout_id: str, account_id: str) -> bytes:
    """A checkout of this buyer, as JSON. Raises NotFound."""
    body = await database.fetch_bytes(_CHECKOUT, checkout_id, account_id)
    if body is None:
        raise NotFound("You have no such checkout.", "您没有该结算单。")
    return body


async def lock_checkout(db: AsyncSession, checkout_id: str, account_id: str) -> Checkout:
    """A checkout of this buyer, locked. Raises NotFound."""
    statement = select(Checkout).where(Checkout.id == checkout_id, Checkout.account_id == account_id).with_for_update()
    found = (await db.exec(statement)).first()
    if found is None:
        raise NotFound("You have no such checkout.", "您没有该结算单。")
    return found


async def cancel_checkout(db: AsyncSession, checkout_id: str) -> None:
    """Let a reserved checkout go; its units can be bought again."""
    await db.execute(text("SELECT orders.let_go(ARRAY[:id], 'cancelled')"), {"id": checkout_id})


async def erase_declared(db: AsyncSession, account_id: str) -> None:
    """What a buyer said of themselves when they ordered is forgotten."""
    await db.execute(
        text("UPDATE orders.checkout SET placed = placed - 'declared' WHERE account_id = :id"), {"id": account_id}
    )


async def expire_due(database: Database, grace_seconds: int = 0) -> int:
    """Let go some of the reservations that have run out by the clock of the database; how many.

    One whose payment may still be under way is kept for `grace_seconds` more.
    """
    rows = await database.change_rows(_DUE, grace_seconds)
    return int(rows[0][0])


async def list_orders(database: Database, account_id: str, before: str, limit: int) -> Sequence[Any]:
    """Orders of a buyer, newest first, whose id is below `before`."""
    return await database.fetch_rows(_ORDERS, account_id, before, limit)
