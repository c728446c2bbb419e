"""What a filing holds: a lot named in it may leave its listing, but not change while the filing stands."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.domain.facts import content_of
from services.catalog.errors import ListingOnAir
from services.catalog.models import HeldFiling, Listing
from services.catalog.store import listings


async def refuse_held_changes(db: AsyncSession, listing: Listing) -> None:
    """Raises ListingOnAir when the draft changes a held lot, or what all lots share while one of them is held.

    What an operator wrote is compared with what the filing pinned, not the facts: those of a producer may be
    verified anew at any time, and that must not stop the listing's other lots.
    """
    kept = {lot["id"]: lot for lot in listing.draft["lots"]}
    for filing in await listings.find_holding_filings(db, list(kept)):
        for lot_id, version in filing.pinned.items():
            if lot_id not in kept:
                continue
            pinned = await listings.find_lot_version(db, lot_id, version)
            if pinned is not None and content_of(pinned.body) != content_of(kept[lot_id]):
                raise _on_air(filing, kept[lot_id])
            shared = await listings.find_version(db, listing.id, version)
            if shared is not None and content_of(shared.body) != content_of(listing.draft):
                raise _on_air(filing, None)


def _on_air(filing: HeldFiling, lot: dict[str, Any] | None) -> ListingOnAir:
    what_en = f"Lot {lot['lot_number']}" if lot else "The title, description, open call and season"
    what_zh = f"批次 {lot['lot_number']}" if lot else "标题、说明、公开征集和产季"
    return ListingOnAir(
        f"{what_en} cannot change while filing {filing.filing_id} is {filing.state}. "
        "Withdraw the lot, or change it after the broadcast.",
        f"{what_zh}已列入直播申报 {filing.filing_id}，期间不能修改；可将批次撤出，或在直播结束后修改。",
        filing_id=filing.filing_id,
        broadcast_id=filing.broadcast_id,
        lot_id=lot["id"] if lot else None,
    )
