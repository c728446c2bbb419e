"""Reading decisions as they were given, and asking them again."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.compliance.actions import reading
from services.compliance.routes.asked import AnyId
from services.compliance.schemas.checks import DecisionBrief, DecisionOut, ReplayOut, SubjectKind
from services.kit.actor import MaybeActor
from services.kit.db import Reading
from services.kit.http import json_bytes
from services.kit.page import Cursor, Limit, Page

router = APIRouter(tags=["decisions"])

Link = Annotated[str | None, Query(max_length=64, description="The link token given with the answer.")]


@router.get("/decisions/{decision_id}", response_model=DecisionOut)
async def get_decision(
    request: Request, decision_id: AnyId, actor: MaybeActor, db: Reading, link: Link = None
) -> Response:
    """A decision, byte for byte as it was first given."""
    decision = await reading.get_decision(db, request.app.state.surroundings, actor, decision_id, link)
    return json_bytes(request, decision.document, max_age=300 if decision.is_public else 0, public=decision.is_public)


@router.get("/decisions")
async def list_decisions(
    actor: MaybeActor,
    db: Reading,
    subject_kind: SubjectKind,
    subject_id: Annotated[str, Query(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z._-]+$")],
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[DecisionBrief]:
    """Decisions about one of our subjects, newest first."""
    return await reading.list_decisions(db, actor, subject_kind, subject_id, cursor, limit)


@router.get("/decisions/{decision_id}/replay")
async def replay_decision(
    request: Request, decision_id: AnyId, actor: MaybeActor, db: Reading, link: Link = None
) -> ReplayOut:
    """Ask the same question of today's rules and show what differs."""
    return await reading.replay_decision(db, request.app.state.surroundings, actor, decision_id, link)
