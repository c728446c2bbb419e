"""What a region is known for, on the desk: specialties with their opening days, and the marks that all may share."""

import asyncio

from fastapi import APIRouter, Response

from gateway.clients import Json
from gateway.pages.filling import (
    Options,
    RefusedForm,
    at_home,
    category_options,
    form_view,
    in_scopes,
    keep,
    month_options,
    posted,
    read_form,
    region_options,
    send_record,
    show_form,
    version_of,
    with_current,
)
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.views import forms
from gateway.views.codes import category_word
from gateway.views.forms import Section
from gateway.views.goods_forms import mark_sections, mark_types, specialty_sections
from gateway.views.speaking import own, place, season

router = APIRouter(prefix="/{lang}/desk")


@router.get("/specialties")
async def show_specialties(page: CurrentPage) -> Response:
    """What the operator's regions are known for, and under which marks."""
    page.require_role("operator")
    cards, marks = await asyncio.gather(
        in_scopes(page, page.catalog, "/specialties"), in_scopes(page, page.catalog, "/marks")
    )
    rows = [
        {
            "href": f"/{page.language}/desk/specialties/{card['id']}",
            "title": own(page, card, "title"),
            "where": place(page, card["region"]["code"]),
            "next": season(page, card["season_months"]),
        }
        for card in cards
    ]
    return page.show("desk/specialties.html", shared=False, rows=rows, marks=[_mark_row(page, row) for row in marks])


def _mark_row(page: Page, row: Json) -> Json:
    kinds: dict[str, str] = dict(mark_types(page._))
    return {
        "href": f"/{page.language}/desk/marks/{row['id']}",
        "title": row["mark"]["name"],
        "where": place(page, row["region"]["code"]),
        "next": kinds.get(row["mark"]["mark_type"]),
    }


def _regions(page: Page, record: Json | None) -> Options:
    code = record["region"]["code"] if record else None
    return with_current(region_options(page), code, place(page, code) if code else "")


async def _specialty_sections(page: Page, specialty: Json | None) -> list[Section]:
    marks = await in_scopes(page, page.catalog, "/marks")
    known = {mark["id"]: mark for mark in [*marks, *(specialty["marks"] if specialty else ())]}
    named: Options = [(key, mark["mark"].get("display_name") or mark["mark"]["name"]) for key, mark in known.items()]
    kind = specialty["category"]["code"] if specialty else None
    kinds = with_current(category_options(page), kind, category_word(page, kind or ""))
    return specialty_sections(page._, _regions(page, specialty), kinds, named, month_options(page))


def _specialty_body(specialty: Json) -> Json:
    return {
        **specialty,
        "region_code": specialty["region"]["code"],
        "category_code": specialty["category"]["code"],
        "mark_ids": [mark["id"] for mark in specialty["marks"]],
    }


@router.get("/specialties/{specialty_id}")
async def show_specialty(page: CurrentPage, specialty_id: str) -> Response:
    """The form of a specialty: `new`, or one that stands."""
    page.require_role("operator")
    specialty = await _found(page, "specialties", specialty_id)
    sections = await _specialty_sections(page, specialty)
    shown = forms.shown_of(forms.fields_of(sections), _specialty_body(specialty)) if specialty else at_home(page)
    return _specialty_form(page, specialty, form_view(sections, shown), specialty["version"] if specialty else None)


def _specialty_form(page: Page, specialty: Json | None, view: Json, version: int | None) -> Response:
    return _record_form(
        page,
        view,
        version,
        kind="specialties",
        record=specialty,
        title=own(page, specialty, "name") if specialty else page._("New specialty"),
        lead=page._("A region and a kind of goods: all that an official may speak about."),
    )


@router.post("/specialties/{specialty_id}")
async def save_specialty(page: CurrentPage, specialty_id: str) -> Response:
    """Keep a specialty; it is public at once, and the gate reads its opening days from the next submission on."""
    form = await posted(page, "operator")
    specialty = await _found(page, "specialties", specialty_id)
    sections = await _specialty_sections(page, specialty)
    typed = await read_form(page, sections, form)
    try:
        made = await keep(
            typed, sections, lambda body: send_record(page.catalog, "/specialties", specialty, body, form)
        )
    except RefusedForm as refused:
        return _specialty_form(page, specialty, refused.view, version_of(form))
    if specialty is not None:
        return page.go("/desk/specialties", page._("The specialty is kept."))
    return page.go(f"/desk/listings/new?specialty={made['id']}", page._("The specialty is kept. You can list it now."))


@router.get("/marks/{mark_id}")
async def show_mark(page: CurrentPage, mark_id: str) -> Response:
    """The form of a mark: `new`, or one that stands."""
    page.require_role("operator")
    mark = await _found(page, "marks", mark_id)
    sections = mark_sections(page._, _regions(page, mark))
    shown = forms.shown_of(forms.fields_of(sections), mark["mark"] if mark else {}) if mark else at_home(page)
    return _mark_form(page, mark, form_view(sections, shown), mark["version"] if mark else None)


def _mark_form(page: Page, mark: Json | None, view: Json, version: int | None) -> Response:
    return _record_form(
        page,
        view,
        version,
        kind="marks",
        record=mark,
        title=mark["mark"]["name"] if mark else page._("New mark"),
        lead=page._("Only marks that every producer of the region may use. A company's own mark has no place here."),
    )


@router.post("/marks/{mark_id}")
async def save_mark(page: CurrentPage, mark_id: str) -> Response:
    """Keep a mark; the gate reads it from the next submission on."""
    form = await posted(page, "operator")
    mark = await _found(page, "marks", mark_id)
    sections = mark_sections(page._, _regions(page, mark))
    typed = await read_form(page, sections, form)
    try:
        await keep(typed, sections, lambda body: send_record(page.catalog, "/marks", mark, body, form))
    except RefusedForm as refused:
        return _mark_form(page, mark, refused.view, version_of(form))
    return page.go("/desk/specialties", page._("The mark is kept."))


async def _found(page: Page, kind: str, record_id: str) -> Json | None:
    """The record that stands; None for a new one."""
    return None if record_id == "new" else await page.catalog.get(item(kind, record_id))


def _record_form(
    page: Page, view: Json, version: int | None, *, kind: str, record: Json | None, title: str, lead: str
) -> Response:
    root = f"/{page.language}/desk"
    return show_form(
        page,
        "desk/form.html",
        view=view,
        room="specialties",
        title=title,
        lead=lead,
        back=f"{root}/specialties",
        back_link=page._("Specialties"),
        action=f"{root}/{kind}/{record['id'] if record else 'new'}",
        save_word=page._("Save"),
        version=version,
        ask_why=record is not None,
    )
