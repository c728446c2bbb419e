"""Edits and prices: rows are added here and never changed, and read back in the order of time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.domain.access import may_see
from services.catalog.domain.prices import Charged, lowest_in, median, per_kilogram
from services.catalog.models import Edit, Listing, ListingVersion, LotVersion, PriceChange
from services.catalog.schemas.history import EditOut, MedianOut, PriceHistory, PriceOut
from services.catalog.store.places import category_name, known_region, region_name
from services.contracts import regions
from services.kit import clock
from services.kit.actor import Actor
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import NotFound

# What the public learns of a listing is what was submitted and became of it, not what is being written.
_ADDED = ("region", "by_account", "title_zh", "title_en")
_PUBLIC_ACTIONS = ("submitted", "decided", "withdrawn", "change_approved", "change_refused")


async def list_edits(
    db: AsyncSession,
    kind: str | None,
    record_id: str | None,
    actor: Actor | None,
    cursor: str | None,
    limit: int,
    region: str | None = None,
) -> Page[EditOut]:
    """Edits of one record, or of every record of a region and below, newest first.

    Undecided ones are only for those concerned.
    """
    if region is not None:
        known_region(region)
    wanted = select(Edit).order_by(sa.desc(col(Edit.id))).limit(limit + 1)
    if kind is not None:
        wanted = wanted.where(col(Edit.kind) == kind)
    if record_id is not None:
        wanted = wanted.where(col(Edit.record_id) == record_id)
    if region is not None:
        wanted = wanted.where(col(Edit.region_path).bool_op("@>")([region]))
    if not await _concerned(db, kind, record_id, actor):
        wanted = wanted.where(_public())
    if cursor is not None:
        wanted = wanted.where(col(Edit.id) < decode_cursor(cursor, str)[0])
    rows = (await db.exec(wanted)).all()
    if not rows and record_id is not None and cursor is None:
        raise NotFound("There is no history of this in public.", "没有可公开的修改记录。")
    more = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    titles = await _titles(db, {row.record_id for row in rows[:limit]})
    return Page(items=[_edit_out(row, actor, titles) for row in rows[:limit]], next=more)


async def _titles(db: AsyncSession, ids: set[str]) -> dict[str, tuple[str, str]]:
    """Record id → its name in Chinese and English; of a listing as it is in force."""
    found = await db.execute(_TITLES, {"ids": list(ids)})
    return {row.id: (row.zh, row.en or row.zh) for row in found}


_TITLES = sa.text("""
SELECT id, name AS zh, public->>'name_en' AS en FROM catalog.producer WHERE id = ANY(:ids)
UNION ALL SELECT id, name_zh, name_en FROM catalog.specialty WHERE id = ANY(:ids)
UNION ALL SELECT id, document->>'name', document->>'name' FROM catalog.mark WHERE id = ANY(:ids)
UNION ALL SELECT l.id, v.page->>'title_zh', v.page->>'title_en' FROM catalog.listing l
  JOIN catalog.listing_version v ON v.listing_id = l.id AND v.version = l.in_force_version WHERE l.id = ANY(:ids)""")


def _public() -> Any:
    decided = (
        sa.exists()
        .where(col(ListingVersion.listing_id) == col(Edit.record_id))
        .where(col(ListingVersion.version) <= col(Edit.version))
        .where(col(ListingVersion.decided_at).is_not(None))
    )
    return sa.or_(col(Edit.kind) != "listing", sa.and_(col(Edit.action).in_(_PUBLIC_ACTIONS), decided))


async def _concerned(db: AsyncSession, kind: str | None, record_id: str | None, actor: Actor | None) -> bool:
    if actor is None or record_id is None:
        return False
    newest = select(Edit.region_code).where(Edit.record_id == record_id).order_by(sa.desc(col(Edit.id))).limit(1)
    code = (await db.exec(newest.where(Edit.kind == kind) if kind else newest)).first()
    return code is not None and may_see(actor, code, clock.business_today())


def _edit_out(row: Edit, actor: Actor | None, titles: dict[str, tuple[str, str]]) -> EditOut:
    shown = EditOut.model_validate(
        {name: getattr(row, name) for name in EditOut.model_fields if name not in _ADDED}
        | dict(zip(("title_zh", "title_en"), titles.get(row.record_id, (None, None)), strict=True))
        | {"region": region_name(row.region_code, clock.business_today()), "by_account": None}
    )
    if may_see(actor, row.region_code, clock.business_today()):
        shown.by_account = row.by_account
    return shown


async def add_edit(db: AsyncSession, edit: Edit) -> None:
    """Keep one change."""
    db.add(edit)
    await db.flush()


_TAKE_UNTOLD = sa.text("""
DELETE FROM catalog.edit_untold WHERE id IN (
  SELECT id FROM catalog.edit_untold ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED)
