"""SQL of what compliance keeps of producers."""

from collections.abc import Iterable
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


async def find_suspended(
    db: AsyncSession, offered: Iterable[tuple[ListingSubmitted, SubmittedLot]]
) -> dict[str, tuple[str, Suspension]]:
    """Of these lots those whose producer is suspended: lot id → producer id and the suspension in force.

    A lot told before it named its producer is known by the credit code.
    """
    offered = list(offered)
    named = {lot.lot_id: listing.producers.get(lot.lot_id) for listing, lot in offered}
    codes = {lot.lot_id: lot.producer_uscc for _, lot in offered if not named[lot.lot_id]}
    table: Any = ProducerCopy
    known = sa.or_(table.producer_id.in_([each for each in named.values() if each]), table.uscc.in_(codes.values()))
    rows = (await db.execute(sa.select(table).where(known, table.suspension.is_not(None)))).scalars().all()
    by_id, by_code = {row.producer_id: row for row in rows}, {row.uscc: row for row in rows if row.uscc}
    found = {lot_id: by_id.get(name) if name else by_code.get(codes[lot_id]) for lot_id, name in named.items()}
    return {
        lot_id: (row.producer_id, Suspension.model_validate(row.suspension)) for lot_id, row in found.items() if row
    }
