"""How far the orders of a broadcast have come, counted for everybody."""

from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.db import driver

# An order is over its return window when its last parcel was signed for long enough ago, by the rules on its own page.
_STAGES = """
WITH paid AS (
  SELECT o.id, o.account_id, o.state, g.amount_fen, g.refund_fen,
    GREATEST(COALESCE((p.document::jsonb #>> '{returns,claim_hours}')::int, 48),
             24 * COALESCE((p.document::jsonb #>> '{returns,no_reason_days}')::int, 0)) AS window_hours
  FROM orders."order" o JOIN orders.leg g ON g.order_id = o.id AND NOT g.late
  LEFT JOIN orders.goods_page p ON p.sha256 = o.page_sha256 WHERE o.broadcast_id = $1
), sent AS (
  SELECT s.order_id, bool_or(s.label_at IS NOT NULL) AS labelled, bool_or(s.pickup_at IS NOT NULL) AS moved,
    bool_and(s.signed_at IS NOT NULL) AS signed, max(s.signed_at) AS signed_at
  FROM orders.shipment s WHERE s.broadcast_id = $1 GROUP BY s.order_id
), staged AS (
  SELECT paid.*, COALESCE(sent.labelled, false) AS dispatched, COALESCE(sent.moved, false) AS moved,
    COALESCE(sent.signed, false) AS delivered,
    COALESCE(sent.signed, false) AND paid.refund_fen < paid.amount_fen
      AND sent.signed_at + paid.window_hours * interval '1 hour' <= $2 AND NOT EXISTS (
        SELECT FROM orders.refund r WHERE r.order_id = paid.id AND r.state IN ('requested', 'approved')) AS verified
  FROM paid LEFT JOIN sent ON sent.order_id = paid.id
)
SELECT stage, count(*) AS orders, count(DISTINCT account_id) AS buyers FROM staged
CROSS JOIN LATERAL unnest(ARRAY['paid', CASE WHEN dispatched THEN 'dispatched' END, CASE WHEN moved THEN 'moved' END,
  CASE WHEN delivered THEN 'delivered' END, CASE WHEN verified THEN 'verified' END,
  CASE WHEN state = 'refunded' THEN 'given_back' END]) AS stage
WHERE stage IS NOT NULL GROUP BY stage
"""


async def count_stages(db: AsyncSession, broadcast_id: str, now: datetime) -> dict[str, tuple[int, int]]:
    """By stage: how many orders have reached it, of how many buyers."""
    rows = await (await driver(db)).fetch(_STAGES, broadcast_id, now)
    return {row["stage"]: (row["orders"], row["buyers"]) for row in rows}


async def count_complaints(db: AsyncSession, now: datetime) -> list[dict[str, Any]]:
    """By region: complaints received, open, and late at each of the three clocks; and of how many buyers."""
    return [dict(row) for row in await (await driver(db)).fetch(_COMPLAINTS, now)]


_COMPLAINTS = """
SELECT c.region_code, count(DISTINCT c.account_id) AS buyers, count(*) AS received,
  count(*) FILTER (WHERE c.decided_at IS NULL) AS open,
  count(*) FILTER (WHERE COALESCE(c.acknowledged_at, $1) > c.acknowledge_until) AS unacknowledged_late,
  count(*) FILTER (WHERE COALESCE(c.decided_at, $1) > c.decide_until) AS undecided_late,
  count(*) FILTER (WHERE c.refund_id IS NOT NULL AND COALESCE(c.refunded_at, $1) > c.refund_until) AS refunds_late
FROM orders.complaint c GROUP BY c.region_code ORDER BY c.region_code
"""
