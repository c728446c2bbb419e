"""What compliance hears: listings, filings, rooms, records and people; each handed to one action."""

from collections.abc import Awaitable, Callable

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions import accounts, filings, lots, messages, officials, on_air, producers, records, rooms
from services.compliance.actions.surroundings import Surroundings
from services.contracts.accounts import AccountChanged
from services.contracts.broadcast import (
    FilingApproved,
    FilingBlocked,
    FilingEnded,
    FilingEvent,
    FilingHeld,
    FilingOnAir,
    FilingReturned,
    FilingScheduled,
    FilingSubmitted,
    FilingWithdrawn,
    OfficialDeclared,
)
from services.contracts.catalog import ListingDecided, ListingSubmitted, ListingWithdrawn, ProducerChanged
from services.contracts.disclosure import DisclosureReleased, ReleaseAsked
from services.contracts.room import ChatRecorded, RoomAsked, RoomChanged
from services.kit.bus import Handlers


async def on_account_changed(db: AsyncSession, event: AccountChanged) -> None:
    """Somebody's account changed."""
    await accounts.follow_account(db, event)


async def on_listing_submitted(db: AsyncSession, event: ListingSubmitted) -> None:
    """A listing version was submitted."""
    await lots.decide_listing(db, event)


async def on_listing_withdrawn(db: AsyncSession, event: ListingWithdrawn) -> None:
    """A listing was withdrawn."""
    await lots.withdraw_lots(db, event)
    await messages.tell_of_catalogue(db, event)


async def on_listing_decided(db: AsyncSession, event: ListingDecided) -> None:
    """Every lot of a listing has its answer: platforms that want to know are told."""
    await messages.tell_of_catalogue(db, event)


async def on_producer_changed(db: AsyncSession, event: ProducerChanged) -> None:
    """A producer was entered, took a step of its admission, or was suspended."""
    await producers.follow_producer(db, event)
    await messages.tell_of_catalogue(db, event)


async def on_disclosure_released(db: AsyncSession, event: DisclosureReleased) -> None:
    """A record of a broadcast has a new release: platforms that want to know are told."""
    await messages.tell_of_release(db, event)


async def on_official_declared(db: AsyncSession, event: OfficialDeclared) -> None:
    """An official declared interests, or withdrew a declaration."""
    await officials.follow_official(db, event)


async def on_filing_moved(db: AsyncSession, event: FilingEvent) -> None:
    """A filing was returned, blocked, held, scheduled or withdrawn, went on air or ended."""
    await filings.follow_filing(db, event)


async def on_room_changed(db: AsyncSession, event: RoomChanged) -> None:
    """A room opened, changed or closed."""
    await rooms.follow_room(db, event)


async def on_release_asked(db: AsyncSession, event: ReleaseAsked) -> None:
    """The gate is asked about a release of a public record."""
    await records.decide_release(db, event)


async def on_chat_recorded(db: AsyncSession, event: ChatRecorded) -> None:
    """Something was said in a room."""
    await on_air.hear_chat(db, event)


def handlers(around: Surroundings) -> Handlers:
    """Event class → consumer."""
    return {
        AccountChanged: on_account_changed,
        ListingSubmitted: on_listing_submitted,
        ListingWithdrawn: on_listing_withdrawn,
        ListingDecided: on_listing_decided,
        ProducerChanged: on_producer_changed,
        DisclosureReleased: on_disclosure_released,
        FilingSubmitted: _on_filing_asked(around, binding=False),
        FilingApproved: _on_filing_asked(around, binding=True),
        FilingReturned: on_filing_moved,
        FilingScheduled: on_filing_moved,
        FilingBlocked: on_filing_moved,
        FilingHeld: on_filing_moved,
        FilingOnAir: on_filing_moved,
        FilingEnded: on_filing_moved,
        FilingWithdrawn: on_filing_moved,
        OfficialDeclared: on_official_declared,
        RoomAsked: _on_room_asked(around),
        RoomChanged: on_room_changed,
        ChatRecorded: on_chat_recorded,
        ReleaseAsked: on_release_asked,
    }


def _on_room_asked(around: Surroundings) -> Callable[[AsyncSession, RoomAsked], Awaitable[None]]:
    async def on_room_asked(db: AsyncSession, event: RoomAsked) -> None:
        """The gate is asked whether a room may open, or stay open."""
        await rooms.decide_room(db, around, event)

    return on_room_asked


def _on_filing_asked(around: Surroundings, *, binding: bool) -> Callable[[AsyncSession, FilingEvent], Awaitable[None]]:
    async def on_filing_asked(db: AsyncSession, event: FilingEvent) -> None:
        """A filing was submitted (preview) or approved (binding): the gate is asked. Long texts come from the store."""
        await filings.decide_filing(db, around, event, binding=binding)

    return on_filing_asked
