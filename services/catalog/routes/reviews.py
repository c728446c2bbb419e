"""Large changes of prices and stock: they wait here until a reviewer has looked."""

from fastapi import APIRouter, Response

from services.catalog import actions, store
from services.catalog.routes.parameters import Changing, EntityId, Overseeing, Reviewing
from services.catalog.schemas.admission import ChangeReviewOut, ReviewIn, ReviewState
from services.kit.db import Reading, Writing
from services.kit.idempotency import OptionalKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(tags=["listings"])


@router.get("/change-reviews")
async def list_change_reviews(
    db: Reading, actor: Overseeing, state: ReviewState | None = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[ChangeReviewOut]:
    """Changes of listed lots in your regions that were too large to pass by rule, newest first."""
    return await store.list_reviews(db, actor, state, cursor, limit)


@router.post("/change-reviews/{review_id}", response_model=ChangeReviewOut)
async def decide_change_review(
    review_id: EntityId, body: ReviewIn, db: Writing, actor: Reviewing, change: Changing, once: OptionalKey
) -> Response:
    """Let a change go on to the gate, or send it back with a reason; what is in force stays meanwhile."""
    return await once.answer(db, 200, lambda: actions.decide_review(db, actor, review_id, body, change))
