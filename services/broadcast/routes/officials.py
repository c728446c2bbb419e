"""Officials, their declarations, and the hosts who sell."""

from fastapi import APIRouter, Response

from services.broadcast import actions, store
from services.broadcast.routes.asked import Around, IfMatch, InRegion, Operator, OperatorOrAdministrator
from services.broadcast.schemas.fields import ReasonIn
from services.broadcast.schemas.officials import (
    DeclarationIn,
    DeclarationList,
    DeclarationOut,
    HostIn,
    HostOut,
    OfficialIn,
    OfficialOut,
)
from services.kit.actor import CurrentActor
from services.kit.db import Reading, Writing
from services.kit.idempotency import OptionalKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(tags=["officials"])


@router.post("/officials", status_code=201, response_model=OfficialOut)
async def add_official(
    body: OfficialIn, db: Writing, actor: OperatorOrAdministrator, around: Around, once: OptionalKey
) -> Response:
    """Enter an official who may speak for a region."""
    return await once.answer(
        db, 201, lambda: actions.add_official(db, actor, body, around), location="/api/v1/officials/{id}"
    )


@router.get("/officials")
async def list_officials(
    db: Reading, region: InRegion = None, cursor: Cursor = None, limit: Limit = 20
) -> Page[OfficialOut]:
    """Officials of a region, by post."""
    return await store.list_officials(db, region, cursor, limit)


@router.get("/officials/{official_id}")
async def get_official(official_id: str, db: Reading, response: Response) -> OfficialOut:
    """One official, by post, with the day of the latest declaration."""
    official = await store.get_official_out(db, official_id)
    response.headers["ETag"] = f'"{official.version}"'
    return official


@router.put("/officials/{official_id}")
async def revise_official(
    official_id: str, body: OfficialIn, expect: IfMatch, db: Writing, actor: OperatorOrAdministrator, around: Around
) -> OfficialOut:
    """Change post, organ or jurisdiction; the person stays the same."""
    return await actions.revise_official(db, actor, official_id, body, around, expect)


@router.post("/officials/{official_id}/declarations", status_code=201, response_model=DeclarationOut)
async def declare_interests(
    official_id: str, body: DeclarationIn, db: Writing, actor: CurrentActor, around: Around, once: OptionalKey
) -> Response:
    """Declare interests: the official for themself, or an operator who holds the signed paper."""
    return await once.answer(db, 201, lambda: actions.declare_interests(db, actor, official_id, body, around))


@router.get("/officials/{official_id}/declarations")
async def list_declarations(official_id: str, db: Reading, actor: CurrentActor) -> DeclarationList:
    """Every declaration of an official, newest first, with those withdrawn and why; never who is named in them."""
    return await actions.list_declarations(db, actor, official_id)


@router.post("/officials/{official_id}/declarations/{declaration_id}/withdraw", response_model=DeclarationOut)
async def withdraw_declaration(
    official_id: str, declaration_id: str, body: ReasonIn, db: Writing, actor: CurrentActor, once: OptionalKey
) -> Response:
    """Take a wrong declaration back, with a reason. It stays in the list; the one before it stands again."""
    return await once.answer(
        db, 200, lambda: actions.withdraw_declaration(db, actor, official_id, declaration_id, body)
    )


@router.post("/hosts", status_code=201, response_model=HostOut)
async def add_host(body: HostIn, db: Writing, actor: Operator, around: Around, once: OptionalKey) -> Response:
    """Enter a host."""
    return await once.answer(db, 201, lambda: actions.add_host(db, actor, body, around))


@router.get("/hosts")
async def list_hosts(
    db: Reading, actor: OperatorOrAdministrator, region: InRegion = None, cursor: Cursor = None, limit: Limit = 20
) -> Page[HostOut]:
    """Hosts of the caller's regions."""
    return await store.list_hosts(db, actor, region, cursor, limit)


@router.put("/hosts/{host_id}")
async def revise_host(
    host_id: str, body: HostIn, expect: IfMatch, db: Writing, actor: Operator, around: Around
) -> HostOut:
    """Change what is known of a host, such as this year's training; the person stays the same."""
    return await actions.revise_host(db, actor, host_id, body, around, expect)
