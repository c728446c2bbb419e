"""Lots and listings as catalog told them, and the goods pages that are kept."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.db import Database
from services.kit.problem import NotFound
from services.orders.models import GoodsPage, Listing, Lot
from services.orders.store.tables import table_of


async def add_lots(db: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep the lots of one listing version; told again they change nothing."""
    if rows:
        await db.execute(insert(table_of(Lot)).on_conflict_do_nothing(), [dict(row) for row in rows])


async def save_listing(db: AsyncSession, row: Mapping[str, Any]) -> bool:
    """Keep what was last said of a listing; False when something newer is known."""
    statement = insert(table_of(Listing)).values(**row)
    replaced = {name: statement.excluded[name] for name in row if name != "listing_id"}
    kept = await db.execute(
        statement.on_conflict_do_update(
            index_elements=["listing_id"],
            set_=replaced,
            where=statement.excluded.version > table_of(Listing).c.version,
        ).returning(table_of(Listing).c.listing_id)
    )
    return kept.first() is not None


async def withdraw_listing(db: AsyncSession, listing_id: str, version: int) -> None:
    """The listing is off the market."""
    row = {"listing_id": listing_id, "version": version, "decided_version": 0, "lots": {}, "withdrawn": True}
    await save_listing(db, row)


async def find_lots(db: AsyncSession, wanted: Mapping[str, int]) -> dict[str, Lot]:
    """Those of the lots (lot id → listing version) that have been heard of."""
    if not wanted:
        return {}
    pairs = sa.tuple_(col(Lot.lot_id), col(Lot.version)).in_(list(wanted.items()))
    return {lot.lot_id: lot for lot in (await db.exec(select(Lot).where(pairs))).all()}


async def keep_page(db: AsyncSession, sha256: str, document: str) -> None:
    """Keep a goods page under its hash."""
    row = {"sha256": sha256, "document": document, "kept_at": clock.now()}
    await db.execute(insert(table_of(GoodsPage)).values(**row).on_conflict_do_nothing())


async def get_page(database: Database, sha256: str) -> bytes:
    """The bytes of a goods page. Raises NotFound."""
    page = await database.fetch_bytes("SELECT document FROM orders.goods_page WHERE sha256 = $1", sha256)
    if page is None:
        raise NotFound("No goods page is kept under this hash.", "没有以该哈希值保存的商品页面。")
    return page
