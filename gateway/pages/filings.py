"""The filing wizard: six steps, each kept as a draft, then try it and submit it."""

import asyncio
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from gateway.clients import Json
from gateway.pages import trying
from gateway.pages.filling import (
    Options,
    RefusedForm,
    at_home,
    form_view,
    in_scopes,
    keep,
    key_of,
    posted,
    proof_options,
    read_form,
    region_options,
    show_form,
    version_of,
    with_current,
)
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import find_listings, item
from gateway.views import broadcasts, desk, filing_forms, findings, forms, market, wizard
from gateway.views.forms import Section, Typed
from gateway.views.speaking import own, place
from gateway.views.words_forms import PICTURES_ON_AIR, TEXTS_ON_AIR, words_sections
from services.kit.ids import new_id
from services.kit.problem import NotFound

router = APIRouter(prefix="/{lang}/desk/filings")
# Stands behind the moves of a filing, which have names of their own at the same place.
steps_router = APIRouter(prefix="/{lang}/desk/filings")


@router.get("")
async def show_filings(page: CurrentPage, cursor: str | None = None) -> Response:
    """The filings of the operator's regions."""
    page.require_role("operator")
    answer = await page.broadcast.get("/filings", cursor=cursor, limit=30)
    return page.show(
        "filings/list.html",
        shared=False,
        rows=[desk.filing_row(page, row) for row in answer["items"]],
        following=answer["next"],
        first=cursor is None,
    )


@router.get("/new")
async def show_new_filing(page: CurrentPage) -> Response:
    """Step 1 of a new filing."""
    page.require_role("operator")
    sections = await _sections(page, "when", {})
    return _step_form(page, "when", None, form_view(sections, at_home(page)), None)


@router.post("/new")
async def create_filing(page: CurrentPage) -> Response:
    """Begin a draft with when and where."""
    form = await posted(page, "operator")
    sections = await _sections(page, "when", {})
    typed = await read_form(page, sections, form)
    try:
        made = await keep(typed, sections, lambda body: page.broadcast.send("POST", "/filings", body, key=key_of(form)))
    except RefusedForm as refused:
        return _step_form(page, "when", None, refused.view, None)
    return page.go(f"/desk/filings/{made['id']}/who", page._("The filing is kept as a draft."))


async def _sections(page: Page, step: str, body: Json) -> list[Section]:
    if step == "when":
        return await _when(page, body)
    if step == "who":
        return await _who(page, body)
    if step == "what":
        return await _what(page, body)
    if step == "plan":
        hosts = await _hosts(page, body.get("host_ids") or [])
        proofs = await proof_options(page, body.get("texts"))
        words = words_sections(page, proofs, TEXTS_ON_AIR, PICTURES_ON_AIR, on_air=True)
        return [*filing_forms.plan_sections(page._, [host[:2] for host in hosts]), *words]
    if step == "money":
        return filing_forms.money_sections(page._)
    raise NotFound("There is no such step.", "没有这一步。")


async def _when(page: Page, body: Json) -> list[Section]:
    regions = region_options(page)
    if code := body.get("region_code"):
        regions = with_current(regions, code, place(page, code))
    rooms = await in_scopes(page, page.broadcast, "/rooms")
    return filing_forms.when_sections(page._, regions, [(room["id"], own(page, room, "name")) for room in rooms])


async def _who(page: Page, body: Json) -> list[Section]:
    officials = await in_scopes(page, page.broadcast, "/officials")
    named: Options = [
        (row["id"], f"{own(page, row, 'post')} · {row['organ']['name']} · {desk.declared(page, row)}")
        for row in officials
    ]
    named = with_current(named, body.get("official_id"), page._("The official chosen before"))
    return filing_forms.who_sections(page._, named, await _hosts(page))


async def _hosts(page: Page, chosen: list[str] | None = None) -> Options:
    hosts = await in_scopes(page, page.broadcast, "/hosts")
    return [(row["id"], row["name"], row["position"]) for row in hosts if chosen is None or row["id"] in chosen]


