"""What happens to filings when a listing or a lot that they take to market is withdrawn."""

from collections.abc import Collection

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast import store
from services.broadcast.actions.announce import shift
from services.broadcast.actions.filing_anew import ask_anew, by_catalog
from services.broadcast.actions.room.shelf_care import take_listing_off_shelves
from services.broadcast.domain import facts
from services.broadcast.domain.life import Move
from services.broadcast.models import Filing
from services.contracts.catalog import ListingDecided, ListingWithdrawn
from services.kit import clock


async def take_listing_decided(db: AsyncSession, event: ListingDecided) -> None:
    """Keep the version in force; a lot that is not in it any more leaves the filings that named it."""
    if await store.save_listing(db, event):
        await _drop_lots(db, event.entity_id, event.lots.keys())


async def take_listing_withdrawn(db: AsyncSession, event: ListingWithdrawn) -> None:
    """The listing is off the market, and out of every filing."""
    if await store.withdraw_listing(db, event):
        await _drop_lots(db, event.entity_id, ())


async def _drop_lots(db: AsyncSession, listing_id: str, offered: Collection[str]) -> None:
    await take_listing_off_shelves(db, listing_id, offered)
    for filing in await store.filings_with_listing(db, listing_id):
        pinned = next(pin["lot_ids"] for pin in filing.pinned if pin["listing_id"] == listing_id)
        gone = frozenset(pinned) - set(offered)
        if gone and filing.starts_at > clock.business_now():
            await _file_without(db, filing, gone)


async def _file_without(db: AsyncSession, filing: Filing, gone: frozenset[str]) -> None:
    """Without these lots it is another content, which nobody approved; without any lot there is nothing to sell."""
    cause = by_catalog(
        f"所选批次已撤回：{len(gone)} 个。内容有变，须重新审批。",
        f"Lots were withdrawn: {len(gone)}. The content has changed and must be approved again.",
    )
    left = [pin for pin in (facts.listing_without(each, gone) for each in filing.pinned) if pin["lot_ids"]]
    if not left:
        cause = by_catalog(
            "所选上架申报已全部撤回，没有可供销售的批次。请另选批次后重新提交。",
            "Everything that it would have sold was withdrawn. Choose other lots and submit it again.",
        )
        await shift(db, filing, Move.LOTS_GONE, cause)
        return
    filing.pinned = left
    filing.content = facts.without_lots(filing.content, gone)
    await ask_anew(db, filing, None)
    await shift(db, filing, Move.REFILE, cause)
