"""What catalog says of lots is kept, and wakes the sales that waited for it."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.catalog import ListingDecided, ListingSubmitted, ListingWithdrawn
from services.orders import store
from services.orders.actions.allocation import allocate_waiting
from services.orders.domain.goods import unit_facts


async def take_listing_submitted(db: AsyncSession, event: ListingSubmitted) -> None:
    """Keep every lot of the listing version."""
    shared = {
        "version": event.version,
        "listing_id": event.entity_id,
        "region_code": event.region_code,
        "category_code": event.category_code,
        "title_zh": event.title_zh,
        "title_en": event.title_en,
    }
    rows = [
        shared
        | unit_facts(lot.facts)
        | {
            "lot_id": lot.lot_id,
            "lot_number": lot.lot_number,
            "producer_uscc": lot.producer_uscc,
            "facts": {name: lot.facts.get(name, {}) for name in ("lot", "seller")},
        }
        for lot in event.lots
    ]
    await store.add_lots(db, rows)
    await allocate_waiting(db, [lot.lot_id for lot in event.lots])


async def take_listing_decided(db: AsyncSession, event: ListingDecided) -> None:
    """Keep which version is in force and which of its lots may be sold."""
    row = {
        "listing_id": event.entity_id,
        "version": event.version,
        "decided_version": event.decided_version,
        "lots": event.lots,
        "withdrawn": False,
    }
    await store.save_listing(db, row)


async def take_listing_withdrawn(db: AsyncSession, event: ListingWithdrawn) -> None:
    """The listing is off the market; what its broadcasts may still sell is said by their rooms."""
    await store.withdraw_listing(db, event.entity_id, event.version)
