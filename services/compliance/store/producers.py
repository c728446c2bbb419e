"""SQL of what compliance keeps of producers."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.models import ProducerCopy
from services.contracts.catalog import ListingSubmitted, ProducerChanged, SubmittedLot, Suspension


async def save_producer(db: AsyncSession, told: ProducerChanged) -> bool:
    """Keep a producer's newest state; whether it is suspended now and was not, or the other way round."""
    table: Any = ProducerCopy
    before = await db.get(ProducerCopy, told.entity_id, populate_existing=True, with_for_update=True)
    if before is not None and before.version >= told.version:
        return False
    was = before.suspension if before else None
    now = told.suspension.model_dump(mode="json") if told.suspension else None
    values = {"version": told.version, "uscc": told.uscc, "suspension": now}
    statement = insert(ProducerCopy).values(producer_id=told.entity_id, **values)
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=["producer_id"],
            set_={name: statement.excluded[name] for name in values},
            where=table.version < statement.excluded.version,
        )
    )
    return was != now


async def find_suspension(db: AsyncSession, listing: ListingSubmitted, lot: SubmittedLot) -> Suspension | None:
    """The suspension of who offers the lot; a lot told before it named its producer is known by the credit code."""
    table: Any = ProducerCopy
    producer_id = listing.producers.get(lot.lot_id)
    known = table.producer_id == producer_id if producer_id else table.uscc == lot.producer_uscc
    found = await db.scalar(sa.select(table.suspension).where(known, table.suspension.is_not(None)).limit(1))
    return Suspension.model_validate(found) if found else None
