"""Listings on the desk: write one with its lots, try it against the gate, submit it, withdraw it."""

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from gateway.clients import Json, ServiceProblem
from gateway.pages.filling import (
    REFUSED,
    RefusedForm,
    event_options,
    every,
    form_view,
    in_scopes,
    keep,
    key_of,
    month_options,
    posted,
    proof_options,
    read_form,
    region_options,
    show_form,
    show_new,
    today,
    version_of,
    why_of,
    with_current,
)
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.pages.people import acts_on, appeals_about
from gateway.views import desk, findings, forms, history
from gateway.views.attributes import attribute_section
from gateway.views.forms import Section, Typed
from gateway.views.goods_forms import listing_sections
from gateway.views.lot_forms import lot_sections
from gateway.views.speaking import own
from gateway.views.words_forms import PICTURES_OF_GOODS, TEXTS_OF_GOODS, words_sections
from services.contracts import regions
from services.kit.ids import new_id
from services.kit.problem import NotFound

router = APIRouter(prefix="/{lang}/desk/listings")

PAUSES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8)
MOST_TRIED = 20


@router.get("")
async def show_listings(page: CurrentPage, cursor: str | None = None) -> Response:
    """The listings of the operator's regions, in every state."""
    page.require_role("operator")
    answer = await page.catalog.get("/listings", mine="true", cursor=cursor, limit=30)
    return page.show(
        "listings/list.html",
        shared=False,
        rows=[desk.listing_row(page, card) for card in answer["items"]],
        following=answer["next"],
        first=cursor is None,
    )


@router.get("/new")
async def show_new_listing(page: CurrentPage, specialty: str | None = None) -> Response:
    """The form of a new listing."""
    page.require_role("operator")
    sections = await _sections(page, new=True)
    return _new_form(page, form_view(sections, {"specialty_id": specialty or "", "season": str(today().year)}))


def _new_form(page: Page, view: Json) -> Response:
    return show_new(
        page,
        "listings",
        view,
        title=page._("New listing"),
        lead=page._("One specialty in one season. The lots come next."),
        back_link=page._("Your listings"),
        save_word=page._("Save and add lots"),
    )


@router.post("")
async def create_listing(page: CurrentPage) -> Response:
    """Keep a new listing as a draft."""
    form = await posted(page, "operator")
    sections = await _sections(page, new=True)
    typed = await read_form(page, sections, form)
    try:
        made = await keep(typed, sections, lambda body: page.catalog.send("POST", "/listings", body, key=key_of(form)))
    except RefusedForm as refused:
        return _new_form(page, refused.view)
    return page.go(f"/desk/listings/{made['id']}", page._("The listing is kept as a draft. Now add its lots."))


async def _sections(page: Page, *, new: bool, draft: Json | None = None) -> list[Section]:
    events = await event_options(page)
    if draft:
        events = with_current(events, draft["event_id"], page._("The event chosen before"))
    specialties = []
    if new:
        cards = [*await in_scopes(page, page.catalog, "/specialties"), *await _shared_from_above(page)]
        specialties = [
            (card["id"], f"{own(page, card, 'title')} · {own(page, card['region'], 'path')}") for card in cards
        ]
    proofs = await proof_options(page, draft["texts"] if draft else None)
    words = words_sections(page, proofs, TEXTS_OF_GOODS, PICTURES_OF_GOODS)
    return [*listing_sections(page._, specialties, events, region_options(page), new=new), *words]


async def _shared_from_above(page: Page) -> list[Json]:
    """Specialties of the prefectures and provinces above the visitor, which their counties share."""
    above = dict.fromkeys(code for scope in page.visitor.scopes for code in regions.ancestors(scope, today()))
    found = await asyncio.gather(*(every(page.catalog, "/specialties", region=code) for code in above))
    return [card for code, cards in zip(above, found, strict=True) for card in cards if card["region"]["code"] == code]


@router.get("/{listing_id}")
async def show_listing(page: CurrentPage, listing_id: str) -> Response:
    """One listing with its lots: where it stands, and what to do next."""
    page.require_role("operator")
    return await _show(page, listing_id, [])


