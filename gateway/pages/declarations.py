"""Declarations of interests on the desk: make one, see those that were made, take a wrong one back."""

from urllib.parse import quote

from fastapi import APIRouter, Response

from gateway.clients import Json, ServiceProblem
from gateway.pages.filling import REFUSED, form_view, key_of, posted, read_form, show_form
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.pages.people import attempt
from gateway.views import desk
from gateway.views.people_forms import declaration_sections
from gateway.views.speaking import own

router = APIRouter(prefix="/{lang}/desk")


@router.get("/officials/{official_id}/declare")
async def show_declaration(page: CurrentPage, official_id: str) -> Response:
    """The form of a declaration of interests."""
    page.require_role("official", "operator")
    official = await page.broadcast.get(item("officials", official_id))
    sections = declaration_sections(page._, signed="official" not in page.visitor.roles)
    return await _form(page, official, form_view(sections, {}))


async def _form(page: Page, official: Json, view: Json) -> Response:
    speaking = "official" in page.visitor.roles
    back = f"/{page.language}/desk/{'speaking' if speaking else 'officials'}"
    return show_form(
        page,
        "desk/declare.html",
        view=view,
        room="speaking" if speaking else "officials",
        title=page._("Declaration of interests"),
        lead=f"{own(page, official, 'post')} · {official['organ']['name']}",
        back=back,
        back_link=page._("Speaking") if speaking else page._("Officials and hosts"),
        action=f"/{page.language}/desk/officials/{official['id']}/declare",
        save_word=page._("Declare"),
        declarations=await _so_far(page, official),
    )


async def _so_far(page: Page, official: Json) -> list[Json] | None:
    """The declarations of an official, newest first; None for whoever may not see them, as an official's colleague."""
    path = f"{item('officials', official['id'])}/declarations"
    try:
        answer = await page.broadcast.get(path)
    except ServiceProblem as problem:
        if problem.status != 403:
            raise
        return None
    return desk.declaration_rows(page, official["id"], answer["items"], themself="official" in page.visitor.roles)


@router.post("/officials/{official_id}/declarations/{declaration_id}/withdraw")
async def withdraw_declaration(page: CurrentPage, official_id: str, declaration_id: str) -> Response:
    """Take a wrong declaration back, with a reason; filings that rest on it are asked about again."""
    form = await posted(page, "official", "operator")
    path = f"{item('officials', official_id)}/declarations/{quote(declaration_id, safe='')}/withdraw"
    reason = {"reason": str(form.get("reason") or "").strip()}
    here = f"/desk/officials/{official_id}/declare"
    done = await attempt(page, page.broadcast.send("POST", path, reason, key=key_of(form)), here)
    if isinstance(done, Response):
        return done
    return page.go(here, page._("Withdrawn, with your reason. The one before it stands again; declare what is true."))


@router.post("/officials/{official_id}/declare")
async def declare_interests(page: CurrentPage, official_id: str) -> Response:
    """Keep a declaration of interests; who is named in it is not shown again."""
    form = await posted(page, "official", "operator")
    official = await page.broadcast.get(item("officials", official_id))
    sections = declaration_sections(page._, signed="official" not in page.visitor.roles)
    typed = await read_form(page, sections, form)
    body = {"relations": [], "former_posts": [], "grants": [], **typed.body}
    unsaid = {
        name: page._("Name them, or tick that there is none.")
        for name in ("relations", "former_posts", "grants")
        if name not in typed.body
    }
    if typed.errors or unsaid:
        return await _form(page, official, form_view(sections, typed.shown, {**typed.errors, **unsaid}))
    path = f"{item('officials', official_id)}/declarations"
    try:
        await page.broadcast.send("POST", path, body, key=key_of(form))
    except ServiceProblem as problem:
        if problem.status not in (*REFUSED, 403):
            raise
        return await _form(page, official, form_view(sections, typed.shown, problem=problem))
    after = "speaking" if "official" in page.visitor.roles else "officials"
    return page.go(
        f"/desk/{after}", page._("The declaration is kept. Only its day and whether you step back are public.")
    )
