"""Erasing a buyer: whatever names them goes, tokens and sums stay."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.accounts import AccountErased
from services.orders import store


async def erase_buyer(db: AsyncSession, event: AccountErased) -> None:
    """Names, numbers, streets and the basket of the account are forgotten."""
    await store.erase_book(db, event.account_id, event.erased_at)
