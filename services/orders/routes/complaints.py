"""Complaints about goods, their clocks, and what the public may know of them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.kit import clock
from services.kit.db import Reading, Writing
from services.kit.idempotency import OptionalKey
from services.kit.page import Cursor, Limit, Page, decode_cursor, encode_cursor
from services.orders import store
from services.orders.actions import complaints
from services.orders.actions.access import regions_within, require_seller
from services.orders.domain.complaints import ACKNOWLEDGE, DECIDE, MAKE_GOOD
from services.orders.domain.figures import by_region
from services.orders.routes.asked import LATEST, Around, Judge, MaybeInRegion, Person
from services.orders.schemas.complaints import (
    ComplaintDecisionIn,
    ComplaintFigures,
    ComplaintIn,
    ComplaintOut,
    RegionComplaints,
)

router = APIRouter(tags=["complaints"])


@router.post("/orders/{order_id}/complaints", status_code=201, response_model=ComplaintOut)
async def make_complaint(
    order_id: str, body: ComplaintIn, db: Writing, actor: Person, around: Around, once: OptionalKey
) -> Response:
    """Complain about an order of mine."""
    return await once.answer(db, 201, lambda: complaints.complain(db, around, actor, order_id, body))


@router.get("/complaints")
async def list_complaints(
    db: Reading,
    actor: Person,
    region: MaybeInRegion = None,
    undecided: Annotated[bool, Query()] = False,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[ComplaintOut]:
    """My complaints; with `region`, those that its operators answer. Newest first."""
    if region is not None and not actor.has(*complaints.JUDGES):
        require_seller(actor, region)
    rows = await store.list_complaints(
        db,
        account_id=actor.account_id if region is None else None,
        regions=None if region is None else await regions_within(db, region),
        undecided=undecided,
        before=str(decode_cursor(cursor, str)[0]) if cursor else LATEST,
        limit=limit + 1,
    )
    items = [complaints.complaint_out(row) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].id) if len(rows) > limit else None)


@router.get("/complaints/figures")
async def complaint_figures(db: Reading, response: Response) -> ComplaintFigures:
    """For everybody: the published limits, and how each region keeps them."""
    regions = by_region(await store.count_complaints(db, clock.business_now()))
    response.headers["Cache-Control"] = "public, max-age=5"
    return ComplaintFigures(
        acknowledge_hours=int(ACKNOWLEDGE.total_seconds() // 3600),
        decide_days=DECIDE.days,
        refund_days=MAKE_GOOD.days,
        regions=[RegionComplaints(**region) for region in regions],
    )


@router.get("/complaints/{complaint_id}")
async def get_complaint(complaint_id: str, db: Reading, actor: Person) -> ComplaintOut:
    """One complaint, for its buyer and those who answer it."""
    return await complaints.read_complaint(db, actor, complaint_id)


@router.post("/complaints/{complaint_id}/acknowledge")
async def acknowledge_complaint(complaint_id: str, db: Writing, actor: Judge) -> ComplaintOut:
    """We have read it."""
    return await complaints.acknowledge_complaint(db, actor, complaint_id)


@router.post("/complaints/{complaint_id}/decide")
async def decide_complaint(
    complaint_id: str, body: ComplaintDecisionIn, db: Writing, actor: Judge, around: Around
) -> ComplaintOut:
    """Uphold it or not, with the reason, and with what is given back at once."""
    return await complaints.decide_complaint(db, around, actor, complaint_id, body)
