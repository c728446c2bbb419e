"""What waits for a person, and a person's word."""

from typing import Literal

from fastapi import APIRouter, Response

from services.compliance.actions import reviews
from services.compliance.routes.asked import AnyId, Around, Inspecting, Reviewer
from services.compliance.schemas.checks import DecisionOut
from services.compliance.schemas.reviews import ReviewIn, ReviewItem
from services.kit.db import Reading, Writing
from services.kit.idempotency import RequiredKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(tags=["reviews"])


@router.get("/reviews")
async def list_reviews(
    actor: Inspecting, db: Reading, state: Literal["open"] = "open", cursor: Cursor = None, limit: Limit = 20
) -> Page[ReviewItem]:
    """Binding decisions that wait for a person in your region, nearest deadline first."""
    return await reviews.list_reviews(db, actor, cursor, limit)


@router.post("/decisions/{decision_id}/review", response_model=DecisionOut, status_code=201)
async def resolve_review(
    decision_id: AnyId, body: ReviewIn, around: Around, actor: Reviewer, db: Writing, once: RequiredKey
) -> Response:
    """Close one review with a published reason; the gate then decides again."""
    return await once.answer_bytes(db, 201, lambda: reviews.resolve_review(db, around, actor, decision_id, body))
