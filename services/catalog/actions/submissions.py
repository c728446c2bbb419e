"""Submitting a listing to the gate, and taking it off the market."""

from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.actions.access import Change
from services.catalog.actions.drafts import own_listing
from services.catalog.actions.forms import draft_out, form_of
from services.catalog.actions.history import note_edit
from services.catalog.actions.holds import refuse_held_changes
from services.catalog.actions.waiting import drop_waiting, hold_for_review
from services.catalog.domain import facts
from services.catalog.errors import (
    ListingBeingChecked,
    ListingEmpty,
    ListingTooLarge,
    ListingUnchanged,
    ProducerNotAdmitted,
)
from services.catalog.models import Listing, ListingDocument, ListingVersion, Lot, LotVersion
from services.catalog.schemas.listings import ListingDraft
from services.catalog.store import cards, listings, places
from services.catalog.store.history import note_prices
from services.contracts.catalog import ListingSubmitted, ListingWithdrawn, SubmittedLot
from services.kit import clock
from services.kit.actor import Actor
from services.kit.event import LARGEST_EVENT_BYTES
from services.kit.ids import new_id
from services.kit.outbox import enqueue

MOST_TEXT_BYTES = 64 * 1024

Facts = dict[str, Any]


async def submit_listing(db: AsyncSession, actor: Actor, listing_id: str, change: Change) -> ListingDraft:
    """Make the draft the newest version and tell the gate its facts; what is in force stays so until it is decided."""
    listing = await own_listing(db, actor, listing_id, lock=True)
    change.check_version(listing.version)
    form = await form_of(db, listing)
    if not form.lots:
        raise ListingEmpty("Add at least one lot before submitting.", "请至少添加一个批次后再提交。")
    _refuse_the_unadmitted(form)
    shared = facts.shared_facts(form)
    own = [facts.own_facts(form, lot) for lot in form.lots]
    earlier = await listings.find_version(db, listing.id, listing.submitted_version)
    before = {lot.lot_id: lot for lot in await listings.list_lot_versions(db, listing.id, listing.submitted_version)}
    content = facts.sha256_of({"shared": shared, "lots": own})
    _refuse_repeat(earlier, list(before.values()), content)
    await refuse_held_changes(db, listing)
    listing.version += 1
    version = _version(listing, form, shared, content, actor)
    rows = [
        _lot_version(
            version, place, lot, own[place], _unchanged_since(earlier, shared, before.get(lot["id"]), own[place])
        )
        for place, lot in enumerate(form.lots)
    ]
    await _keep(db, listing, form, version, rows)
    await note_edit(db, actor, listing, earlier.body if earlier else {}, action="submitted", why=change.why)
    event = _small_enough(submitted_event(listing, version, rows))
    if not await hold_for_review(db, actor, listing, version, rows):
        await enqueue(db, event)
    return await draft_out(db, listing)


async def announce_submission(db: AsyncSession, listing: Listing, number: int) -> None:
    """Tell the gate of a version that waited for a reviewer."""
    version = await listings.find_version(db, listing.id, number)
    if version is not None:
        await enqueue(db, submitted_event(listing, version, await listings.list_lot_versions(db, listing.id, number)))


def _refuse_the_unadmitted(form: facts.Listing) -> None:
    waiting = [each for each in form.producers.values() if not each.admitted]
    if waiting:
        names = [each.name for each in waiting]
        raise ProducerNotAdmitted(
            f"Not admitted yet: {', '.join(names)}. A producer applies, its county recommends it and the platform "
            "reviews it; then its lots can be submitted.",
            f"尚未获准入驻：{'、'.join(names)}。生产主体申请后，须由县里推荐、平台审核，方可提交其批次。",
            producer_ids=[each.id for each in waiting],
        )


def _refuse_repeat(earlier: ListingVersion | None, before: Sequence[LotVersion], content: str) -> None:
    """The same content may be asked again only when something of it was not listed: its event may be verified now."""
    if earlier is None or earlier.content_sha256 != content:
        return
    if earlier.state == "submitted":
        raise ListingBeingChecked(
            "The gate is looking at it. Its answer will stand at the listing in a moment.",
            "正在核验，结果稍后显示在该上架申报页面。",
            version=earlier.version,
        )
    if all(lot.state == "listed" for lot in before):
        raise ListingUnchanged(
            "Every lot is listed with these very facts. Change something before you submit again.",
            "所有批次均已按现有内容上架，请修改后再提交。",
            version=earlier.version,
        )


def _unchanged_since(
    earlier: ListingVersion | None, shared: Facts, before: LotVersion | None, own: Facts
) -> int | None:
    """The version since which a listed lot's facts, shared ones included, are the same; None asks the gate anew."""
    if earlier is None or before is None or before.state != "listed":
        return None
    if earlier.facts != shared or before.facts != own:
        return None
    return before.unchanged_since or before.version


def _version(listing: Listing, form: facts.Listing, shared: Facts, content: str, actor: Actor) -> ListingVersion:
    return ListingVersion(
        listing_id=listing.id,
        version=listing.version,
        state="submitted",
        content_sha256=content,
        facts=shared,
        page=_page(form),
        body=listing.draft,
        submitted_by=actor.account_id,
        submitter_person=actor.person,
        submitted_at=clock.business_now(),
        demonstration=clock.is_set(),
    )


