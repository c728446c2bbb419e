"""The order of arrival is sealed while it happens: a head of the chain for every lot that sold since the last one."""

import json

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.orders import TicketChain, TicketsSealed
from services.kit.outbox import enqueue
from services.orders import store
from services.orders.domain.tickets import BEGINNING, head_after

MOST = 5_000
TOLD_EVERY_SECONDS = 60.0


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


async def tell_tickets(db: AsyncSession) -> int:
    """Announce the chains of broadcasts, for the public log; how many broadcasts."""
    told = 0
    for row in await store.list_untold(db, TOLD_EVERY_SECONDS):
        # The row that is written waits for another process at the same broadcast, and then finds that it has told.
        if await store.note_told(db, row):
            chains = [TicketChain(**chain) for chain in json.loads(row["chains"])]
            event = TicketsSealed(
                entity_id=row["broadcast_id"],
                version=row["version"],
                region_code=row["region_code"],
                chains=tuple(chains),
                closed=row["closed"],
            )
            await enqueue(db, event)
            told += 1
    return told
