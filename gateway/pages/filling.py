"""What every long form of the desk does alike: read, upload, send, and show again with all that was typed."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from fastapi import Response
from starlette.datastructures import FormData, UploadFile

from gateway.clients import Json, ServiceClient, ServiceProblem
from gateway.pages.frame import Page
from gateway.pages.market import item
from gateway.views import forms, instant, show_day
from gateway.views.forms import Section, Typed
from gateway.views.speaking import month_name, own, place
from gateway.views.words_forms import PROOFS, proof_option, proofs_named, with_proofs
from services.contracts import categories, regions
from services.kit import clock
from services.kit.ids import new_id

Options = list[tuple[Any, ...]]
REFUSED = (400, 404, 409, 412, 413, 415, 422, 428)
"""What a person can mend in the form in front of them."""


async def posted(page: Page, *roles: str) -> FormData:
    """The form, from somebody who may send it and from a page of ours."""
    page.require_role(*roles)
    form = await page.request.form()
    page.require_form(str(form.get("csrf_token") or ""))
    return form


async def read_form(page: Page, sections: Iterable[Section], form: FormData) -> Typed:
    """The form as a body, with its files uploaded."""
    typed = forms.read(forms.fields_of(sections), form, page._)
    for asked, name in typed.files:
        chosen = form.get(asked.name)
        if isinstance(chosen, UploadFile):
            await _upload(page, asked, name, chosen, typed)
    return typed


async def _upload(page: Page, asked: forms.Field, name: str, chosen: UploadFile, typed: Typed) -> None:
    content = await chosen.read()
    file = (chosen.filename or "file", content, chosen.content_type or "application/octet-stream")
    try:
        kept = await page.catalog.send("POST", "/documents", files={"file": file}, data={"kind": asked.document})
    except ServiceProblem as problem:
        if problem.status not in REFUSED:
            raise
        typed.errors[name] = str(problem.document.get("detail", ""))
        return
    forms.put(typed.body, name.split("."), kept["sha256"])
    typed.shown[name] = kept["sha256"]
    typed.kept[name] = kept


def key_of(form: FormData) -> str:
    """The form's own idempotency key, so that a form sent twice acts once."""
    return str(form.get("key") or "")[:100] or new_id()


def version_of(form: FormData) -> int | None:
    """The version that the form was filled in for."""
    text = str(form.get("version") or "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def form_view(
    sections: Sequence[Section],
    shown: Mapping[str, Any],
    errors: Mapping[str, str] | None = None,
    prefix: str = "",
    problem: ServiceProblem | None = None,
    findings: Mapping[str, Json] | None = None,
) -> Json:
    """The context that `components/entries.html` fills its macros from."""
    names = list(forms.names_of(forms.fields_of(sections), shown))
    said = {**(errors or {}), **(problem.field_errors if problem else {})}
    listed = forms.beside(said, names, prefix)
    return {
        "sections": sections,
        "shown": shown,
        "filled_names": {name for name, value in shown.items() if value},
        "parts": forms.parts_of(sections, shown, {*(item["field"] for item in listed), *(findings or {})}),
        "errors": listed,
        "labels": forms.labels_of(forms.fields_of(sections), shown),
        "errors_at": {item["field"]: item["detail"] for item in reversed(listed)},
        "findings": findings or {},
        "row_count": forms.row_count,
        "refused": problem.document if problem and not problem.field_errors else None,
        "key": new_id(),
    }


class RefusedForm(Exception):
    """A form that was not kept; `view` shows it again with all that was typed."""

    def __init__(self, view: Json) -> None:
        super().__init__("The form was not kept.")
        self.view = view


async def keep(
    typed: Typed, sections: Sequence[Section], send: Callable[[Json], Awaitable[Json]], prefix: str = ""
) -> Json:
    """What the service kept of a form; one that could not be read is not sent at all. Raises RefusedForm."""
    if typed.errors:
        raise RefusedForm(form_view(sections, typed.shown, typed.errors))
    try:
        return await send(with_proofs(typed.body))
    except ServiceProblem as problem:
        if problem.status not in REFUSED:
            raise
        raise RefusedForm(form_view(sections, typed.shown, prefix=prefix, problem=problem)) from problem


