"""The registry of force majeure: events are registered by one person, verified by another, and lifted in time."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.declaring import declaration_values, new_declaration
from services.compliance.actions.gate import ask_again_what_rests_on
from services.compliance.actions.surroundings import Surroundings
from services.compliance.actions.trail import About, by, note
from services.compliance.domain.access import outside, region_line
from services.compliance.domain.registry import all_lifted, event_fact, instant_text, papers_in
from services.compliance.domain.trail import Action
from services.compliance.errors import (
    AlreadyLifted,
    AlreadyVerified,
    CategoryUnknown,
    OwnCase,
    RegionUnknown,
    WrongRegion,
)
from services.compliance.models import Declaration, ForceMajeure, Verification
from services.compliance.schemas.registry import (
    DeclarationIn,
    EventBody,
    EventIn,
    EventOut,
    MayVerify,
    VerificationOut,
)
from services.compliance.store import copies
from services.compliance.store import registry as store
from services.contracts import regions
from services.contracts.categories import category
from services.contracts.compliance import ForceMajeureChanged
from services.kit import clock
from services.kit.actor import Actor
from services.kit.attached import require_attached
from services.kit.ids import new_id
from services.kit.outbox import EventTooLarge, enqueue
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import (
    BodyInvalid,
    BodyTooLarge,
    FieldError,
    NotAllowed,
    NotFound,
    Problem,
    VersionChanged,
)

Expect = Callable[[int], None]

_SHOWN_ORGAN = ("name", "kind", "level", "region_code")


async def register_event(db: AsyncSession, around: Surroundings, actor: Actor, body: EventIn) -> EventOut:
    """A new event, by a registrar of all its regions."""
    codes = _codes(around, body)
    require_scope(actor, codes)
    document = _body(body)
    await require_attached(around.blobs, actor, papers_in(document))
    now = clock.business_now()
    event = ForceMajeure(
        id=new_id(),
        version=1,
        content_version=1,
        title_zh=body.title_zh,
        title_en=body.title_en,
        event_type=body.event_type,
        occurred_at=body.occurred_at,
        region_codes=codes,
        region_line=region_line(codes, clock.business_today()),
        body=document,
        registered_by=actor.account_id,
        registrar_person=actor.person,
        registrar_organ=await organ_of(db, actor),
        registered_at=now,
        changed_at=now,
    )
    declarations = [await new_declaration(around, event.id, declared) for declared in body.declarations]
    await store.add_event(db, event, declarations)
    return await _announce(db, event, actor, "event.registered")


async def revise_event(
    db: AsyncSession, around: Surroundings, actor: Actor, event_id: str, body: EventBody, expect: Expect
) -> EventOut:
    """Correct an event; who verified it must look again."""
    event = await _locked(db, event_id)
    expect(event.version)
    codes = _codes(around, body)
    require_scope(actor, [*event.region_codes, *codes])
    document = _body(body)
    await require_attached(around.blobs, actor, papers_in(document), papers_in(event.body).values())
    event.title_zh, event.title_en = body.title_zh, body.title_en
    event.event_type, event.occurred_at = body.event_type, body.occurred_at
    event.region_codes, event.region_line = codes, region_line(codes, clock.business_today())
    event.body = document
    _changed(event, content=True)
    return await _announce(db, event, actor, "event.revised")


async def add_declaration(
    db: AsyncSession, around: Surroundings, actor: Actor, event_id: str, body: DeclarationIn
) -> EventOut:
    """One more declaration; who verified the event must look again."""
    event = await _locked(db, event_id)
    require_scope(actor, event.region_codes)
    await store.add_declaration(db, await new_declaration(around, event_id, body))
    _changed(event, content=True)
    return await _announce(db, event, actor, "event.declared")


async def correct_declaration(
    db: AsyncSession,
    around: Surroundings,
    actor: Actor,
    event_id: str,
    declaration_id: str,
    body: DeclarationIn,
    expect: Expect,
) -> EventOut:
    """A declaration that was entered wrongly; who verified the event must look again."""
    event = await _locked(db, event_id)
    expect(event.version)
    require_scope(actor, event.region_codes)
    declared = await _declared(db, event_id, declaration_id)
    for name, value in (await declaration_values(around, body)).items():
        setattr(declared, name, value)
    await store.save(db, declared)
    _changed(event, content=True)
    return await _announce(db, event, actor, "event.revised")


async def lift_declaration(
    db: AsyncSession, actor: Actor, event_id: str, declaration_id: str, lifted_at: datetime
) -> EventOut:
    """The authority lifted its declaration. A lift only narrows what the event excuses, so the verification stands."""
    event = await _locked(db, event_id)
    require_scope(actor, event.region_codes)
    declared = await _declared(db, event_id, declaration_id)
    if declared.issued_at is not None and lifted_at < declared.issued_at:
        wrong = FieldError("lifted_at", "It is lifted after it was issued.", "解除时间须晚于发布时间。")
        raise BodyInvalid(wrong.en, wrong.zh, errors=[wrong])
    if declared.lifted_at is not None:
        raise AlreadyLifted(
            f"It was lifted at {instant_text(declared.lifted_at)}.", f"已于 {instant_text(declared.lifted_at)} 解除。"
        )
    declared.lifted_at = lifted_at
    await store.save(db, declared)
    _changed(event, content=False)
    return await _announce(db, event, actor, "event.lifted")


async def verify_event(db: AsyncSession, actor: Actor, event_id: str, version: int | None) -> EventOut:
    """A verifier's word on the event as it stands; never that of its registrar."""
    event = await _locked(db, event_id)
    if version is not None and version != event.version:
        raise VersionChanged(
            f"The event is at version {event.version} now. Read it again before you verify it.",
            f"事件当前版本为 {event.version}，请重新阅读后再核实。",
            version=event.version,
        )
    await _require_verifier(db, actor, event)
    word = Verification(
        force_majeure_id=event_id,
        person=actor.person,
        content_version=event.content_version,
        account_id=actor.account_id,
        organ=await organ_of(db, actor),
        verified_at=clock.business_now(),
    )
    await store.save(db, word)
    _changed(event, content=False)
    return await _announce(db, event, actor, "event.verified")


