"""Units are set aside when a filing is scheduled, and what is not sold goes back.

A broadcast takes every unit of its lots that nobody else holds, or the number that its filing names. All of its lots or
none: a filing that is short of one holds up no other broadcast's goods.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.orders import StockAllocated, StockShort, StockShortage
from services.kit.outbox import enqueue
from services.orders import store
from services.orders.actions.shelves import apply_shelf
from services.orders.models import Sale


async def allocate(db: AsyncSession, sale: Sale) -> None:
    """Set units aside for a scheduled sale, which is locked, and say so; or say what is short, or wait for a lot."""
    pinned = {lot_id: listing["listing_version"] for listing in sale.listings for lot_id in listing["lot_ids"]}
    lots = await store.find_lots(db, pinned)
    if len(lots) < len(pinned):
        sale.stock_state = "waiting"
        return
    held = await store.held_units(db, sale.broadcast_id)
    free = await store.count_lots(db, lots.values())
    units = {lot_id: _taken(sale.units.get(lot_id), free[lot_id], held.get(lot_id, 0)) for lot_id in sorted(lots)}
    sale.version += 1
    short = tuple(_shortage(lot_id, sale.units, free) for lot_id, taken in units.items() if taken is None)
    if short:
        sale.stock_state = "short"
        await enqueue(db, StockShort(entity_id=sale.broadcast_id, version=sale.version, short=short))
        return
    sale.stock_state = "allocated"
    await store.set_aside(db, sale.broadcast_id, lots, {lot_id: taken for lot_id, taken in units.items() if taken})
    await apply_shelf(db, sale)
    held = await store.held_units(db, sale.broadcast_id)
    await enqueue(db, StockAllocated(entity_id=sale.broadcast_id, version=sale.version, units=held))


def _taken(wanted: int | None, free: int, held: int) -> int | None:
    """How many units to take beside those that are held already; None when the lot has too few."""
    if wanted is None:
        return free if free or held else None
    return max(wanted - held, 0) if wanted - held <= free else None


def _shortage(lot_id: str, wanted: Mapping[str, int], free: Mapping[str, int]) -> StockShortage:
    return StockShortage(lot_id=lot_id, wanted_units=wanted.get(lot_id, 1), free_units=free[lot_id])


async def republish_stock(db: AsyncSession, since: datetime) -> AsyncIterator[StockAllocated | StockShort]:
    """What is set aside for every broadcast, or short, as it stands; it is little, so all of it, whatever `since`."""
    for sale in await store.list_sales_with_stock(db):
        if sale.stock_state == "allocated":
            held = await store.held_units(db, sale.broadcast_id)
            yield StockAllocated(entity_id=sale.broadcast_id, version=sale.version, units=held)
            continue
        free = await store.free_units(db, sale.lot_ids)
        lacking = [lot_id for lot_id in sale.lot_ids if free.get(lot_id, 0) < sale.units.get(lot_id, 1)]
        short = tuple(_shortage(lot_id, sale.units, {lot_id: free.get(lot_id, 0)}) for lot_id in lacking)
        yield StockShort(entity_id=sale.broadcast_id, version=sale.version, short=short)


async def release(db: AsyncSession, sale: Sale) -> None:
    """Give back what the sale, which is locked, has not sold; whoever waited for these lots is asked next."""
    sale.stock_state = "released"
    returned = await store.give_back(db, sale.broadcast_id, sale.lot_ids)
    await db.flush()
    if returned:
        await allocate_waiting(db, list(returned))


async def allocate_waiting(db: AsyncSession, lot_ids: Sequence[str]) -> None:
    """Try again for scheduled sales that want one of these lots and have not got it."""
    for sale in await store.lock_waiting_sales(db, lot_ids):
        await allocate(db, sale)
        await db.flush()
