"""Appeals against a fail or a refused review, each with its deadline."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.compliance.actions import appeals
from services.compliance.routes.asked import AnyId, Around, Concerned, Reviewer, Watching
from services.compliance.schemas.people import (
    AppealCountsOut,
    AppealDecisionIn,
    AppealIn,
    AppealOut,
    AppealState,
    WithdrawIn,
)
from services.kit.db import Reading, Writing
from services.kit.fields import Id
from services.kit.idempotency import RequiredKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(tags=["appeals"])


@router.post("/decisions/{decision_id}/appeals", response_model=AppealOut, status_code=201)
async def open_appeal(
    decision_id: AnyId, body: AppealIn, around: Around, actor: Concerned, db: Writing, once: RequiredKey
) -> Response:
    """Appeal against one failed result, within `people.appeal.file_working_days` working days of the decision.

    The block stands while the appeal is open. It is decided within `people.appeal.decide_working_days` working days.
    """
    return await once.answer(
        db,
        201,
        lambda: appeals.open_appeal(db, around, actor, decision_id, body),
        location="/api/v1/appeals/{id}",
    )


@router.get("/appeals")
async def list_appeals(
    actor: Watching,
    db: Reading,
    state: Annotated[AppealState | None, Query(description="Only appeals that stand so.")] = None,
    subject: Annotated[Id | None, Query(description="Only about this filing, lot or listing.")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[AppealOut]:
    """The appeals of your regions, the nearest deadline first."""
    return await appeals.list_appeals(db, actor, state, subject, cursor, limit)


@router.get("/appeals/counts")
async def count_appeals(db: Reading) -> AppealCountsOut:
    """How appeals end and how many are late, in aggregate; public."""
    return await appeals.count_appeals(db)


@router.get("/appeals/{appeal_id}")
async def get_appeal(appeal_id: AnyId, actor: Watching, db: Reading) -> AppealOut:
    """An appeal with its grounds and files, for those concerned and those who decide."""
    return await appeals.get_appeal(db, actor, appeal_id)


@router.post("/appeals/{appeal_id}/decide", response_model=AppealOut)
async def decide_appeal(
    appeal_id: AnyId, body: AppealDecisionIn, around: Around, actor: Reviewer, db: Writing, once: RequiredKey
) -> Response:
    """Uphold the answer or grant the appeal, with a published reason, as a reviewer whose organ has not acted yet."""
    return await once.answer(db, 200, lambda: appeals.decide_appeal(db, around, actor, appeal_id, body))


@router.post("/appeals/{appeal_id}/withdraw", response_model=AppealOut)
async def withdraw_appeal(
    appeal_id: AnyId, body: WithdrawIn, actor: Concerned, db: Writing, once: RequiredKey
) -> Response:
    """Take your appeal back."""
    return await once.answer(db, 200, lambda: appeals.withdraw_appeal(db, actor, appeal_id, body.reason_zh))
