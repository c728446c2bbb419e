"""SQL of the identities outside that open accounts."""

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.accounts.models import OutsideIdentity


async def find_outside(db: AsyncSession, token: str) -> OutsideIdentity | None:
    """The connection of somebody outside, by their token."""
    return await db.get(OutsideIdentity, token)


async def find_outside_of(db: AsyncSession, account_id: str) -> OutsideIdentity | None:
    """The connection of an account."""
    return (await db.exec(select(OutsideIdentity).where(OutsideIdentity.account_id == account_id))).one_or_none()


async def add_outside(db: AsyncSession, row: OutsideIdentity) -> None:
    """A new connection, written at once, so that one that is taken is noticed here."""
    db.add(row)
    await db.flush()


async def delete_outside(db: AsyncSession, account_id: str) -> None:
    """No identity outside opens the account any more."""
    await db.execute(sa.delete(OutsideIdentity).where(col(OutsideIdentity.account_id) == account_id))
