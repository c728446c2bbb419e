"""Entering officials, hosts and rooms. Raw identities end here: only tokens go on."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast import store
from services.broadcast.actions.access import path_of, refused_fields, require_region, require_scope
from services.broadcast.actions.surroundings import Expect, Surroundings
from services.broadcast.errors import AccountUnknown
from services.broadcast.models import Host, Official, Room
from services.broadcast.schemas.officials import (
    HostIn,
    HostOut,
    NewRoom,
    OfficialIn,
    OfficialOut,
    RoomOut,
)
from services.broadcast.store.people import host_document, official_out
from services.kit import clock
from services.kit.actor import Actor
from services.kit.problem import FieldError

HOST_FACTS = (
    "age_years",
    "guardian_consent",
    "real_name_verified",
    "training_passed_on",
    "tasted",
    "ai_generated",
)


async def _person(db: AsyncSession, body: OfficialIn | HostIn, around: Surroundings) -> str:
    """The person's token: of the account, or else of the raw identity."""
    if body.account_id is not None:
        account = await store.find_account(db, body.account_id)
        if account is None:
            raise AccountUnknown(
                f"Account {body.account_id} is not known here yet. Check the id, or try again in a moment.",
                f"尚未收到账户 {body.account_id} 的信息，请核对编号或稍后重试。",
                headers={"Retry-After": "1"},
            )
        return account.person
    if body.identity is None:
        raise refused_fields([FieldError("identity", "Give `account_id` or `identity`.", "请填写账户编号或身份信息。")])
    return around.token("id", body.identity)


async def add_official(db: AsyncSession, actor: Actor, body: OfficialIn, around: Surroundings) -> OfficialOut:
    """Enter an official."""
    _require_regions(body, around)
    require_scope(actor, body.organ.region_code)
    official = Official(
        person=await _person(db, body, around),
        entered_by=actor.account_id,
        entered_at=clock.business_now(),
        **_official_columns(body),
    )
    db.add(official)
    await db.flush()
    return official_out(official, None)


async def revise_official(
    db: AsyncSession, actor: Actor, official_id: str, body: OfficialIn, around: Surroundings, expect: Expect
) -> OfficialOut:
    """Change what is known of an official, never who it is."""
    official = await store.find_official(db, official_id, lock=True)
    expect(official.version)
    _require_regions(body, around)
    require_scope(actor, official.region_code)
    require_scope(actor, body.organ.region_code)
    if (body.identity or body.account_id) and await _person(db, body, around) != official.person:
        raise _another_person()
    for name, value in _official_columns(body).items():
        setattr(official, name, value)
    official.version += 1
    await db.flush()
    return official_out(official, await store.find_declaration(db, official_id))


def _another_person() -> Exception:
    return refused_fields(
        [FieldError("identity", "This is another person; enter them anew.", "与原登记不是同一人，请另行登记。")]
    )


def _require_regions(body: OfficialIn, around: Surroundings) -> None:
    require_region("organ.region_code", body.organ.region_code, demo=around.demo)
    for index, code in enumerate(body.jurisdiction):
        require_region(f"jurisdiction.{index}", code, demo=around.demo)


def _official_columns(body: OfficialIn) -> dict[str, Any]:
    return {
        "account_id": body.account_id,
        "post_zh": body.post_zh,
        "post_en": body.post_en,
        "organ": body.organ.model_dump(),
        "region_code": body.organ.region_code,
        "region_path": path_of(body.organ.region_code),
        "jurisdiction": body.jurisdiction,
        "civil_servant": body.civil_servant,
        "left_office_on": body.left_office_on,
    }


async def add_host(db: AsyncSession, actor: Actor, body: HostIn, around: Surroundings) -> HostOut:
    """Enter a host."""
    require_region("region_code", body.region_code, demo=around.demo)
    require_scope(actor, body.region_code)
    host = Host(
        person=await _person(db, body, around),
        entered_by=actor.account_id,
        entered_at=clock.business_now(),
        **_host_columns(body),
    )
    db.add(host)
    await db.flush()
    return HostOut.model_validate(host_document(host))


async def revise_host(
    db: AsyncSession, actor: Actor, host_id: str, body: HostIn, around: Surroundings, expect: Expect
) -> HostOut:
    """Change what is known of a host, never who it is."""
    host = await store.find_host(db, host_id, lock=True)
    expect(host.version)
    require_region("region_code", body.region_code, demo=around.demo)
    require_scope(actor, host.region_code)
    require_scope(actor, body.region_code)
    if (body.identity or body.account_id) and await _person(db, body, around) != host.person:
        raise _another_person()
    for name, value in _host_columns(body).items():
        setattr(host, name, value)
    host.version += 1
    await db.flush()
    return HostOut.model_validate(host_document(host))


def _host_columns(body: HostIn) -> dict[str, Any]:
    facts = body.model_dump(mode="json", include={*HOST_FACTS, "official"}, exclude_none=True)
    return {
        "region_code": body.region_code,
        "region_path": path_of(body.region_code),
        "account_id": body.account_id,
        "name": body.name,
        "position": body.position,
        "facts": facts,
    }


async def add_room(db: AsyncSession, body: NewRoom, around: Surroundings) -> RoomOut:
    """Open a further room."""
    require_region("region_code", body.region_code, demo=around.demo)
    room = Room(
        region_code=body.region_code,
        region_path=path_of(body.region_code),
        name_zh=body.name_zh,
        name_en=body.name_en,
        first=False,
    )
    db.add(room)
    await db.flush()
    return RoomOut.model_validate(room.model_dump())
