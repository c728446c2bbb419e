"""What is left is told twice a second at most, however many orders there were in between."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.orders import StockLevelChanged
from services.kit.outbox import enqueue
from services.orders import store


async def tell_levels(db: AsyncSession) -> int:
    """Announce every level on an open shelf that has changed since it was last told; how many."""
    rows = await store.take_changed_levels(db)
    await enqueue(
        db,
        *(
            StockLevelChanged(
                entity_id=f"{row['broadcast_id']}:{row['lot_id']}",
                version=row["version"],
                broadcast_id=row["broadcast_id"],
                lot_id=row["lot_id"],
                available_units=row["available_units"],
                sold_out=row["available_units"] == 0,
            )
            for row in rows
        ),
    )
    return len(rows)
