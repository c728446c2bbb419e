"""What disclosure hears of the other services."""

from functools import partial

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.accounts import AccountActsLogged, AccountChanged, AccountErased
from services.contracts.broadcast import (
    FilingApproved,
    FilingBlocked,
    FilingEvent,
    FilingScheduled,
    FilingWithdrawn,
    StepsLogged,
)
from services.contracts.catalog import EditsLogged, ListingDecided, ListingSubmitted
from services.contracts.compliance import (
    DecisionMade,
    ForceMajeureChanged,
    OverrideConfirmed,
    ParameterPublished,
    ParameterWithdrawn,
    ReportUpheld,
    SlowSalesCertified,
    TrailLogged,
)
from services.contracts.orders import (
    ComplaintChanged,
    OrderActsLogged,
    OrderChanged,
    OrderEvent,
    OrderPaid,
    TicketsSealed,
)
from services.contracts.room import ChatRecorded, RehearsalRecorded, RoomChanged, RoomNoted, ViewersCounted
from services.disclosure.actions import announced, hearing, receipts, releasing
from services.disclosure.domain.leaves import HashesLogged
from services.kit.bus import Handler, Handlers
from services.kit.event import Event


async def on_decision_made(db: AsyncSession, event: DecisionMade, *, token_secret: str) -> None:
    """The gate has answered."""
    await announced.take_decision(db, event)
    await hearing.take_decision(db, event)
    if event.stage == "post" and event.about.kind == "document":
        await releasing.take_answer(db, event, token_secret=token_secret)


async def on_override_confirmed(db: AsyncSession, event: OverrideConfirmed) -> None:
    """Two people overruled a soft fail."""
    await announced.take_override(db, event)
    await hearing.take_about(db, event)


async def on_report_upheld(db: AsyncSession, event: ReportUpheld) -> None:
    """A citizens' report was found right, or what it reported was corrected."""
    await hearing.take_about(db, event)


async def on_parameter_published(db: AsyncSession, event: ParameterPublished) -> None:
    """A value of a rule's parameter was published."""
    await announced.take_parameter(db, event)
    await hearing.take_parameter(db, event)


async def on_parameter_withdrawn(db: AsyncSession, event: ParameterWithdrawn) -> None:
    """A published value was taken back."""
    await announced.take_withdrawal(db, event)
    await hearing.take_parameter(db, event)


async def on_listing_submitted(db: AsyncSession, event: ListingSubmitted) -> None:
    """A listing version with its lots."""
    await announced.take_listing_submitted(db, event)
    await hearing.take_listing(db, event)


async def on_listing_decided(db: AsyncSession, event: ListingDecided) -> None:
    """A listing version has its answers."""
    await announced.take_listing_decided(db, event)


async def on_edits_logged(db: AsyncSession, event: HashesLogged) -> None:
    """Records of a region were changed, or its offices acted."""
    await announced.take_edits(db, event)


async def on_filing_moved(db: AsyncSession, event: FilingEvent) -> None:
    """A filing was approved, scheduled, blocked or withdrawn."""
    await hearing.take_filing(db, event)


async def on_room_changed(db: AsyncSession, event: RoomChanged) -> None:
    """A room as it stands."""
    await hearing.take_room(db, event)
    await announced.take_recording(db, event)


async def on_tickets_sealed(db: AsyncSession, event: TicketsSealed) -> None:
    """The order of arrival in a broadcast was sealed."""
    await announced.take_tickets(db, event)


async def on_room_noted(db: AsyncSession, event: RoomNoted) -> None:
    """An entry of the run of the show."""
    await hearing.take_fact(db, event)


async def on_viewers_counted(db: AsyncSession, event: ViewersCounted) -> None:
    """Stays that have ended."""
    await hearing.take_fact(db, event)


async def on_chat_recorded(db: AsyncSession, event: ChatRecorded) -> None:
    """Messages as they were said."""
    await hearing.take_fact(db, event)


async def on_rehearsal_recorded(db: AsyncSession, event: RehearsalRecorded) -> None:
    """What was done in rehearsal."""
    await hearing.take_fact(db, event)


async def on_order_told(db: AsyncSession, event: OrderEvent) -> None:
    """A paid order as it stands."""
    await hearing.take_fact(db, event)


async def on_complaint_changed(db: AsyncSession, event: ComplaintChanged) -> None:
    """A complaint as it stands."""
    await hearing.take_fact(db, event)


async def on_force_majeure_changed(db: AsyncSession, event: ForceMajeureChanged) -> None:
    """An event of force majeure as it stands."""
    await hearing.take_event(db, event)


async def on_slow_sales_certified(db: AsyncSession, event: SlowSalesCertified) -> None:
    """Evidence of unsold stock was certified."""
    await hearing.take_event(db, event)


async def on_account_changed(db: AsyncSession, event: AccountChanged) -> None:
    """An account as it stands."""
    await hearing.take_account(db, event)


async def on_account_erased(db: AsyncSession, event: AccountErased, *, token_secret: str) -> None:
    """A buyer had their account erased."""
    await receipts.erase_account(db, event, token_secret=token_secret)


HANDLERS: dict[type[Event], Handler] = {
    OverrideConfirmed: on_override_confirmed,
    ReportUpheld: on_report_upheld,
    ParameterPublished: on_parameter_published,
    ParameterWithdrawn: on_parameter_withdrawn,
    ListingSubmitted: on_listing_submitted,
    ListingDecided: on_listing_decided,
    EditsLogged: on_edits_logged,
    TrailLogged: on_edits_logged,
    StepsLogged: on_edits_logged,
    AccountActsLogged: on_edits_logged,
    OrderActsLogged: on_edits_logged,
    FilingApproved: on_filing_moved,
    FilingScheduled: on_filing_moved,
    FilingBlocked: on_filing_moved,
    FilingWithdrawn: on_filing_moved,
    RoomChanged: on_room_changed,
    RoomNoted: on_room_noted,
    ViewersCounted: on_viewers_counted,
    ChatRecorded: on_chat_recorded,
    RehearsalRecorded: on_rehearsal_recorded,
    OrderPaid: on_order_told,
    TicketsSealed: on_tickets_sealed,
    OrderChanged: on_order_told,
    ComplaintChanged: on_complaint_changed,
    ForceMajeureChanged: on_force_majeure_changed,
    SlowSalesCertified: on_slow_sales_certified,
    AccountChanged: on_account_changed,
}


def handlers(token_secret: str) -> Handlers:
    """Event class → consumer, for a service with this secret."""
    return HANDLERS | {
        DecisionMade: partial(on_decision_made, token_secret=token_secret),
        AccountErased: partial(on_account_erased, token_secret=token_secret),
    }