def _page(form: facts.Listing) -> dict[str, Any]:
    """What the listing's page says beside its lots, with names as they were on the day."""
    body, specialty = form.body, form.specialty
    return {
        "region": places.region_name(specialty.region_code, clock.business_today()).model_dump(mode="json"),
        "category": places.category_name(specialty.category_code).model_dump(mode="json"),
        "specialty_id": specialty.id,
        "season": body["season"],
        "season_months": list(specialty.season_months),
        "event_id": body["event_id"],
        "title_zh": body["title_zh"],
        "title_en": body.get("title_en") or specialty.name_en,
        "description_zh": body.get("description_zh", ""),
        "description_en": body.get("description_en", ""),
        "open_call": body.get("open_call"),
        "marks": list(form.marks),
        "sellers": {lot["id"]: _seller(form.producers[lot["producer_id"]]) for lot in form.lots},
    }


def _seller(producer: facts.Producer) -> dict[str, Any]:
    """What the seller's panel says of a producer as it is entered now."""
    return {
        "name": producer.name,
        "address": producer.public.get("address"),
        "contact": producer.public.get("contact"),
    }


def _lot_version(
    version: ListingVersion, position: int, lot: dict[str, Any], own: Facts, unchanged_since: int | None
) -> LotVersion:
    return LotVersion(
        lot_id=lot["id"],
        version=version.version,
        listing_id=version.listing_id,
        position=position,
        state="submitted",
        price_fen=lot["price_fen"],
        net_grams=lot["net_grams"],
        offered_units=lot["offered_units"],
        content_sha256=own["lot"]["content_sha256"],
        unchanged_since=unchanged_since,
        facts=own,
        body=lot,
    )


async def _keep(
    db: AsyncSession, listing: Listing, form: facts.Listing, version: ListingVersion, rows: Sequence[LotVersion]
) -> None:
    listing.submitted_version = version.version
    listing.state = "submitted"
    listing.card = {**listing.card, "state": "submitted"}
    listing.updated_at = clock.now()
    known = set((await listings.lot_ids(db, listing.id)).values())
    for lot in form.lots:
        if lot["id"] not in known:
            db.add(
                Lot(
                    id=lot["id"],
                    listing_id=listing.id,
                    producer_id=lot["producer_id"],
                    lot_number=lot["lot_number"],
                )
            )
    db.add(version)
    await db.flush()
    db.add_all(rows)
    db.add_all(
        ListingDocument(listing_id=listing.id, version=version.version, sha256=sha256)
        for sha256 in facts.documents_of(form)
    )
    await db.flush()


def submitted_event(listing: Listing, version: ListingVersion, rows: Sequence[LotVersion]) -> ListingSubmitted:
    """The version, whole, as the gate hears it."""
    return ListingSubmitted(
        entity_id=listing.id,
        version=version.version,
        region_code=listing.region_code,
        category_code=listing.category_code,
        specialty_id=listing.specialty_id,
        title_zh=version.page["title_zh"],
        title_en=version.page["title_en"],
        season=version.page["season"],
        event_id=version.page["event_id"],
        content_sha256=version.content_sha256,
        submitted_by=version.submitted_by,
        submitter_person=version.submitter_person,
        facts=version.facts,
        lots=tuple(
            SubmittedLot(
                lot_id=row.lot_id,
                lot_number=row.body["lot_number"],
                producer_uscc=row.facts["lot"].get("supplier_uscc", ""),
                content_sha256=row.content_sha256,
                unchanged_since=row.unchanged_since,
                facts=row.facts,
            )
            for row in rows
        ),
        sellers=version.page.get("sellers") or {},
        producers={row.lot_id: row.body["producer_id"] for row in rows},
    )


def _small_enough(event: ListingSubmitted) -> ListingSubmitted:
    """Raises ListingTooLarge for what an event may not carry: then it is two listings of one specialty."""
    prose = facts.text_bytes(event.facts) + sum(facts.text_bytes(lot.facts) for lot in event.lots)
    if prose > MOST_TEXT_BYTES or len(event.model_dump_json().encode()) > LARGEST_EVENT_BYTES:
        raise ListingTooLarge(
            "Its texts may have 64 kB together and all its facts 256 kB. Shorten them, or divide the lots into two "
            "listings of the same specialty.",
            "各项文字合计不超过 64 kB，全部内容不超过 256 kB。请精简文字，或将批次分为同一特产的两份上架申报。",
        )
    return event


async def withdraw_listing(db: AsyncSession, actor: Actor, listing_id: str, reason: str) -> ListingDraft:
    """Take the listing off the market at once, even while a filing holds its lots."""
    listing = await own_listing(db, actor, listing_id, lock=True)
    listing.version += 1
    listing.announced_version = listing.version
    listing.state = "withdrawn"
    listing.card = {**listing.card, "state": "withdrawn", "lots_listed": 0}
    listing.listed_lots = 0
    listing.withdrawn_reason = reason
    listing.updated_at = clock.now()
    await db.flush()
    await drop_waiting(db, listing)
    await note_edit(db, actor, listing, listing.draft, action="withdrawn", why=reason)
    await note_prices(db, listing, (), clock.business_now(), new_id)
    await cards.drop_cards(db, listing.id)
    if listing.submitted_version is not None:
        await enqueue(db, withdrawn_event(listing))
    return await draft_out(db, listing)


def withdrawn_event(listing: Listing) -> ListingWithdrawn:
    """The withdrawal, as others hear it."""
    return ListingWithdrawn(
        entity_id=listing.id,
        version=listing.announced_version or listing.version,
        region_code=listing.region_code,
        reason=listing.withdrawn_reason or "",
    )
