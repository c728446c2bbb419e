"""The registry of events on the desk: one person enters what was declared, another compares it with the originals."""

import asyncio
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from gateway.clients import Json, ServiceProblem
from gateway.pages.filling import (
    REFUSED,
    Options,
    RefusedForm,
    form_view,
    keep,
    key_of,
    posted,
    read_form,
    show_form,
    show_new,
    version_of,
    with_current,
)
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.views import events, findings, forms, registry
from gateway.views.codes import word_of
from gateway.views.event_forms import declaration_sections, event_sections
from gateway.views.forms import Field, Section
from gateway.views.speaking import own, place
from services.contracts import categories
from services.kit import clock
from services.kit.ids import new_id
from services.kit.problem import NotFound

router = APIRouter(prefix="/{lang}/desk/events")

READERS = ("registrar", "verifier", "reviewer", "inspector", "administrator")
# What the gate can say of an event before anybody offers goods.
RULES_ON_EVENTS = ("fm.event", "fm.authority")
REFUSED_OR_NOT_ALLOWED = (*REFUSED, 403)
_ROOMY = ("livestock", "meat", "egg", "aquatic")


@router.get("")
async def show_events(page: CurrentPage, cursor: str | None = None, waiting: str = "") -> Response:
    """The events of the visitor's regions; `waiting`: only those that nobody verified as they stand."""
    page.require_role(*READERS)
    only = bool(waiting)
    answer = await page.compliance.get(
        "/events", mine="true", verified="false" if only else None, cursor=cursor, limit=20
    )
    return page.show(
        "desk/events.html",
        shared=False,
        room="events",
        rows=[registry.event_row(page, event) for event in answer["items"]],
        waiting=only,
        may_register="registrar" in page.visitor.roles,
        following=page.onward("/desk/events", answer["next"], waiting="yes" if only else None),
        first=cursor is None,
    )


def home_words(page: Page) -> str:
    """The visitor's regions with their codes, to be typed from."""
    words = [f"{place(page, code)} {code}" for code in page.visitor.scopes]
    return ("、" if page.language == "zh" else "; ").join(words) or "–"


def kinds_of_goods(page: Page) -> Options:
    """Every kind of goods, the wide ones too, each with what it belongs to."""
    found = []
    for each in categories.all_categories():
        if each.admission != "excluded":
            above = [categories.category(code) for code in reversed(categories.category_ancestors(each.code))]
            path = [*(row for row in above if row), each]
            found.append((each.code, " › ".join(row.zh if page.language == "zh" else row.en for row in path)))
    return found


def _beasts(page: Page, chosen: list[str]) -> Options:
    """Kinds that a closed zone is about: the wide ones, and those of animals in full."""
    codes = [
        each.code
        for each in categories.all_categories()
        if each.admission != "excluded"
        and (len(categories.category_ancestors(each.code)) <= 1 or each.code.split(".")[0] in _ROOMY)
    ]
    named = {code: categories.category(code) for code in codes}
    options: Options = [
        (code, row.zh if page.language == "zh" else row.en) for code, row in named.items() if row is not None
    ]
    for code in chosen:
        options = with_current(options, code, code)
    return options


def _sections(page: Page, *, new: bool, document: Json | None = None) -> list[Section]:
    told = document or {}
    chosen = [code for zone in told.get("quarantines", ()) for code in zone.get("category_codes") or ()]
    sections = event_sections(page, kinds_of_goods(page), _beasts(page, chosen), home_words(page), new=new)
    return [_with_hazard(page, section, told.get("hazard")) for section in sections]


def _with_hazard(page: Page, section: Section, hazard: str | None) -> Section:
    """What struck is one of a list; a word that another program entered stays choosable."""
    entries = tuple(
        Field("hazard", entry.label, "choice", options=with_current(list(entry.options), hazard, word_of(page, hazard)))
        if isinstance(entry, Field) and entry.name == "hazard" and hazard
        else entry
        for entry in section.entries
    )
    return Section(section.id, section.title, entries, section.lead, section.folded)


@router.get("/new")
async def show_new_event(page: CurrentPage) -> Response:
    """The form of an event with its declarations."""
    page.require_role("registrar")
    shown = {"regions.0.code": page.visitor.scopes[0]} if len(page.visitor.scopes) == 1 else {}
    return _new_form(page, form_view(_sections(page, new=True), shown))


def _new_form(page: Page, view: Json) -> Response:
    return show_new(
        page,
        "events",
        view,
        title=page._("Register an event"),
        lead=page._("Enter what the papers say, no more. A second person compares it with them before it counts."),
        back_link=page._("Events"),
        save_word=page._("Register it"),
    )