async def _show(page: Page, listing_id: str, answers: list[Json]) -> Response:
    draft, shown = await asyncio.gather(
        page.catalog.get(f"{item('listings', listing_id)}/draft"), _newest(page, listing_id)
    )
    answered = {lot["id"]: lot for lot in (shown or {}).get("lots", ())}
    names, acts, appeals = await asyncio.gather(
        _seller_names(page, draft), acts_on(page, answered), appeals_about(page, listing_id)
    )
    body = draft["draft"]
    return page.show(
        "listings/listing.html",
        shared=False,
        draft=draft,
        title=own(page, body, "title"),
        state=desk.listing_state(page, draft["state"]),
        next_step=desk.next_for_listing(page, draft["state"], changed=draft["draft_changed"], lots=len(body["lots"])),
        lots=[
            desk.lot_row(page, lot, names.get(lot["producer_id"], "–"), answered.get(lot["id"])) for lot in body["lots"]
        ],
        warnings=[each[page.language] for each in draft["warnings"]],
        event=await page.compliance.find(item("events", body["event_id"])),
        answers=answers,
        held=history.review_row(page, draft["waiting"]) if draft["waiting"] else None,
        acts=acts,
        appeals=appeals,
        key=new_id(),
    )


async def _newest(page: Page, listing_id: str) -> Json | None:
    """The newest submitted version; None for a listing that was never submitted."""
    found = await page.catalog.find(item("listings", listing_id))
    if found is None or found["version"] == found["newest_version"]:
        return found
    return await page.catalog.find(f"{item('listings', listing_id)}/versions/{found['newest_version']}")


async def _seller_names(page: Page, draft: Json) -> dict[str, str]:
    wanted = list(dict.fromkeys(lot["producer_id"] for lot in draft["draft"]["lots"]))
    found = await asyncio.gather(*(page.catalog.find(item("producers", each)) for each in wanted))
    named = {each: row for each, row in zip(wanted, found, strict=True) if row}
    return {each: (row["name_en"] if page.language == "en" else None) or row["name"] for each, row in named.items()}


@router.get("/{listing_id}/edit")
async def show_edit(page: CurrentPage, listing_id: str) -> Response:
    """The form of a listing that stands."""
    page.require_role("operator")
    draft = await page.catalog.get(f"{item('listings', listing_id)}/draft")
    sections = await _sections(page, new=False, draft=draft["draft"])
    shown = forms.shown_of(forms.fields_of(sections), draft["draft"])
    return _edit_form(page, draft, form_view(sections, shown), draft["version"])


def _edit_form(page: Page, draft: Json, view: Json, version: int | None) -> Response:
    back = f"/{page.language}/desk/listings/{draft['id']}"
    return show_form(
        page,
        "desk/form.html",
        view=view,
        room="listings",
        title=page._("Change the listing"),
        back=back,
        back_link=own(page, draft["draft"], "title"),
        action=f"{back}/edit",
        save_word=page._("Save"),
        version=version,
        ask_why=draft["submitted_version"] is not None,
    )


@router.post("/{listing_id}/edit")
async def save_listing(page: CurrentPage, listing_id: str) -> Response:
    """Keep the changed listing; its lots stay as they are."""
    form = await posted(page, "operator")
    draft = await page.catalog.get(f"{item('listings', listing_id)}/draft")
    sections = await _sections(page, new=False, draft=draft["draft"])
    typed = await read_form(page, sections, form)
    lots = {"lots": draft["draft"]["lots"]}
    try:
        await keep(typed, sections, lambda body: _put(page, draft, {**body, **lots}, version_of(form), why_of(form)))
    except RefusedForm as refused:
        return _edit_form(page, draft, refused.view, version_of(form))
    return page.go(f"/desk/listings/{draft['id']}", page._("Saved."))


async def _put(page: Page, draft: Json, body: Json, version: int | None, why: Mapping[str, str] | None = None) -> Json:
    """Replace the draft; lots go without their ids, which the service keeps by producer and number."""
    lots = [_stated({name: value for name, value in lot.items() if name != "id"}) for lot in body["lots"]]
    whole = {**_stated(body), "lots": lots, "specialty_id": draft["specialty_id"]}
    return await page.catalog.send("PUT", item("listings", draft["id"]), whole, version=version, query=why)


