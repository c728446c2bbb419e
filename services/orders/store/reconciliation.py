"""Whether stock, reservations, orders and checkouts of a broadcast add up.

Every check is a query for what does not: rows of (subject, expected, found), and none when all is well. All of them
see one moment.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.problem import NotFound

_LOTS = """
SELECT c.*, u.offered, u.allocated AS allocated_everywhere FROM orders.counted_lot c
LEFT JOIN orders.lot_units u ON u.lot_id = c.lot_id WHERE c.broadcast_id = :id ORDER BY c.lot_id
"""

_SUMS = """
SELECT count(DISTINCT o.account_id) FILTER (WHERE o.state = 'reserved') AS reserved_buyers,
  COALESCE(sum(o.amount_fen) FILTER (WHERE o.state = 'reserved'), 0)::bigint AS reserved_fen,
  count(DISTINCT o.account_id) FILTER (WHERE o.state NOT IN ('reserved', 'expired', 'cancelled')) AS sold_buyers,
  COALESCE(sum(o.amount_fen) FILTER (WHERE o.state NOT IN ('reserved', 'expired', 'cancelled')), 0)::bigint AS sold_fen
FROM orders."order" o WHERE o.broadcast_id = :id
"""

_MONEY = """
SELECT COALESCE(sum(g.amount_fen) FILTER (WHERE NOT g.late), 0)::bigint AS paid_in_fen,
  count(DISTINCT o.account_id) FILTER (WHERE NOT g.late) AS paid_in_buyers,
  COALESCE(sum(g.amount_fen) FILTER (WHERE g.late), 0)::bigint AS late_fen,
  count(DISTINCT o.account_id) FILTER (WHERE g.late) AS late_buyers,
  COALESCE(sum(g.refund_fen), 0)::bigint AS given_back_fen,
  count(DISTINCT o.account_id) FILTER (WHERE g.refund_fen > 0) AS given_back_buyers,
  (SELECT COALESCE(sum(r.amount_fen), 0) FROM orders.refund r
   WHERE r.broadcast_id = :id AND r.state = 'refunded')::bigint AS refunded_fen,
  (SELECT count(DISTINCT r.account_id) FROM orders.refund r
   WHERE r.broadcast_id = :id AND r.state = 'refunded') AS refunded_buyers
FROM orders.leg g JOIN orders."order" o ON o.broadcast_id = g.broadcast_id AND o.id = g.order_id
WHERE g.broadcast_id = :id
"""

_AT_PROVIDER = """
SELECT p.checkout_id, sum(g.amount_fen)::bigint AS paid_fen, COALESCE((SELECT sum(r.amount_fen) FROM orders.refund r
  JOIN orders.leg l ON l.order_id = r.order_id WHERE l.checkout_id = p.checkout_id AND r.state = 'refunded'), 0)::bigint
  AS refunded_fen
FROM orders.payment p JOIN orders.leg g ON g.checkout_id = p.checkout_id
WHERE p.broadcast_id = :id AND p.checkout_id > :after GROUP BY p.checkout_id ORDER BY p.checkout_id LIMIT :most
"""

CHECKS: Mapping[str, str] = MappingProxyType(
    {
        "stock_is_allocated_less_reserved_less_sold": """
SELECT lot_id, allocated - reserved - sold, available FROM orders.counted_lot
WHERE broadcast_id = :id AND allocated - reserved - sold <> available""",
        "reserved_is_the_sum_of_unpaid_orders": """
SELECT lot_id, orders_reserved, reserved FROM orders.counted_lot
WHERE broadcast_id = :id AND orders_reserved <> reserved""",
        "sold_is_the_sum_of_paid_orders": """
SELECT lot_id, orders_sold, sold FROM orders.counted_lot WHERE broadcast_id = :id AND orders_sold <> sold""",
        "every_ticket_is_one_order": """
SELECT lot_id, tickets, orders FROM orders.counted_lot
WHERE broadcast_id = :id AND (tickets <> orders OR last_ticket <> tickets)""",
        "a_lot_gives_no_more_than_it_offers": """
SELECT u.lot_id, u.offered, u.allocated FROM orders.lot_units u JOIN orders.stock k ON k.lot_id = u.lot_id
WHERE k.broadcast_id = :id AND u.allocated > u.offered""",
        "a_lot_has_given_what_its_broadcasts_hold": """
