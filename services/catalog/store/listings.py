"""Listings, their versions and their lots, as they are written and answered."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.domain.access import may_see
from services.catalog.models import HeldFiling, Listing, ListingVersion, Lot, LotVersion
from services.catalog.schemas.listings import VersionList, VersionOut
from services.kit import clock
from services.kit.actor import Actor
from services.kit.problem import NotFound


async def find_listing_row(db: AsyncSession, listing_id: str, *, lock: bool = False) -> Listing | None:
    """The listing's row, locked when it is to be changed."""
    statement = select(Listing).where(Listing.id == listing_id)
    return (await db.exec(statement.with_for_update() if lock else statement)).first()


def no_listing(listing_id: str) -> NotFound:
    """The problem for a listing that is not there."""
    return NotFound(f"There is no listing {listing_id}.", f"没有编号为 {listing_id} 的上架申报。")


async def find_version(db: AsyncSession, listing_id: str, version: int | None) -> ListingVersion | None:
    """One submitted version."""
    return None if version is None else await db.get(ListingVersion, (listing_id, version))


async def list_lot_versions(db: AsyncSession, listing_id: str, version: int | None) -> Sequence[LotVersion]:
    """The lots of one version in their order."""
    if version is None:
        return []
    statement = select(LotVersion).where(LotVersion.listing_id == listing_id, LotVersion.version == version)
    return (await db.exec(statement.order_by(col(LotVersion.position)))).all()


async def find_lot_version(db: AsyncSession, lot_id: str, version: int) -> LotVersion | None:
    """A lot as it was in one listing version."""
    return await db.get(LotVersion, (lot_id, version))


async def lot_ids(db: AsyncSession, listing_id: str) -> dict[tuple[str, str], str]:
    """Ids of all lots the listing ever submitted, by producer and lot number."""
    rows = await db.exec(select(Lot).where(Lot.listing_id == listing_id))
    return {(row.producer_id, row.lot_number): row.id for row in rows}


async def find_holding_filings(db: AsyncSession, ids: Sequence[str]) -> Sequence[HeldFiling]:
    """The filings that hold any of these lots."""
    overlap = col(HeldFiling.lot_ids).bool_op("&&")(list(ids))
    return (await db.exec(select(HeldFiling).where(col(HeldFiling.holding), overlap))).all()


async def find_held_filing(db: AsyncSession, filing_id: str) -> HeldFiling | None:
    """A filing as it was last told, locked."""
    return (await db.exec(select(HeldFiling).where(HeldFiling.filing_id == filing_id).with_for_update())).first()


async def list_changed_since(db: AsyncSession, since: datetime) -> Sequence[Listing]:
    """Listings that were submitted once and changed since the instant."""
    statement = select(Listing).where(col(Listing.updated_at) >= since, col(Listing.submitted_version).is_not(None))
    return (await db.exec(statement.order_by(col(Listing.id)))).all()


async def list_versions(db: AsyncSession, listing_id: str, actor: Actor | None) -> VersionList:
    """Every submitted version, newest first; undecided ones only for those concerned. Raises NotFound."""
    listing = await find_listing_row(db, listing_id)
    if listing is None:
        raise no_listing(listing_id)
    statement = select(ListingVersion).where(ListingVersion.listing_id == listing_id)
    versions = (await db.exec(statement.order_by(col(ListingVersion.version).desc()))).all()
    if not may_see(actor, listing.region_code, clock.business_today()):
        versions = [version for version in versions if version.decided_at is not None]
    if not versions:
        raise no_listing(listing_id)
    lots = (await db.exec(select(LotVersion).where(LotVersion.listing_id == listing_id))).all()
    return VersionList(items=[_version_out(listing, version, lots) for version in versions])


def _version_out(listing: Listing, version: ListingVersion, lots: Sequence[LotVersion]) -> VersionOut:
    return VersionOut.model_validate(
        {
            "version": version.version,
            "state": version.state,
            "in_force": listing.state != "withdrawn" and version.version == listing.in_force_version,
            "content_sha256": version.content_sha256,
            "submitted_at": version.submitted_at,
            "decided_at": version.decided_at,
            "lots": {lot.lot_id: lot.state for lot in lots if lot.version == version.version},
        }
    )
