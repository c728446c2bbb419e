"""What is left of each lot on an open shelf, where that has changed since it was last told."""

from collections.abc import Sequence

import asyncpg
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.db import driver

# The hot row is read, never locked: what was told is kept beside it. Two processes tell each level once.
_CHANGED = """
INSERT INTO orders.level_told AS t (broadcast_id, lot_id, version)
SELECT k.broadcast_id, k.lot_id, k.version FROM orders.sale s JOIN orders.stock k ON k.broadcast_id = s.broadcast_id
  LEFT JOIN orders.level_told t ON t.broadcast_id = k.broadcast_id AND t.lot_id = k.lot_id
WHERE s.room_state = 'open' AND k.price_fen IS NOT NULL AND k.version > COALESCE(t.version, 0)
ORDER BY k.broadcast_id, k.lot_id
ON CONFLICT (broadcast_id, lot_id) DO UPDATE SET version = EXCLUDED.version WHERE EXCLUDED.version > t.version
RETURNING broadcast_id, lot_id, version,
  (SELECT GREATEST(LEAST(k.available, COALESCE(k.limit_units - k.reserved - k.sold, k.available)), 0)
   FROM orders.stock k WHERE k.broadcast_id = t.broadcast_id AND k.lot_id = t.lot_id) AS available_units
"""


async def take_changed_levels(db: AsyncSession) -> Sequence[asyncpg.Record]:
    """Levels that nobody has been told yet; they count as told when this transaction commits."""
    await db.connection()
    rows: Sequence[asyncpg.Record] = await (await driver(db)).fetch(_CHANGED)
    return rows
