"""The registry of force majeure."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.compliance.actions import registry
from services.compliance.routes.asked import AnyId, Around, Registrar, Scopes, Verifier
from services.compliance.schemas.registry import (
    DeclarationIn,
    EventBody,
    EventIn,
    EventOut,
    LiftIn,
    MayVerify,
    VerifyIn,
)
from services.contracts.values import RegionCode
from services.kit.actor import CurrentActor
from services.kit.db import Reading, Writing
from services.kit.http import require_version
from services.kit.idempotency import OptionalKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(prefix="/events", tags=["events"])


@router.post("", response_model=EventOut, status_code=201)
async def register_event(body: EventIn, around: Around, actor: Registrar, db: Writing, once: OptionalKey) -> Response:
    """Register an event with the declarations known so far."""
    return await once.answer(
        db, 201, lambda: registry.register_event(db, around, actor, body), location="/api/v1/events/{id}"
    )


@router.put("/{event_id}")
async def revise_event(
    request: Request,
    response: Response,
    event_id: AnyId,
    body: EventBody,
    around: Around,
    actor: Registrar,
    db: Writing,
) -> EventOut:
    """Correct an event; what was verified must then be verified again."""
    revised = await registry.revise_event(
        db, around, actor, event_id, body, expect=lambda version: require_version(request, version)
    )
    response.headers["etag"] = f'"{revised.version}"'
    return revised


@router.post("/{event_id}/declarations", response_model=EventOut, status_code=201)
async def add_declaration(
    event_id: AnyId, body: DeclarationIn, around: Around, actor: Registrar, db: Writing, once: OptionalKey
) -> Response:
    """Add a declaration; the event must then be verified again."""
    return await once.answer(db, 201, lambda: registry.add_declaration(db, around, actor, event_id, body))


@router.put("/{event_id}/declarations/{declaration_id}")
async def correct_declaration(
    request: Request,
    response: Response,
    event_id: AnyId,
    declaration_id: AnyId,
    body: DeclarationIn,
    around: Around,
    actor: Registrar,
    db: Writing,
) -> EventOut:
    """Correct a declaration, by the version of its event; the event must then be verified again."""
    corrected = await registry.correct_declaration(
        db, around, actor, event_id, declaration_id, body, expect=lambda version: require_version(request, version)
    )
    response.headers["etag"] = f'"{corrected.version}"'
    return corrected


@router.post("/{event_id}/declarations/{declaration_id}/lift", response_model=EventOut)
async def lift_declaration(
    event_id: AnyId,
    declaration_id: AnyId,
    body: LiftIn,
    actor: Registrar,
    db: Writing,
    once: OptionalKey,
) -> Response:
    """Record that the authority lifted its declaration."""
    return await once.answer(
        db, 200, lambda: registry.lift_declaration(db, actor, event_id, declaration_id, body.lifted_at)
    )


@router.post("/{event_id}/verify", response_model=EventOut)
async def verify_event(event_id: AnyId, body: VerifyIn, actor: Verifier, db: Writing, once: OptionalKey) -> Response:
    """Confirm that event and declarations are as registered; never by the one who registered them."""
    return await once.answer(db, 200, lambda: registry.verify_event(db, actor, event_id, body.version))


@router.get("")
async def list_events(
    db: Reading,
    scopes: Scopes,
    region: Annotated[RegionCode | None, Query(description="Events that struck this region or a part of it.")] = None,
    q: Annotated[str | None, Query(max_length=100, description="Words of the title.")] = None,
    verified: Annotated[bool | None, Query(description="Whether a verifier spoke for it as it stands.")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[EventOut]:
    """Registered events, newest first."""
    return await registry.list_events(db, region, q, cursor, limit, verified=verified, scopes=scopes)


@router.get("/{event_id}")
async def get_event(request: Request, response: Response, event_id: AnyId, db: Reading) -> EventOut:
    """One event with its declarations on their three scales."""
    event = await registry.get_event(db, event_id)
    response.headers["etag"] = f'"{event.version}"'
    return event


@router.get("/{event_id}/verification")
async def may_verify_event(event_id: AnyId, actor: CurrentActor, db: Reading) -> MayVerify:
    """Whether who asks may verify the event as it stands, and if not, why."""
    return await registry.may_verify(db, actor, event_id)
