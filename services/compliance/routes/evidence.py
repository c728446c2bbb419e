"""Slow-sales evidence and its certification."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.compliance.actions import evidence
from services.compliance.routes.asked import AnyId, Around, Certifier, Scopes, Witness
from services.compliance.schemas.evidence import MayCertify, SlowSalesIn, SlowSalesOut
from services.compliance.schemas.fields import Code
from services.contracts.values import RegionCode
from services.kit.actor import CurrentActor
from services.kit.db import Reading, Writing
from services.kit.idempotency import OptionalKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(prefix="/slow-sales", tags=["slow sales"])


@router.post("", response_model=SlowSalesOut, status_code=201)
async def submit_slow_sales(
    body: SlowSalesIn, around: Around, actor: Witness, db: Writing, once: OptionalKey
) -> Response:
    """Submit evidence that stock cannot be sold."""
    return await once.answer(
        db, 201, lambda: evidence.submit_slow_sales(db, around, actor, body), location="/api/v1/slow-sales/{id}"
    )


@router.post("/{slow_sales_id}/certify", response_model=SlowSalesOut)
async def certify_slow_sales(slow_sales_id: AnyId, actor: Certifier, db: Writing, once: OptionalKey) -> Response:
    """Certify evidence; never by the one who submitted it."""
    return await once.answer(db, 200, lambda: evidence.certify_slow_sales(db, actor, slow_sales_id))


@router.get("")
async def list_slow_sales(
    db: Reading,
    scopes: Scopes,
    region: Annotated[RegionCode | None, Query(description="Evidence of this region and below.")] = None,
    category: Annotated[Code | None, Query()] = None,
    certified: Annotated[bool | None, Query(description="Whether a certifier spoke for it.")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[SlowSalesOut]:
    """Evidence, newest first."""
    return await evidence.list_slow_sales(db, region, category, cursor, limit, certified=certified, scopes=scopes)


@router.get("/{slow_sales_id}")
async def get_slow_sales(response: Response, slow_sales_id: AnyId, db: Reading) -> SlowSalesOut:
    """One piece of evidence."""
    found = await evidence.get_slow_sales(db, slow_sales_id)
    response.headers["etag"] = f'"{found.version}"'
    return found


@router.get("/{slow_sales_id}/certification")
async def may_certify_slow_sales(slow_sales_id: AnyId, actor: CurrentActor, db: Reading) -> MayCertify:
    """Whether who asks may certify the evidence, and if not, why."""
    return await evidence.may_certify(db, actor, slow_sales_id)
