"""Complaints. There is no statement here that deletes one."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.orders.models import Complaint, Refund
from services.orders.store.tables import table_of

FEWEST_BUYERS = 10


# $2: the fewest buyers that a published number may rest on. Regions with fewer are one line together, or none.
async def find_complaint(db: AsyncSession, complaint_id: str, *, lock: bool = False) -> Complaint | None:
    """A complaint."""
    statement = select(Complaint).where(Complaint.id == complaint_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await db.exec(statement)).first()


async def open_complaints(db: AsyncSession, order_id: str) -> int:
    """How many complaints about an order are not decided."""
    table = table_of(Complaint)
    statement = sa.select(sa.func.count()).where(table.c.order_id == order_id, table.c.decided_at.is_(None))
    return int(await db.scalar(statement) or 0)


async def complaints_of(db: AsyncSession, order_ids: Sequence[str]) -> Sequence[Complaint]:
    """The complaints about these orders, oldest first."""
    statement = select(Complaint).where(col(Complaint.order_id).in_(order_ids)).order_by(col(Complaint.id))
    return (await db.exec(statement)).all()


async def list_complaints(
    db: AsyncSession,
    *,
    account_id: str | None,
    regions: Sequence[str] | None,
    undecided: bool,
    before: str,
    limit: int,
) -> Sequence[Complaint]:
    """Complaints of a buyer or of these regions, newest first, whose id is below `before`."""
    statement = select(Complaint).where(col(Complaint.id) < before).order_by(col(Complaint.id).desc()).limit(limit)
    if account_id is not None:
        statement = statement.where(Complaint.account_id == account_id)
    if regions is not None:
        statement = statement.where(col(Complaint.region_code).in_(regions))
    if undecided:
        statement = statement.where(col(Complaint.decided_at).is_(None))
    return (await db.exec(statement)).all()


async def complaints_since(db: AsyncSession, since: datetime) -> AsyncIterator[Complaint]:
    """Complaints that have changed since then."""
    table = table_of(Complaint)
    changed = sa.func.greatest(table.c.received_at, table.c.acknowledged_at, table.c.decided_at, table.c.refunded_at)
    statement = select(Complaint).where(changed >= since).order_by(col(Complaint.id))
    for complaint in (await db.exec(statement)).all():
        yield complaint


async def erase_words(db: AsyncSession, account_id: str) -> list[str]:
    """Forget what a buyer wrote and photographed; which photos nobody names any more."""
    named: list[str] = []
    for model in (Refund, Complaint):
        table = table_of(model)
        mine = sa.select(sa.func.unnest(table.c.photos)).where(table.c.account_id == account_id)
        named += list((await db.scalars(mine)).all())
        await db.execute(table.update().where(table.c.account_id == account_id).values(words=None, photos=[]))
    kept: set[str] = set()
    for model in (Refund, Complaint):
        table = table_of(model)
        others = sa.select(sa.func.unnest(table.c.photos)).where(table.c.photos.overlap(named))
        kept |= set((await db.scalars(others)).all()) if named else set()
    return sorted(set(named) - kept)
