"""Writing a listing: everything before it is submitted."""

from collections.abc import Iterator
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.actions.access import Change, refuse, require_documents, require_scope
from services.catalog.actions.forms import draft_out, form_of, listing_card
from services.catalog.actions.history import note_edit, told_of
from services.catalog.actions.holds import refuse_held_changes
from services.catalog.domain import facts
from services.catalog.domain.words import region_path
from services.catalog.errors import ListingGone
from services.catalog.models import Listing, Specialty
from services.catalog.schemas.listings import ListingDraft, ListingFacts, ListingIn, LotFacts
from services.catalog.schemas.lots import LotIn
from services.catalog.store import listings, places, records
from services.contracts import attributes, regions
from services.kit import clock
from services.kit.actor import Actor
from services.kit.ids import new_id
from services.kit.problem import BodyInvalid, FieldError


async def create_listing(db: AsyncSession, actor: Actor, body: ListingIn) -> ListingDraft:
    """Begin a listing of a specialty in the actor's region."""
    specialty = await _specialty(db, body.specialty_id)
    region_code = _place_of(body, specialty)
    require_scope(actor, region_code)
    await _check_body(db, actor, body, specialty)
    listing = Listing(
        id=new_id(),
        version=1,
        state="draft",
        specialty_id=specialty.id,
        region_code=region_code,
        region_path=region_path(region_code, clock.business_today()),
        category_code=specialty.category_code,
        draft={},
        card={},
        created_by=actor.account_id,
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    _write_draft(listing, specialty, body, {})
    db.add(listing)
    await db.flush()
    await note_edit(db, actor, listing, {}, action="entered")
    return await draft_out(db, listing)


def _place_of(body: ListingIn, specialty: Specialty) -> str:
    """Where a listing belongs: the specialty's region, or a county in it, since many counties may share a specialty."""
    code = body.region_code or specialty.region_code
    today = clock.business_today()
    places.check_region(code, today, "region_code")
    if not regions.covers(specialty.region_code, code, today):
        refuse(
            [
                FieldError(
                    "region_code",
                    f"The specialty is of {specialty.region_code}; name that region or one below it.",
                    f"该特产属于 {specialty.region_code}，请填写该地区或其下级地区。",
                )
            ]
        )
    return code


async def update_listing(
    db: AsyncSession, actor: Actor, listing_id: str, body: ListingIn, change: Change
) -> ListingDraft:
    """Replace the draft; lots keep their ids by producer and lot number."""
    listing = await own_listing(db, actor, listing_id, lock=True)
    change.check_version(listing.version)
    if body.specialty_id != listing.specialty_id:
        refuse(
            [
                FieldError(
                    "specialty_id",
                    "A listing stays with its specialty. Begin another one.",
                    "上架申报的特产不能更换，请另建上架申报。",
                )
            ]
        )
    _refuse_other_region(listing, body)
    specialty = await _specialty(db, body.specialty_id)
    await _check_body(db, actor, body, specialty)
    known = await listings.lot_ids(db, listing.id)
    known |= {(lot["producer_id"], lot["lot_number"]): lot["id"] for lot in listing.draft["lots"]}
    before = told_of(listing)
    _write_draft(listing, specialty, body, known)
    listing.version += 1
    await refuse_held_changes(db, listing)
    await db.flush()
    await note_edit(db, actor, listing, before, why=change.why)
    return await draft_out(db, listing)


def _refuse_other_region(listing: Listing, body: ListingIn) -> None:
    if body.region_code not in (None, listing.region_code):
        refuse(
            [
                FieldError(
                    "region_code",
                    "A listing stays with its region. Begin another one.",
                    "上架申报的地区不能更换，请另建。",
                )
            ]
        )


async def read_draft(db: AsyncSession, actor: Actor, listing_id: str) -> ListingDraft:
    """The draft, for operators of the region."""
    return await draft_out(db, await own_listing(db, actor, listing_id, gone=True))


async def read_facts(db: AsyncSession, actor: Actor, listing_id: str) -> ListingFacts:
    """What submitting the draft now would tell the gate, lot by lot."""
    listing = await own_listing(db, actor, listing_id)
    form = await form_of(db, listing)
    shared = facts.shared_facts(form)
    return ListingFacts(
        listing_id=listing.id,
        version=listing.version,
        event_id=listing.draft["event_id"],
        items=[
            LotFacts(
                lot_id=lot["id"],
                lot_number=lot["lot_number"],
                facts=facts.whole_facts(shared, facts.own_facts(form, lot)),
            )
            for lot in form.lots
        ],
    )


async def own_listing(
    db: AsyncSession, actor: Actor, listing_id: str, *, lock: bool = False, gone: bool = False
) -> Listing:
    """A listing of the actor's regions. Raises NotFound, RegionOutOfScope, and ListingGone unless `gone` is allowed."""
    listing = await listings.find_listing_row(db, listing_id, lock=lock)
    if listing is None:
        raise listings.no_listing(listing_id)
    require_scope(actor, listing.region_code)
    if listing.state == "withdrawn" and not gone:
        raise ListingGone(
            "It was withdrawn and cannot come back. Begin another listing of the specialty.",
            "已撤回的上架申报不能恢复，请为该特产另建上架申报。",
        )
    return listing


async def _specialty(db: AsyncSession, specialty_id: str) -> Specialty:
    specialty = await records.find_specialty(db, specialty_id)
    if specialty is None:
        raise BodyInvalid(
            "Correct the fields listed under `errors` and send it again.",
            "请按 `errors` 中的提示修改后重新提交。",
            errors=[FieldError("specialty_id", "There is no such specialty.", "没有这个特产。")],
        )
    return specialty


def _write_draft(listing: Listing, specialty: Specialty, body: ListingIn, known: dict[tuple[str, str], str]) -> None:
    draft = body.model_dump(mode="json", exclude_none=True, exclude={"specialty_id", "region_code"})
    for lot in draft["lots"]:
        lot["id"] = known.get((lot["producer_id"], lot["lot_number"])) or new_id()
    listing.draft = draft
    listing.card = listing_card(listing, draft, specialty, listing.state).model_dump(mode="json")
    listing.updated_at = clock.now()


async def _check_body(db: AsyncSession, actor: Actor, body: ListingIn, specialty: Specialty) -> None:
    """Raises BodyInvalid for what a form can know: producers, documents, regions, a lot entered twice."""
    producers = await records.find_producers(db, [lot.producer_id for lot in body.lots])
    errors = [
        FieldError(f"lots.{place}.producer_id", "There is no such producer.", "没有这个生产主体。")
        for place, lot in enumerate(body.lots)
        if lot.producer_id not in producers
    ]
    refuse([*errors, *_repeated(body.lots), *_of_another_kind(body.lots, specialty.category_code)])
    today = clock.business_today()
    for place, lot in enumerate(body.lots):
        for field, code in regions_named(lot):
            places.check_region(code, today, f"lots.{place}.{field}")
    await require_documents(db, actor, dict(_documents_named(body.model_dump(mode="json", exclude_none=True), "")))


def _of_another_kind(lots: list[LotIn], category_code: str) -> Iterator[FieldError]:
    for place, lot in enumerate(lots):
        for name, en, zh in attributes.problems(category_code, lot.attributes or {}):
            yield FieldError(f"lots.{place}.attributes.{name}", en, zh)


def _repeated(lots: list[LotIn]) -> Iterator[FieldError]:
    seen: set[tuple[str, str]] = set()
    for place, lot in enumerate(lots):
        key = (lot.producer_id, lot.lot_number)
        if key in seen:
            yield FieldError(
                f"lots.{place}.lot_number",
                "This producer's lot number stands in the listing twice.",
                "同一生产主体的批次号在本上架申报中重复。",
            )
        seen.add(key)


def regions_named(lot: LotIn) -> Iterator[tuple[str, str]]:
    """(field, code) of every region that a lot names."""
    if lot.origin_region_code is not None:
        yield "origin_region_code", lot.origin_region_code
    for place, code in enumerate(lot.declared_warehouses or ()):
        yield f"declared_warehouses.{place}", code
    for place, code in enumerate(lot.delivery_region_codes):
        yield f"delivery_region_codes.{place}", code


def _documents_named(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """(SHA-256, field) of every document that a form names, wherever in it; what proves a text is named by its hash."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        here = f"{path}.{name}" if path else str(name)
        if isinstance(inner, str) and str(name).endswith(("sha256", "evidence_id")):
            yield inner, here
        else:
            yield from _documents_named(inner, here)
