"""Reporting without being known: the form, the code, the case behind it, and what everybody may know of reports.

Nothing here reads the session: whoever is signed in reports like any stranger. The code travels in bodies only, and no
answer that shows one is kept by anybody.
"""

import asyncio
from typing import Any

from fastapi import APIRouter, Response
from starlette.datastructures import FormData, UploadFile

from gateway.clients import Json, ServiceClient, ServiceProblem
from gateway.pages.filling import REFUSED, key_of
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.sessions import ANONYMOUS
from gateway.views import reports, show_day
from gateway.views.speaking import own, place
from services.contracts import regions
from services.kit.ids import new_id
from services.kit.problem import NotAllowed

router = APIRouter(prefix="/{lang}/reports")

WORDS = ("kind", "region_code", "about_kind", "about_id", "organ", "words", "notice_text")
TRAP = "website"
"""A field that nobody sees; programs that fill in every form fill it in."""


def _stranger(page: Page) -> ServiceClient:
    """Asks compliance in nobody's name."""
    return page.clients.of("compliance", ANONYMOUS, page.language)


@router.get("")
async def show_start(page: CurrentPage, q: str = "") -> Response:
    """What can be reported, what is kept and what is not, and where it happened."""
    words = q.strip()[:100]
    terms, found = await asyncio.gather(
        _stranger(page).get("/reports/terms"),
        page.catalog.get("/regions", q=words, limit=20) if words else _nothing(),
    )
    places = [
        {"name": place(page, region["code"]), "href": f"/{page.language}/reports/new?region={region['code']}"}
        for region in found["items"]
    ]
    return page.show("reports/start.html", terms=terms, q=words, places=places)


async def _nothing() -> Json:
    return {"items": []}


@router.get("/new")
async def show_form(page: CurrentPage, region: str = "", broadcast: str = "", listing: str = "") -> Response:
    """The form, for a region, or for the broadcast or listing from whose page somebody comes."""
    about = await _about(page, broadcast, listing)
    code = about["region_code"] if about else region
    if regions.known(code) is None:
        return page.go("/reports")
    typed = {"region_code": code, **({"about_kind": about["kind"], "about_id": about["id"]} if about else {})}
    return await _form(page, typed, about)


async def _about(page: Page, broadcast: str, listing: str) -> Json | None:
    if broadcast:
        found = await page.broadcast.find(item("broadcasts", broadcast))
        return found and {
            "kind": "broadcast",
            "id": found["id"],
            "region_code": found["region_code"],
            "title": own(page, found, "title"),
        }
    if listing:
        found = await page.catalog.find(item("listings", listing))
        return found and {
            "kind": "listing",
            "id": found["id"],
            "region_code": found["region"]["code"],
            "title": own(page, found, "title"),
        }
    return None


async def _form(page: Page, typed: Json, about: Json | None, problem: Json | None = None, **more: Any) -> Response:
    """The form is never kept by anybody: its key belongs to this one report."""
    status = problem["status"] if problem else 200
    return page.show(
        "reports/form.html",
        status=status,
        shared=False,
        typed={name: typed.get(name) or "" for name in WORDS},
        about=about,
        where=place(page, typed.get("region_code") or ""),
        kinds=reports.kinds(page),
        terms=await _stranger(page).get("/reports/terms"),
        problem=problem,
        errors=(problem or {}).get("errors", ()),
        errors_at={"kind": None, "words": None}
        | {error["field"]: error["detail"] for error in (problem or {}).get("errors", ())},
        key=more.get("key") or f"{new_id()}{new_id()}",
        trap=TRAP,
    )


@router.post("/new")
async def send_report(page: CurrentPage) -> Response:
    """Send the report and show its code, once."""
    form = await _posted(page)
    typed = {name: str(form.get(name) or "").strip() for name in WORDS}
    key = key_of(form)
    try:
        answer = await _stranger(page).send(
            "POST", "/reports", key=key, data=_said(typed), files=await _files(form) or None
        )
    except ServiceProblem as problem:
        if problem.status not in REFUSED:
            raise
        about = await _about(page, typed["about_id"] if typed["about_kind"] == "broadcast" else "", _listing(typed))
        return await _form(page, typed, about, problem.document, key=key)
    return page.show(
        "reports/received.html",
        status=201,
        shared=False,
        code=answer["code"],
        case=reports.followed(page, answer),
        terms=await _stranger(page).get("/reports/terms"),
    )


