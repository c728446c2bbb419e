"""What other services announced becomes leaves of the log."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.catalog import ListingDecided, ListingSubmitted
from services.contracts.compliance import (
    DecisionMade,
    OverrideConfirmed,
    ParameterPublished,
    ParameterWithdrawn,
)
from services.contracts.orders import TicketsSealed
from services.contracts.room import RoomChanged
from services.disclosure.actions.feeding import keep_region
from services.disclosure.domain.leaves import (
    HashesLogged,
    decision_leaf,
    edits_leaf,
    override_leaf,
    parameter_leaf,
    price_leaf,
    recording_leaf,
    tickets_leaf,
    withdrawal_leaf,
)
from services.disclosure.models import ListingPrices
from services.disclosure.store import leaves as store
from services.disclosure.store import prices
from services.kit import clock

LISTED = "listed"


async def take_decision(db: AsyncSession, event: DecisionMade) -> None:
    """A public decision."""
    leaf = decision_leaf(event)
    if leaf is not None:
        await store.add_leaves(db, [leaf])
        await keep_region(db, leaf.kind, leaf.entity_id, event.region_code, event.decided_at)


async def take_override(db: AsyncSession, event: OverrideConfirmed) -> None:
    """Two people overruled a soft fail."""
    leaf = override_leaf(event)
    await store.add_leaves(db, [leaf])
    await keep_region(db, leaf.kind, leaf.entity_id, event.region_code, event.confirmed_at)


async def take_tickets(db: AsyncSession, event: TicketsSealed) -> None:
    """The order of arrival was sealed."""
    leaf = tickets_leaf(event)
    await store.add_leaves(db, [leaf])
    await keep_region(db, leaf.kind, leaf.entity_id, event.region_code, event.occurred_at)


async def take_edits(db: AsyncSession, event: HashesLogged) -> None:
    """Records of a region were changed, or its offices acted."""
    leaf = edits_leaf(event)
    await store.add_leaves(db, [leaf])
    await keep_region(db, leaf.kind, leaf.entity_id, event.region_code, event.occurred_at)


async def take_recording(db: AsyncSession, event: RoomChanged) -> None:
    """A room has ended, and with it its record."""
    leaf = recording_leaf(event)
    if leaf is not None:
        await store.add_leaves(db, [leaf])
        await keep_region(db, leaf.kind, leaf.entity_id, event.region_code, event.occurred_at)


async def take_parameter(db: AsyncSession, event: ParameterPublished) -> None:
    """A value of a rule's parameter was published."""
    await store.add_leaves(db, [parameter_leaf(event)])


async def take_withdrawal(db: AsyncSession, event: ParameterWithdrawn) -> None:
    """A published value was taken back. The publication comes first even if its own announcement is late."""
    await store.add_leaves(db, [parameter_leaf(event), withdrawal_leaf(event)])


async def take_listing_submitted(db: AsyncSession, event: ListingSubmitted) -> None:
    """What the lots of a listing version cost."""
    submitted = {
        "listing_id": event.entity_id,
        "region_code": event.region_code,
        "title_zh": event.title_zh,
        "title_en": event.title_en,
        "prices": {lot.lot_id: lot.facts.get("lot", {}).get("price_fen") for lot in event.lots},
    }
    await log_prices(db, await prices.keep_listing(db, event.entity_id, event.version, submitted=submitted))


async def take_listing_decided(db: AsyncSession, event: ListingDecided) -> None:
    """Which lots of a listing version are listed."""
    listed = sorted(lot_id for lot_id, state in event.lots.items() if state == LISTED)
    await log_prices(db, await prices.keep_listing(db, event.entity_id, event.decided_version, listed=listed))


async def log_prices(db: AsyncSession, listing: ListingPrices) -> None:
    """Log the prices at which lots are listed now and were not before; nothing until both halves are known."""
    if listing.submitted is None or listing.listed is None:
        return
    now = {lot_id: listing.submitted["prices"].get(lot_id) for lot_id in listing.listed}
    known = await prices.find_listed(db, list(now))
    for lot_id, price_fen in now.items():
        before = known.get(lot_id)
        if price_fen is None or (before is not None and before.listing_version >= listing.version):
            continue
        if before is None or before.price_fen != price_fen:
            leaf = price_leaf(
                listing.submitted,
                lot_id,
                listing.version,
                price_fen,
                before.price_fen if before else None,
                clock.business_now(),
            )
            await store.add_leaves(db, [leaf])
            await keep_region(db, leaf.kind, lot_id, listing.submitted["region_code"], clock.business_now())
        await prices.save_listed(db, lot_id, listing.version, price_fen)
