"""Counted units: what a lot has, what a broadcast holds of it. Rows are locked in the order of lot ids, lots first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.db import driver
from services.orders.models import Lot

_COUNT = """
INSERT INTO orders.lot_units AS u (lot_id, offered, allocated)
SELECT * FROM (SELECT unnest($1::text[]) AS lot_id, unnest($2::bigint[]), 0) given ORDER BY lot_id
ON CONFLICT (lot_id) DO UPDATE SET offered = GREATEST(EXCLUDED.offered, u.allocated)
RETURNING lot_id, offered - allocated AS free
"""

_TAKE = "UPDATE orders.lot_units SET allocated = allocated + $2 WHERE lot_id = $1"

_SET_ASIDE = """
INSERT INTO orders.stock AS k (broadcast_id, lot_id, lot_version, listing_id, allocated, available, reserved, sold,
  tickets, version, unit_grams, freight_fen, open)
VALUES ($1, $2, $3, $4, $5, $5, 0, 0, 0, 1, $6, $7, false)
ON CONFLICT (broadcast_id, lot_id) DO UPDATE SET lot_version = EXCLUDED.lot_version,
  listing_id = EXCLUDED.listing_id, unit_grams = EXCLUDED.unit_grams, freight_fen = EXCLUDED.freight_fen,
  allocated = k.allocated + EXCLUDED.allocated, available = k.available + EXCLUDED.available, version = k.version + 1
RETURNING allocated
"""

_LOCK_STOCK = """
SELECT lot_id, available FROM orders.stock WHERE broadcast_id = $1 AND lot_id = ANY($2) ORDER BY lot_id FOR UPDATE
"""

_GIVE_BACK = "UPDATE orders.lot_units SET allocated = allocated - $2 WHERE lot_id = $1"

_EMPTY = """
UPDATE orders.stock SET allocated = allocated - $3, available = available - $3, open = false, version = version + 1
WHERE broadcast_id = $1 AND lot_id = $2
"""

_CLEAR_SHELF = """
UPDATE orders.stock SET open = false, price_fen = NULL, limit_units = NULL, units_per_buyer = NULL,
  decision_id = NULL, valid_until = NULL, open_until = NULL, page_sha256 = NULL, version = version + 1
WHERE broadcast_id = $1 AND NOT lot_id = ANY($2) AND price_fen IS NOT NULL
"""

_SHELVE = """
UPDATE orders.stock SET price_fen = $3, open = $4, limit_units = $5, units_per_buyer = $6, decision_id = $7,
  valid_until = $8, page_sha256 = $9, open_until = $10, version = version + 1
WHERE broadcast_id = $1 AND lot_id = $2
  AND (price_fen, open, limit_units, units_per_buyer, decision_id, valid_until, page_sha256)
    IS DISTINCT FROM ($3, $4, $5, $6, $7, $8, $9)
"""


@dataclass(frozen=True)
class Shelved:
    """One lot on the shelf: the shelf's word on it and the hash of its page."""

    lot_id: str
    price_fen: int
    open: bool
    limit_units: int | None
    units_per_buyer: int | None
    decision_id: str
    valid_until: Any
    open_until: Any
    page_sha256: str


async def count_lots(db: AsyncSession, lots: Iterable[Lot]) -> dict[str, int]:
    """Lock the counted units of these lots, made when new; how many of each nobody holds."""
    rows = sorted((lot.lot_id, lot.offered_units) for lot in lots)
    found = await (await driver(db)).fetch(_COUNT, [lot_id for lot_id, _ in rows], [offered for _, offered in rows])
    return {row["lot_id"]: row["free"] for row in found}


async def free_units(db: AsyncSession, lot_ids: Sequence[str]) -> dict[str, int]:
    """How many units of each lot nobody holds, as far as they were counted; nothing is locked."""
    rows = await (await driver(db)).fetch(
        "SELECT lot_id, offered - allocated AS free FROM orders.lot_units WHERE lot_id = ANY($1)", list(lot_ids)
    )
    return {row["lot_id"]: row["free"] for row in rows}


async def set_aside(db: AsyncSession, broadcast_id: str, lots: Mapping[str, Lot], units: Mapping[str, int]) -> None:
    """Move units from the lots, which are locked, to the broadcast."""
    connection = await driver(db)
    for lot_id in sorted(units):
        lot = lots[lot_id]
        await connection.execute(_TAKE, lot_id, units[lot_id])
        await connection.fetchval(
            _SET_ASIDE, broadcast_id, lot_id, lot.version, lot.listing_id, units[lot_id], lot.net_grams, lot.freight_fen
        )


async def held_units(db: AsyncSession, broadcast_id: str) -> dict[str, int]:
    """All units that were set aside for the broadcast and have not been given back, by lot."""
    rows = await (await driver(db)).fetch(
        "SELECT lot_id, allocated FROM orders.stock WHERE broadcast_id = $1 AND allocated > 0 ORDER BY lot_id",
        broadcast_id,
    )
    return {row["lot_id"]: row["allocated"] for row in rows}


async def give_back(db: AsyncSession, broadcast_id: str, lot_ids: Sequence[str]) -> dict[str, int]:
    """Return what is neither sold nor reserved to the lots; how many units of each went back."""
    connection = await driver(db)
    # The lots come first in the lock order, wherever both are held.
    await connection.fetch(
        "SELECT 1 FROM orders.lot_units WHERE lot_id = ANY($1) ORDER BY lot_id FOR UPDATE", sorted(lot_ids)
    )
    rows = await connection.fetch(_LOCK_STOCK, broadcast_id, sorted(lot_ids))
    returned = {row["lot_id"]: row["available"] for row in rows if row["available"] > 0}
    for lot_id, units in returned.items():
        await connection.execute(_GIVE_BACK, lot_id, units)
        await connection.execute(_EMPTY, broadcast_id, lot_id, units)
    return returned


async def put_on_shelf(db: AsyncSession, broadcast_id: str, shelf: Sequence[Shelved]) -> None:
    """The shelf as it stands now: other lots of the broadcast are off it."""
    connection = await driver(db)
    await connection.fetch(
        "SELECT 1 FROM orders.stock WHERE broadcast_id = $1 ORDER BY lot_id FOR UPDATE", broadcast_id
    )
    await connection.execute(_CLEAR_SHELF, broadcast_id, [item.lot_id for item in shelf])
    for item in shelf:
        await connection.execute(
            _SHELVE,
            broadcast_id,
            item.lot_id,
            item.price_fen,
            item.open,
            item.limit_units,
            item.units_per_buyer,
            item.decision_id,
            item.valid_until,
            item.page_sha256,
            item.open_until,
        )
