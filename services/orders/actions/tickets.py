"""The order of arrival is sealed while it happens: a head of the chain for every lot that sold since the last one."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.orders import store
from services.orders.domain.tickets import BEGINNING, head_after

MOST = 5_000


async def seal_tickets(db: AsyncSession) -> int:
    """Publish the next head of every lot that has orders after its last one; how many heads."""
    unsealed = await store.list_unsealed(db)
    for row in unsealed:
        broadcast_id, lot_id = row["broadcast_id"], row["lot_id"]
        leaves = await store.list_leaves(db, broadcast_id, lot_id, row["ticket"] or 0, MOST)
        if leaves:
            head = head_after(row["head"] or BEGINNING, (leaf["leaf"] for leaf in leaves))
            await store.add_head(db, broadcast_id, lot_id, leaves[-1]["ticket"], head)
    return len(unsealed)
