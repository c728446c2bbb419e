"""Writing what an import found out: producers, changed lots in their drafts, new lots in drafts of their own."""

from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.actions.forms import listing_card
from services.catalog.actions.history import edit_by, producer_event, told_of
from services.catalog.actions.imports.known import Known
from services.catalog.actions.imports.lots import LotPlan, NewLot
from services.catalog.actions.imports.producers import ProducerPlan
from services.catalog.actions.records import rewrite_producer
from services.catalog.domain.facts import content_of
from services.catalog.domain.sheets.rows import Rows
from services.catalog.domain.words import region_path
from services.catalog.models import Edit, Listing, Producer, Specialty
from services.catalog.schemas.listings import MOST_LOTS, ListingIn
from services.catalog.store import imports, listings
from services.kit import clock
from services.kit.ids import new_id
from services.kit.outbox import enqueue

WHY = "表格导入 / imported from a spreadsheet"

Group = tuple[str, str, str, str | None]


async def blame_held(db: AsyncSession, sheet: Rows | None, plan: LotPlan) -> None:
    """A lot that a filing holds cannot change; the rows that would change one are faults."""
    changed = {body["id"]: (row, body) for row, _, body in plan.changed}
    if sheet is None or not changed:
        return
    for filing in await listings.find_holding_filings(db, list(changed)):
        for lot_id, version in filing.pinned.items():
            if lot_id not in changed:
                continue
            row, body = changed[lot_id]
            pinned = await listings.find_lot_version(db, lot_id, version)
            if pinned is not None and content_of(pinned.body) != content_of(body):
                sheet.blame(
                    row,
                    "lot_number",
                    f"This lot cannot change while filing {filing.filing_id} is {filing.state}. Withdraw it, or change "
                    "it after the broadcast.",
                    f"该批次已列入直播申报 {filing.filing_id}，期间不能修改；可将批次撤出，或在直播结束后修改。",
                )


async def write_plan(db: AsyncSession, known: Known, producers: ProducerPlan, lots: LotPlan, *, dry_run: bool) -> int:
    """Write everything, or with `dry_run` nothing; the number of listings that are begun for new lots."""
    touched = _changed_drafts(lots)
    begun = _place(known, lots.new, touched)
    if dry_run:
        return len(begun)
    edits = await _write_producers(db, known, producers)
    for listing, drafted in touched.values():
        edits.append(_rewrite(known, listing, drafted))
    for specialty, listing, drafted in begun:
        _begin(listing, specialty, drafted)
        db.add(listing)
        edits.append(edit_by(known.actor, listing, {}, action="entered", why=WHY, after=_entered(listing)))
    await db.flush()
    db.add_all([edit for edit in edits if edit is not None])
    await db.flush()
    return len(begun)


async def _write_producers(db: AsyncSession, known: Known, plan: ProducerPlan) -> list[Edit | None]:
    await imports.add_producers(db, plan.new)
    new = [Producer(**row) for row in plan.new]
    edits = [edit_by(known.actor, producer, {}, action="entered", why=WHY) for producer in new]
    for producer, columns in plan.changed:
        before = told_of(producer)
        rewrite_producer(known.actor, producer, columns)
        edits.append(edit_by(known.actor, producer, before, why=WHY))
    await db.flush()
    await enqueue(db, *(producer_event(producer) for producer in (*new, *(row for row, _ in plan.changed))))
    return edits


Drafts = dict[str, tuple[Listing, list[dict[str, Any]]]]


def _changed_drafts(plan: LotPlan) -> Drafts:
    """Listing id → the listing and its lots as they are to be."""
    drafts: Drafts = {}
    for _, placed, body in plan.changed:
        listing = placed.listing
        _, lots = drafts.setdefault(listing.id, (listing, list(listing.draft["lots"])))
        lots[placed.at] = body
    return drafts


def _place(
    known: Known, new: Sequence[NewLot], touched: Drafts
) -> list[tuple[Specialty, Listing, list[dict[str, Any]]]]:
    """Put each new lot into a draft that was never submitted and has room, or into one that is begun for it."""
    begun: list[tuple[Specialty, Listing, list[dict[str, Any]]]] = []
    rooms: dict[Group, list[list[dict[str, Any]]]] = {}
    for lot in new:
        group = (lot.specialty.id, lot.season, lot.event_id, lot.title_zh)
        if group not in rooms:
            rooms[group] = _open_rooms(known, group, touched)
        room = next((lots for lots in rooms[group] if len(lots) < MOST_LOTS), None)
        if room is None:
            room = []
            begun.append((lot.specialty, _blank(known, lot), room))
            rooms[group] = [room]
        room.append(lot.body)
    return begun


def _open_rooms(known: Known, group: Group, touched: Drafts) -> list[list[dict[str, Any]]]:
    specialty_id, season, event_id, title = group
    found = []
    for listing in known.open_drafts.get((specialty_id, season, event_id), ()):
        if title is not None and listing.draft["title_zh"] != title:
            continue
        if len(listing.draft["lots"]) < MOST_LOTS:
            found.append(touched.setdefault(listing.id, (listing, list(listing.draft["lots"])))[1])
    return found


def _rewrite(known: Known, listing: Listing, lots: list[dict[str, Any]]) -> Edit | None:
    if lots == listing.draft["lots"]:
        return None
    before = told_of(listing)
    specialty = next(each for rows in known.specialties.values() for each in rows if each.id == listing.specialty_id)
    listing.version += 1
    _write(listing, specialty, {**listing.draft, "lots": lots})
    return edit_by(known.actor, listing, before, why=WHY)


def _blank(known: Known, lot: NewLot) -> Listing:
    specialty = lot.specialty
    body = ListingIn(
        specialty_id=specialty.id,
        season=lot.season,
        event_id=lot.event_id,
        title_zh=lot.title_zh or f"{specialty.name_zh} {lot.season}",
    )
    return Listing(
        id=new_id(),
        version=1,
        state="draft",
        specialty_id=specialty.id,
        region_code=specialty.region_code,
        region_path=region_path(specialty.region_code, clock.business_today()),
        category_code=specialty.category_code,
        draft=body.model_dump(mode="json", exclude_none=True, exclude={"specialty_id"}),
        card={},
        created_by=known.actor.account_id,
        created_at=clock.now(),
        updated_at=clock.now(),
    )


def _entered(listing: Listing) -> dict[str, Any]:
    """What the history says of a listing that was begun: its own fields and which lots. Their fields stand in it."""
    shared = {name: value for name, value in listing.draft.items() if name != "lots"}
    return {**shared, "lot_numbers": [lot["lot_number"] for lot in listing.draft["lots"]]}


def _begin(listing: Listing, specialty: Specialty, lots: list[dict[str, Any]]) -> None:
    _write(listing, specialty, {**listing.draft, "lots": lots})


def _write(listing: Listing, specialty: Specialty, draft: dict[str, Any]) -> None:
    listing.draft = draft
    listing.card = listing_card(listing, draft, specialty, listing.state).model_dump(mode="json")
    listing.updated_at = clock.now()
