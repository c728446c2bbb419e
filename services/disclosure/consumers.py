"""What disclosure hears of the other services."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.catalog import ListingDecided, ListingSubmitted
from services.contracts.compliance import DecisionMade, OverrideConfirmed, ParameterPublished, ParameterWithdrawn
from services.disclosure.actions import announced
from services.kit.bus import Handlers


async def on_decision_made(db: AsyncSession, event: DecisionMade) -> None:
    """The gate has answered."""
    await announced.take_decision(db, event)


async def on_override_confirmed(db: AsyncSession, event: OverrideConfirmed) -> None:
    """Two people overruled a soft fail."""
    await announced.take_override(db, event)


async def on_parameter_published(db: AsyncSession, event: ParameterPublished) -> None:
    """A value of a rule's parameter was published."""
    await announced.take_parameter(db, event)


async def on_parameter_withdrawn(db: AsyncSession, event: ParameterWithdrawn) -> None:
    """A published value was taken back."""
    await announced.take_withdrawal(db, event)


async def on_listing_submitted(db: AsyncSession, event: ListingSubmitted) -> None:
    """A listing version with its lots."""
    await announced.take_listing_submitted(db, event)


async def on_listing_decided(db: AsyncSession, event: ListingDecided) -> None:
    """A listing version has its answers."""
    await announced.take_listing_decided(db, event)


HANDLERS: Handlers = {
    DecisionMade: on_decision_made,
    OverrideConfirmed: on_override_confirmed,
    ParameterPublished: on_parameter_published,
    ParameterWithdrawn: on_parameter_withdrawn,
    ListingSubmitted: on_listing_submitted,
    ListingDecided: on_listing_decided,
}
