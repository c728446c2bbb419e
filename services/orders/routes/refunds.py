"""Refunds and the photos that go with them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response, UploadFile

from services.kit.db import Reading, Writing
from services.kit.idempotency import RequiredKey
from services.kit.page import Cursor, Limit, Page, decode_cursor, encode_cursor
from services.orders import store
from services.orders.actions import photos, refunds
from services.orders.actions.access import regions_within, require_seller
from services.orders.routes.asked import LATEST, Around, InRegion, Operator, Person
from services.orders.schemas.refunds import PhotoOut, RefundDecisionIn, RefundIn, RefundOut

router = APIRouter(tags=["refunds"])

Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


@router.post("/orders/{order_id}/refunds", status_code=201, response_model=RefundOut)
async def request_refund(
    order_id: str, body: RefundIn, db: Writing, actor: Person, around: Around, once: RequiredKey
) -> Response:
    """Ask for money back, whole or in part; as the region that sold, give it back unasked."""
    return await once.answer(db, 201, lambda: refunds.request_refund(db, around, actor, order_id, body))


@router.get("/refunds")
async def list_refunds(
    db: Reading,
    actor: Operator,
    region: InRegion,
    undecided: Annotated[bool, Query()] = False,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[RefundOut]:
    """Refunds of a region, newest first, for those who decide them."""
    require_seller(actor, region)
    before = str(decode_cursor(cursor, str)[0]) if cursor else LATEST
    within = await regions_within(db, region)
    rows = await store.list_refunds(db, within, undecided=undecided, before=before, limit=limit + 1)
    items = [refunds.refund_out(row) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].id) if len(rows) > limit else None)


@router.post("/refunds/{refund_id}/decision")
async def decide_refund(
    refund_id: str, body: RefundDecisionIn, db: Writing, actor: Operator, around: Around
) -> RefundOut:
    """Approve or refuse it, with the reason that the buyer reads."""
    return await refunds.decide_refund(db, around, actor, refund_id, body)


@router.post("/refunds/{refund_id}/withdrawal")
async def withdraw_refund(refund_id: str, db: Writing, actor: Person) -> RefundOut:
    """I no longer want it."""
    return await refunds.withdraw_refund(db, actor, refund_id)


@router.post("/orders/photos", status_code=201)
async def send_photo(file: UploadFile, actor: Person, around: Around) -> PhotoOut:
    """A photo of what is wrong, to be named in a refund or a complaint; place and device in it are taken out."""
    return await photos.keep_photo(around, actor, await file.read())


@router.get("/orders/{order_id}/photos/{sha256}", response_class=Response)
async def get_photo(order_id: str, sha256: Digest, db: Reading, actor: Person, around: Around) -> Response:
    """A photo of a refund or complaint of this order, for its buyer and its region."""
    data, media_type = await photos.read_photo(db, around, actor, order_id, sha256)
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return Response(data, media_type=media_type, headers=headers)