RETURNING id, region_code, sha256
""")


async def take_untold(db: AsyncSession, most: int) -> list[tuple[str, str]]:
    """Edits of which the log has not heard, for good, in the order in which they were made: region and hash."""
    rows = (await db.execute(_TAKE_UNTOLD, {"most": most})).all()
    return [(row.region_code, row.sha256) for row in sorted(rows, key=lambda row: row.id)]


async def note_prices(
    db: AsyncSession, listing: Listing, lots: Sequence[LotVersion], since_at: datetime, new_id: Any
) -> None:
    """Note what changed of the prices: of lots that are listed now, and of those that no longer are."""
    known = await _latest(db, listing.id)
    listed = {lot.lot_id: lot for lot in lots if lot.state == "listed"}
    for lot_id, lot in listed.items():
        before = known.get(lot_id)
        if before is None or (before.price_fen, before.net_grams) != (lot.price_fen, lot.net_grams):
            values = (lot.price_fen, lot.net_grams, str(lot.body["price_unit"]), lot.version)
            db.add(_price(listing, lot_id, values, since_at, new_id()))
    for lot_id, before in known.items():
        if lot_id not in listed and before.price_fen is not None:
            gone = (None, before.net_grams, before.price_unit, listing.in_force_version or before.listing_version)
            db.add(_price(listing, lot_id, gone, since_at, new_id()))
    await db.flush()


def _price(
    listing: Listing, lot_id: str, values: tuple[int | None, int, str, int], since_at: datetime, identity: str
) -> PriceChange:
    price_fen, net_grams, price_unit, version = values
    return PriceChange(
        id=identity,
        lot_id=lot_id,
        listing_id=listing.id,
        listing_version=version,
        since_at=since_at,
        price_fen=price_fen,
        net_grams=net_grams,
        price_unit=price_unit,
        region_path=listing.region_path,
        category_code=listing.category_code,
    )


async def _latest(db: AsyncSession, listing_id: str) -> dict[str, PriceChange]:
    rows = await db.exec(select(PriceChange).where(PriceChange.listing_id == listing_id).order_by(col(PriceChange.id)))
    return {row.lot_id: row for row in rows}


async def find_prices(db: AsyncSession, lot_id: str) -> PriceHistory:
    """What the lot cost since it was first listed, its low of thirty days, and what others ask. Raises NotFound."""
    rows = (await db.exec(select(PriceChange).where(PriceChange.lot_id == lot_id).order_by(col(PriceChange.id)))).all()
    if not rows:
        raise NotFound("This lot was never listed, so it has no prices.", "该批次从未上架，没有价格记录。")
    now = clock.business_now()
    low = lowest_in([Charged(row.since_at, row.price_fen) for row in rows], now)
    return PriceHistory(
        lot_id=lot_id,
        items=[_price_out(row) for row in reversed(rows)],
        low_30d_fen=low.price_fen if low else None,
        low_30d_since_at=low.since_at if low else None,
        medians=[
            _median_out(rows[-1].category_code, *asked)
            for asked in await _asked_now(db, rows[-1].category_code, _wider(rows[-1]))
        ],
    )


def _price_out(row: PriceChange) -> PriceOut:
    return PriceOut(
        since_at=row.since_at,
        price_fen=row.price_fen,
        price_unit=row.price_unit,
        net_grams=row.net_grams,
        per_kilogram_fen=per_kilogram(row.price_fen, row.net_grams) if row.price_fen else None,
        listing_version=row.listing_version,
    )


def _wider(row: PriceChange) -> list[str | None]:
    """The county, its province, and None for the whole country."""
    found = [regions.known(code) for code in row.region_path]
    provinces = [each.code for each in found if each is not None and each.level == "province"]
    return [*dict.fromkeys([row.region_path[0], *provinces[:1]]), None]


def _median_out(category_code: str, code: str | None, offers: int, middle: Sequence[int]) -> MedianOut:
    return MedianOut(
        region=region_name(code, clock.business_today()) if code else None,
        category=category_name(category_code),
        offers=offers,
        per_kilogram_fen=median(offers, middle),
    )


async def median_around(db: AsyncSession, listing: Listing) -> int | None:
    """What a kilogram of such goods costs in the province, else in the country; None when too few offer it."""
    known = [regions.known(code) for code in listing.region_path]
    provinces = [each.code for each in known if each is not None and each.level == "province"]
    asked = await _asked_now(db, listing.category_code, [*provinces[:1], None])
    return next((found for _, offers, middle in asked if (found := median(offers, middle)) is not None), None)


# The middle offers are read from the order of the index; nothing is sorted.
_ASKED_NOW = sa.text("""
SELECT asked.place, counted.offers, coalesce(middle.asks, '{}') AS asks
FROM unnest(CAST(:places AS text[])) WITH ORDINALITY AS asked (place, at)
CROSS JOIN LATERAL (SELECT count(*) AS offers FROM catalog.offer AS o
  WHERE o.category_code = :category AND o.place = asked.place) AS counted
CROSS JOIN LATERAL (SELECT array_agg(per_kilogram_fen) AS asks FROM (
  SELECT o.per_kilogram_fen FROM catalog.offer AS o WHERE o.category_code = :category AND o.place = asked.place
  ORDER BY o.per_kilogram_fen OFFSET (counted.offers - 1) / 2 LIMIT 2 - counted.offers % 2) AS one) AS middle
ORDER BY asked.at""")


async def _asked_now(
    db: AsyncSession, category_code: str, codes: Sequence[str | None]
) -> list[tuple[str | None, int, list[int]]]:
    """Of each place (None: the country) how many offers of such goods are on the market, and what the middle ones ask
    for a kilogram.
    """
    places = {"places": [code or "" for code in codes], "category": category_code}
    return [(row.place or None, row.offers, row.asks) for row in await db.execute(_ASKED_NOW, places)]
