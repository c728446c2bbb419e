"""What broadcast says of filings and rooms decides whether something is sold."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.broadcast import FilingEvent
from services.contracts.room import RoomChanged
from services.orders import store
from services.orders.actions.allocation import allocate, release
from services.orders.actions.shelves import apply_shelf


async def take_filing(db: AsyncSession, event: FilingEvent) -> None:
    """A scheduled filing has its units set aside; in any other state it holds none that it has not sold."""
    told = {
        "filing_id": event.entity_id,
        "region_code": event.region_code,
        "title_zh": event.title_zh,
        "title_en": event.title_en,
    }
    sale = await store.lock_sale(db, event.broadcast_id, **told)
    if event.version <= sale.filing_version:
        return
    if sale.stock_state == "allocated":
        await release(db, sale)
    for name, value in told.items():
        setattr(sale, name, value)
    sale.filing_version, sale.filing_state = event.version, event.state
    sale.starts_at, sale.ends_at = event.starts_at, event.ends_at
    sale.listings = [listing.model_dump(mode="json") for listing in event.listings]
    sale.units = event.units
    sale.lot_ids = sorted({lot_id for listing in event.listings for lot_id in listing.lot_ids})
    sale.stock_state = "released"
    if event.state == "scheduled" and sale.room_state != "ended":
        await allocate(db, sale)
    await db.flush()


async def take_room(db: AsyncSession, event: RoomChanged) -> None:
    """The room as it stands: its segment, its shelf, and whether its decision still holds."""
    sale = await store.lock_sale(
        db,
        event.entity_id,
        filing_id=event.filing_id,
        region_code=event.region_code,
        title_zh=event.title_zh,
        title_en=event.title_en,
    )
    if event.version <= sale.room_version:
        return
    sale.room_version, sale.room_state = event.version, event.state
    sale.segment_kind = event.segment.kind if event.segment else None
    sale.rehearsing = event.rehearsing
    sale.decision_valid_until = event.decision_valid_until
    sale.why_halted = event.why_halted.model_dump(mode="json") if event.why_halted else None
    sale.opened_at, sale.ended_at = event.opened_at, event.ended_at
    sale.shelf = [item.model_dump(mode="json") for item in event.shelf]
    if event.state == "ended" and sale.stock_state != "released":
        await release(db, sale)
    await apply_shelf(db, sale)
    await db.flush()