async def send_record(client: ServiceClient, path: str, present: Json | None, body: Json, form: FormData) -> Json:
    """Make a record, or replace the present one."""
    if present is None:
        return await client.send("POST", path, body, key=key_of(form))
    path = item(path.strip("/"), present["id"])
    return await client.send("PUT", path, body, version=version_of(form), query=why_of(form))


def why_of(form: FormData) -> dict[str, str]:
    """The reason that a form gives for its change, as the query of the call that makes it."""
    said = str(form.get("why") or "").strip()[:500]
    return {"why": said} if said else {}


def at_home(page: Page) -> Json:
    """What a new form begins with: the region of an office that has only one."""
    return {"region_code": page.visitor.scopes[0]} if len(page.visitor.scopes) == 1 else {}


def show_form(page: Page, template: str, *, view: Json, **context: Any) -> Response:
    """The page of a form; refused ones carry 422, so that no program takes them for done."""
    status = 422 if view["errors"] or view["refused"] else 200
    return page.show(template, status=status, shared=False, **view, **context)


def show_new(page: Page, room: str, view: Json, **words: str) -> Response:
    """The page of the first form of something, which is sent to the room that it belongs to."""
    root = f"/{page.language}/desk/{room}"
    return show_form(page, "desk/form.html", view=view, room=room, back=root, action=root, **words)


def region_options(page: Page) -> Options:
    """The visitor's regions and the administrations right below them."""
    today = clock.business_today()
    codes = list(page.visitor.scopes)
    for scope in page.visitor.scopes:
        codes += [row.code for row in regions.children(scope, today)]
    return [(code, place(page, code)) for code in dict.fromkeys(codes)]


def category_options(page: Page) -> Options:
    """Kinds of goods that a region may be known for, with what they belong to."""
    chinese = page.language == "zh"
    found = []
    for each in categories.all_categories():
        if each.admission == "excluded" or categories.category_children(each.code):
            continue
        above = [categories.category(code) for code in reversed(categories.category_ancestors(each.code))]
        path = [*(row for row in above if row), each]
        found.append((each.code, " › ".join(row.zh if chinese else row.en for row in path)))
    return found


def month_options(page: Page) -> Options:
    """The twelve months."""
    return [(month, month_name(page, month)) for month in range(1, 13)]


def with_current(options: Options, value: Any, words: str) -> Options:
    """The options and the present value, if they lack it: what is chosen must not vanish from a form."""
    if value in (None, "") or any(str(option[0]) == str(value) for option in options):
        return options
    return [*options, (value, words)]


async def every(client: Any, path: str, most: int = 300, **query: Any) -> list[Json]:
    """All items of a list, as far as a form can show them."""
    items: list[Json] = []
    cursor: str | None = None
    while len(items) < most:
        answer = await client.get(path, **query, cursor=cursor, limit=100)
        items += answer["items"]
        cursor = answer["next"]
        if cursor is None:
            break
    return items


async def in_scopes(page: Page, client: Any, path: str, **query: Any) -> list[Json]:
    """All items of the visitor's regions, each once."""
    found: dict[str, Json] = {}
    for scope in page.visitor.scopes:
        for row in await every(client, path, region=scope, **query):
            found[row["id"]] = row
    return list(found.values())


async def proof_options(page: Page, texts: Sequence[Json] | None = None) -> Options:
    """Documents of the visitor's regions that may prove a text; one that is named already stays among them."""
    answer = await page.catalog.get("/documents", kind=list(PROOFS), limit=100)
    options: Options = [proof_option(page, document) for document in answer["items"]]
    for named in proofs_named(texts):
        options = with_current(options, named, page._("The document %(id)s…", id=named[:8]))
    return options


async def event_options(page: Page) -> Options:
    """Registered events that struck one of the visitor's regions."""
    events = await in_scopes(page, page.compliance, "/events")
    return [(event["id"], f"{own(page, event, 'title')} · {_day(page, event)}") for event in events]


def _day(page: Page, event: Json) -> str:
    return show_day(instant(event["occurred_at"]).date(), page.language)


def today() -> date:
    """The business day."""
    return clock.business_today()
