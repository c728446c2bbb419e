"""Organs and how many people work there, as administrators enter it."""

from typing import Annotated

from fastapi import APIRouter, Form, Response

from gateway.clients import ServiceProblem
from gateway.pages.filling import REFUSED
from gateway.pages.frame import CurrentPage
from gateway.views import organs as views

router = APIRouter(prefix="/{lang}/desk/organs")

HERE = "/desk/organs"


@router.get("")
async def show_organs(page: CurrentPage, cursor: str | None = None) -> Response:
    """The organs that accounts belong to, each with a field for its headcount."""
    page.require_role("administrator")
    answer = await page.accounts.get("/organs", cursor=cursor, limit=30)
    return page.show(
        "desk/organs.html",
        shared=False,
        room="organs",
        rows=[views.organ_row(page, row) for row in answer["items"]],
        following=page.onward(HERE, answer["next"]),
        first=f"/{page.language}{HERE}" if cursor else None,
    )


@router.post("")
async def save_headcount(
    page: CurrentPage,
    name: Annotated[str, Form(max_length=400)],
    region_code: Annotated[str, Form(max_length=12)] = "",
    headcount: Annotated[str, Form(max_length=12)] = "",
    csrf_token: Annotated[str, Form()] = "",
) -> Response:
    """Keep how many people work at an organ; an empty field: it is not known."""
    page.require_role("administrator")
    page.require_form(csrf_token)
    number = headcount.strip()
    if number and not (number.isascii() and number.isdigit()):
        return page.go(HERE, page._("Write the number of people as a whole number, or nothing."), "bad")
    body = {"name": name, "region_code": region_code or None, "headcount": int(number) if number else None}
    try:
        await page.accounts.send("PUT", "/organs/headcount", body)
    except ServiceProblem as problem:
        if problem.status not in (*REFUSED, 404):
            raise
        said = next(iter(problem.field_errors.values()), problem.document.get("detail", ""))
        return page.go(HERE, str(said), "bad")
    return page.go(HERE, page._("Saved for %(name)s.", name=name))
