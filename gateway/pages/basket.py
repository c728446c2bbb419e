"""The basket: put something in from any page, change it, and go on to order; orders keeps it."""

import asyncio
from collections.abc import Iterable
from urllib.parse import quote, unquote, urlencode

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from gateway.clients import Json, ServiceProblem
from gateway.pages.buyers import counted, number_in, phone_path, posted_by_buyer, require_buyer, words_in
from gateway.pages.filling import REFUSED
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.views import baskets, goods
from gateway.views.speaking import own
from services.kit.problem import NotFound

router = APIRouter(prefix="/{lang}/basket")

MOST_FEN = 100_000_000
ENTRY_COOKIE = "sunfair_entry"
ENTRIES = ("live_card", "search", "share_link", "private_link")


@router.get("")
async def show_basket(page: CurrentPage) -> Response:
    """What lies in the basket, by broadcast."""
    require_buyer(page)
    return await _show(page)


async def _show(page: Page, problem: Json | None = None) -> Response:
    basket = await page.orders.get("/basket")
    sales, lots = await asyncio.gather(
        find_sales(page, (line["broadcast_id"] for line in basket["items"])),
        find_lots(page, (line["lot_id"] for line in basket["items"])),
    )
    groups = baskets.groups(page, basket["items"], sales, lots)
    shown = page.show(
        "shop/basket.html",
        status=problem["status"] if problem else 200,
        shared=False,
        groups=groups,
        problem=problem,
        stale=any(group["stale"] for group in groups),
    )
    return counted(page, shown, basket)


async def find_sales(page: Page, broadcast_ids: Iterable[str]) -> dict[str, Json | None]:
    """The sales of these broadcasts, asked for all at once."""
    wanted = list(dict.fromkeys(broadcast_ids))
    found = await asyncio.gather(*(page.orders.find(item("sales", each)) for each in wanted))
    return dict(zip(wanted, found, strict=True))


async def find_lots(page: Page, lot_ids: Iterable[str]) -> dict[str, Json | None]:
    """The public pages of these lots, asked for all at once."""
    wanted = list(dict.fromkeys(lot_ids))
    found = await asyncio.gather(*(page.catalog.find(item("lots", each)) for each in wanted))
    return dict(zip(wanted, found, strict=True))


@router.get("/add")
async def show_add(page: CurrentPage, broadcast_id: str = "", lot_id: str = "", units: int = 1) -> Response:
    """One lot with its price, and how many of it; where a guest goes on after signing in."""
    require_buyer(page)
    return await _ask(page, broadcast_id, lot_id, units)


async def _ask(page: Page, broadcast_id: str, lot_id: str, units: int, problem: Json | None = None) -> Response:
    sale, lot = await asyncio.gather(
        page.orders.find(item("sales", broadcast_id)), page.catalog.find(item("lots", lot_id))
    )
    shelf = baskets.shelf_of(sale, lot_id)
    if sale is None or (lot is None and shelf is None):
        raise NotFound("These goods are in no broadcast.", "没有直播场次销售该商品。")
    return page.show(
        "shop/add.html",
        status=problem["status"] if problem else 200,
        shared=False,
        broadcast_id=broadcast_id,
        lot_id=lot_id,
        units=max(1, min(units, max(1, baskets.most_units(shelf)))),
        most=baskets.most_units(shelf),
        price_fen=_price(shelf, lot),
        goods=goods.from_lot(page, lot, {"title_zh": "", "title_en": ""}),
        broadcast=own(page, sale, "title"),
        standing=baskets.standing(page, sale),
        selling=sale["selling"] and shelf is not None and shelf["open"],
        limits=baskets.limits(page, shelf),
        problem=problem,
    )


def _price(shelf: Json | None, lot: Json | None) -> int | None:
    """What one unit costs: on the shelf of the broadcast, or as it is listed until it stands there."""
    if shelf is not None:
        return int(shelf["price_fen"])
    listed = lot["lot"].get("price_fen") if lot else None
    return int(listed) if listed is not None else None


