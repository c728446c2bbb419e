"""Broadcasts as places to buy: their filing and room as last told, and what the public sees of their shelves."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.db import Database
from services.kit.problem import NotFound
from services.orders.models import Sale
from services.orders.store.tables import table_of

_NEW = {
    "filing_version": 0,
    "filing_state": "unknown",
    "listings": [],
    "units": {},
    "lot_ids": [],
    "shelf": [],
    "stock_state": "released",
    "version": 0,
    "room_version": 0,
    "room_state": "closed",
    "rehearsing": False,
}

_SALE = """
SELECT json_build_object(
  'broadcast_id', s.broadcast_id, 'region_code', s.region_code, 'title_zh', s.title_zh, 'title_en', s.title_en,
  'state', s.room_state, 'segment_kind', s.segment_kind, 'rehearsing', s.rehearsing,
  'starts_at', to_char(s.starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  'ends_at', to_char(s.ends_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  'selling', s.room_state = 'open' AND s.segment_kind = 'market' AND NOT s.rehearsing
    AND (s.decision_valid_until IS NULL OR s.decision_valid_until > $2),
  'lots', COALESCE((SELECT json_agg(json_build_object(
      'lot_id', k.lot_id, 'price_fen', k.price_fen, 'freight_fen', k.freight_fen, 'unit_grams', k.unit_grams,
      'available_units', LEAST(k.available, COALESCE(k.limit_units, k.available + k.reserved + k.sold)
                               - k.reserved - k.sold),
      'open', k.open AND (k.valid_until IS NULL OR k.valid_until > $2)
        AND (k.open_until IS NULL OR k.open_until > $2), 'limit_units', k.limit_units,
      'units_per_buyer', k.units_per_buyer, 'page_sha256', k.page_sha256) ORDER BY k.lot_id)
    FROM orders.stock k WHERE k.broadcast_id = s.broadcast_id AND k.price_fen IS NOT NULL), '[]'::json))::text
FROM orders.sale s WHERE s.broadcast_id = $1
"""


# Whoever moves units between lots and broadcasts does it alone: it is rare, and touches several sales in any order.
_ALONE = "SELECT pg_advisory_xact_lock(hashtext('orders.allocation'))"


async def lock_sale(db: AsyncSession, broadcast_id: str, **told: Any) -> Sale:
    """The sale of a broadcast, locked; made from what is `told` of it (filing, region, titles) when it is new."""
    await db.execute(text(_ALONE))
    await db.execute(insert(table_of(Sale)).values(broadcast_id=broadcast_id, **_NEW, **told).on_conflict_do_nothing())
    return (await db.exec(select(Sale).where(Sale.broadcast_id == broadcast_id).with_for_update())).one()


async def lock_waiting_sales(db: AsyncSession, lot_ids: Sequence[str]) -> Sequence[Sale]:
    """Scheduled sales that want one of these lots and have not got it yet, locked; the one filed first comes first."""
    await db.execute(text(_ALONE))
    statement = (
        select(Sale)
        .where(table_of(Sale).c.lot_ids.overlap(list(lot_ids)), col(Sale.stock_state).in_(("waiting", "short")))
        .order_by(col(Sale.filing_id))
        .with_for_update()
    )
    return (await db.exec(statement)).all()


async def list_sales_with_stock(db: AsyncSession) -> Sequence[Sale]:
    """Sales for which units are set aside, or that are short of some."""
    statement = select(Sale).where(col(Sale.stock_state).in_(("allocated", "short"))).order_by(col(Sale.broadcast_id))
    return (await db.exec(statement)).all()


async def get_sale(database: Database, broadcast_id: str, at: Any) -> bytes:
    """What the public sees of a sale at that instant, as JSON. Raises NotFound."""
    body = await database.fetch_bytes(_SALE, broadcast_id, at)
    if body is None:
        raise NotFound("Nothing is known of a sale in this broadcast.", "没有该场直播的销售信息。")
    return body