async def _what(page: Page, body: Json) -> list[Section]:
    cards, evidence = await asyncio.gather(
        page.catalog.get("/listings", mine="true", limit=60),
        in_scopes(page, page.compliance, "/slow-sales"),
    )
    wanted = [card["listing_id"] for card in cards["items"]]
    wanted += [each["listing_id"] for each in body.get("listings", ())]
    listings = await find_listings(page, wanted)
    lots: Options = []
    for listing in listings.values():
        lots += [_lot_option(page, listing, lot) for lot in listing["lots"] if lot["state"] in ("listed", "in_review")]
    known = [(row["id"], desk.evidence_words(page, row), desk.evidence_note(page, row)) for row in evidence]
    return filing_forms.what_sections(page._, lots, known)


def _lot_option(page: Page, listing: Json, lot: Json) -> tuple[Any, ...]:
    words = f"{own(page, listing, 'title')} · {lot['lot_number']}"
    state = "" if lot["state"] == "listed" else f" · {desk.listing_state(page, lot['state'])['text']}"
    return f"{listing['id']}{wizard.LOT_MARK}{lot['id']}", words, lot["seller"]["name"] + state


def _step_form(page: Page, step: str, filing: Json | None, view: Json, version: int | None) -> Response:
    root = f"/{page.language}/desk/filings"
    here = f"{root}/{filing['id']}" if filing else root
    return show_form(
        page,
        "filings/step.html",
        view=view,
        room="filings",
        title=filing_forms.step_names(page._)[step] if filing else page._("New filing"),
        steps=wizard_items(page, filing, step),
        back=here,
        back_link=own(page, filing, "title") if filing else page._("Filings"),
        action=f"{here}/{step if filing else 'new'}",
        under_way=filing is not None and filing["state"] in ("submitted", "approved", "in_review", "scheduled"),
        version=version,
    )


def wizard_items(page: Page, filing: Json | None, step: str) -> list[Json]:
    """The steps as the macro `wizard` shows them; those of a kept filing can be reached at once."""
    names = filing_forms.step_names(page._)
    root = f"/{page.language}/desk/filings/{filing['id']}" if filing else None
    return [
        {
            "name": names[each],
            "href": f"{root}/{each}" if root else None,
            "state": "current" if each == step else "done" if root else "todo",
        }
        for each in filing_forms.STEPS
    ]


@router.get("/{filing_id}/check")
async def show_check(page: CurrentPage, filing_id: str) -> Response:
    """Step 6: everything once more, try it, submit it."""
    page.require_role("operator")
    return await _check(page, await page.broadcast.get(item("filings", filing_id)), [])


async def _check(page: Page, filing: Json, answers: list[Json]) -> Response:
    return page.show(
        "filings/check.html",
        shared=False,
        room="filings",
        filing=filing,
        title=own(page, filing, "title"),
        steps=wizard_items(page, filing, "check"),
        **await summary(page, filing),
        answers=answers,
        key=new_id(),
    )


async def summary(page: Page, filing: Json) -> Json:
    """What a filing says, as its pages show it."""
    content = filing["content"]
    hosts = (
        {}
        if not page.visitor.roles & {"operator", "administrator"}
        else {each[0]: each[2] for each in await _hosts(page)}
    )
    listings = await find_listings(page, (each["listing_id"] for each in content["listings"]))
    return {
        "when": desk.span(page, filing["starts_at"], filing["ends_at"]),
        "where": place(page, filing["region_code"]),
        "presenter": own(page, filing, "presenter_post"),
        "hosts": [hosts[each] for each in content["host_ids"] if each in hosts],
        "segments": broadcasts.segments(page, content["segments"]),
        "lots": [
            _lot_line(page, listings.get(each["listing_id"]), lot, (each.get("units") or {}).get(lot))
            for each in content["listings"]
            for lot in each["lot_ids"]
        ],
        "state": desk.filing_state(page, filing["state"]),
    }


def _lot_line(page: Page, listing: Json | None, lot_id: str, units: int | None) -> Json:
    lot = next((each for each in (listing or {}).get("lots", ()) if each["id"] == lot_id), None)
    if listing is None or lot is None:
        return {"href": None, "title": page._("A lot that is no longer offered"), "seller": "", "price": None}
    portion = f" · {page._('%(units)s in this broadcast') % {'units': f'{units:,}'}}" if units else ""
    return {
        "href": f"/{page.language}/lots/{lot_id}",
        "title": f"{own(page, listing, 'title')} · {lot['lot_number']}{portion}",
        "seller": lot["seller"]["name"],
        "price": market.lot_price(lot["lot"]),
    }


