"""Citizens' reports as case workers handle them: the queue, one case with its files, and every step."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.compliance.actions import report_cases as cases
from services.compliance.routes.asked import AnyId, Around, Inspecting
from services.compliance.schemas.reports import (
    AskIn,
    CaseOut,
    ForwardIn,
    MergeIn,
    ReasonIn,
    TypedIn,
    UpholdIn,
    WaitingOut,
)
from services.kit.db import Reading, Writing
from services.kit.idempotency import OptionalKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(prefix="/reports", tags=["reports"])

Position = Annotated[int, Path(ge=1, le=1000)]


@router.get("")
async def list_reports(actor: Inspecting, db: Reading, cursor: Cursor = None, limit: Limit = 20) -> Page[WaitingOut]:
    """Open reports of your regions, the most urgent first."""
    return await cases.list_reports(db, actor, cursor, limit)


@router.get("/{report_id}")
async def get_report(response: Response, report_id: AnyId, around: Around, actor: Inspecting, db: Reading) -> CaseOut:
    """One report with everything that is needed to decide it."""
    found = await cases.get_case(db, around, actor, report_id)
    response.headers["etag"] = f'"{found.version}"'
    response.headers["cache-control"] = "private, no-store"
    return found


@router.get("/{report_id}/files/{position}", response_class=Response)
async def get_report_file(
    report_id: AnyId, position: Position, around: Around, actor: Inspecting, db: Reading
) -> Response:
    """A file as it was kept: words as UTF-8, or a picture."""
    media_type, data = await cases.get_file(db, around, actor, report_id, position)
    shown = "inline" if media_type.startswith("image/") else "attachment"
    headers = {
        "Content-Disposition": f"{shown}; filename={report_id}-{position}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
    return Response(data, media_type=media_type, headers=headers)


@router.post("/{report_id}/acknowledge", response_model=CaseOut)
async def acknowledge_report(
    report_id: AnyId, around: Around, actor: Inspecting, db: Writing, once: OptionalKey
) -> Response:
    """Say that a person has seen it."""
    return await once.answer(db, 200, lambda: cases.acknowledge(db, around, actor, report_id))


@router.post("/{report_id}/ask", response_model=CaseOut)
async def ask_reporter(
    report_id: AnyId, body: AskIn, around: Around, actor: Inspecting, db: Writing, once: OptionalKey
) -> Response:
    """Ask the reporter, who reads the question with the code."""
    return await once.answer(db, 200, lambda: cases.ask_reporter(db, around, actor, report_id, body))


@router.post("/{report_id}/files/{position}/text", response_model=CaseOut)
async def type_report_text(
    report_id: AnyId,
    position: Position,
    body: TypedIn,
    around: Around,
    actor: Inspecting,
    db: Writing,
    once: OptionalKey,
) -> Response:
    """Type what a picture says, so that the rule reads it too."""
    return await once.answer(db, 200, lambda: cases.type_text(db, around, actor, report_id, position, body))


@router.post("/{report_id}/uphold", response_model=CaseOut)
async def uphold_report(
    report_id: AnyId, body: UpholdIn, around: Around, actor: Inspecting, db: Writing, once: OptionalKey
) -> Response:
    """Uphold it with a published reason; what rests on it is asked again at once."""
    return await once.answer(db, 200, lambda: cases.uphold(db, around, actor, report_id, body))


@router.post("/{report_id}/dismiss", response_model=CaseOut)
async def dismiss_report(
    report_id: AnyId, body: ReasonIn, around: Around, actor: Inspecting, db: Writing, once: OptionalKey
) -> Response:
    """Do not uphold it, with the reason."""
    return await once.answer(db, 200, lambda: cases.dismiss(db, around, actor, report_id, body))


@router.post("/{report_id}/forward", response_model=CaseOut)
async def forward_report(
    report_id: AnyId, body: ForwardIn, around: Around, actor: Inspecting, db: Writing, once: OptionalKey
) -> Response:
    """Forward it to the organ that must decide it."""
    return await once.answer(db, 200, lambda: cases.forward(db, around, actor, report_id, body))


@router.post("/{report_id}/merge", response_model=CaseOut)
async def merge_report(
    report_id: AnyId, body: MergeIn, around: Around, actor: Inspecting, db: Writing, once: OptionalKey
) -> Response:
    """Merge it into another report about the same."""
    return await once.answer(db, 200, lambda: cases.merge(db, around, actor, report_id, body))


@router.post("/{report_id}/correct", response_model=CaseOut)
async def correct_report(
    report_id: AnyId, body: ReasonIn, around: Around, actor: Inspecting, db: Writing, once: OptionalKey
) -> Response:
    """Record that an upheld notice was withdrawn and corrected; the gate is asked again without it."""
    return await once.answer(db, 200, lambda: cases.correct(db, around, actor, report_id, body))
