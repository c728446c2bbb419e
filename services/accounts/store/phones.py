"""SQL about codes sent to phones, and the accounts that phones open."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.accounts.models import Account, PhoneCode


async def lock_phone(db: AsyncSession, phone: str) -> PhoneCode | None:
    """The code last sent to a phone; nobody else asks for one or tries one there until this transaction ends."""
    await db.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 1))"), {"name": f"phone.{phone}"})
    return await db.get(PhoneCode, phone, populate_existing=True)


async def save_code(db: AsyncSession, phone: str, code_hmac: str, sent_at: datetime, expires_at: datetime) -> None:
    """A new code takes the place of the one before."""
    values = {"code_hmac": code_hmac, "tries": 0, "sent_at": sent_at, "expires_at": expires_at}
    statement = insert(PhoneCode).values(phone=phone, **values)
    await db.execute(statement.on_conflict_do_update(index_elements=["phone"], set_=values))


async def count_try(db: AsyncSession, phone: str) -> None:
    """One more wrong guess at the code."""
    matching = col(PhoneCode.phone) == phone
    await db.execute(sa.update(PhoneCode).where(matching).values(tries=col(PhoneCode.tries) + 1))


async def delete_code(db: AsyncSession, phone: str) -> None:
    """The code was used, or never left."""
    await db.execute(sa.delete(PhoneCode).where(col(PhoneCode.phone) == phone))


async def find_account_by_phone(db: AsyncSession, phone: str) -> Account | None:
    """The account that the phone opens, locked."""
    return (await db.exec(select(Account).where(Account.phone == phone).with_for_update())).one_or_none()