@router.post("/{filing_id}/try")
async def try_filing(page: CurrentPage, filing_id: str) -> Response:
    """Try it against the gate."""
    await posted(page, "operator")
    filing = await page.broadcast.get(item("filings", filing_id))
    tried = await trying.try_filing(page, filing)
    return await _check(page, filing, [findings.answer(page, decision, name) for name, decision in tried])


@steps_router.get("/{filing_id}/{step}")
async def show_step(page: CurrentPage, filing_id: str, step: str) -> Response:
    """One step of a filing that was begun."""
    page.require_role("operator")
    filing = await page.broadcast.get(item("filings", filing_id))
    body = wizard.body_of(filing["content"])
    sections = await _sections(page, step, body)
    if step == "plan" and not body.get("segments"):
        body["segments"] = wizard.proposed(body["starts_at"], body["ends_at"], body.get("host_ids") or [])
    unread = findings.unread(page, filing["content"])
    return _step_form(
        page, step, filing, form_view(sections, _shown(sections, body), findings=unread), filing["version"]
    )


def _shown(sections: list[Section], body: Json) -> dict[str, Any]:
    return forms.shown_of(forms.fields_of(sections), wizard.shown_body(body))


@steps_router.post("/{filing_id}/{step}")
async def save_step(page: CurrentPage, filing_id: str, step: str) -> Response:
    """Keep a step and go on; with `try`, keep it and show what the gate would say beside the fields."""
    form = await posted(page, "operator")
    filing = await page.broadcast.get(item("filings", filing_id))
    body = wizard.body_of(filing["content"])
    sections = await _sections(page, step, body)
    typed = await read_form(page, sections, form)
    for index, portion in enumerate(typed.body.get("portions", ())):
        if portion.keys() != {"lot", "units"}:
            typed.errors[f"portions.{index}.lot"] = page._("Choose the lot and say how many units of it are sold here.")

    async def send(said: Json) -> Json:
        whole = _stepped(step, body, sections, replace(typed, body=said))
        return await page.broadcast.send("PUT", item("filings", filing_id), whole, version=version_of(form))

    try:
        saved = await keep(typed, sections, send)
    except RefusedForm as refused:
        return _step_form(page, step, filing, refused.view, version_of(form))
    return await _onwards(page, form, saved, step, sections)


def _stepped(step: str, body: Json, sections: list[Section], typed: Typed) -> Json:
    entries = forms.fields_of(sections)
    # The parts and the notices that stand are needed to carry over what no field shows.
    before = body if step in ("when", "plan", "money") else wizard.without(body, entries)
    if step == "when":
        return wizard.when({**wizard.without(body, entries), "starts_at": body["starts_at"]}, typed.body)
    if step == "who":
        return wizard.who(before, typed.body)
    if step == "what":
        return wizard.what({**before, "slow_sales_ids": []}, typed.body)
    if step == "plan":
        kept = {"notices": body.get("notices", [])}
        return wizard.plan({**wizard.without(body, entries), **kept}, typed.body, typed.kept)
    whole = wizard.money({**wizard.without(body, entries), "payments": body.get("payments")}, typed.body)
    if "payments" not in typed.body:
        whole.pop("payments", None)
    return whole


async def _onwards(page: Page, form: FormData, saved: Json, step: str, sections: list[Section]) -> Response:
    if form.get("do") != "try":
        return page.go(f"/desk/filings/{saved['id']}/{wizard.after(step)}", page._("Kept."))
    # As it was kept: a file has its name now, and is either read or not.
    shown = _shown(sections, wizard.body_of(saved["content"]))
    names = list(forms.names_of(forms.fields_of(sections), shown))
    found = {name: said for name, said in findings.unread(page, saved["content"]).items() if name in names}
    for _, decision in await trying.try_filing(page, saved):
        found = {**findings.beside_fields(page, decision, names), **found}
    view = form_view(sections, shown, findings=found)
    view["tried"] = True
    return _step_form(page, step, saved, view, saved["version"])
