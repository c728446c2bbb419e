"""A filing's own page, and the moves of its life: submit, approve, return, withdraw, cancel, clone."""

import asyncio
from collections.abc import Callable

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from gateway.clients import Json, ServiceProblem
from gateway.pages.filings import summary
from gateway.pages.filling import REFUSED, key_of, posted, version_of
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.pages.people import acts_on, appeals_about
from gateway.views import broadcasts, desk, findings
from gateway.views.speaking import own
from services.kit.ids import new_id

router = APIRouter(prefix="/{lang}/desk")

PAUSES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8)
READERS = ("operator", "approver", "official", "reviewer", "inspector", "administrator")


@router.get("/filings/{filing_id}")
async def show_filing(page: CurrentPage, filing_id: str) -> Response:
    """A filing for those concerned: where it stands, the gate's answers, what can be done now."""
    page.require_role(*READERS)
    return await _show(page, filing_id, "filings")


@router.get("/approvals")
async def show_approvals(page: CurrentPage) -> Response:
    """The filings that wait for the visitor's approval."""
    page.require_role("approver")
    waiting, all_of_them = await asyncio.gather(
        page.broadcast.get("/filings", awaiting="true", limit=50), page.broadcast.get("/filings", limit=20)
    )
    ids = {row["id"] for row in waiting["items"]}
    return page.show(
        "approvals/list.html",
        shared=False,
        room="approvals",
        waiting=[desk.filing_row(page, row, room="approvals") for row in waiting["items"]],
        others=[desk.filing_row(page, row, room="approvals") for row in all_of_them["items"] if row["id"] not in ids],
    )


@router.get("/approvals/{filing_id}")
async def show_approval(page: CurrentPage, filing_id: str) -> Response:
    """A filing before its approver, with the gate's preview."""
    page.require_role("approver")
    return await _show(page, filing_id, "approvals")


async def _show(page: Page, filing_id: str, room: str) -> Response:
    path = item("filings", filing_id)
    filing, steps, acts, appeals = await asyncio.gather(
        page.broadcast.get(path),
        page.broadcast.get(f"{path}/history"),
        acts_on(page, [filing_id]),
        appeals_about(page, filing_id),
    )
    decisive = filing["binding"] or filing["preview"]
    said = await page.compliance.find(item("decisions", decisive["decision_id"])) if decisive else None
    if said and not filing["binding"]:
        said = findings.for_now(said)
    return page.show(
        "filings/filing.html",
        shared=False,
        room=room,
        filing=filing,
        title=own(page, filing, "title"),
        life=desk.filing_steps(page, filing),
        next_step=desk.next_for_filing(page, filing["state"]),
        waiting=own(page, filing, "waiting_for"),
        reason=own(page, filing, "reason"),
        answer=findings.answer(page, said) if said else None,
        brief=[desk.not_passed(page, each) for each in decisive["not_passed"]] if decisive and not said else [],
        binding=bool(filing["binding"]),
        approved=broadcasts.approval_line(page, filing["approval"]),
        history=desk.history(page, steps["items"]),
        acts=acts,
        appeals=appeals,
        appeal=f"/{page.language}/desk/decisions/{decisive['decision_id']}/appeal?rule=" if decisive else "",
        **await summary(page, filing),
        here=f"/{page.language}/desk/{room}/{filing_id}",
        key=new_id(),
    )


async def _move(page: Page, form: FormData, filing_id: str, move: str, body: Json | None, room: str) -> Json | Response:
    """Make a move; what is refused is said on the filing's page."""
    path = f"{item('filings', filing_id)}/{move}"
    try:
        return await page.broadcast.send("POST", path, body, key=key_of(form), version=version_of(form))
    except ServiceProblem as problem:
        if problem.status not in (*REFUSED, 403):
            raise
        said = [*problem.field_errors.values()] or [str(problem.document.get("detail", ""))]
        return page.go(f"/desk/{room}/{filing_id}", " ".join(said), "bad")


