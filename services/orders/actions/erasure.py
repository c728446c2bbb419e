"""Erasing a buyer: whatever names them goes, tokens and sums stay."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.accounts import AccountErased
from services.orders import store
from services.orders.actions.refunds import give_back_unsent
from services.orders.actions.surroundings import Surroundings


async def erase_buyer(db: AsyncSession, around: Surroundings, event: AccountErased) -> None:
    """Names, numbers, streets, words, photos, titles of invoices, what they said of themselves and the basket go.

    What was paid and not yet sent can no longer be sent, so its money goes back.
    """
    await give_back_unsent(db, around, event.account_id)
    await store.erase_book(db, event.account_id, event.erased_at)
    await store.erase_titles(db, event.account_id)
    await store.erase_declared(db, event.account_id)
    for photo in await store.erase_words(db, event.account_id):
        await around.blobs.delete(photo)
