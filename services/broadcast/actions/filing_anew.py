"""Filing a content: everything that must hold before the gate and the level above are asked, then the reservation."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast import store
from services.broadcast.actions.access import path_of, refused_fields, region_names
from services.broadcast.actions.announce import Cause, by_actor, require_move, shift
from services.broadcast.actions.case import gather
from services.broadcast.actions.content import content_document, require_people, require_plan, texts_of
from services.broadcast.actions.surroundings import Surroundings
from services.broadcast.domain import facts, places
from services.broadcast.domain.life import Move
from services.broadcast.domain.plan import in_china
from services.broadcast.errors import FilingIncomplete, ListingGone, ListingUnknown, NoLevelAbove, SlotTaken
from services.broadcast.models import Filing, KnownListing, Official, Room
from services.broadcast.schemas.filings import FiledListingIn, FilingContent
from services.contracts import regions
from services.kit import clock
from services.kit.actor import Actor
from services.kit.problem import FieldError


async def file_anew(db: AsyncSession, filing: Filing, actor: Actor, around: Surroundings, move: Move) -> None:
    """Submit the filing's present content: pin listings, reserve slots, forget an earlier approval, announce.

    `move` is submit, or refile for one that was under way.
    """
    require_move(filing, move)
    content = FilingContent.model_validate(filing.content)
    official = await _require_complete(db, content)
    write_columns(filing, content)
    filing.approving_region = _level_above(official)
    filing.official_id = official.id
    filing.presenter_person, filing.presenter_account = official.person, official.account_id
    filing.pinned, filing.event_id = await _pin(db, filing, content, keep=move is Move.REFILE)
    filing.submitted_at = clock.business_now()
    filing.applicant_account, filing.applicant_person = actor.account_id, actor.person
    await reserve(db, filing, content, official)
    await ask_anew(db, filing, around)
    await shift(db, filing, move, by_actor(actor, "operator"))


def columns_of(content: FilingContent) -> dict[str, Any]:
    """What lists and the calendar read of a content."""
    return {
        "region_code": content.region_code,
        "region_path": path_of(content.region_code),
        "title_zh": content.title_zh,
        "title_en": content.title_en or content.title_zh,
        "starts_at": content.starts_at,
        "ends_at": content.ends_at,
        "room_id": None,
        "official_id": content.official_id,
        "slow_sales_ids": content.slow_sales_ids,
        "content": content_document(content),
    }


def write_columns(filing: Filing, content: FilingContent) -> None:
    """Let the filing say this."""
    for name, value in columns_of(content).items():
        setattr(filing, name, value)


async def ask_anew(db: AsyncSession, filing: Filing, around: Surroundings | None) -> None:
    """Put the filing's facts together again; an approval of what it was before is void.

    Without surroundings the texts stay as they are.
    """
    filing.approval, filing.approver_account, filing.approver_person = None, None, None
    filing.official_version = await store.find_official_version(db, filing.official_id)
    case = await gather(db, filing)
    if around is None:
        texts = (filing.facts or {}).get("texts", [])
    else:
        texts, by_hash = facts.text_documents(await texts_of(filing.content, around))
        for text in by_hash:
            await around.blobs.put(text.encode())
    filing.content_sha256 = facts.content_sha256(case)
    filing.facts = facts.case_facts(case, texts)


async def would_be_sha256(db: AsyncSession, filing: Filing, content: Mapping[str, Any]) -> str:
    """The hash that the filing would have with this content and the pins that it would keep."""
    case = await gather(db, filing, content)
    listings = [FiledListingIn.model_validate(each) for each in content.get("listings", [])]
    kept = [_kept_pin(filing, each) or each.model_dump() | {"listing_version": 0} for each in listings]
    return facts.content_sha256(replace(case, pinned=kept))


async def _require_complete(db: AsyncSession, content: FilingContent) -> Official:
    errors = []
    if content.official_id is None:
        errors.append(FieldError("official_id", "Choose the official who speaks.", "请选择介绍地区的官员。"))
    if not content.listings:
        errors.append(
            FieldError("listings", "Choose at least one listing and its lots.", "请至少选择一份上架申报及其批次。")
        )
    if not content.segments:
        errors.append(FieldError("segments", "Plan the segments.", "请填写时段安排。"))
    if errors:
        raise FilingIncomplete(errors[0].en, errors[0].zh, errors=errors)
    require_plan(content)
    official = await require_people(db, content)
    if official is None:
        raise FilingIncomplete("Choose the official who speaks.", "请选择介绍地区的官员。")
    return official


def _level_above(official: Official) -> str:
    above = places.approving_region(official.region_code, official.organ.get("level"), clock.business_today())
    if above is None:
        raise NoLevelAbove(
            f"The {official.post_en} has no level above that could approve; a provincial leader cannot present here. "
            "Choose an official of a prefecture or county.",
            f"{official.post_zh}没有可以审批的上级，省级领导不能在此介绍地区。请改由市、县官员担任。",
        )
    return above


async def _pin(
    db: AsyncSession, filing: Filing, content: FilingContent, *, keep: bool
) -> tuple[list[dict[str, Any]], str]:
    """The listing versions to pin and the event they rest on. A refiled one keeps the versions it had."""
    known = await store.find_listings(db, [each.listing_id for each in content.listings])
    pins, events, errors = [], set(), []
    for index, wanted in enumerate(content.listings):
        listing = known.get(wanted.listing_id)
        _require_offered(wanted, listing)
        if listing is not None:
            errors += _outside(index, filing, listing)
            events.add(listing.event_id)
            pins.append((_kept_pin(filing, wanted) if keep else None) or _new_pin(wanted, listing))
    if len(events) > 1:
        errors.append(FieldError("listings", "The listings rest on different events.", "所选上架申报依据的事件不同。"))
    if errors:
        raise refused_fields(errors)
    return pins, events.pop()


def _require_offered(wanted: FiledListingIn, listing: KnownListing | None) -> None:
    if listing is None:
        raise ListingUnknown(
            f"Listing {wanted.listing_id} has no answer of the gate yet. Wait until it has, then submit again.",
            f"上架申报 {wanted.listing_id} 尚无核验结果，请待结果返回后再提交。",
            headers={"Retry-After": "1"},
        )
    missing = [lot for lot in wanted.lot_ids if lot not in listing.lots]
    if listing.withdrawn or missing:
        named = ", ".join(missing) or wanted.listing_id
        raise ListingGone(
            f"No longer offered: {named}. Take it out of the filing.",
            f"已不再供应：{named}。请从报备中移除。",
            lot_ids=missing,
        )


def _outside(index: int, filing: Filing, listing: KnownListing) -> list[FieldError]:
    if regions.covers(filing.region_code, listing.region_code, clock.business_today()):
        return []
    return [
        FieldError(
            f"listings.{index}.listing_id",
            f"The listing is of {listing.region_code}, outside the region of the filing ({filing.region_code}).",
            f"该上架申报属于 {listing.region_code}，不在本报备的地区（{filing.region_code}）内。",
        )
    ]


def _kept_pin(filing: Filing, wanted: FiledListingIn) -> dict[str, Any] | None:
    for pin in filing.pinned:
        if pin["listing_id"] == wanted.listing_id and set(wanted.lot_ids) <= set(pin["lot_ids"]):
            return dict(pin) | {"lot_ids": wanted.lot_ids, "units": wanted.units or {}}
    return None


def _new_pin(wanted: FiledListingIn, listing: KnownListing) -> dict[str, Any]:
    return {
        "listing_id": wanted.listing_id,
        "listing_version": listing.decided_version,
        "lot_ids": wanted.lot_ids,
        "units": wanted.units or {},
        "title_zh": listing.title_zh,
        "title_en": listing.title_en,
    }


async def reserve(db: AsyncSession, filing: Filing, content: FilingContent, official: Official) -> None:
    """Take the room and everybody's time. Raises SlotTaken, naming what is taken and when, and nothing else."""
    room = await _room(db, filing, content)
    filing.room_id = room.id
    hosts = await store.hosts_by_id(db, content.host_ids)
    people = {official.person: ("official", official.post_en, official.post_zh)}
    people |= {host.person: ("host", host.name, host.name) for host in hosts.values()}
    resources = [("room", room.id), *(("person", person) for person in people)]
    taken = await store.reserve_slots(db, filing.broadcast_id, resources, content.starts_at, content.ends_at)
    if taken:
        names = people | {room.id: ("room", room.name_en, room.name_zh)}
        raise _slot_taken(taken, names)


