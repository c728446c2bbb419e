"""Spreadsheets on the desk: fetch the template, send a file, watch it, mend what is wrong, take everything out."""

import asyncio

from fastapi import APIRouter, Response
from starlette.datastructures import UploadFile

from gateway.clients import Json, ServiceProblem
from gateway.pages.filling import REFUSED, key_of, posted
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.views import imports
from services.kit.ids import new_id

router = APIRouter(prefix="/{lang}/desk/imports")

ROOM = "/desk/imports"
MOST_EXPORTS = 5


@router.get("")
async def show_imports(page: CurrentPage, cursor: str | None = None) -> Response:
    """The template, the form, and what was imported before."""
    page.require_role("operator")
    return await _show_list(page, cursor)


async def _show_list(page: Page, cursor: str | None = None, refused: Json | None = None) -> Response:
    answer, given = await asyncio.gather(
        page.catalog.get("/imports", cursor=cursor, limit=20), page.catalog.get("/exports", limit=MOST_EXPORTS)
    )
    return page.show(
        "desk/imports.html",
        status=refused["status"] if refused else 200,
        shared=False,
        rows=[imports.import_row(page, row) for row in answer["items"]],
        given=[imports.export_row(page, row) for row in given["items"]],
        key=new_id(),
        following=page.onward(ROOM, answer["next"]),
        first=cursor is None,
        refused=refused,
    )


@router.post("")
async def send_sheet(page: CurrentPage) -> Response:
    """A file from the visitor's computer, to be tried or to be imported."""
    form = await posted(page, "operator")
    chosen = form.get("file")
    content = await chosen.read() if isinstance(chosen, UploadFile) else b""
    name = chosen.filename if isinstance(chosen, UploadFile) else ""
    tried = {"dry_run": "true" if form.get("how") != "import" else "false"}
    try:
        job = await page.catalog.send(
            "POST", "/imports", files={"file": (name or "sheet", content, "application/octet-stream")}, data=tried
        )
    except ServiceProblem as problem:
        if problem.status not in REFUSED:
            raise
        return await _show_list(page, refused=problem.document)
    return page.go(f"{ROOM}/{job['id']}")


@router.post("/exports")
async def start_export(page: CurrentPage) -> Response:
    """Have everything of the visitor's regions written down."""
    form = await posted(page, "operator")
    kind, _, sheet = str(form.get("what") or "xlsx").partition(":")
    body = {"format": kind, "sheet": sheet or "lots", "language": page.language}
    try:
        job = await page.catalog.send("POST", "/exports", body, key=f"{key_of(form)}-{kind}-{sheet}")
    except ServiceProblem as problem:
        if problem.status not in REFUSED:
            raise
        return page.go(ROOM, str(problem.document.get("detail", "")), "bad")
    return page.go(f"{ROOM}/exports/{job['id']}")


@router.get("/exports/{export_id}")
async def show_export(page: CurrentPage, export_id: str) -> Response:
    """How far an export is, and its file."""
    page.require_role("operator")
    job = await page.catalog.get(item("exports", export_id))
    return page.show("desk/export.html", shared=False, job=job, view=imports.export_view(page, job))


@router.get("/{import_id}")
async def show_import(page: CurrentPage, import_id: str, cursor: str | None = None) -> Response:
    """How far it is, or what came of it, with what is wrong row by row."""
    page.require_role("operator")
    path = item("imports", import_id)
    job = await page.catalog.get(path)
    faults = await page.catalog.get(f"{path}/faults", cursor=cursor, limit=50) if job["faults"] else None
    return page.show(
        "desk/import.html",
        shared=False,
        job=job,
        view=imports.import_view(page, job),
        faults=[imports.fault_row(page, fault) for fault in faults["items"]] if faults else [],
        following=page.onward(f"{ROOM}/{import_id}", faults["next"]) if faults else None,
        first=cursor is None,
        key=new_id(),
    )


@router.post("/{import_id}/run")
async def run_import(page: CurrentPage, import_id: str) -> Response:
    """Import the file that was tried."""
    form = await posted(page, "operator")
    try:
        job = await page.catalog.send("POST", f"{item('imports', import_id)}/run", key=key_of(form))
    except ServiceProblem as problem:
        if problem.status not in REFUSED or problem.status == 404:
            raise
        return page.go(f"{ROOM}/{import_id}", str(problem.document.get("detail", "")), "bad")
    return page.go(f"{ROOM}/{job['id']}")
