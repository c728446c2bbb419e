"""What waits for a person, and a person's word."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from services.compliance.actions import case_files, reviews
from services.compliance.routes.asked import AnyId, Around, Inspecting, Reviewer
from services.compliance.schemas.checks import DecisionOut
from services.compliance.schemas.fields import Code
from services.compliance.schemas.people import CaseOut
from services.compliance.schemas.reviews import QueueAsked, ReviewIn, ReviewItem
from services.contracts.values import RegionCode
from services.kit.db import Reading, Writing
from services.kit.idempotency import RequiredKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(tags=["reviews"])

State = Annotated[
    Literal["open", "blocked"],
    Query(description="`open`: held for a reviewer. `blocked`: failed by nothing but what two people may override."),
]


@router.get("/reviews")
async def list_reviews(
    actor: Inspecting,
    db: Reading,
    state: State = "open",
    region: Annotated[RegionCode | None, Query(description="Cases of this region and below.")] = None,
    rule: Annotated[Code | None, Query(description="Cases in which this rule is what waits.")] = None,
    kind: Annotated[Literal["lot", "filing"] | None, Query(description="Lots or filings only.")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[ReviewItem]:
    """Decisions that wait for a person in your regions: live or within 24 hours first, then by deadline.

    Cases that were decided under a set clock and whose day is over come last, marked as demonstrations.
    """
    return await reviews.list_reviews(db, actor, QueueAsked(state, region, rule, kind), cursor, limit)


@router.get("/cases/{decision_id}")
async def get_case(decision_id: AnyId, actor: Inspecting, db: Reading) -> CaseOut:
    """A decision for those who may act on it: who is in the case, what people said, what you may do or why not."""
    return await case_files.get_case(db, actor, decision_id)


@router.post("/decisions/{decision_id}/review", response_model=DecisionOut, status_code=201)
async def resolve_review(
    decision_id: AnyId, body: ReviewIn, around: Around, actor: Reviewer, db: Writing, once: RequiredKey
) -> Response:
    """Close one review with a published reason; the gate then decides again."""
    return await once.answer_bytes(db, 201, lambda: reviews.resolve_review(db, around, actor, decision_id, body))