def _stated(body: Json) -> Json:
    return {name: value for name, value in body.items() if value is not None}


@router.get("/{listing_id}/lots/{place}")
async def show_lot(page: CurrentPage, listing_id: str, place: str) -> Response:
    """The form of a lot: `new`, or its place in the listing."""
    page.require_role("operator")
    draft = await page.catalog.get(f"{item('listings', listing_id)}/draft")
    index, lot = _lot_at(draft, place)
    sections = await _lot_sections(page, draft, lot)
    shown = forms.shown_of(forms.fields_of(sections), lot)
    return _lot_form(page, draft, index, form_view(sections, shown), draft["version"])


def _lot_at(draft: Json, place: str) -> tuple[int | None, Json]:
    """Where the lot stands and what it says; a new one says nothing. Raises NotFound."""
    lots = draft["draft"]["lots"]
    if place == "new":
        return None, {}
    if not place.isdecimal() or not 1 <= int(place) <= len(lots):
        raise NotFound("There is no such lot in this listing.", "此申报中没有这个批次。")
    return int(place) - 1, lots[int(place) - 1]


async def _lot_sections(page: Page, draft: Json, lot: Json) -> list[Section]:
    rows = await in_scopes(page, page.catalog, "/producers")
    if not any(row["region"]["code"] == draft["region"]["code"] for row in rows):
        rows += await every(page.catalog, "/producers", region=draft["region"]["code"])
    producers = [(row["id"], f"{row['name']} · {row['uscc'] or page._('farm household')}") for row in rows]
    words = words_sections(page, await proof_options(page, lot.get("texts")), TEXTS_OF_GOODS, PICTURES_OF_GOODS)
    first, *rest = lot_sections(page._, producers, region_options(page), month_options(page))
    return [first, *attribute_section(page, draft["category"]["code"]), *rest, *words]


def _lot_form(page: Page, draft: Json, index: int | None, view: Json, version: int | None, **more: Any) -> Response:
    back = f"/{page.language}/desk/listings/{draft['id']}"
    return show_form(
        page,
        "desk/form.html",
        view=view,
        room="listings",
        title=page._("New lot") if index is None else page._("Lot %(number)s", number=_number(draft, index)),
        lead=page._("What you leave open is asked for by the gate; nothing is taken for granted."),
        back=back,
        back_link=own(page, draft["draft"], "title"),
        action=f"{back}/lots/{'new' if index is None else index + 1}",
        save_word=page._("Save"),
        try_word=page._("Save and try it against the gate"),
        danger=None if index is None else page._("Remove this lot"),
        version=version,
        ask_why=draft["submitted_version"] is not None,
        **more,
    )


def _number(draft: Json, index: int) -> str:
    return str(draft["draft"]["lots"][index]["lot_number"])


@router.post("/{listing_id}/lots/{place}")
async def save_lot(page: CurrentPage, listing_id: str, place: str) -> Response:
    """Keep a lot, or remove it; with `try` the gate is asked and its answer stands beside the fields."""
    form = await posted(page, "operator")
    draft = await page.catalog.get(f"{item('listings', listing_id)}/draft")
    index, lot = _lot_at(draft, place)
    if form.get("do") == "remove" and index is not None:
        return await _remove_lot(page, draft, index, version_of(form))
    sections = await _lot_sections(page, draft, lot)
    typed = await read_form(page, sections, form)
    return await _keep_lot(page, form, draft, index, sections, typed)


async def _remove_lot(page: Page, draft: Json, index: int, version: int | None) -> Response:
    lots = [lot for place, lot in enumerate(draft["draft"]["lots"]) if place != index]
    await _put(page, draft, {**draft["draft"], "lots": lots}, version)
    return page.go(f"/desk/listings/{draft['id']}", page._("The lot was removed from the form."))


