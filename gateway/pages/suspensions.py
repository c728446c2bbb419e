"""Producers whose goods an office took off the market: the public list, and the desk that suspends and lifts."""

from typing import Annotated

from fastapi import APIRouter, Form, Response

from gateway.clients import Json, ServiceProblem
from gateway.pages.filling import REFUSED, every, in_scopes, region_options
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.views.suspensions import suspension_row
from services.kit.ids import new_id

router = APIRouter(prefix="/{lang}")

SUSPENDING = ("reviewer", "inspector", "administrator")
REFUSED_HERE = (*REFUSED, 403, 404)
MOST = 20


@router.get("/suspensions")
async def show_suspensions(page: CurrentPage, cursor: str | None = None) -> Response:
    """Every suspension in force, with the office that ordered it and its reason."""
    answer = await page.catalog.get("/producers", suspended="true", cursor=cursor, limit=30)
    return page.show(
        "browse/suspensions.html",
        rows=[suspension_row(page, row) for row in answer["items"]],
        following=page.onward("/suspensions", answer["next"]),
        first=f"/{page.language}/suspensions" if cursor else None,
    )


@router.get("/desk/suspensions")
async def show_desk(page: CurrentPage, region: str = "", cursor: str | None = None) -> Response:
    """What is suspended in the visitor's regions, and the admitted producers who could be."""
    page.require_role(*SUSPENDING)
    choices = region_options(page)
    named = [code for code, _ in choices]
    chosen = region if region in named else next(iter(named), None)
    suspended = await _suspended(page)
    selling = await page.catalog.get(
        "/producers", admission="admitted", suspended="false", region=chosen, cursor=cursor, limit=MOST
    )
    here = "/desk/suspensions"
    return page.show(
        "desk/suspensions.html",
        shared=False,
        room="suspensions",
        suspended=[suspension_row(page, row) for row in suspended],
        selling=[suspension_row(page, row) for row in selling["items"]],
        regions=choices,
        region=chosen or "",
        following=page.onward(here, selling["next"], region=chosen),
        first=f"/{page.language}{here}?region={chosen or ''}" if cursor else None,
        key=new_id(),
    )


async def _suspended(page: Page) -> list[Json]:
    if not page.visitor.scopes:
        return await every(page.catalog, "/producers", suspended="true")
    return await in_scopes(page, page.catalog, "/producers", suspended="true")


@router.post("/desk/suspensions/{producer_id}")
async def suspend(
    page: CurrentPage,
    producer_id: str,
    reason_zh: Annotated[str, Form(max_length=3000)] = "",
    reason_en: Annotated[str, Form(max_length=3000)] = "",
    key: Annotated[str, Form(max_length=100)] = "",
    version: Annotated[str, Form(max_length=10)] = "",
    csrf_token: Annotated[str, Form()] = "",
) -> Response:
    """Suspend a producer, with the reason that is published."""
    done = page._("Suspended. The gate takes their lots off the market one by one, each with a decision.")
    said = (reason_zh, reason_en, key, version, csrf_token)
    return await _attempt(page, f"{item('producers', producer_id)}/suspension", said, done)


@router.post("/desk/suspensions/{producer_id}/lift")
async def lift(
    page: CurrentPage,
    producer_id: str,
    reason_zh: Annotated[str, Form(max_length=3000)] = "",
    reason_en: Annotated[str, Form(max_length=3000)] = "",
    key: Annotated[str, Form(max_length=100)] = "",
    version: Annotated[str, Form(max_length=10)] = "",
    csrf_token: Annotated[str, Form()] = "",
) -> Response:
    """Lift a suspension, with the reason that is published."""
    done = page._("Lifted. The gate asks again about each of their lots.")
    said = (reason_zh, reason_en, key, version, csrf_token)
    return await _attempt(page, f"{item('producers', producer_id)}/suspension/lift", said, done)


async def _attempt(page: Page, path: str, said: tuple[str, str, str, str, str], done: str) -> Response:
    reason_zh, reason_en, key, version, csrf_token = said
    page.require_role(*SUSPENDING)
    page.require_form(csrf_token)
    body = {"reason_zh": reason_zh.strip(), "reason_en": reason_en.strip()}
    known = int(version) if version.isdecimal() else None
    try:
        await page.catalog.send("POST", path, body, key=key or new_id(), version=known)
    except ServiceProblem as problem:
        if problem.status not in REFUSED_HERE:
            raise
        why = next(iter(problem.field_errors.values()), str(problem.document.get("detail", "")))
        return page.go("/desk/suspensions", why, "bad")
    return page.go("/desk/suspensions", done)
