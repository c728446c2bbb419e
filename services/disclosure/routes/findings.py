"""Findings across broadcasts, for inspectors: by how grave and how old they are, never by what was sold."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.disclosure.actions import inspecting
from services.disclosure.schemas.cases import (
    CaseOut,
    CaseRowOut,
    CaseSeverity,
    CaseState,
    CloseIn,
    ClosureIn,
    ReferIn,
)
from services.kit.actor import Actor, role
from services.kit.db import Reading, Writing
from services.kit.idempotency import RequiredKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(prefix="/findings", tags=["findings"])

Inspector = Annotated[Actor, Depends(role("inspector"))]
CaseId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z._-]+$")]


class PdfResponse(Response):
    """A file to print."""

    media_type = "application/pdf"


@router.get("")
async def list_findings(
    actor: Inspector,
    db: Reading,
    state: Annotated[list[CaseState] | None, Query(description="By default those that are not settled.")] = None,
    severity: Annotated[CaseSeverity | None, Query(description="Only findings as grave as this.")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[CaseRowOut]:
    """Findings of your regions, the gravest first, and of these the oldest."""
    return await inspecting.list_cases(db, actor, tuple(state or ()), severity, cursor, limit)


@router.get("/{case_id}")
async def get_finding(case_id: CaseId, actor: Inspector, db: Reading) -> CaseOut:
    """One finding: thresholds, what was observed and expected, honest explanations that were tried, exhibits, acts."""
    return await inspecting.get_case(db, actor, case_id)


@router.post("/{case_id}/refer", response_model=CaseOut)
async def refer_finding(
    case_id: CaseId, body: ReferIn, actor: Inspector, request: Request, db: Writing, once: RequiredKey
) -> Response:
    """Send it to the organ that supervises the people behind it; the hash of its file enters the public log."""
    around = request.app.state.surroundings
    return await once.answer(db, 200, lambda: inspecting.refer_case(db, around, actor, case_id, body))


@router.post("/{case_id}/close", response_model=CaseOut)
async def close_finding(case_id: CaseId, body: CloseIn, actor: Inspector, db: Writing, once: RequiredKey) -> Response:
    """Close it with the reason; what is more than minor waits until a second inspector agrees."""
    return await once.answer(db, 200, lambda: inspecting.close_case(db, actor, case_id, body))


@router.post("/{case_id}/closure", response_model=CaseOut)
async def answer_finding_closure(
    case_id: CaseId, body: ClosureIn, actor: Inspector, db: Writing, once: RequiredKey
) -> Response:
    """Agree that it is closed, or decline, as the second inspector."""
    return await once.answer(db, 200, lambda: inspecting.answer_closure(db, actor, case_id, body))


@router.get("/{case_id}/file", response_class=PdfResponse)
async def get_finding_file(case_id: CaseId, actor: Inspector, request: Request, db: Reading) -> Response:
    """The finding as a file to print, as it was sent last or would be sent now. The same case has the same bytes."""
    name, body = await inspecting.read_file(db, request.app.state.surroundings, actor, case_id)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return PdfResponse(body, headers=headers)
