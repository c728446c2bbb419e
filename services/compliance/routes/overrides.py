"""Overrides of soft fails by two people of different organs."""

from fastapi import APIRouter, Response

from services.compliance.actions import overrides
from services.compliance.routes.asked import AnyId, Around, Inspecting, Reviewer
from services.compliance.schemas.people import OverrideIn, OverrideOut, ReasonIn
from services.kit.db import Reading, Writing
from services.kit.idempotency import RequiredKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(tags=["overrides"])


@router.post("/decisions/{decision_id}/overrides", response_model=OverrideOut, status_code=201)
async def propose_override(
    decision_id: AnyId, body: OverrideIn, actor: Reviewer, db: Writing, once: RequiredKey
) -> Response:
    """Propose to override one soft fail, with a reason that is published. A hard fail is overridden by nobody.

    It speaks once a reviewer of another organ has confirmed it; neither of the two may have a part in the case,
    belong to the applicant's or the presenter's organ, or report to them.
    """
    return await once.answer(
        db,
        201,
        lambda: overrides.propose_override(db, actor, decision_id, body),
        location="/api/v1/overrides/{id}",
    )


@router.get("/overrides")
async def list_overrides(actor: Inspecting, db: Reading, cursor: Cursor = None, limit: Limit = 20) -> Page[OverrideOut]:
    """Proposals in your regions that wait for a second person, oldest first."""
    return await overrides.list_proposed(db, actor, cursor, limit)


@router.get("/overrides/{override_id}")
async def get_override(override_id: AnyId, db: Reading) -> OverrideOut:
    """An override with both reasons; public."""
    return await overrides.get_override(db, override_id)


@router.post("/overrides/{override_id}/confirm", response_model=OverrideOut)
async def confirm_override(
    override_id: AnyId, body: ReasonIn, around: Around, actor: Reviewer, db: Writing, once: RequiredKey
) -> Response:
    """The second person's yes, with a published reason; the gate then decides again."""
    return await once.answer(
        db, 200, lambda: overrides.answer_override(db, around, actor, override_id, "confirmed", body)
    )


@router.post("/overrides/{override_id}/decline", response_model=OverrideOut)
async def decline_override(
    override_id: AnyId, body: ReasonIn, around: Around, actor: Reviewer, db: Writing, once: RequiredKey
) -> Response:
    """The second person's no, with a published reason; the answer of the gate stays."""
    return await once.answer(
        db, 200, lambda: overrides.answer_override(db, around, actor, override_id, "declined", body)
    )
