"""The shelf of a room becomes what can be bought: price, limits and the page that an order will keep."""

from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.orders import store
from services.orders.domain.goods import goods_page
from services.orders.models import Lot, Sale


async def apply_shelf(db: AsyncSession, sale: Sale) -> None:
    """Write the shelf of a locked sale onto its stock; an item without units set aside cannot be bought."""
    pinned = {lot_id: listing["listing_version"] for listing in sale.listings for lot_id in listing["lot_ids"]}
    lots = await store.find_lots(db, pinned)
    shelf = [await _shelved(db, lots[item["lot_id"]], item) for item in sale.shelf if item["lot_id"] in lots]
    await store.put_on_shelf(db, sale.broadcast_id, shelf)


async def _shelved(db: AsyncSession, lot: Lot, item: dict[str, Any]) -> store.Shelved:
    sha256, document = goods_page((lot.title_zh, lot.title_en), lot.category_code, lot.facts, item)
    await store.keep_page(db, sha256, document)
    return store.Shelved(
        lot_id=lot.lot_id,
        price_fen=item["price_fen"],
        open=item["open"],
        limit_units=item.get("limit_units"),
        units_per_buyer=item.get("units_per_buyer"),
        decision_id=item["decision_id"],
        valid_until=_moment(item.get("valid_until")),
        open_until=_moment(item.get("open_until")),
        page_sha256=sha256,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
