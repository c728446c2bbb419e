"""The buyer's address book. The way to a county needs no script: a search, or three steps down."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from gateway.clients import Json, ServiceProblem
from gateway.pages.account import own_path
from gateway.pages.buyers import posted_by_buyer, require_buyer, words_in
from gateway.pages.filling import REFUSED
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.views import addresses
from gateway.views.speaking import place
from services.contracts import regions
from services.kit import clock
from services.kit.problem import NotFound

router = APIRouter(prefix="/{lang}/addresses")

FIELDS = ("consignee", "phone", "region_code", "detail")
IN_ORDER = ("region_code", "detail", "consignee", "phone")
"""As the form asks them."""


@router.get("")
async def show_addresses(page: CurrentPage) -> Response:
    """The address book."""
    require_buyer(page)
    book = await page.orders.get("/addresses")
    return page.show("shop/addresses.html", shared=False, items=[addresses.card(page, row) for row in book["items"]])


@router.get("/new")
async def show_new(
    page: CurrentPage, region: str = "", below: str = "", q: str = "", after: str = "/addresses", address: str = ""
) -> Response:
    """First the county, then the rest. `address`: the one that is corrected."""
    require_buyer(page)
    today = clock.business_today()
    if region and (row := regions.region(region, today)) and addresses.reachable(row, today):
        known = await _own(page, address) if address else {}
        return _form(page, {**known, "region_code": region}, after, address)
    above = below if regions.region(below, today) else None
    words = q.strip()[:100]
    kept = {"after": own_path(after), **({"address": address} if address else {})}
    return page.show(
        "shop/county.html",
        shared=False,
        q=words,
        kept=kept,
        crumbs=_linked(addresses.crumbs(page, above, today), kept, "below") if not words else [],
        choices=_choices(page, above, words, kept),
    )


def _choices(page: Page, above: str | None, words: str, kept: Json) -> list[Json]:
    found = addresses.choices(page, above, words, clock.business_today(), demo=page.settings.demo)
    return [
        {**each, "query": urlencode({**kept, "below" if each["further"] else "region": each["code"]})} for each in found
    ]


def _linked(steps: list[Json], kept: Json, name: str) -> list[Json]:
    return [{**step, "query": urlencode({**kept, name: step["code"]})} for step in steps]


async def _own(page: Page, address_id: str) -> Json:
    """One address of the visitor's book. Raises NotFound."""
    book = await page.orders.get("/addresses")
    found = next((row for row in book["items"] if row["id"] == address_id), None)
    if found is None:
        raise NotFound("This address is not in your book.", "您的地址簿中没有该地址。")
    return dict(found)


def _form(page: Page, typed: Json, after: str, address_id: str = "", problem: ServiceProblem | None = None) -> Response:
    errors = problem.field_errors if problem else {}
    return page.show(
        "shop/address.html",
        status=problem.status if problem else 200,
        shared=False,
        typed={name: typed.get(name) or "" for name in FIELDS} | {"is_default": bool(typed.get("is_default"))},
        where=place(page, typed["region_code"]),
        after=own_path(after),
        address_id=address_id,
        county_query=urlencode({"after": own_path(after), **({"address": address_id} if address_id else {})}),
        errors=errors,
        listed=[{"field": name, "detail": errors[name]} for name in IN_ORDER if name in errors],
        refused=problem.document if problem and not errors else None,
    )


@router.get("/{address_id}")
async def show_address(page: CurrentPage, address_id: str, after: str = "/addresses") -> Response:
    """Correct an address."""
    require_buyer(page)
    return _form(page, await _own(page, address_id), after, address_id)


@router.post("")
async def keep_address(page: CurrentPage) -> Response:
    """Put an address into the book, or a corrected one in the place of another; orders keep the old one."""
    form = await posted_by_buyer(page, _again)
    typed: dict[str, Any] = {name: words_in(form, name) for name in FIELDS}
    typed["is_default"] = form.get("is_default") == "yes"
    address_id, after = words_in(form, "address_id", 100), own_path(words_in(form, "after") or "/addresses")
    try:
        if address_id:
            kept = await page.orders.send("PUT", item("addresses", address_id), typed)
        else:
            kept = await page.orders.send("POST", "/addresses", typed)
    except ServiceProblem as problem:
        if problem.status not in REFUSED:
            raise
        return _form(page, typed, after, address_id, problem)
    return page.go(_with_address(after, kept["id"]), page._("The address is kept."))


def _again(form: FormData) -> str:
    """The form of the same county, and where it led. Name, phone and door are in no address of a page."""
    kept = {"region": words_in(form, "region_code", 6), "after": own_path(words_in(form, "after") or "/addresses")}
    return f"/addresses/new?{urlencode(kept)}"


def _with_address(after: str, address_id: str) -> str:
    """Back to the checkout with the new address chosen; anywhere else just back."""
    if not after.startswith("/checkout?"):
        return after
    return f"{after}&{urlencode({'address': address_id})}"


@router.post("/{address_id}/remove")
async def remove_address(page: CurrentPage, address_id: str) -> Response:
    """Take an address out of the book."""
    await posted_by_buyer(page, "/addresses")
    await page.orders.send("DELETE", item("addresses", address_id))
    return page.go("/addresses", page._("The address is removed. Orders that go there keep it."))