SELECT u.lot_id, u.allocated, sum(everywhere.allocated)::bigint FROM orders.lot_units u
JOIN orders.stock here ON here.lot_id = u.lot_id AND here.broadcast_id = :id
JOIN orders.stock everywhere ON everywhere.lot_id = u.lot_id
GROUP BY u.lot_id HAVING sum(everywhere.allocated) <> u.allocated""",
        "a_checkout_costs_the_sum_of_its_orders": """
SELECT c.id, c.total_fen, COALESCE(sum(o.amount_fen), 0)::bigint FROM orders.checkout c
LEFT JOIN orders."order" o ON o.broadcast_id = c.broadcast_id AND o.checkout_id = c.id
WHERE c.broadcast_id = :id GROUP BY c.id HAVING COALESCE(sum(o.amount_fen), 0) <> c.total_fen""",
        "orders_stand_as_their_checkout_does": """
SELECT c.id, 0::bigint, count(*)::bigint FROM orders.checkout c
JOIN orders."order" o ON o.broadcast_id = c.broadcast_id AND o.checkout_id = c.id
WHERE c.broadcast_id = :id AND (CASE WHEN c.state = 'paid' THEN o.state IN ('reserved', 'expired', 'cancelled')
  ELSE o.state <> c.state END) GROUP BY c.id""",
        "money_in_is_the_sum_of_paid_orders": """
SELECT c.id, c.total_fen, COALESCE(sum(g.amount_fen), 0)::bigint FROM orders.checkout c
LEFT JOIN orders.leg g ON g.checkout_id = c.id AND NOT g.late
WHERE c.broadcast_id = :id GROUP BY c.id
HAVING COALESCE(sum(g.amount_fen), 0) <> CASE WHEN c.state = 'paid' THEN c.total_fen ELSE 0 END""",
        "late_money_goes_back_whole": """
SELECT g.order_id, g.amount_fen, g.refund_fen FROM orders.leg g
WHERE g.broadcast_id = :id AND g.late AND g.refund_fen <> g.amount_fen""",
        "what_goes_back_is_the_sum_of_refunds": """
SELECT g.order_id, COALESCE(sum(r.amount_fen), 0)::bigint, g.refund_fen FROM orders.leg g
LEFT JOIN orders.refund r ON r.order_id = g.order_id AND r.state IN ('requested', 'approved', 'refunded')
WHERE g.broadcast_id = :id GROUP BY g.order_id HAVING COALESCE(sum(r.amount_fen), 0) <> g.refund_fen""",
        "approved_refunds_are_paid_within_an_hour": """
SELECT r.id, r.amount_fen, 0::bigint FROM orders.refund r
WHERE r.broadcast_id = :id AND r.state = 'approved' AND r.decided_at < now() - interval '1 hour'""",
        "the_provider_took_what_was_ordered": """
SELECT p.checkout_id, p.total_fen, 0::bigint FROM orders.payment p
WHERE p.broadcast_id = :id AND p.wrong IS NOT NULL""",
    }
)


async def read_lots(db: AsyncSession, broadcast_id: str) -> list[dict[str, Any]]:
    """The counted units of every lot of a broadcast beside the sums of its orders. Raises NotFound."""
    rows = (await db.execute(text(_LOTS), {"id": broadcast_id})).mappings().all()
    if not rows:
        raise NotFound("No stock was ever set aside for this broadcast.", "该场直播没有库存记录。")
    return [dict(row) for row in rows]


async def read_sums(db: AsyncSession, broadcast_id: str) -> dict[str, int]:
    """What the orders come to, reserved and sold, each with the number of its buyers."""
    return dict((await db.execute(text(_SUMS), {"id": broadcast_id})).mappings().one())


async def read_money(db: AsyncSession, broadcast_id: str) -> dict[str, int]:
    """What came in for orders, what too late, what goes back and what of that has arrived, each with its buyers."""
    return dict((await db.execute(text(_MONEY), {"id": broadcast_id})).mappings().one())


async def money_taken(db: AsyncSession, broadcast_id: str, after: str, most: int) -> list[dict[str, Any]]:
    """Of each payment: what we think the provider took and gave back; those with an id above `after`."""
    asked = {"id": broadcast_id, "after": after, "most": most}
    return [dict(row) for row in (await db.execute(text(_AT_PROVIDER), asked)).mappings().all()]


async def list_differences(db: AsyncSession, broadcast_id: str) -> list[dict[str, Any]]:
    """Everything that does not add up, by the name of the check."""
    return [
        {"check": name, "subject": row[0], "expected": row[1], "found": row[2]}
        for name, check in CHECKS.items()
        for row in (await db.execute(text(check), {"id": broadcast_id})).all()
    ]