async def _until(page: Page, filing_id: str, ready: Callable[[Json], bool]) -> Json:
    """The filing as soon as it is as wanted, or as it is after three seconds."""
    filing = await page.broadcast.get(item("filings", filing_id))
    for pause in PAUSES:
        if ready(filing):
            break
        await asyncio.sleep(pause)
        filing = await page.broadcast.get(item("filings", filing_id))
    return filing


@router.post("/filings/{filing_id}/submit")
async def submit_filing(page: CurrentPage, filing_id: str) -> Response:
    """Submit it, and wait a moment for the preview."""
    form = await posted(page, "operator")
    moved = await _move(page, form, filing_id, "submit", None, "filings")
    if isinstance(moved, Response):
        return moved
    filing = await _until(page, filing_id, lambda each: each["state"] != "submitted" or each["preview"] is not None)
    if filing["state"] == "blocked":
        return page.go(f"/desk/filings/{filing_id}", page._("The gate blocked it. What to mend stands below."), "bad")
    if filing["preview"] is None:
        return page.go(f"/desk/filings/{filing_id}", page._("Submitted. The gate is preparing its preview."), "info")
    return page.go(f"/desk/filings/{filing_id}", page._("Submitted. It waits for the level above."))


@router.post("/approvals/{filing_id}/approve")
async def approve_filing(page: CurrentPage, filing_id: str) -> Response:
    """Approve it, and wait a moment for the gate's answer."""
    form = await posted(page, "approver")
    note = str(form.get("note") or "").strip()
    body: Json = {"authority_over_post": form.get("authority") == "yes"}
    moved = await _move(page, form, filing_id, "approve", {**body, "note": note} if note else body, "approvals")
    if isinstance(moved, Response):
        return moved
    filing = await _until(page, filing_id, lambda each: each["state"] != "approved")
    words = {
        "scheduled": (page._("Approved. The gate let it through: it stands in the calendar."), "good"),
        "in_review": (page._("Approved. A person must look at some points first."), "review"),
        "blocked": (page._("Approved, but the gate blocked it. What to mend stands below."), "bad"),
    }
    text, kind = words.get(filing["state"], (page._("Approved. The gate is giving its answer."), "info"))
    return page.go(f"/desk/approvals/{filing_id}", text, kind)


@router.post("/approvals/{filing_id}/return")
async def return_filing(page: CurrentPage, filing_id: str) -> Response:
    """Give it back with a reason."""
    form = await posted(page, "approver")
    body = {"reason": str(form.get("reason") or "").strip()}
    moved = await _move(page, form, filing_id, "return", body, "approvals")
    if isinstance(moved, Response):
        return moved
    return page.go("/desk/approvals", page._("Returned to its operator with your reason."))


@router.post("/filings/{filing_id}/withdraw")
async def withdraw_filing(page: CurrentPage, filing_id: str) -> Response:
    """Take it back; its hour is free again."""
    form = await posted(page, "operator")
    body = {"reason": str(form.get("reason") or "").strip()}
    moved = await _move(page, form, filing_id, "withdraw", body, "filings")
    if isinstance(moved, Response):
        return moved
    return page.go(f"/desk/filings/{filing_id}", page._("The filing was withdrawn."))


@router.post("/{room}/{filing_id}/cancel")
async def cancel_filing(page: CurrentPage, room: str, filing_id: str) -> Response:
    """Stop it from above."""
    form = await posted(page, "approver", "inspector", "administrator")
    room = "approvals" if room == "approvals" else "filings"
    body = {"reason": str(form.get("reason") or "").strip()}
    moved = await _move(page, form, filing_id, "cancel", body, room)
    if isinstance(moved, Response):
        return moved
    return page.go(f"/desk/{room}/{filing_id}", page._("The broadcast was cancelled."))


@router.post("/filings/{filing_id}/clone")
async def clone_filing(page: CurrentPage, filing_id: str) -> Response:
    """A new draft with the same content, some weeks later."""
    form = await posted(page, "operator")
    moved = await _move(page, form, filing_id, "clone", None, "filings")
    if isinstance(moved, Response):
        return moved
    return page.go(
        f"/desk/filings/{moved['id']}/when", page._("A new draft with the same content. Check the time first.")
    )