async def may_verify(db: AsyncSession, actor: Actor, event_id: str) -> MayVerify:
    """Whether the actor may verify the event as it stands; what would be refused is said before it is tried."""
    event = await store.find_event(db, event_id)
    if event is None:
        raise _no_event(event_id)
    why: Problem | None = None
    try:
        await _require_verifier(db, actor, event)
    except (OwnCase, WrongRegion, AlreadyVerified, NotAllowed) as problem:
        why = problem
    return MayVerify(
        event_id=event.id,
        version=event.version,
        may_verify=why is None,
        why_not_zh=why.zh if why else None,
        why_not_en=why.en if why else None,
    )


async def _require_verifier(db: AsyncSession, actor: Actor, event: ForceMajeure) -> None:
    """Raises OwnCase, NotAllowed, WrongRegion or AlreadyVerified."""
    if actor.account_id == event.registered_by or actor.person == event.registrar_person:
        raise OwnCase("You registered this event; somebody else must verify it.", "该事件由您登记，须由其他人员核实。")
    if not actor.has("verifier"):
        raise NotAllowed(
            "Somebody else verifies it, who has the role of a verifier.", "须由具有核实员角色的其他人员核实。"
        )
    require_scope(actor, event.region_codes)
    spoken = (await store.list_verifications(db, [event]))[event.id]
    if any(verification.person == actor.person for verification in spoken):
        raise AlreadyVerified("Nothing has changed since you verified it.", "自您核实以来内容没有变化。")


async def get_event(db: AsyncSession, event_id: str) -> EventOut:
    """One event. Raises NotFound."""
    event = await store.find_event(db, event_id)
    if event is None:
        raise _no_event(event_id)
    return (await _shown(db, [event]))[0]


async def list_events(
    db: AsyncSession,
    region: str | None,
    words: str | None,
    cursor: str | None,
    limit: int,
    *,
    verified: bool | None = None,
    scopes: Sequence[str] | None = None,
) -> Page[EventOut]:
    """Events that struck a region or a part of it, newest first; `scopes`: that struck a part of these."""
    codes = region_line([region], clock.business_today()) if region else None
    before = str(decode_cursor(cursor, str)[0]) if cursor else None
    clean = (words or "").replace("\x00", "").strip() or None
    rows = await store.list_events(db, codes, clean, before, limit + 1, verified=verified, scopes=scopes)
    items = await _shown(db, rows[:limit])
    return Page(items=items, next=encode_cursor(rows[limit - 1].id) if len(rows) > limit else None)


async def event_changes(db: AsyncSession, events: Sequence[ForceMajeure]) -> list[ForceMajeureChanged]:
    """The present state of events, as announced."""
    shown = await _shown(db, events)
    return [
        ForceMajeureChanged(
            entity_id=event.id,
            version=event.version,
            title_zh=event.title_zh,
            title_en=event.title_en,
            region_codes=tuple(event.region_codes),
            verified=event.verified,
            lifted=event.lifted,
            document=event.document,
        )
        for event in shown
    ]


def require_scope(actor: Actor, codes: Iterable[str]) -> None:
    """Raises WrongRegion, naming the region and what the actor's regions are."""
    wrong = outside(actor.scopes, codes, clock.business_today())
    if wrong:
        named, yours = "、".join(_named(code) for code in wrong[:5]), "、".join(_named(code) for code in actor.scopes)
        raise WrongRegion(
            f"{named} is outside of your regions ({yours or 'none'}). Somebody who acts there must do this.",
            f"{named}不在您的地区范围（{yours or '无'}）之内，请由有权限的人员办理。",
            regions=wrong[:5],
            scopes=list(actor.scopes),
        )


async def organ_of(db: AsyncSession, actor: Actor) -> dict[str, Any] | None:
    """The organ for which the actor acts, as accounts told it; by its name alone when it has told nothing yet."""
    known = (await copies.list_accounts(db, [actor.account_id])).get(actor.account_id)
    if known is not None and known.organ is not None:
        return {name: known.organ.get(name) for name in _SHOWN_ORGAN if known.organ.get(name) is not None}
    return {"name": actor.organ} if actor.organ else None


