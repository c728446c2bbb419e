"""Appeals: opened by those concerned, decided by a reviewer of another organ, and counted for everybody."""

import asyncio
from typing import Any

from fastapi import APIRouter, Response
from starlette.datastructures import FormData, UploadFile

from gateway.clients import Json, ServiceProblem
from gateway.pages.filling import REFUSED, key_of, posted
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.pages.people import CONCERNED, attempt, reasons_in
from gateway.views import decisions, people, rulebook
from services.kit import clock
from services.kit.ids import new_id
from services.kit.problem import NotFound

router = APIRouter(prefix="/{lang}")

READERS = (*CONCERNED, "reviewer", "inspector")
MOST_FILES = 5


@router.get("/appeals")
async def show_counts(page: CurrentPage) -> Response:
    """How appeals end and within which time, for everybody."""
    counts, procedure = await asyncio.gather(page.compliance.get("/appeals/counts"), page.compliance.get("/procedure"))
    return page.show(
        "appeals/counts.html",
        figures=counts["figures"],
        demonstrations=counts["demonstrations"],
        file_days=counts["file_working_days"],
        decide_days=counts["decide_working_days"],
        parameters=rulebook.parameter_tables(page, procedure["parameters"]),
        today=clock.business_today().isoformat(),
    )


@router.get("/desk/appeals")
async def show_appeals(page: CurrentPage, cursor: str | None = None) -> Response:
    """The appeals of the visitor's regions, the nearest deadline first."""
    page.require_role(*READERS)
    waiting, others = await asyncio.gather(
        page.compliance.get("/appeals", state="open", cursor=cursor, limit=30),
        page.compliance.get("/appeals", limit=30),
    )
    ended = [row for row in others["items"] if row["state"] != "open"]
    return page.show(
        "appeals/list.html",
        shared=False,
        room="appeals",
        waiting=[people.appeal_row(page, row) for row in waiting["items"]],
        ended=[people.appeal_row(page, row) for row in ended],
        following=page.onward("/desk/appeals", waiting["next"]),
        first=f"/{page.language}/desk/appeals" if cursor else None,
    )


@router.get("/desk/appeals/{appeal_id}")
async def show_appeal(page: CurrentPage, appeal_id: str) -> Response:
    """One appeal: its grounds, the answer that it is about, and what the visitor may do."""
    page.require_role(*READERS)
    row = await page.compliance.get(item("appeals", appeal_id))
    decision = await page.compliance.find(item("decisions", row["decision_id"]))
    ruling = next((each for each in _rulings(page, decision) if each["rule"] == row["rule"]), None)
    move = await _move(page, row) if page.visitor.roles & {"reviewer", "inspector"} else None
    return page.show(
        "appeals/appeal.html",
        shared=False,
        room="appeals",
        appeal=people.appeal_row(page, row),
        raw=row,
        ruling=ruling,
        move=move,
        may_withdraw=row["state"] == "open" and row["mine"],
        key=new_id(),
    )


def _rulings(page: Page, decision: Json | None) -> list[Json]:
    return decisions.rulings(page, decision) if decision else []


async def _move(page: Page, row: Json) -> Json | None:
    """Whether the visitor may decide it, from the case as it stands now."""
    if row["state"] != "open":
        return None
    case = await page.compliance.find(item("cases", row["decision_id"]))
    if case and case["newest_decision_id"] != row["decision_id"]:
        case = await page.compliance.find(item("cases", case["newest_decision_id"])) or case
    found = [each for point in (case or {}).get("points", ()) for each in people.moves(page, point)]
    return next((each for each in found if each["move"] == "decide_appeal" and each["id"] == row["id"]), None)


