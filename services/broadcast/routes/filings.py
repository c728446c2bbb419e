"""Filings: writing, reading and cloning them."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.broadcast import actions, store
from services.broadcast.domain.life import State
from services.broadcast.routes.asked import Around, Concerned, IfMatch, InRegion, Operator
from services.broadcast.schemas.filings import FilingFacts, FilingHistory, FilingIn, FilingOut, FilingRow
from services.kit.db import Reading, Writing
from services.kit.idempotency import OptionalKey, RequiredKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(tags=["filings"])

InState = Annotated[State | None, Query(description="Only filings in this state.")]
Mine = Annotated[bool, Query(description="Only those the caller wrote or submitted.")]
Awaiting = Annotated[bool, Query(description="Only those that await the caller's approval.")]


@router.post("/filings", status_code=201, response_model=FilingOut)
async def create_filing(body: FilingIn, db: Writing, actor: Operator, around: Around, once: RequiredKey) -> Response:
    """Begin a filing as a draft."""
    return await once.answer(
        db, 201, lambda: actions.create_filing(db, actor, body, around), location="/api/v1/filings/{id}"
    )


@router.get("/filings")
async def list_filings(
    db: Reading,
    actor: Concerned,
    state: InState = None,
    region: InRegion = None,
    mine: Mine = False,
    awaiting: Awaiting = False,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[FilingRow]:
    """Filings that concern the caller, newest first."""
    query = store.FilingQuery(state=state, region=region, mine=mine, awaiting=awaiting)
    return await store.list_filings(db, actor, query, cursor, limit)


@router.get("/filings/{filing_id}")
async def get_filing(filing_id: str, db: Reading, actor: Concerned, response: Response) -> FilingOut:
    """One filing, whole, with the gate's answers."""
    filing = await actions.read_filing(db, actor, filing_id)
    response.headers["ETag"] = f'"{filing.version}"'
    return filing


@router.put("/filings/{filing_id}")
async def revise_filing(
    filing_id: str, body: FilingIn, expect: IfMatch, response: Response, db: Writing, actor: Operator, around: Around
) -> FilingOut:
    """Change a filing; a changed content of one under way is filed anew and needs a new approval."""
    filing = await actions.revise_filing(db, actor, filing_id, body, around, expect)
    response.headers["ETag"] = f'"{filing.version}"'
    return filing


@router.post("/filings/{filing_id}/clone", status_code=201, response_model=FilingOut)
async def clone_filing(filing_id: str, db: Writing, actor: Operator, once: OptionalKey) -> Response:
    """A new draft with the same content, four weeks later."""
    return await once.answer(
        db, 201, lambda: actions.clone_filing(db, actor, filing_id), location="/api/v1/filings/{id}"
    )


@router.get("/filings/{filing_id}/facts")
async def get_filing_facts(filing_id: str, db: Reading, actor: Concerned, around: Around) -> FilingFacts:
    """What the gate would be asked if the filing were submitted now."""
    return await actions.read_facts(db, actor, filing_id, around)


@router.get("/filings/{filing_id}/history")
async def get_filing_history(filing_id: str, db: Reading, actor: Concerned) -> FilingHistory:
    """Every step of the filing's life."""
    return await actions.read_history(db, actor, filing_id)
