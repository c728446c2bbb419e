"""SQL of the prices of lots."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.disclosure.models import ListedPrice, ListingPrices
from services.disclosure.store.tables import table_of


async def keep_listing(db: AsyncSession, listing_id: str, version: int, **told: Any) -> ListingPrices:
    """Add what was told of a listing version to what is known of it already; both, locked."""
    table = table_of(ListingPrices)
    key = {"listing_id": listing_id, "version": version}
    # Updated first: the row stays locked, so that of two halves told at once the second sees both.
    await db.execute(insert(table).values(**key, **told).on_conflict_do_update(index_elements=list(key), set_=told))
    statement = select(ListingPrices).where(ListingPrices.listing_id == listing_id, ListingPrices.version == version)
    return (await db.exec(statement.execution_options(populate_existing=True))).one()


async def find_listed(db: AsyncSession, lot_ids: Sequence[str]) -> dict[str, ListedPrice]:
    """The last logged prices of these lots, locked in the order of their ids."""
    statement = select(ListedPrice).where(col(ListedPrice.lot_id).in_(list(lot_ids)))
    rows = (await db.exec(statement.order_by(col(ListedPrice.lot_id)).with_for_update())).all()
    return {row.lot_id: row for row in rows}


async def save_listed(db: AsyncSession, lot_id: str, version: int, price_fen: int) -> None:
    """The price of a lot that the log has now."""
    row = {"lot_id": lot_id, "listing_version": version, "price_fen": price_fen}
    changed = {name: value for name, value in row.items() if name != "lot_id"}
    await db.execute(
        insert(table_of(ListedPrice)).values(**row).on_conflict_do_update(index_elements=["lot_id"], set_=changed)
    )
