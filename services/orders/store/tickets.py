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


# What is not sealed to the last ticket yet waits for the next round, so that the last chains of a sale are whole.
_UNTOLD = """
SELECT s.broadcast_id, s.region_code, sum(h.ticket)::bigint AS tickets, s.room_state = 'ended' AS closed,
  COALESCE(max(t.version), 0) + 1 AS version,
  json_agg(json_build_object('lot_id', k.lot_id, 'tickets', h.ticket, 'head', h.head) ORDER BY k.lot_id)::text AS chains
FROM orders.sale s
JOIN orders.stock k ON k.broadcast_id = s.broadcast_id
CROSS JOIN LATERAL (SELECT ticket, head FROM orders.ticket_head h WHERE h.broadcast_id = k.broadcast_id
  AND h.lot_id = k.lot_id ORDER BY ticket DESC LIMIT 1) h
LEFT JOIN orders.tickets_told t ON t.broadcast_id = s.broadcast_id
WHERE s.room_state <> 'ended' OR s.ended_at > now() - interval '1 day'
GROUP BY s.broadcast_id
HAVING sum(k.tickets) = sum(h.ticket) AND CASE WHEN s.room_state = 'ended' THEN NOT COALESCE(bool_or(t.closed), false)
  ELSE sum(h.ticket) > COALESCE(max(t.tickets), 0)
    AND (max(t.told_at) IS NULL OR max(t.told_at) < now() - make_interval(secs => $1)) END
"""

_TOLD = """
INSERT INTO orders.tickets_told AS t (broadcast_id, version, tickets, closed, told_at) VALUES ($1, $2, $3, $4, now())
ON CONFLICT (broadcast_id) DO UPDATE SET version = EXCLUDED.version, tickets = EXCLUDED.tickets,
  closed = EXCLUDED.closed, told_at = EXCLUDED.told_at WHERE t.version < EXCLUDED.version
"""


async def list_untold(db: AsyncSession, seconds: float) -> Sequence[asyncpg.Record]:
    """Broadcasts whose chains grew since they were announced, if that is `seconds` ago or the room has ended."""
    rows: Sequence[asyncpg.Record] = await (await driver(db)).fetch(_UNTOLD, seconds)
    return rows


async def note_told(db: AsyncSession, row: asyncpg.Record) -> bool:
    """Chains are announced now; False when another process was first."""
    done: str = await (await driver(db)).execute(
        _TOLD, row["broadcast_id"], row["version"], row["tickets"], row["closed"]
    )
    return done.endswith(" 1")


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