@router.post("/desk/appeals/{appeal_id}/decide")
async def decide_appeal(page: CurrentPage, appeal_id: str) -> Response:
    """Uphold the answer or grant the appeal, with a published reason."""
    form = await posted(page, "reviewer")
    body = {"outcome": "granted" if form.get("outcome") == "granted" else "upheld"} | reasons_in(form)
    sent = page.compliance.send("POST", f"{item('appeals', appeal_id)}/decide", body, key=key_of(form))
    done = await attempt(page, sent, f"/desk/appeals/{appeal_id}")
    if isinstance(done, Response):
        return done
    return page.go(f"/desk/appeals/{appeal_id}", page._("Your decision is kept and published."))


@router.post("/desk/appeals/{appeal_id}/withdraw")
async def withdraw_appeal(page: CurrentPage, appeal_id: str) -> Response:
    """Take an appeal back."""
    form = await posted(page, *CONCERNED)
    reason = str(form.get("reason") or "").strip()
    path = f"{item('appeals', appeal_id)}/withdraw"
    sent = page.compliance.send("POST", path, {"reason_zh": reason} if reason else {}, key=key_of(form))
    done = await attempt(page, sent, f"/desk/appeals/{appeal_id}")
    return done if isinstance(done, Response) else page.go("/desk/appeals", page._("The appeal is withdrawn."))


@router.get("/desk/decisions/{decision_id}/appeal")
async def show_appeal_form(page: CurrentPage, decision_id: str, rule: str = "") -> Response:
    """The form of an appeal against one failed result."""
    page.require_role(*CONCERNED)
    return await _form(page, decision_id, rule, {}, None)


async def _form(page: Page, decision_id: str, rule: str, typed: Json, refused: ServiceProblem | None) -> Response:
    decision, counts = await asyncio.gather(
        page.compliance.get(item("decisions", decision_id)), page.compliance.get("/appeals/counts")
    )
    result = next((each for each in decision["results"] if each["rule"] == rule and each["result"] == "fail"), None)
    if result is None:
        raise NotFound(
            "The decision has no such fail. Open it and choose what you object to.",
            "该决定中没有这项未通过的结论，请打开决定后选择要申诉的内容。",
        )
    ruling = next(each for each in decisions.rulings(page, decision) if each["rule"] == rule)
    return page.show(
        "appeals/form.html",
        status=422 if refused else 200,
        shared=False,
        room="appeals",
        decision=decision,
        ruling=ruling,
        codes=result["reason_codes"],
        hard=result["hard"],
        typed=typed,
        refused=refused.document if refused else None,
        errors=refused.field_errors if refused else {},
        file_days=counts["file_working_days"],
        decide_days=counts["decide_working_days"],
        most_files=MOST_FILES,
        key=new_id(),
    )


@router.post("/desk/decisions/{decision_id}/appeal")
async def open_appeal(page: CurrentPage, decision_id: str) -> Response:
    """Open the appeal; what cannot be taken is said with all that was typed."""
    form = await posted(page, *CONCERNED)
    typed = {name: str(form.get(name) or "").strip() for name in ("rule", "reason_code", "grounds_zh", "grounds_en")}
    body: Json = {name: value for name, value in typed.items() if value}
    try:
        body["files"] = await _files(page, form)
        path = f"{item('decisions', decision_id)}/appeals"
        made = await page.compliance.send("POST", path, body, key=key_of(form))
    except ServiceProblem as problem:
        if problem.status not in (*REFUSED, 403):
            raise
        return await _form(page, decision_id, typed["rule"], typed, problem)
    return page.go(f"/desk/appeals/{made['id']}", page._("The appeal is open. The block stands until it is decided."))


async def _files(page: Page, form: FormData) -> list[dict[str, Any]]:
    """The chosen files, stored."""
    kept = []
    for chosen in form.getlist("files")[:MOST_FILES]:
        if not isinstance(chosen, UploadFile) or not chosen.filename:
            continue
        file = (chosen.filename, await chosen.read(), chosen.content_type or "application/octet-stream")
        stored = await page.catalog.send("POST", "/documents", files={"file": file}, data={"kind": "other"})
        kept.append({"sha256": stored["sha256"], "name": chosen.filename[:200]})
    return kept
