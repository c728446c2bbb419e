"""The desk of those who handle reports: what waits, and one case with everything on one page."""

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from gateway.clients import Json, ServiceProblem
from gateway.pages.filling import REFUSED, key_of, posted
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.views import decisions, reports
from services.kit.ids import new_id
from services.kit.problem import NotFound

router = APIRouter(prefix="/{lang}/desk/reports")

ROLES = ("inspector", "reviewer")
# Move → the fields that its form sends.
MOVES: dict[str, tuple[str, ...]] = {
    "acknowledge": (),
    "ask": ("question",),
    "uphold": ("published_text", "reason_zh", "reason_en", "about_id"),
    "dismiss": ("reason_zh", "reason_en"),
    "forward": ("organ", "reason_zh", "reason_en"),
    "merge": ("into",),
    "correct": ("reason_zh", "reason_en"),
}


@router.get("")
async def show_queue(page: CurrentPage, cursor: str | None = None) -> Response:
    """Open reports, the most urgent first."""
    page.require_role(*ROLES)
    answer = await page.compliance.get("/reports", cursor=cursor, limit=20)
    return page.show(
        "desk/reports.html",
        shared=False,
        room="reports",
        rows=[reports.waiting_row(page, row) for row in answer["items"]],
        following=answer["next"],
        first=cursor is None,
    )


@router.get("/{report_id}")
async def show_report(page: CurrentPage, report_id: str) -> Response:
    """One case."""
    page.require_role(*ROLES)
    return await _show(page, report_id)


async def _show(page: Page, report_id: str, problem: Json | None = None, typed: Json | None = None) -> Response:
    told = await page.compliance.get(item("reports", report_id))
    return page.show(
        "desk/report.html",
        status=problem["status"] if problem else 200,
        shared=False,
        room="reports",
        case=reports.case(page, told),
        letters=reports.letters(page, told),
        ruling=decisions.rulings(page, told["decision"])[0] if told["decision"] else None,
        files_root=f"/api/v1{item('reports', report_id)}/files",
        problem=problem,
        typed=typed or {},
        key=new_id(),
    )


@router.post("/{report_id}/files/{position}")
async def type_text(page: CurrentPage, report_id: str, position: int) -> Response:
    """What a picture says."""
    form = await posted(page, *ROLES)
    path = f"{item('reports', report_id)}/files/{position}/text"
    return await _send(page, report_id, path, {"text": str(form.get("text") or "").strip()}, form)


@router.post("/{report_id}/{move}")
async def move_report(page: CurrentPage, report_id: str, move: str) -> Response:
    """One step."""
    if move not in MOVES:
        raise NotFound("There is no such step.", "没有这样的处理步骤。")
    form = await posted(page, *ROLES)
    body: Json = {name: text for name in MOVES[move] if (text := str(form.get(name) or "").strip())}
    if "about_id" in body:
        body["about_kind"] = "broadcast"
    return await _send(page, report_id, f"{item('reports', report_id)}/{move}", body, form)


async def _send(page: Page, report_id: str, path: str, body: Json, form: FormData) -> Response:
    try:
        await page.compliance.send("POST", path, body, key=key_of(form))
    except ServiceProblem as problem:
        if problem.status not in REFUSED:
            raise
        return await _show(page, report_id, problem.document, body)
    return page.go(f"/desk/reports/{report_id}", page._("It is written down."))
