"""Records on the desk: producers, officials with their declarations, hosts."""

import asyncio
from collections.abc import Sequence
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from gateway.clients import Json, ServiceProblem
from gateway.pages.filling import (
    Options,
    RefusedForm,
    at_home,
    form_view,
    in_scopes,
    keep,
    key_of,
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
from gateway.views import desk, forms, history, show_instant
from gateway.views.forms import Section
from gateway.views.goods_forms import producer_kinds, producer_sections
from gateway.views.people_forms import host_sections, official_sections
from gateway.views.speaking import own, place
from services.kit.problem import NotFound

router = APIRouter(prefix="/{lang}/desk")


@router.get("/producers")
async def show_producers(page: CurrentPage, q: str = "", region: str = "", cursor: str | None = None) -> Response:
    """The producers of one of the operator's regions and below, page by page, narrowed by their name or code."""
    page.require_role("operator")
    choices = region_options(page)
    named = [code for code, _ in choices]
    chosen, words = region if region in named else next(iter(named), None), q.strip()[:100]
    found = await page.catalog.get("/producers", region=chosen, q=words or None, cursor=cursor, limit=30)
    here = f"/{page.language}/desk/producers"
    return page.show(
        "desk/producers.html",
        shared=False,
        rows=[_producer_row(page, row) for row in found["items"]],
        q=words,
        regions=choices,
        region=chosen or "",
        following=page.onward("/desk/producers", found["next"], q=words, region=chosen),
        first=f"{here}?{urlencode({'q': words, 'region': chosen or ''})}" if cursor else None,
    )


def _producer_row(page: Page, row: Json) -> Json:
    kinds: dict[str, str] = dict(producer_kinds(page._))
    warnings = [warning[page.language] for warning in row["warnings"]]
    return {
        "href": f"/{page.language}/desk/producers/{row['id']}",
        "title": own(page, {"name_zh": row["name"], "name_en": row["name_en"]}, "name"),
        "where": place(page, row["region"]["code"]),
        "next": " · ".join(each for each in (kinds.get(row["kind"]), row["uscc"]) if each),
        "state": {"kind": "review", "text": page._("Look at the code")}
        if warnings
        else history.admission_badge(page, row["admission"]["state"]),
        "reason": " ".join(warnings),
    }


def _producer_sections(page: Page, producer: Json | None = None) -> list[Section]:
    regions = region_options(page)
    if producer:
        regions = with_current(regions, producer["region"]["code"], place(page, producer["region"]["code"]))
    return producer_sections(page._, regions)


@router.get("/producers/{producer_id}")
async def show_producer(page: CurrentPage, producer_id: str) -> Response:
    """The form of a producer: `new`, or one that stands."""
    page.require_role("operator")
    if producer_id == "new":
        return _producer_form(page, None, form_view(_producer_sections(page), at_home(page)), None)
    producer = await page.catalog.get(item("producers", producer_id))
    sections = _producer_sections(page, producer)
    shown = forms.shown_of(forms.fields_of(sections), {**producer, "region_code": producer["region"]["code"]})
    return _producer_form(page, producer, form_view(sections, shown), producer["version"])


def _producer_form(page: Page, producer: Json | None, view: Json, version: int | None) -> Response:
    root = f"/{page.language}/desk/producers"
    warnings = [{"kind": "review", "text": each[page.language]} for each in (producer or {}).get("warnings", ())]
    return show_form(
        page,
        "desk/producer.html",
        view=view,
        room="producers",
        claims=f"{root}/{producer['id']}/claim" if producer else None,
        verified=_verified(page, producer),
        title=producer["name"] if producer else page._("New producer"),
        back=root,
        back_link=page._("Producers"),
        action=f"{root}/{producer['id'] if producer else 'new'}",
        save_word=page._("Save"),
        version=version,
        ask_why=producer is not None,
        notes=warnings,
    )


def _verified(page: Page, producer: Json | None) -> str | None:
    """Which register vouched, and when."""
    if producer is None or not producer.get("verified_by"):
        return None
    when = show_instant(producer["verified_at"], page.language)
    return page._("%(register)s vouched for it on %(when)s.", register=producer["verified_by"], when=when)


@router.post("/producers/{producer_id}/claim")
async def hand_in_claim(page: CurrentPage, producer_id: str) -> Response:
    """Hand in what a register of enterprises signed about a producer."""
    form = await posted(page, "operator")
    here, claim = f"/desk/producers/{producer_id}", str(form.get("claim") or "").strip()[:8001]
    path = f"{item('producers', producer_id)}/claims"
    try:
        await page.catalog.send("POST", path, {"claim": claim}, key=key_of(form), version=version_of(form))
    except ServiceProblem as problem:
        if problem.status not in (403, 409, 412, 422):
            raise
        said = " ".join(problem.field_errors.values()) or problem.document.get("detail", "")
        return page.go(here, f"{problem.document.get('title', '')}: {said}", "bad")
    return page.go(here, page._("Taken over. The gate reads it with the producer's next submission."))


@router.post("/producers/{producer_id}")
async def save_producer(page: CurrentPage, producer_id: str) -> Response:
    """Keep a producer; what the gate will ask about its code is said at once."""
    form = await posted(page, "operator")
    producer = None if producer_id == "new" else await page.catalog.get(item("producers", producer_id))
    sections = _producer_sections(page, producer)
    typed = await read_form(page, sections, form)
    try:
        saved = await keep(typed, sections, lambda body: send_record(page.catalog, "/producers", producer, body, form))
    except RefusedForm as refused:
        return _producer_form(page, producer, refused.view, version_of(form))
    if saved["warnings"]:
        said = " ".join(warning[page.language] for warning in saved["warnings"])
        return page.go(f"/desk/producers/{saved['id']}", page._("Kept, with a warning. %(said)s", said=said), "review")
    if saved["admission"]["state"] == "applied":
        said = page._("Kept. Its county must recommend it and the platform review it before its lots can be submitted.")
        return page.go("/desk/producers", said)
    return page.go("/desk/producers", page._("The producer is kept."))


@router.get("/officials")
async def show_officials(page: CurrentPage) -> Response:
    """Who may speak for the operator's regions, and who sells there."""
    page.require_role("operator")
    officials, hosts = await asyncio.gather(
        in_scopes(page, page.broadcast, "/officials"), in_scopes(page, page.broadcast, "/hosts")
    )
    return page.show(
        "desk/officials.html",
        shared=False,
        officials=[_official_row(page, row) for row in officials],
        hosts=[
            {
                "href": f"/{page.language}/desk/hosts/{row['id']}",
                "title": row["name"],
                "where": place(page, row["region_code"]),
                "next": row["position"],
            }
            for row in hosts
        ],
    )


def _official_row(page: Page, row: Json) -> Json:
    return {
        "href": f"/{page.language}/desk/officials/{row['id']}",
        "title": own(page, row, "post"),
        "where": row["organ"]["name"],
        "state": {"kind": "pass", "text": desk.declared(page, row)}
        if row["declaration"]
        else {"kind": "review", "text": desk.declared(page, row)},
        "declare": f"/{page.language}/desk/officials/{row['id']}/declare",
    }


def _people_regions(page: Page, codes: Sequence[str]) -> Options:
    regions = region_options(page)
    for code in codes:
        regions = with_current(regions, code, place(page, code))
    return regions


@router.get("/officials/{official_id}")
async def show_official(page: CurrentPage, official_id: str) -> Response:
    """The form of an official: `new`, or one that stands."""
    page.require_role("operator")
    if official_id == "new":
        sections = official_sections(page._, region_options(page), new=True)
        return _person_form(page, None, form_view(sections, {}), None, "officials", page._("New official"))
    official = await page.broadcast.get(item("officials", official_id))
    sections = _official_sections(page, official)
    view = form_view(sections, forms.shown_of(forms.fields_of(sections), official))
    return _person_form(page, official, view, official["version"], "officials", own(page, official, "post"))


def _official_sections(page: Page, official: Json | None) -> list[Section]:
    codes = [*official["jurisdiction"], official["organ"]["region_code"]] if official else []
    return official_sections(page._, _people_regions(page, codes), new=official is None)


def _person_form(
    page: Page, person: Json | None, view: Json, version: int | None, collection: str, title: str
) -> Response:
    root = f"/{page.language}/desk"
    return show_form(
        page,
        "desk/form.html",
        view=view,
        room="officials",
        title=title,
        back=f"{root}/officials",
        back_link=page._("Officials and hosts"),
        action=f"{root}/{collection}/{person['id'] if person else 'new'}",
        save_word=page._("Save"),
        version=version,
    )


@router.post("/officials/{official_id}")
async def save_official(page: CurrentPage, official_id: str) -> Response:
    """Keep an official."""
    form = await posted(page, "operator")
    official = None if official_id == "new" else await page.broadcast.get(item("officials", official_id))
    sections = _official_sections(page, official)
    typed = await read_form(page, sections, form)
    title = own(page, official, "post") if official else page._("New official")
    try:
        await keep(typed, sections, lambda body: send_record(page.broadcast, "/officials", official, body, form))
    except RefusedForm as refused:
        return _person_form(page, official, refused.view, version_of(form), "officials", title)
    return page.go("/desk/officials", page._("The official is kept."))


async def _find_host(page: Page, host_id: str) -> Json | None:
    """The host; None for a new one. Raises NotFound for one that is not of the operator's regions."""
    if host_id == "new":
        return None
    for host in await in_scopes(page, page.broadcast, "/hosts"):
        if host["id"] == host_id:
            return host
    raise NotFound("There is no such host in your regions.", "您负责的地区没有这位主播。")


@router.get("/hosts/{host_id}")
async def show_host(page: CurrentPage, host_id: str) -> Response:
    """The form of a host: `new`, or one that stands."""
    page.require_role("operator")
    host = await _find_host(page, host_id)
    sections = host_sections(page._, _people_regions(page, [host["region_code"]] if host else []))
    view = form_view(sections, forms.shown_of(forms.fields_of(sections), host or at_home(page)))
    title = host["name"] if host else page._("New host")
    return _person_form(page, host, view, host["version"] if host else None, "hosts", title)


@router.post("/hosts/{host_id}")
async def save_host(page: CurrentPage, host_id: str) -> Response:
    """Keep a host."""
    form = await posted(page, "operator")
    host = await _find_host(page, host_id)
    sections = host_sections(page._, _people_regions(page, [host["region_code"]] if host else []))
    typed = await read_form(page, sections, form)
    title = host["name"] if host else page._("New host")
    try:
        await keep(typed, sections, lambda body: send_record(page.broadcast, "/hosts", host, body, form))
    except RefusedForm as refused:
        return _person_form(page, host, refused.view, version_of(form), "hosts", title)
    return page.go("/desk/officials", page._("The host is kept."))