@router.post("")
async def create_event(page: CurrentPage) -> Response:
    """Register an event; a verifier must then look at it."""
    form = await posted(page, "registrar")
    sections = _sections(page, new=True)
    typed = await read_form(page, sections, form)
    try:
        made = await keep(typed, sections, lambda body: page.compliance.send("POST", "/events", body, key=key_of(form)))
    except RefusedForm as refused:
        return _new_form(page, refused.view)
    except ServiceProblem as problem:
        return _new_form(page, _not_allowed(sections, typed, problem))
    return page.go(f"/desk/events/{made['id']}", page._("Registered. It counts once a second person has verified it."))


def _not_allowed(sections: list[Section], typed: forms.Typed, problem: ServiceProblem) -> Json:
    """The form again when its regions are not the visitor's; what was typed stays. Other problems are raised on."""
    if problem.status != 403:
        raise problem
    return form_view(sections, typed.shown, problem=problem)


@router.get("/{event_id}")
async def show_event(page: CurrentPage, event_id: str) -> Response:
    """An event as entered, with its originals, who verified it, and what the visitor may do about it."""
    page.require_role(*READERS)
    return await _show(page, event_id)


async def _show(page: Page, event_id: str, refused: Json | None = None) -> Response:
    event, asked = await asyncio.gather(
        page.compliance.get(item("events", event_id)), page.compliance.get(f"{item('events', event_id)}/verification")
    )
    verifying = "verifier" in page.visitor.roles
    now = clock.now()
    tried = await _try(page, event) if asked["may_verify"] else None
    return page.show(
        "desk/event.html",
        status=refused["status"] if refused else 200,
        shared=False,
        room="events",
        event=event,
        title=own(page, event, "title"),
        state=registry.event_state(page, event),
        lifted=events.event_head(page, event, now)["lifted"],
        registered=registry.registered_line(page, event),
        verified=registry.verified_line(page, event),
        about=registry.about_event(page, event),
        regions=registry.regions(page, event["document"]),
        impacts=registry.impacts(page, event["document"]),
        quarantines=registry.quarantines(page, event["document"]),
        declarations=registry.declarations(page, event, now),
        may_register="registrar" in page.visitor.roles,
        may_verify=asked["may_verify"],
        why_not=own(page, asked, "why_not") if verifying or not event["verified"] else None,
        answer=findings.answer(page, tried) if tried else None,
        refused=refused or {},
        key=new_id(),
    )


async def _try(page: Page, event: Json) -> Json:
    """What the gate would say of the event by itself, without goods."""
    question = {
        "stage": "listing",
        "trial": True,
        "rules": list(RULES_ON_EVENTS),
        "facts": {"event": event["document"]},
    }
    return await page.compliance.send("POST", "/checks", question)


@router.post("/{event_id}/verify")
async def verify_event(page: CurrentPage, event_id: str) -> Response:
    """A verifier's word on the very version that was shown."""
    form = await posted(page, "verifier")
    if not form.get("compared"):
        said = page._("Open the originals, compare them, and say so here.")
        return await _show(page, event_id, {"status": 422, "compared": said})
    body = {"version": version_of(form)}
    try:
        await page.compliance.send("POST", f"{item('events', event_id)}/verify", body, key=key_of(form))
    except ServiceProblem as problem:
        if problem.status not in REFUSED_OR_NOT_ALLOWED or problem.status == 404:
            raise
        return page.go(f"/desk/events/{event_id}", str(problem.document.get("detail", "")), "bad")
    return page.go(f"/desk/events/{event_id}", page._("Verified. What rests on the event is asked again at once."))


@router.get("/{event_id}/edit")
async def show_edit(page: CurrentPage, event_id: str) -> Response:
    """The form of an event that stands."""
    page.require_role("registrar")
    event = await page.compliance.get(item("events", event_id))
    sections = _sections(page, new=False, document=event["document"])
    told = {**event["document"], "title_zh": event["title_zh"], "title_en": event["title_en"]}
    view = form_view(sections, forms.shown_of(forms.fields_of(sections), told))
    return _edit_form(page, event, view, event["version"])


def _edit_form(page: Page, event: Json, view: Json, version: int | None) -> Response:
    title = page._("Correct the event")
    return _part_form(page, event, view, version, title=title, path="edit", save_word=page._("Save the correction"))


def _part_form(page: Page, event: Json, view: Json, version: int | None, **words: Any) -> Response:
    """A form about an event that stands, with what becomes of its verification said above it."""
    back = f"/{page.language}/desk/events/{event['id']}"
    path = words.pop("path")
    return show_form(
        page,
        "desk/form.html",
        view=view,
        room="events",
        back=back,
        back_link=own(page, event, "title"),
        action=f"{back}/{path}",
        version=version,
        notes=_again_note(page, event),
        **words,
    )


def _again_note(page: Page, event: Json) -> list[Json]:
    if not event["verified"]:
        return []
    said = registry.verified_line(page, event)
    text = page._("%(said)s. With this change it must be verified again; until then nothing passes on it.", said=said)
    return [{"kind": "review", "text": text}]


