"""From a stored draft to the listing whose facts the gate is told, and to what its operators see."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.domain import facts
from services.catalog.models import Listing, Mark, Producer, Specialty
from services.catalog.schemas.common import FieldWarning
from services.catalog.schemas.listings import ListingDraft, ListingDraftBody
from services.catalog.schemas.specialties import Card
from services.catalog.store import listings, places, records
from services.catalog.store.admission import find_waiting, review_out
from services.kit import clock


async def form_of(db: AsyncSession, listing: Listing) -> facts.Listing:
    """The listing's draft with every record that it names, as it stands now."""
    specialty = await records.find_specialty(db, listing.specialty_id)
    if specialty is None:
        raise records.no_specialty(listing.specialty_id)
    marks = await records.find_marks(db, specialty.mark_ids)
    lots = listing.draft["lots"]
    producers = await records.find_producers(db, [lot["producer_id"] for lot in lots])
    return facts.Listing(
        id=listing.id,
        body={name: value for name, value in listing.draft.items() if name != "lots"},
        lots=lots,
        specialty=specialty_facts(specialty, listing.region_code),
        marks=[_mark(marks[each]) for each in specialty.mark_ids if each in marks],
        producers={each: _producer(row) for each, row in producers.items()},
    )


def specialty_facts(specialty: Specialty, region_code: str) -> facts.Specialty:
    """A specialty as the facts want it: in the region that lists it, which may be a part of the specialty's own."""
    return facts.Specialty(
        id=specialty.id,
        region_code=region_code,
        category_code=specialty.category_code,
        name_zh=specialty.name_zh,
        name_en=specialty.name_en,
        description_zh=specialty.description_zh,
        description_en=specialty.description_en,
        season_months=specialty.season_months,
        opening_days=specialty.opening_days,
    )


def _mark(mark: Mark) -> dict[str, Any]:
    entered = {name: value for name, value in mark.document.items() if name != "region_code"}
    return {**entered, "mark_id": mark.id, "display_name": entered.get("display_name", entered["name"])}


def _producer(row: Producer) -> facts.Producer:
    return facts.Producer(
        id=row.id,
        region_code=row.region_code,
        name=row.name,
        kind=row.kind,
        uscc=row.uscc,
        seller_type=row.seller_type,
        public=row.public,
        tokens=row.tokens,
        admitted=row.admission_state == "admitted",
    )


async def draft_out(db: AsyncSession, listing: Listing) -> ListingDraft:
    """A listing as its operators see it."""
    submitted = await listings.find_version(db, listing.id, listing.submitted_version)
    waiting = await find_waiting(db, listing.id)
    today = clock.business_today()
    return ListingDraft(
        id=listing.id,
        version=listing.version,
        state=listing.state,  # type: ignore[arg-type]  # The table's constraint holds it to the same words.
        specialty_id=listing.specialty_id,
        region=places.region_name(listing.region_code, today),
        category=places.category_name(listing.category_code),
        draft=ListingDraftBody.model_validate(listing.draft),
        draft_changed=submitted is None or facts.sha256_of(submitted.body) != facts.sha256_of(listing.draft),
        submitted_version=listing.submitted_version,
        in_force_version=listing.in_force_version,
        listed_lots=listing.listed_lots,
        warnings=await _warnings(db, listing),
        waiting=review_out(waiting) if waiting else None,
        withdrawn_reason=listing.withdrawn_reason,
        updated_at=listing.updated_at,
    )


async def _warnings(db: AsyncSession, listing: Listing) -> list[FieldWarning]:
    """What the gate will say of the producers' codes, at the lots that name them."""
    lots = listing.draft["lots"]
    producers = await records.find_producers(db, [lot["producer_id"] for lot in lots])
    found: list[FieldWarning] = []
    for place, lot in enumerate(lots):
        producer = producers[lot["producer_id"]]
        field = f"lots.{place}.producer_id"
        said = records.uscc_warnings(producer.uscc, producer.kind)
        found.extend(warning.model_copy(update={"field": field}) for warning in said)
    return found


def listing_card(listing: Listing, body: dict[str, Any], specialty: Specialty, state: str) -> Card:
    """The card of a listing from a form or a submitted version; its price is that of the cheapest lot."""
    cheapest = min(body["lots"], key=lambda lot: int(lot["price_fen"]), default=None)
    return Card(
        kind="listing",
        id=listing.id,
        title_zh=body["title_zh"],
        title_en=body.get("title_en") or specialty.name_en,
        region=places.region_name(listing.region_code, clock.business_today()),
        category=places.category_name(listing.category_code),
        season_months=specialty.season_months,
        state=state,
        specialty_id=listing.specialty_id,
        listing_id=listing.id,
        event_id=body["event_id"],
        lots_listed=listing.listed_lots,
        price_from_fen=cheapest["price_fen"] if cheapest else None,
        price_unit=cheapest["price_unit"] if cheapest else None,
        net_grams=cheapest["net_grams"] if cheapest else None,
        published_at=clock.business_now(),
    )