def _listing(typed: Json) -> str:
    return str(typed["about_id"]) if typed["about_kind"] == "listing" else ""


async def _posted(page: Page) -> FormData:
    """A form from a page of ours. There is no session to guard, so where it was sent from is the whole check."""
    page.require_own_site()
    form = await page.request.form()
    if form.get(TRAP):
        raise NotAllowed(
            "A field that must stay empty was filled in. Go back, empty the field “Website” and send it again.",
            "有一项必须留空的内容被填写了。请返回，清空“网站”一栏后重新提交。",
        )
    return form


def _said(typed: Json) -> Json:
    return {name: value for name, value in typed.items() if value}


async def _files(form: FormData) -> list[tuple[str, tuple[str, bytes, str]]]:
    """The chosen files, under a name that tells nothing."""
    chosen = [each for each in form.getlist("files") if isinstance(each, UploadFile) and each.filename]
    return [("files", ("file", await each.read(), "application/octet-stream")) for each in chosen]


@router.get("/case")
async def ask_code(page: CurrentPage) -> Response:
    """Where the code is typed."""
    return _ask_code(page, None)


def _ask_code(page: Page, problem: Json | None) -> Response:
    status = problem["status"] if problem else 200
    return page.show("reports/code.html", status=status, shared=problem is None, problem=problem)


@router.post("/case")
async def show_case(page: CurrentPage) -> Response:
    """The case behind a code."""
    form = await _posted(page)
    code = str(form.get("code") or "")[:200]
    try:
        case = await _stranger(page).send("POST", "/reports:follow", {"code": code or "-"})
    except ServiceProblem as problem:
        if problem.status not in REFUSED:
            raise
        return _ask_code(page, problem.document)
    return _case(page, code, case)


def _case(page: Page, code: str, case: Json, problem: Json | None = None, typed: Json | None = None) -> Response:
    return page.show(
        "reports/case.html",
        status=problem["status"] if problem else 200,
        shared=False,
        case=reports.followed(page, case),
        code=code,
        problem=problem,
        typed=typed or {},
        key=f"{new_id()}{new_id()}",
        trap=TRAP,
    )


@router.post("/case/add")
async def add_to_case(page: CurrentPage) -> Response:
    """Add words or files, or answer a question."""
    form = await _posted(page)
    typed = {name: str(form.get(name) or "").strip() for name in ("words", "notice_text")}
    code = str(form.get("code") or "")[:200] or "-"
    try:
        case = await _stranger(page).send(
            "POST",
            "/reports:add",
            key=key_of(form),
            data=_said({"code": code, **typed}),
            files=await _files(form) or None,
        )
    except ServiceProblem as problem:
        if problem.status not in REFUSED:
            raise
        if problem.kind == "report-unknown":
            return _ask_code(page, problem.document)
        case = await _stranger(page).send("POST", "/reports:follow", {"code": code})
        return _case(page, code, case, problem.document, typed)
    return _case(page, code, case)


@router.get("/figures")
async def show_figures(page: CurrentPage, cursor: str | None = None) -> Response:
    """How many reports, whether in time, how many upheld; and the upheld ones with their reasons."""
    figures, upheld = await asyncio.gather(
        _stranger(page).get("/reports/figures"),
        _stranger(page).get("/reports/upheld", cursor=cursor, limit=20),
    )
    return page.show(
        "reports/figures.html",
        months=reports.months(page, figures),
        fewest=figures["fewest"],
        next_month=reports.month_word(page, figures["next_month"]),
        next_on=show_day(figures["next_on"], page.language),
        upheld=[reports.upheld(page, row) for row in upheld["items"]],
        following=upheld["next"],
        first=cursor is None,
    )