@router.post("/{event_id}/edit")
async def save_event(page: CurrentPage, event_id: str) -> Response:
    """Keep a correction; what was verified must be verified again."""
    form = await posted(page, "registrar")
    event = await page.compliance.get(item("events", event_id))
    sections = _sections(page, new=False, document=event["document"])
    typed = await read_form(page, sections, form)
    version = version_of(form)
    try:
        await keep(
            typed,
            sections,
            lambda body: page.compliance.send("PUT", item("events", event_id), body, version=version),
        )
    except RefusedForm as refused:
        return _edit_form(page, event, refused.view, version)
    except ServiceProblem as problem:
        return _edit_form(page, event, _not_allowed(sections, typed, problem), version)
    return page.go(f"/desk/events/{event_id}", page._("The correction is kept. It waits for a verifier."))


@router.get("/{event_id}/declarations/{declaration_id}")
async def show_declaration(page: CurrentPage, event_id: str, declaration_id: str) -> Response:
    """The form of a declaration: `new`, or one that stands."""
    page.require_role("registrar")
    event = await page.compliance.get(item("events", event_id))
    declared = _declared(event, declaration_id)
    sections = declaration_sections(page, signed=bool(declared and declared.get("signed_by")))
    told = {name: value for name, value in (declared or {}).items() if name != "signed_by"}
    view = form_view(sections, forms.shown_of(forms.fields_of(sections), told))
    return _declaration_form(page, event, declared, view, event["version"])


def _declared(event: Json, declaration_id: str) -> Json | None:
    """The declaration; None for a new one. Raises NotFound."""
    if declaration_id == "new":
        return None
    for declared in event["document"].get("declarations", ()):
        if declared["id"] == declaration_id:
            return dict(declared)
    raise NotFound("The event has no such declaration.", "该事件没有这份公告。")


def _declaration_form(page: Page, event: Json, declared: Json | None, view: Json, version: int | None) -> Response:
    return _part_form(
        page,
        event,
        view,
        version,
        title=page._("Correct the declaration") if declared else page._("Add a declaration"),
        path=f"declarations/{declared['id'] if declared else 'new'}",
        save_word=page._("Save the correction") if declared else page._("Add it"),
    )


@router.post("/{event_id}/declarations/{declaration_id}")
async def save_declaration(page: CurrentPage, event_id: str, declaration_id: str) -> Response:
    """Add a declaration, or correct one; what was verified must be verified again."""
    form = await posted(page, "registrar")
    event = await page.compliance.get(item("events", event_id))
    declared = _declared(event, declaration_id)
    sections = declaration_sections(page, signed=bool(declared and declared.get("signed_by")))
    typed = await read_form(page, sections, form)
    if declared and declared.get("signed_by"):
        typed.body.setdefault("signed_by", declared["signed_by"])
    version = version_of(form)
    try:
        await keep(typed, sections, lambda body: _send_declaration(page, event_id, declared, body, form))
    except RefusedForm as refused:
        return _declaration_form(page, event, declared, refused.view, version)
    except ServiceProblem as problem:
        return _declaration_form(page, event, declared, _not_allowed(sections, typed, problem), version)
    return page.go(f"/desk/events/{event_id}", page._("The declaration is kept. The event waits for a verifier."))


async def _send_declaration(page: Page, event_id: str, declared: Json | None, body: Json, form: FormData) -> Json:
    path = f"{item('events', event_id)}/declarations"
    if declared is None:
        return await page.compliance.send("POST", path, body, key=key_of(form))
    return await page.compliance.send("PUT", f"{path}/{declared['id']}", body, version=version_of(form))


@router.post("/{event_id}/declarations/{declaration_id}/lift")
async def lift_declaration(page: CurrentPage, event_id: str, declaration_id: str) -> Response:
    """The authority lifted its declaration; the verification stands, because a lift only narrows what is excused."""
    form = await posted(page, "registrar")
    typed = forms.read([Field("lifted_at", "", "moment")], form, page._)
    said = {"id": declaration_id, "typed": typed.shown["lifted_at"]}
    if not typed.body:
        text = typed.errors.get("lifted_at") or page._("Fill this in.")
        return await _show(page, event_id, {"status": 422, "lift": {**said, "text": text}})
    path = f"{item('events', event_id)}/declarations/{quote(declaration_id, safe='')}/lift"
    try:
        await page.compliance.send("POST", path, typed.body, key=key_of(form))
    except ServiceProblem as problem:
        if problem.status not in REFUSED_OR_NOT_ALLOWED or problem.status == 404:
            raise
        text = next(iter(problem.field_errors.values()), str(problem.document.get("detail", "")))
        return await _show(page, event_id, {"status": problem.status, "lift": {**said, "text": text}})
    return page.go(f"/desk/events/{event_id}", page._("The lift is recorded. What rests on the event is asked again."))