def require_category(code: str, field: str) -> None:
    """Raises CategoryUnknown."""
    if category(code) is None:
        raise CategoryUnknown(
            f"There is no category {code}; see /api/v1/categories.",
            f"没有品类 {code}，请查阅 /api/v1/categories。",
            errors=[FieldError(field, "No such category.", "没有这个品类。")],
        )


def require_region(code: str, field: str, *, demo: bool) -> None:
    """Raises RegionUnknown; invented regions exist in demonstrations only."""
    row = regions.known(code)
    if row is None or (row.demo and not demo):
        raise RegionUnknown(
            f"There is no region {code}; a code has six digits, as in GB/T 2260. See /api/v1/regions.",
            f"没有代码为 {code} 的地区；代码为 GB/T 2260 的六位数字，请查阅 /api/v1/regions。",
            errors=[FieldError(field, "No such region.", "没有这个地区。")],
        )


def _named(code: str) -> str:
    row = regions.known(code)
    return f"{row.name_zh}（{code}）" if row else code


def _codes(around: Surroundings, body: EventBody) -> list[str]:
    for index, region in enumerate(body.regions):
        require_region(region.code, f"regions.{index}.code", demo=around.settings.demo)
    for index, impact in enumerate(body.impacts):
        require_category(impact.category_code, f"impacts.{index}.category_code")
    for index, zone in enumerate(body.quarantines):
        # A zone whose place or goods nobody knows would hold back nothing.
        require_region(zone.region_code, f"quarantines.{index}.region_code", demo=around.settings.demo)
        for place, code in enumerate(zone.category_codes or ()):
            require_category(code, f"quarantines.{index}.category_codes.{place}")
    return list(dict.fromkeys(region.code for region in body.regions))


def _body(body: EventBody) -> dict[str, Any]:
    """What the rules read of the event beside its title and declarations, under the names of the facts."""
    names = {"event_type", "cause", "hazard", "point_hazard", "affected_season", "regions", "impacts", "quarantines"}
    document = body.model_dump(mode="json", include=names, exclude_none=True)
    return {**document, "occurred_at": instant_text(body.occurred_at)}


async def _declared(db: AsyncSession, event_id: str, declaration_id: str) -> Declaration:
    for declared in (await store.list_declarations(db, [event_id]))[event_id]:
        if declared.id == declaration_id:
            return declared
    raise NotFound(f"The event has no declaration {declaration_id}.", f"该事件没有编号为 {declaration_id} 的公告。")


async def _locked(db: AsyncSession, event_id: str) -> ForceMajeure:
    event = await store.find_event(db, event_id, locked=True)
    if event is None:
        raise _no_event(event_id)
    return event


def _no_event(event_id: str) -> NotFound:
    return NotFound(f"There is no event {event_id} in the registry.", f"登记簿中没有编号为 {event_id} 的事件。")


def _changed(event: ForceMajeure, *, content: bool) -> None:
    event.version += 1
    event.content_version += 1 if content else 0
    event.changed_at = clock.business_now()


async def _announce(db: AsyncSession, event: ForceMajeure, actor: Actor, act: Action) -> EventOut:
    """Write the event and the act, tell the others, and have everything that rests on it asked again."""
    await store.save(db, event)
    role = "verifier" if act == "event.verified" else "registrar"
    await note(db, act, About("event", event.id, event.region_codes[0]), by(actor, role, await organ_of(db, actor)))
    try:
        await enqueue(db, *await event_changes(db, [event]))
    except EventTooLarge as error:
        raise BodyTooLarge(
            "The event with all its declarations is too large to be told to others. Shorten it.",
            "事件连同全部公告的内容过多，无法通知其他服务，请精简。",
        ) from error
    await ask_again_what_rests_on(db, [f"event:{event.id}"])
    return (await _shown(db, [event]))[0]


async def _shown(db: AsyncSession, events: Sequence[ForceMajeure]) -> list[EventOut]:
    declarations = await store.list_declarations(db, [event.id for event in events])
    verifications = await store.list_verifications(db, events)
    return [_out(event, declarations[event.id], verifications[event.id]) for event in events]


def _out(event: ForceMajeure, declarations: list[Declaration], verifications: list[Verification]) -> EventOut:
    words = [
        VerificationOut(
            organ=(word.organ or {}).get("name"),
            organ_level=(word.organ or {}).get("level"),
            verified_at=word.verified_at,
        )
        for word in verifications
    ]
    return EventOut(
        id=event.id,
        version=event.version,
        title_zh=event.title_zh,
        title_en=event.title_en,
        region_codes=event.region_codes,
        occurred_at=event.occurred_at,
        verified=bool(words),
        lifted=all_lifted(declarations),
        registered_by_organ=(event.registrar_organ or {}).get("name"),
        verifications=words,
        document=event_fact(event.id, event.version, event.title_zh, event.body, declarations),
        registered_at=event.registered_at,
        changed_at=event.changed_at,
    )
