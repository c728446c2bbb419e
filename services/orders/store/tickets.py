"""The order of arrival of a lot's orders, and the heads of the chain over it that were published."""

from collections.abc import Sequence

import asyncpg
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.db import Database, driver

_UNSEALED = """
SELECT k.broadcast_id, k.lot_id, h.ticket, h.head FROM orders.sale s
JOIN orders.stock k ON k.broadcast_id = s.broadcast_id
LEFT JOIN LATERAL (SELECT ticket, head FROM orders.ticket_head h WHERE h.broadcast_id = k.broadcast_id
  AND h.lot_id = k.lot_id ORDER BY ticket DESC LIMIT 1) h ON true
WHERE k.tickets > 0 AND k.tickets > COALESCE(h.ticket, 0)
  AND (s.room_state <> 'ended' OR s.ended_at > now() - interval '1 day')
"""

_LEAVES = """
SELECT ticket, leaf FROM orders.ticket WHERE broadcast_id = $1 AND lot_id = $2 AND ticket > $3 ORDER BY ticket
LIMIT $4
"""

_SEAL = """
INSERT INTO orders.ticket_head (broadcast_id, lot_id, ticket, head, sealed_at)
VALUES ($1, $2, $3, $4, clock_timestamp()) ON CONFLICT DO NOTHING
"""

_TICKETS = """
SELECT t.ticket, t.placed_ms, t.leaf, h.head FROM orders.ticket t
LEFT JOIN orders.ticket_head h USING (broadcast_id, lot_id, ticket)
WHERE t.broadcast_id = $1 AND t.lot_id = $2 AND t.ticket > $3 ORDER BY t.ticket LIMIT $4
"""


async def list_unsealed(db: AsyncSession) -> Sequence[asyncpg.Record]:
    """Lots with orders after their last head, which is null when there is none."""
    rows: Sequence[asyncpg.Record] = await (await driver(db)).fetch(_UNSEALED)
    return rows


async def list_leaves(
    db: AsyncSession, broadcast_id: str, lot_id: str, after: int, most: int
) -> Sequence[asyncpg.Record]:
    """The next leaves of a lot in the order of arrival."""
    rows: Sequence[asyncpg.Record] = await (await driver(db)).fetch(_LEAVES, broadcast_id, lot_id, after, most)
    return rows


async def add_head(db: AsyncSession, broadcast_id: str, lot_id: str, ticket: int, head: str) -> None:
    """Publish the head of the chain after this ticket; another process may have done so, with the same head."""
    await (await driver(db)).execute(_SEAL, broadcast_id, lot_id, ticket, head)


async def list_tickets(
    database: Database, broadcast_id: str, lot_id: str, after: int, most: int
) -> Sequence[asyncpg.Record]:
    """The public log of a lot."""
    return await database.fetch_rows(_TICKETS, broadcast_id, lot_id, after, most)
