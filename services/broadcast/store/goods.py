"""What a shelf rests on: goods as listings described them, the gate's answers about lots, and stock set aside."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.models import GoodsCopy, LotDecision, LotGoLive, StockCopy
from services.broadcast.store.projections import keep_newest
from services.contracts.catalog import ListingSubmitted, SubmittedLot
from services.contracts.compliance import DecisionMade
from services.contracts.orders import StockAllocated, StockShort


@dataclass(frozen=True, slots=True)
class Answers:
    """What the gate last said about a lot, as offered and on its way to a room."""

    listed: LotDecision | None
    golive: LotGoLive | None


async def save_goods(db: AsyncSession, event: ListingSubmitted) -> None:
    """The lots of a listing version, as it described them; a version never changes."""
    rows = [_goods(event, lot) for lot in event.lots]
    if rows:
        await db.execute(insert(GoodsCopy).values(rows).on_conflict_do_nothing())


def _goods(event: ListingSubmitted, lot: SubmittedLot) -> dict[str, Any]:
    suppliers = event.facts.get("suppliers") or []
    named = [each for each in suppliers if each.get("uscc") == lot.producer_uscc]
    shown = event.sellers.get(lot.lot_id)
    return {
        "lot_id": lot.lot_id,
        "listing_version": event.version,
        "listing_id": event.entity_id,
        "title_zh": event.title_zh,
        "title_en": event.title_en,
        "lot": lot.facts.get("lot") or {},
        "seller": (lot.facts.get("seller") or {}) | {"shown": shown.model_dump() if shown else None},
        "supplier": named[0] if named else {},
        "media": [*lot.facts.get("media", ()), *event.facts.get("media", ())],
    }


async def list_goods(db: AsyncSession, pinned: Iterable[dict[str, Any]]) -> dict[str, GoodsCopy]:
    """The goods of filed lots, in the listing versions that were filed."""
    pairs = [(lot_id, pin["listing_version"]) for pin in pinned for lot_id in pin["lot_ids"]]
    if not pairs:
        return {}
    named = sa.tuple_(col(GoodsCopy.lot_id), col(GoodsCopy.listing_version)).in_(pairs)
    return {row.lot_id: row for row in (await db.exec(select(GoodsCopy).where(named))).all()}


async def save_lot_golive(db: AsyncSession, event: DecisionMade) -> None:
    """The newest answer about a lot on its way to a room."""
    row = {
        "lot_id": event.about.id,
        "decision_id": event.entity_id,
        "outcome": event.outcome,
        "decided_at": event.decided_at,
        "valid_until": event.valid_until,
        "not_passed": [result.model_dump() for result in event.not_passed],
    }
    await keep_newest(db, LotGoLive, row, order="decided_at")


async def answers_about(db: AsyncSession, lot_ids: Sequence[str]) -> dict[str, Answers]:
    """What the gate last said about these lots."""
    listed = (await db.exec(select(LotDecision).where(col(LotDecision.lot_id).in_(lot_ids)))).all()
    golive = (await db.exec(select(LotGoLive).where(col(LotGoLive.lot_id).in_(lot_ids)))).all()
    by_listing = {row.lot_id: row for row in listed}
    by_golive = {row.lot_id: row for row in golive}
    return {lot_id: Answers(by_listing.get(lot_id), by_golive.get(lot_id)) for lot_id in lot_ids}


async def save_stock(db: AsyncSession, event: StockAllocated | StockShort) -> bool:
    """What orders set aside for a broadcast, or what fell short; False when a newer state is known."""
    units = event.units if isinstance(event, StockAllocated) else {}
    short = [each.model_dump() for each in event.short] if isinstance(event, StockShort) else []
    row = {"broadcast_id": event.entity_id, "version": event.version, "units": units, "short": short}
    return await keep_newest(db, StockCopy, row)


async def find_stock(db: AsyncSession, broadcast_id: str) -> StockCopy | None:
    """What is set aside for a broadcast."""
    return await db.get(StockCopy, broadcast_id, populate_existing=True)