def _slot_taken(taken: list[store.Taken], names: Mapping[str, tuple[str, str, str]]) -> SlotTaken:
    en, zh, listed = [], [], []
    for each in taken:
        kind, name_en, name_zh = names[each.resource_id]
        start, end = in_china(each.starts_at), in_china(each.ends_at)
        en.append(f"{name_en} ({kind}) from {start} to {end}")
        zh.append(f"{name_zh}（{start} 至 {end}）")
        listed.append(
            {
                "resource": kind,
                "name_zh": name_zh,
                "name_en": name_en,
                "from": facts.instant_text(each.starts_at),
                "to": facts.instant_text(each.ends_at),
            }
        )
    return SlotTaken(
        f"Taken: {'; '.join(en)}. Choose another time, or somebody or somewhere else.",
        f"以下资源已被占用：{'；'.join(zh)}。请另选时间、人员或直播间。",
        taken=listed,
    )


async def _room(db: AsyncSession, filing: Filing, content: FilingContent) -> Room:
    today = clock.business_today()
    if content.room_id is None:
        zh, en = region_names(filing.region_code)
        path = path_of(filing.region_code)
        return await store.add_first_room(db, filing.region_code, path, f"{zh}直播间", f"{en} Broadcast Room")
    room = await store.find_room(db, content.room_id)
    if room is None or not regions.covers(room.region_code, filing.region_code, today):
        raise refused_fields([FieldError("room_id", "This is no room of the region.", "该直播间不属于本地区。")])
    return room


def by_catalog(reason_zh: str, reason_en: str) -> Cause:
    """The catalogue's own cause: a listing or lot was withdrawn."""
    return Cause(by="catalog", reason_zh=reason_zh, reason_en=reason_en)
