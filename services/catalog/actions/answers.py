"""What others said: the gate's decisions about lots, and the filings that hold them; and telling our state again."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.actions.forms import listing_card
from services.catalog.actions.history import note_decision
from services.catalog.actions.submissions import submitted_event, withdrawn_event
from services.catalog.domain.states import HOLDING, is_newer, lot_state, version_state
from services.catalog.domain.words import Findable
from services.catalog.models import HeldFiling, Listing, ListingVersion, LotVersion, Specialty
from services.catalog.schemas.specialties import Card
from services.catalog.store import cards, listings, records
from services.catalog.store.admission import find_unsettled_versions
from services.catalog.store.history import note_prices
from services.contracts.broadcast import FilingEvent
from services.contracts.catalog import ListingDecided
from services.contracts.compliance import DecisionMade
from services.kit import clock
from services.kit.event import Event
from services.kit.ids import new_id
from services.kit.outbox import enqueue


async def record_decision(db: AsyncSession, decision: DecisionMade) -> None:
    """Keep the gate's answer about a lot; when every lot of the version has one, the version comes into force."""
    lot = await listings.find_lot_version(db, decision.about.id, decision.about.version)
    if lot is None:
        return
    # The lock comes first: two answers about one listing are recorded one after the other, so one of them is last.
    listing = await listings.find_listing_row(db, lot.listing_id, lock=True)
    await db.refresh(lot)
    if listing is None or not is_newer(decision.entity_id, lot.decision_id):
        return
    before = lot.state
    lot.state = lot_state(decision.outcome)
    lot.decision_id = decision.entity_id
    lot.decision = _kept(decision)
    await db.flush()
    if lot.state != before:
        await note_decision(db, listing, lot, before, decision.entity_id)
    if listing.state != "withdrawn":
        await _settle(db, listing, lot.version)


def _kept(decision: DecisionMade) -> dict[str, Any]:
    wanted = {"outcome", "ruleset", "decided_at", "valid_until", "not_passed"}
    return {"decision_id": decision.entity_id, **decision.model_dump(mode="json", include=wanted)}


async def _settle(db: AsyncSession, listing: Listing, number: int) -> None:
    """Bring a version into force once it is wholly answered, unless a later one already is."""
    version = await listings.find_version(db, listing.id, number)
    lots = await listings.list_lot_versions(db, listing.id, number)
    state = version_state({lot.state for lot in lots})
    if version is None or state == "submitted" or number < (listing.in_force_version or 0):
        return
    version.state = state
    version.decided_at = version.decided_at or clock.business_now()
    listing.in_force_version = number
    listing.listed_lots = sum(lot.state == "listed" for lot in lots)
    if number == listing.submitted_version:
        listing.state = state
    listing.card = {**listing.card, "state": listing.state, "lots_listed": listing.listed_lots}
    listing.version += 1
    listing.announced_version = listing.version
    listing.updated_at = clock.now()
    await db.flush()
    await _show(db, listing, version, lots)
    await note_prices(db, listing, lots, clock.business_now(), new_id)
    await enqueue(db, _decided_event(listing, version, lots))


async def _show(db: AsyncSession, listing: Listing, version: ListingVersion, lots: Sequence[LotVersion]) -> None:
    """What the public finds of the listing is what is listed of the version in force."""
    await cards.drop_cards(db, listing.id)
    listed = [lot for lot in lots if lot.state == "listed"]
    specialty = await records.find_specialty(db, listing.specialty_id)
    if not listed or specialty is None:
        return
    body = {**version.body, "lots": [lot.body for lot in listed]}
    card = listing_card(listing, body, specialty, version.state).model_copy(
        update={"published_at": version.submitted_at}
    )
    prose = (body.get("description_zh", ""), body.get("description_en", ""))
    await cards.put_card(db, card, _findable(card, specialty, prose))
    producers = await records.find_producers(db, [lot.body["producer_id"] for lot in listed])
    for lot in listed:
        shown = _lot_card(card, lot, producers[lot.body["producer_id"]].name)
        own = (lot.body.get("description_zh", ""), lot.body.get("description_en", ""))
        await cards.put_card(db, shown, _findable(shown, specialty, own))


def _lot_card(listing: Card, lot: LotVersion, producer_name: str) -> Card:
    name = lot.body.get("display_name") or lot.body.get("variety")
    title_zh = f"{listing.title_zh} · {name}" if name else listing.title_zh
    return listing.model_copy(
        update={
            "kind": "lot",
            "id": lot.lot_id,
            "title_zh": title_zh,
            "state": lot.state,
            "producer_name": producer_name,
            "lots_listed": None,
            "price_from_fen": lot.price_fen,
            "price_unit": lot.body["price_unit"],
            "net_grams": lot.net_grams,
        }
    )


def _findable(card: Card, specialty: Specialty, prose: Sequence[str]) -> Findable:
    """A producer is found by name too: whoever looks for a seller may know who it is."""
    names = (card.title_zh, card.title_en, specialty.name_zh, specialty.name_en, card.producer_name or "")
    return Findable(
        kind=card.kind,
        names=tuple(dict.fromkeys(names)),
        prose=prose,
        region_code=card.region.code,
        category_code=specialty.category_code,
        months=specialty.season_months,
        specialty_id=specialty.id,
    )


def _decided_event(listing: Listing, version: ListingVersion, lots: Sequence[LotVersion]) -> ListingDecided:
    return ListingDecided(
        entity_id=listing.id,
        version=listing.announced_version or listing.version,
        region_code=listing.region_code,
        category_code=listing.category_code,
        specialty_id=listing.specialty_id,
        title_zh=version.page["title_zh"],
        title_en=version.page["title_en"],
        event_id=version.page["event_id"],
        decided_version=version.version,
        lots={lot.lot_id: lot.state for lot in lots},
    )


async def keep_filing(db: AsyncSession, filing: FilingEvent) -> None:
    """Remember which lots a filing holds; an older word about it changes nothing."""
    known = await listings.find_held_filing(db, filing.entity_id)
    if known is not None and known.version >= filing.version:
        return
    pinned = {lot_id: each.listing_version for each in filing.listings for lot_id in each.lot_ids}
    row = HeldFiling(
        filing_id=filing.entity_id,
        version=filing.version,
        broadcast_id=filing.broadcast_id,
        state=filing.state,
        holding=filing.state in HOLDING,
        lot_ids=sorted(pinned),
        pinned=pinned,
        ends_at=filing.ends_at,
    )
    await db.merge(row)
    await db.flush()


async def republish_listings(db: AsyncSession, since: datetime) -> AsyncIterator[Event]:
    """The present state of every listing changed since: the versions that matter, then their answer or withdrawal."""
    for listing in await listings.list_changed_since(db, since):
        untold = await find_unsettled_versions(db, listing.id)
        for number in sorted({listing.in_force_version or 0, listing.submitted_version or 0} - {0} - untold):
            version = await listings.find_version(db, listing.id, number)
            if version is not None:
                yield submitted_event(listing, version, await listings.list_lot_versions(db, listing.id, number))
        if listing.state == "withdrawn":
            yield withdrawn_event(listing)
            continue
        in_force = await listings.find_version(db, listing.id, listing.in_force_version)
        if in_force is not None:
            yield _decided_event(listing, in_force, await listings.list_lot_versions(db, listing.id, in_force.version))
