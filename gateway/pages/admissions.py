"""Who waits to be admitted, and which large changes wait: looked at by one office after another."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Response

from gateway.clients import Json, ServiceProblem
from gateway.pages.filling import REFUSED, every, in_scopes
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.views import history as views
from services.kit.ids import new_id

router = APIRouter(prefix="/{lang}/desk/admissions")

ROOM = ("operator", "registrar", "verifier", "approver", "reviewer", "inspector", "administrator")
OVERSEEING = frozenset({"operator", "approver", "reviewer", "inspector", "administrator"})
COUNTY = frozenset({"operator", "registrar", "verifier", "approver"})
PLATFORM = frozenset({"reviewer", "administrator"})
REFUSED_HERE = (*REFUSED, 403)


@router.get("")
async def show_admissions(page: CurrentPage) -> Response:
    """Producers that wait for a step, and changes that wait for a reviewer."""
    page.require_role(*ROOM)
    applied, recommended, changes = await asyncio.gather(
        _producers(page, "applied"), _producers(page, "recommended"), _changes(page)
    )
    return page.show(
        "desk/admissions.html",
        shared=False,
        room="admissions",
        applied=[views.admission_row(page, row) for row in applied],
        recommended=[views.admission_row(page, row) for row in recommended],
        changes=[views.review_row(page, row) for row in changes],
        of_county=not page.visitor.roles.isdisjoint(COUNTY),
        of_platform=not page.visitor.roles.isdisjoint(PLATFORM),
        key=new_id(),
    )


async def _producers(page: Page, state: str) -> list[Json]:
    if not page.visitor.scopes:
        return await every(page.catalog, "/producers", admission=state)
    return await in_scopes(page, page.catalog, "/producers", admission=state)


async def _changes(page: Page) -> list[Json]:
    if page.visitor.roles.isdisjoint(OVERSEEING):
        return []
    answer = await page.catalog.get("/change-reviews", state="waiting", limit=50)
    items: list[Json] = answer["items"]
    return items


@router.post("/producers/{producer_id}")
async def take_step(
    page: CurrentPage,
    producer_id: str,
    step: Annotated[Literal["recommend", "admit", "return", "refuse"], Form()],
    reason: Annotated[str, Form(max_length=3000)] = "",
    key: Annotated[str, Form(max_length=100)] = "",
    version: Annotated[str, Form(max_length=10)] = "",
    csrf_token: Annotated[str, Form()] = "",
) -> Response:
    """Take a step of an admission, with its reason."""
    page.require_role(*ROOM)
    page.require_form(csrf_token)
    body = {"step": step, "reason": reason.strip()}
    path = f"{item('producers', producer_id)}/admission"
    known = int(version) if version.isdecimal() else None
    return await _attempt(page, path, body, key, known, page._("Kept. The step stands in the producer's history."))


@router.post("/changes/{review_id}")
async def decide_change(
    page: CurrentPage,
    review_id: str,
    outcome: Annotated[Literal["approve", "refuse"], Form()],
    reason: Annotated[str, Form(max_length=3000)] = "",
    key: Annotated[str, Form(max_length=100)] = "",
    csrf_token: Annotated[str, Form()] = "",
) -> Response:
    """Let a large change go on to the gate, or send it back."""
    page.require_role("reviewer", "administrator")
    page.require_form(csrf_token)
    body = {"outcome": outcome, "reason": reason.strip()}
    done = page._("It goes on to the gate.") if outcome == "approve" else page._("It is sent back with your reason.")
    return await _attempt(page, item("change-reviews", review_id), body, key, None, done)


async def _attempt(page: Page, path: str, body: Json, key: str, version: int | None, done: str) -> Response:
    try:
        await page.catalog.send("POST", path, body, key=key or new_id(), version=version)
    except ServiceProblem as problem:
        if problem.status not in REFUSED_HERE:
            raise
        said = next(iter(problem.field_errors.values()), str(problem.document.get("detail", "")))
        return page.go("/desk/admissions", said, "bad")
    return page.go("/desk/admissions", done)
