"""Evidence of unsold goods on the desk: those who have it submit it, somebody else certifies it."""

import asyncio

from fastapi import APIRouter, Response

from gateway.clients import Json, ServiceProblem
from gateway.pages.filling import (
    REFUSED,
    RefusedForm,
    at_home,
    category_options,
    form_view,
    keep,
    key_of,
    posted,
    read_form,
    show_new,
)
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.pages.registry import home_words
from gateway.views import findings, registry
from gateway.views.event_forms import evidence_sections
from gateway.views.forms import Section
from gateway.views.speaking import own, place
from services.kit.ids import new_id

router = APIRouter(prefix="/{lang}/desk/slow-sales")

WITNESSES = ("operator", "registrar")
READERS = (*WITNESSES, "certifier", "reviewer", "inspector", "administrator")
# What the gate can say of evidence before anybody files a broadcast.
RULES_ON_EVIDENCE = ("fm.slow_sales",)


@router.get("")
async def show_list(page: CurrentPage, cursor: str | None = None, waiting: str = "") -> Response:
    """The evidence of the visitor's regions; `waiting`: only what nobody certified."""
    page.require_role(*READERS)
    only = bool(waiting)
    answer = await page.compliance.get(
        "/slow-sales", mine="true", certified="false" if only else None, cursor=cursor, limit=20
    )
    return page.show(
        "desk/evidence_list.html",
        shared=False,
        room="slow-sales",
        rows=[registry.evidence_row(page, row) for row in answer["items"]],
        waiting=only,
        may_submit=not page.visitor.roles.isdisjoint(WITNESSES),
        following=page.onward("/desk/slow-sales", answer["next"], waiting="yes" if only else None),
        first=cursor is None,
    )


def _sections(page: Page) -> list[Section]:
    return evidence_sections(page, category_options(page), home_words(page))


@router.get("/new")
async def show_new_evidence(page: CurrentPage) -> Response:
    """The form of evidence."""
    page.require_role(*WITNESSES)
    return _new_form(page, form_view(_sections(page), at_home(page)))


def _new_form(page: Page, view: Json) -> Response:
    return show_new(
        page,
        "slow-sales",
        view,
        title=page._("Submit evidence of unsold goods"),
        lead=page._("It cannot be changed afterwards; newer figures are new evidence. Somebody else must certify it."),
        back_link=page._("Unsold goods"),
        save_word=page._("Submit it"),
    )


@router.post("")
async def submit_evidence(page: CurrentPage) -> Response:
    """Keep evidence; a certifier must then look at it."""
    form = await posted(page, *WITNESSES)
    sections = _sections(page)
    typed = await read_form(page, sections, form)
    try:
        made = await keep(
            typed, sections, lambda body: page.compliance.send("POST", "/slow-sales", body, key=key_of(form))
        )
    except RefusedForm as refused:
        return _new_form(page, refused.view)
    except ServiceProblem as problem:
        if problem.status != 403:
            raise
        return _new_form(page, form_view(sections, typed.shown, problem=problem))
    return page.go(f"/desk/slow-sales/{made['id']}", page._("Submitted. It counts once somebody else certified it."))


@router.get("/{slow_sales_id}")
async def show_evidence(page: CurrentPage, slow_sales_id: str) -> Response:
    """Evidence as submitted, with its papers, who certified it, and whether the visitor may."""
    page.require_role(*READERS)
    return await _show(page, slow_sales_id)


async def _show(page: Page, slow_sales_id: str, refused: Json | None = None) -> Response:
    path = item("slow-sales", slow_sales_id)
    row, asked = await asyncio.gather(page.compliance.get(path), page.compliance.get(f"{path}/certification"))
    tried = await _try(page, row) if asked["may_certify"] else None
    document = row["document"]
    return page.show(
        "desk/evidence.html",
        status=refused["status"] if refused else 200,
        shared=False,
        room="slow-sales",
        row=row,
        title=registry.evidence_title(page, row),
        where=place(page, row["region_code"]),
        state=registry.evidence_state(page, row),
        submitted=registry.submitted_line(page, row),
        certified=registry.certified_line(page, row) if row["certified"] else None,
        measures=registry.measures(page, document),
        sources=registry.sources(page, document),
        disruption=[f"/api/v1/documents/{digest}" for digest in document.get("disruption_documents") or ()],
        may_certify=asked["may_certify"],
        why_not=own(page, asked, "why_not") if not row["certified"] else None,
        answer=findings.answer(page, tried) if tried else None,
        refused=refused or {},
        key=new_id(),
    )


async def _try(page: Page, row: Json) -> Json:
    """What the gate would say of the evidence if it were certified now."""
    facts = {"sales": row["document"], "subject": {"category_code": row["category_code"]}}
    question = {"stage": "filing", "trial": True, "rules": list(RULES_ON_EVIDENCE), "facts": facts}
    return await page.compliance.send("POST", "/checks", question)


@router.post("/{slow_sales_id}/certify")
async def certify_evidence(page: CurrentPage, slow_sales_id: str) -> Response:
    """A certifier's word."""
    form = await posted(page, "certifier")
    if not form.get("compared"):
        said = page._("Open the papers, compare them, and say so here.")
        return await _show(page, slow_sales_id, {"status": 422, "compared": said})
    try:
        await page.compliance.send("POST", f"{item('slow-sales', slow_sales_id)}/certify", key=key_of(form))
    except ServiceProblem as problem:
        if problem.status not in (*REFUSED, 403) or problem.status == 404:
            raise
        return page.go(f"/desk/slow-sales/{slow_sales_id}", str(problem.document.get("detail", "")), "bad")
    return page.go(f"/desk/slow-sales/{slow_sales_id}", page._("Certified. What rests on it is asked again at once."))
