"""Records before their region, its replies to findings, and who decides them."""

import asyncio

from fastapi import APIRouter, Response
from starlette.datastructures import FormData, UploadFile

from gateway.clients import Json, ServiceProblem
from gateway.pages.filling import REFUSED, key_of, posted
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.pages.people import attempt, reasons_in
from gateway.views import record_parts
from services.kit.ids import new_id

router = APIRouter(prefix="/{lang}/desk")

READERS = ("operator", "reviewer", "inspector")
OUTCOMES = ("upheld", "partly", "rejected")
MOST_FILES = 5


@router.get("/records")
async def show_records(page: CurrentPage, cursor: str | None = None) -> Response:
    """Broadcasts of the operator's regions that are over: what is published of them when, and what lacks."""
    page.require_role("operator")
    listed = await page.disclosure.get("/records", cursor=cursor, limit=20)
    return page.show(
        "desk/records.html",
        shared=False,
        room="records",
        rows=[record_parts.desk_record(page, row) for row in listed["items"]],
        following=page.onward("/desk/records", listed["next"]),
        first=f"/{page.language}/desk/records" if cursor else None,
    )


@router.get("/records/{broadcast_id}")
async def show_record(page: CurrentPage, broadcast_id: str) -> Response:
    """One record as its region sees it, with the findings that it may answer."""
    page.require_role("operator")
    return await _record(page, broadcast_id, {}, None)


async def _record(page: Page, broadcast_id: str, typed: Json, refused: ServiceProblem | None) -> Response:
    row = await page.disclosure.get(item("records", broadcast_id))
    return page.show(
        "desk/record.html",
        status=422 if refused else 200,
        shared=False,
        room="records",
        record=record_parts.desk_record(page, row),
        typed=typed,
        refused=refused.document if refused else None,
        errors=refused.field_errors if refused else {},
        most_files=MOST_FILES,
        key=new_id(),
    )


@router.post("/records/{broadcast_id}")
async def answer_finding(page: CurrentPage, broadcast_id: str) -> Response:
    """Answer a finding; what cannot be taken is said with all that was typed."""
    form = await posted(page, "operator")
    typed: Json = {name: str(form.get(name) or "").strip() for name in ("abuse", "text_zh", "text_en")}
    body: Json = {"broadcast_id": broadcast_id, **{name: value for name, value in typed.items() if value}}
    try:
        body["files"] = await _files(page, form)
        await page.disclosure.send("POST", "/replies", body, key=key_of(form))
    except ServiceProblem as problem:
        if problem.status not in (*REFUSED, 403):
            raise
        again = typed | {"publish_files": form.get("publish_files") == "yes"}
        return await _record(page, broadcast_id, again, problem)
    return page.go(
        f"/desk/records/{broadcast_id}",
        page._("Your reply is kept. It is published in the next release of the record."),
    )


async def _files(page: Page, form: FormData) -> list[Json]:
    """The chosen files, stored."""
    kept = []
    for chosen in form.getlist("files")[:MOST_FILES]:
        if isinstance(chosen, UploadFile) and chosen.filename:
            file = (chosen.filename, await chosen.read(), chosen.content_type or "application/octet-stream")
            stored = await page.catalog.send("POST", "/documents", files={"file": file}, data={"kind": "other"})
            named = {"sha256": stored["sha256"], "name": chosen.filename[:200]}
            kept.append({**named, "public": form.get("publish_files") == "yes"})
    return kept


@router.get("/replies")
async def show_replies(page: CurrentPage, cursor: str | None = None) -> Response:
    """Replies of the visitor's regions, the nearest deadline first."""
    page.require_role(*READERS)
    waiting, decided = await asyncio.gather(
        page.disclosure.get("/replies", cursor=cursor, limit=20),
        page.disclosure.get("/replies", decided="true", limit=20),
    )
    return page.show(
        "desk/replies.html",
        shared=False,
        room="replies",
        waiting=[record_parts.desk_reply(page, row) for row in waiting["items"]],
        decided=[record_parts.desk_reply(page, row) for row in decided["items"]],
        following=page.onward("/desk/replies", waiting["next"]),
        first=f"/{page.language}/desk/replies" if cursor else None,
    )


@router.get("/replies/{reply_id}")
async def show_reply(page: CurrentPage, reply_id: str) -> Response:
    """One reply beside the finding that it answers, and what the visitor may do."""
    page.require_role(*READERS)
    row = await page.disclosure.get(item("replies", reply_id))
    path = f"{item('disclosures', row['broadcast_id'])}/releases/{row['release']}"
    release = await page.disclosure.find(path)
    found = [each for each in (release or {}).get("findings", ()) if each["abuse"] == row["abuse"]]
    return page.show(
        "desk/reply.html",
        shared=False,
        room="replies",
        reply=record_parts.desk_reply(page, row),
        findings=[record_parts.said(page, each, "text") for each in found],
        may_decide=row["state"] == "open" and "reviewer" in page.visitor.roles,
        key=new_id(),
    )


@router.post("/replies/{reply_id}/decide")
async def decide_reply(page: CurrentPage, reply_id: str) -> Response:
    """Decide a reply, with a published reason."""
    form = await posted(page, "reviewer")
    outcome = str(form.get("outcome") or "")
    body = {"outcome": outcome if outcome in OUTCOMES else "rejected"} | reasons_in(form)
    sent = page.disclosure.send("POST", f"{item('replies', reply_id)}/decide", body, key=key_of(form))
    done = await attempt(page, sent, f"/desk/replies/{reply_id}")
    if isinstance(done, Response):
        return done
    return page.go(f"/desk/replies/{reply_id}", page._("Your decision is kept and published."))
