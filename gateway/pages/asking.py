"""Ask the gate: whoever wants to know asks, and may show the answer to others for a day."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Response

from gateway.clients import ServiceProblem
from gateway.pages.filling import REFUSED, category_options, form_view, show_form
from gateway.pages.frame import CurrentPage, Page
from gateway.views import asking, forms
from gateway.views.asking import ABOUTS, EXAMPLES, About

router = APIRouter(prefix="/{lang}/ask")

AboutQuery = Annotated[str, Query(max_length=20)]


def _about(text: str) -> About:
    return next((each for each in ABOUTS if each == text), "text")


@router.get("")
async def show_question(page: CurrentPage, about: AboutQuery = "text", example: AboutQuery = "") -> Response:
    """The form of a question; with an example filled in where one was chosen."""
    shown = dict(EXAMPLES.get(example, {})) if about == "text" else {}
    return _show(page, _about(about), shown)


def _show(
    page: Page,
    about: About,
    shown: forms.Json,
    errors: dict[str, str] | None = None,
    problem: ServiceProblem | None = None,
) -> Response:
    sections = asking.sections(page, about, category_options(page))
    view = form_view(sections, shown, errors, "facts.", problem)
    return show_form(page, "rules/ask.html", view=view, about=about, examples=list(EXAMPLES))


@router.post("")
async def ask(page: CurrentPage, about: AboutQuery = "text") -> Response:
    """Ask, and go on to the answer."""
    page.require_own_site()
    asked = _about(about)
    sections = asking.sections(page, asked, category_options(page))
    typed = forms.read(forms.fields_of(sections), await page.request.form(), page._)
    errors = {**typed.errors, **_missing(page, sections, typed)}
    known = {rule["id"] for rule in (await page.compliance.get("/rules"))["items"]}
    if not errors:
        try:
            question = asking.question(asked, typed.body, known)
            where = await page.compliance.send_for_place("POST", "/checks", question)
            return page.go(_own_page(where))
        except asking.NotFacts:
            errors["facts"] = page._("This is no JSON object. Begin with { and end with }.")
        except ServiceProblem as problem:
            if problem.status not in REFUSED:
                raise
            return _show(page, asked, typed.shown, problem=problem)
    return _show(page, asked, typed.shown, errors)


def _missing(page: Page, sections: list[forms.Section], typed: forms.Typed) -> dict[str, str]:
    asked = [entry for entry in forms.fields_of(sections) if isinstance(entry, forms.Field) and entry.required]
    return {each.name: page._("Fill this in.") for each in asked if not typed.shown.get(each.name)}


def _own_page(place: str) -> str:
    """The page of a decision whose address in the interface is given."""
    parts = urlsplit(place)
    return f"{parts.path.removeprefix('/api/v1')}?{parts.query}"