async def _keep_lot(
    page: Page, form: FormData, draft: Json, index: int | None, sections: list[Section], typed: Typed
) -> Response:
    lots = list(draft["draft"]["lots"])
    place = len(lots) if index is None else index

    async def send(body: Json) -> Json:
        lots[place : place + 1] = [body]
        return await _put(page, draft, {**draft["draft"], "lots": lots}, version_of(form), why_of(form))

    try:
        saved = await keep(typed, sections, send, f"lots.{place}.")
    except RefusedForm as refused:
        return _lot_form(page, draft, index, refused.view, version_of(form))
    if form.get("do") != "try":
        return page.go(f"/desk/listings/{draft['id']}", page._("The lot is kept."))
    decision = (await _try(page, draft["id"], only=saved["draft"]["lots"][place]["id"]))[0][1]
    names = list(forms.names_of(forms.fields_of(sections), typed.shown))
    view = form_view(sections, typed.shown, findings=findings.beside_fields(page, decision, names))
    return _lot_form(
        page, saved, place, view, saved["version"], answers=[findings.answer(page, decision)], notes=_kept_note(page)
    )


def _kept_note(page: Page) -> list[Json]:
    return [{"kind": "pass", "text": page._("The lot is kept. What the gate would say of it stands here.")}]


async def _try(page: Page, listing_id: str, only: str | None = None) -> list[tuple[Json, Json]]:
    """What the gate would answer now, lot by lot: (facts, decision)."""
    told = await page.catalog.get(f"{item('listings', listing_id)}/facts")
    event = await page.compliance.find(item("events", told["event_id"]))
    chosen = [each for each in told["items"] if only in (None, each["lot_id"])][:MOST_TRIED]
    known = {"event": event["document"]} if event else {}
    asked = [{"stage": "listing", "trial": True, "facts": {**each["facts"], **known}} for each in chosen]
    answers = await asyncio.gather(*(page.compliance.send("POST", "/checks", body) for body in asked))
    return list(zip(chosen, answers, strict=True))


@router.post("/{listing_id}/try")
async def try_listing(page: CurrentPage, listing_id: str) -> Response:
    """Try every lot against the gate."""
    await posted(page, "operator")
    tried = await _try(page, listing_id)
    answers = [findings.answer(page, decision, told["lot_number"]) for told, decision in tried]
    return await _show(page, listing_id, answers)


@router.post("/{listing_id}/submit")
async def submit_listing(page: CurrentPage, listing_id: str) -> Response:
    """Submit it, and wait a moment for the gate's answer."""
    form = await posted(page, "operator")
    path = item("listings", listing_id)
    try:
        sent = await page.catalog.send("POST", f"{path}/submit", key=key_of(form), version=version_of(form))
    except ServiceProblem as problem:
        if problem.status not in REFUSED:
            raise
        return page.go(f"/desk/listings/{listing_id}", str(problem.document.get("detail", "")), "bad")
    for pause in PAUSES:
        shown = await _newest(page, listing_id)
        if shown and shown["version"] == sent["submitted_version"] and shown["state"] != "submitted":
            return page.go(f"/desk/listings/{listing_id}", _answered(page, shown["state"]), _kind(shown["state"]))
        await asyncio.sleep(pause)
    return page.go(f"/desk/listings/{listing_id}", page._("Submitted. The gate is checking it."), "info")


def _answered(page: Page, state: str) -> str:
    words = {
        "listed": page._("The gate let it through: it is listed."),
        "in_review": page._("Submitted. A person must look at some points first; they stand beside the lots."),
        "blocked": page._("The gate blocked it. What to mend stands beside the lots."),
    }
    return words.get(state, page._("Submitted."))


def _kind(state: str) -> str:
    return {"listed": "good", "in_review": "review", "blocked": "bad"}.get(state, "info")


@router.post("/{listing_id}/withdraw")
async def withdraw_listing(page: CurrentPage, listing_id: str) -> Response:
    """Take it off the market for good."""
    form = await posted(page, "operator")
    reason = {"reason": str(form.get("reason") or "").strip()}
    try:
        await page.catalog.send("POST", f"{item('listings', listing_id)}/withdraw", reason)
    except ServiceProblem as problem:
        if problem.status not in REFUSED:
            raise
        said = next(iter(problem.field_errors.values()), str(problem.document.get("detail", "")))
        return page.go(f"/desk/listings/{listing_id}", said, "bad")
    return page.go(f"/desk/listings/{listing_id}", page._("The listing was withdrawn."))