@router.post("")
async def put_in(page: CurrentPage) -> Response:
    """Put some units of a lot in. Fields: broadcast_id, lot_id, units, entry, and `buy=now` to order at once."""
    form = await page.request.form()
    page.require_form(words_in(form, "csrf_token"))
    broadcast_id, lot_id = words_in(form, "broadcast_id", 100), words_in(form, "lot_id", 100)
    units = number_in(form, "units") if form.get("units") else 1
    if not page.visitor.signed_in:
        asked = urlencode({"broadcast_id": broadcast_id, "lot_id": lot_id, "units": units or 1})
        return page.go_to(phone_path(page.language, f"/basket/add?{asked}"))
    if units is None or not 1 <= units <= baskets.MOST_UNITS:
        return await _ask(page, broadcast_id, lot_id, 1, _no_number(page))
    sale, lot = await asyncio.gather(
        page.orders.find(item("sales", broadcast_id)), page.catalog.find(item("lots", lot_id))
    )
    price = _price(baskets.shelf_of(sale, lot_id), lot)
    if sale is None or price is None:
        raise NotFound("These goods are in no broadcast.", "没有直播场次销售该商品。")
    # The price that the page showed is kept: when it is another one by now, the basket says so.
    seen = number_in(form, "price_fen")
    price = seen if seen is not None and 0 < seen <= MOST_FEN else price
    line = {"broadcast_id": broadcast_id, "lot_id": lot_id, "units": units, "price_fen": price}
    present = await page.orders.get("/basket")
    try:
        basket = await page.orders.send("PATCH", "/basket", {"items": [baskets.added(present["items"], line)]})
    except ServiceProblem as problem:
        if problem.status not in REFUSED:
            raise
        return await _ask(page, broadcast_id, lot_id, units, problem.document)
    return counted(page, _remembered(page, form, broadcast_id, _onward(page, form, broadcast_id)), basket)


def _remembered(page: Page, form: FormData, broadcast_id: str, response: Response) -> Response:
    """The answer, with a word on how the buyer came to the goods, for the order that may follow."""
    entry = words_in(form, "entry", 20)
    if entry in ENTRIES:
        secure = page.settings.secure_cookies
        value = f"{broadcast_id}.{entry}"
        response.set_cookie(ENTRY_COOKIE, quote(value), httponly=True, samesite="lax", secure=secure)
    return response


def entry_of(page: Page, broadcast_id: str) -> str:
    """How the buyer came to the goods of the broadcast; by searching, when nothing else is known."""
    known, _, entry = unquote(page.request.cookies.get(ENTRY_COOKIE, "")).rpartition(".")
    return entry if known == broadcast_id and entry in ENTRIES else "search"


def _no_number(page: Page) -> Json:
    return {
        "status": 422,
        "title": page._("How many?"),
        "detail": page._("Write a whole number from 1 to %(most)s.", most=baskets.MOST_UNITS),
    }


def _onward(page: Page, form: FormData, broadcast_id: str) -> Response:
    if form.get("buy") != "now":
        return page.go("/basket", page._("It is in your basket. Nothing is reserved until you order."))
    return page.go(f"/checkout?{urlencode({'broadcast': broadcast_id})}")


@router.post("/change")
async def change_basket(page: CurrentPage) -> Response:
    """Other numbers of units, a line taken out, or the new prices accepted."""
    form = await posted_by_buyer(page, "/basket")
    present = await page.orders.get("/basket")
    wanted = {name: number_in(form, name) for name in form if name.startswith("units.")}
    if any(units is None or not 0 <= units <= baskets.MOST_UNITS for units in wanted.values()):
        return await _show(page, _no_number(page))
    units = {name: number for name, number in wanted.items() if number is not None}
    if removed := words_in(form, "remove", 300):
        units[removed] = 0
    lines = baskets.changes(present["items"], units, accept_prices=form.get("accept") == "yes")
    if not lines:
        return counted(page, await _onward_from(page, form, present), present)
    try:
        basket = await page.orders.send("PATCH", "/basket", {"items": lines})
    except ServiceProblem as problem:
        if problem.status not in REFUSED:
            raise
        return await _show(page, problem.document)
    return counted(page, await _onward_from(page, form, basket), basket)


async def _onward_from(page: Page, form: FormData, basket: Json) -> Response:
    """To the checkout of the broadcast whose goods are `order`ed, unless the new numbers hold them up; else back."""
    broadcast_id = words_in(form, "order", 100)
    lines = [line for line in basket["items"] if line["broadcast_id"] == broadcast_id]
    if not lines:
        return page.go("/basket")
    sales = await find_sales(page, [broadcast_id])
    ready = all(group["orderable"] and not group["stale"] for group in baskets.groups(page, lines, sales, {}))
    return page.go(f"/checkout?{urlencode({'broadcast': broadcast_id})}" if ready else "/basket")
