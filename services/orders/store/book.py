"""Address books and baskets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.db import driver
from services.orders.models import Address, Base, BasketLine
from services.orders.store.tables import table_of

_BASKET = """
SELECT b.broadcast_id, b.lot_id, l.title_zh, l.title_en, b.units, b.price_fen, k.price_fen AS now_fen,
  k.price_fen IS NOT NULL AND k.price_fen <> b.price_fen AS price_changed, COALESCE(left_units, 0) AS available_units,
  COALESCE(s.room_state = 'open' AND s.segment_kind = 'market' AND NOT s.rehearsing
    AND (s.decision_valid_until IS NULL OR s.decision_valid_until > $2) AND k.open
    AND (k.valid_until IS NULL OR k.valid_until > $2) AND left_units >= b.units, false) AS can_be_bought, b.put_at
FROM orders.basket_line b
LEFT JOIN orders.sale s ON s.broadcast_id = b.broadcast_id
LEFT JOIN orders.stock k ON k.broadcast_id = b.broadcast_id AND k.lot_id = b.lot_id
LEFT JOIN orders.lot l ON l.lot_id = k.lot_id AND l.version = k.lot_version
CROSS JOIN LATERAL (SELECT LEAST(k.available, COALESCE(k.limit_units, k.available + k.reserved + k.sold)
  - k.reserved - k.sold) AS left_units) n
WHERE b.account_id = $1 ORDER BY b.put_at, b.lot_id
"""

_PUT = """
INSERT INTO orders.basket_line AS b (account_id, broadcast_id, lot_id, units, price_fen, put_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (account_id, broadcast_id, lot_id) DO UPDATE SET units = EXCLUDED.units, price_fen = EXCLUDED.price_fen
"""


_TAKE_OUT = "DELETE FROM orders.basket_line WHERE account_id = $1 AND broadcast_id = $2 AND lot_id = $3"


async def add_row(db: AsyncSession, *rows: Base) -> None:
    """Write new rows."""
    db.add_all(rows)
    await db.flush()


async def list_addresses(db: AsyncSession, account_id: str, *, lock: bool = False) -> Sequence[Address]:
    """The addresses in the book, the usual one first."""
    statement = (
        select(Address)
        .where(Address.account_id == account_id, col(Address.gone_at).is_(None))
        .order_by(col(Address.is_default).desc(), col(Address.id).desc())
    )
    return (await db.exec(statement.with_for_update() if lock else statement)).all()


async def unset_default(db: AsyncSession, account_id: str) -> None:
    """No address of the book is the usual one."""
    table = table_of(Address)
    await db.flush()
    await db.execute(
        sa.update(Address)
        .where(table.c.account_id == account_id, table.c.is_default)
        .values(is_default=False)
        .execution_options(synchronize_session="fetch")
    )


async def erase_book(db: AsyncSession, account_id: str, at: datetime) -> None:
    """Forget every name, number and street of an account; tokens and regions stay. The basket goes whole."""
    table = table_of(Address)
    await db.execute(
        sa.update(Address)
        .where(table.c.account_id == account_id)
        .values(
            consignee=None,
            phone=None,
            detail=None,
            person=None,
            is_default=False,
            gone_at=sa.func.coalesce(table.c.gone_at, at),
        )
    )
    await db.execute(sa.delete(BasketLine).where(table_of(BasketLine).c.account_id == account_id))


async def save_basket(db: AsyncSession, account_id: str, lines: Sequence[dict[str, Any]], at: datetime) -> None:
    """The basket is exactly these lines; a line that was there keeps the time at which it came."""
    connection = await driver(db)
    kept = [f"{line['broadcast_id']} {line['lot_id']}" for line in lines]
    await connection.execute(
        "DELETE FROM orders.basket_line WHERE account_id = $1 AND NOT broadcast_id || ' ' || lot_id = ANY($2)",
        account_id,
        kept,
    )
    for line in sorted(lines, key=lambda each: (each["broadcast_id"], each["lot_id"])):
        values = (line["broadcast_id"], line["lot_id"], line["units"], line["price_fen"])
        await connection.execute(_PUT, account_id, *values, at)


async def change_basket(db: AsyncSession, account_id: str, lines: Sequence[dict[str, Any]], at: datetime) -> None:
    """These lines as they are to be, in one order for everybody; no units take a line out."""
    connection = await driver(db)
    for line in sorted(lines, key=lambda each: (each["broadcast_id"], each["lot_id"])):
        place = (account_id, line["broadcast_id"], line["lot_id"])
        if line["units"]:
            await connection.execute(_PUT, *place, line["units"], line["price_fen"], at)
        else:
            await connection.execute(_TAKE_OUT, *place)


async def list_basket(db: AsyncSession, account_id: str, at: datetime) -> list[dict[str, Any]]:
    """The basket with what has become of each line at that instant."""
    return [dict(row) for row in await (await driver(db)).fetch(_BASKET, account_id, at)]
