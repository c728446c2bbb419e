"""What catalog listens to: the gate's decisions about lots, appeals that end a suspension, and filings holding lots."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog import actions
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
)
from services.contracts.compliance import DecisionMade, SuspensionOverturned
from services.kit.bus import Handlers


async def on_decision_made(db: AsyncSession, event: DecisionMade) -> None:
    """Only binding answers about lots at the listing stage are ours."""
    if event.about.kind == "lot" and event.stage == "listing" and event.binding:
        await actions.record_decision(db, event)


async def on_suspension_overturned(db: AsyncSession, event: SuspensionOverturned) -> None:
    """An appeal was granted: the producer sells again."""
    await actions.end_suspension(db, event)


async def on_filing_changed(db: AsyncSession, event: FilingEvent) -> None:
    """Every word about a filing carries its whole state, so all are heard alike."""
    await actions.keep_filing(db, event)


FILING_EVENTS: tuple[type[FilingEvent], ...] = (
    FilingSubmitted,
    FilingApproved,
    FilingReturned,
    FilingScheduled,
    FilingBlocked,
    FilingHeld,
    FilingOnAir,
    FilingEnded,
    FilingWithdrawn,
)

HANDLERS: Handlers = {
    DecisionMade: on_decision_made,
    SuspensionOverturned: on_suspension_overturned,
    **dict.fromkeys(FILING_EVENTS, on_filing_changed),
}
