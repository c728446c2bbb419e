"""Whether a new version may go on to the gate by rule, or waits for a reviewer because it changes too much."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.actions.history import office_of
from services.catalog.domain.risk import Terms, risks
from services.catalog.models import ChangeReview, Listing, ListingVersion, LotVersion
from services.catalog.store import listings
from services.catalog.store.admission import find_waiting
from services.catalog.store.history import median_around
from services.kit import clock
from services.kit.actor import Actor
from services.kit.ids import new_id


async def hold_for_review(
    db: AsyncSession, actor: Actor, listing: Listing, version: ListingVersion, rows: Sequence[LotVersion]
) -> bool:
    """Keep a version that changes listed lots too much until a reviewer has looked; False where it may go on."""
    await drop_waiting(db, listing)
    in_force = await listings.list_lot_versions(db, listing.id, listing.in_force_version)
    before = {lot.lot_id: _terms(lot) for lot in in_force if lot.state == "listed"}
    median = await median_around(db, listing) if before else None
    found = risks(before, [(row.lot_id, _terms(row)) for row in rows], median)
    if not found:
        return False
    db.add(
        ChangeReview(
            id=new_id(),
            listing_id=listing.id,
            listing_version=version.version,
            region_code=listing.region_code,
            region_path=listing.region_path,
            title_zh=version.page["title_zh"],
            title_en=version.page["title_en"],
            state="waiting",
            risks=[risk.document() for risk in found],
            asked_by_office=office_of(actor),
            asked_by_person=actor.person,
            asked_at=clock.business_now(),
        )
    )
    await db.flush()
    return True


async def drop_waiting(db: AsyncSession, listing: Listing) -> None:
    """A change that waits comes to nothing: a newer version was submitted, or the listing is gone."""
    waiting = await find_waiting(db, listing.id)
    if waiting is not None:
        waiting.state = "superseded"
        await db.flush()


def _terms(row: LotVersion) -> Terms:
    return Terms(str(row.body["lot_number"]), row.price_fen, row.net_grams, row.offered_units)
