"""What broadcast hears of the other services."""

from functools import partial

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast import actions, store
from services.broadcast.store import goods
from services.contracts.accounts import AccountChanged, AccountErased
from services.contracts.catalog import ListingDecided, ListingSubmitted, ListingWithdrawn
from services.contracts.compliance import DecisionMade, ForceMajeureChanged, SlowSalesCertified
from services.contracts.orders import StockAllocated, StockShort
from services.kit.bus import Handler, Handlers
from services.kit.event import Event


async def on_decision_made(db: AsyncSession, event: DecisionMade) -> None:
    """The gate has answered."""
    await actions.take_decision(db, event)


async def on_listing_decided(db: AsyncSession, event: ListingDecided) -> None:
    """A listing version is in force."""
    await actions.take_listing_decided(db, event)


async def on_listing_withdrawn(db: AsyncSession, event: ListingWithdrawn) -> None:
    """A listing is off the market."""
    await actions.take_listing_withdrawn(db, event)


async def on_force_majeure_changed(db: AsyncSession, event: ForceMajeureChanged) -> None:
    """An event in the registry has a new name or standing."""
    await store.save_event(db, event)


async def on_account_changed(db: AsyncSession, event: AccountChanged) -> None:
    """A person's account, organ or scopes changed."""
    await store.save_account(db, event)


async def on_slow_sales_certified(db: AsyncSession, event: SlowSalesCertified) -> None:
    """Evidence of unsold stock was certified."""
    await store.save_slow_sales(db, event)


async def on_listing_submitted(db: AsyncSession, event: ListingSubmitted) -> None:
    """A listing version was submitted; a shelf shows its lots as it describes them."""
    await goods.save_goods(db, event)


async def on_stock_told(db: AsyncSession, event: StockAllocated | StockShort) -> None:
    """Stock was set aside for a broadcast, or falls short."""
    await goods.save_stock(db, event)


async def on_account_erased(db: AsyncSession, event: AccountErased, *, token_secret: str) -> None:
    """A buyer is gone, and with them what they watched."""
    await actions.erase_watcher(db, event.account_id, token_secret)


HANDLERS: dict[type[Event], Handler] = {
    DecisionMade: on_decision_made,
    ListingSubmitted: on_listing_submitted,
    ListingDecided: on_listing_decided,
    ListingWithdrawn: on_listing_withdrawn,
    ForceMajeureChanged: on_force_majeure_changed,
    AccountChanged: on_account_changed,
    SlowSalesCertified: on_slow_sales_certified,
    StockAllocated: on_stock_told,
    StockShort: on_stock_told,
}


def handlers(token_secret: str) -> Handlers:
    """Event class → consumer, for a service with this secret."""
    return HANDLERS | {AccountErased: partial(on_account_erased, token_secret=token_secret)}
