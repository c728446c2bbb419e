"""What orders hears of the other services."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.accounts import AccountErased
from services.contracts.broadcast import (
    FilingApproved,
    FilingBlocked,
    FilingEvent,
    FilingHeld,
    FilingReturned,
    FilingScheduled,
    FilingSubmitted,
    FilingWithdrawn,
)
from services.contracts.catalog import ListingDecided, ListingSubmitted, ListingWithdrawn
from services.contracts.room import RoomChanged
from services.kit.bus import Handlers
from services.orders import actions
from services.orders.actions.erasure import erase_buyer
from services.orders.actions.surroundings import Surroundings


async def on_listing_submitted(db: AsyncSession, event: ListingSubmitted) -> None:
    """A listing version with its lots."""
    await actions.take_listing_submitted(db, event)


async def on_listing_decided(db: AsyncSession, event: ListingDecided) -> None:
    """A listing version is in force."""
    await actions.take_listing_decided(db, event)


async def on_listing_withdrawn(db: AsyncSession, event: ListingWithdrawn) -> None:
    """A listing is off the market."""
    await actions.take_listing_withdrawn(db, event)


async def on_filing_changed(db: AsyncSession, event: FilingEvent) -> None:
    """Every word about a filing carries its whole state, so all are heard alike."""
    await actions.take_filing(db, event)


async def on_room_changed(db: AsyncSession, event: RoomChanged) -> None:
    """The room as it stands."""
    await actions.take_room(db, event)


FILING_EVENTS: tuple[type[FilingEvent], ...] = (
    FilingSubmitted,
    FilingApproved,
    FilingReturned,
    FilingScheduled,
    FilingBlocked,
    FilingHeld,
    FilingWithdrawn,
)

HANDLERS: Handlers = {
    ListingSubmitted: on_listing_submitted,
    ListingDecided: on_listing_decided,
    ListingWithdrawn: on_listing_withdrawn,
    RoomChanged: on_room_changed,
    **dict.fromkeys(FILING_EVENTS, on_filing_changed),
}


def handlers(around: Surroundings) -> Handlers:
    """Event class → consumer, with the surroundings that erasing needs."""

    async def on_account_erased(db: AsyncSession, event: AccountErased) -> None:
        """A buyer had their account erased."""
        await erase_buyer(db, around, event)

    return {**HANDLERS, AccountErased: on_account_erased}
