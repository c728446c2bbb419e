"""Reconciling a broadcast: stock against reservations, orders and checkouts, every difference listed."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.orders import store
from services.orders.schemas.reconciliation import CountedLot, Difference, Reconciliation

FEWEST_BUYERS = 10


async def reconcile(db: AsyncSession, broadcast_id: str) -> Reconciliation:
    """Add a broadcast up, in a session that sees one moment. Raises NotFound."""
    lots = await store.read_lots(db, broadcast_id)
    sums = await store.read_sums(db, broadcast_id)
    differences = await store.list_differences(db, broadcast_id)
    told = sums["buyers"] >= FEWEST_BUYERS
    return Reconciliation(
        broadcast_id=broadcast_id,
        at=clock.now(),
        balanced=not differences,
        differences=[Difference.model_validate(each) for each in differences],
        checks=list(store.CHECKS),
        lots=[CountedLot.model_validate(lot) for lot in lots],
        reserved_fen=sums["reserved_fen"] if told else None,
        sold_fen=sums["sold_fen"] if told else None,
    )
