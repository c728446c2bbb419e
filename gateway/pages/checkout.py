"""Ordering from the basket, paying at the provider, and coming back. Orders decides; these pages only ask and tell."""

import asyncio
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from gateway.clients import Json, ServiceProblem
from gateway.live.viewers import Signer
from gateway.pages.basket import entry_of, find_lots
from gateway.pages.buyers import counted, number_in, posted_by_buyer, require_buyer, words_in
from gateway.pages.filling import REFUSED, key_of
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.views import addresses, baskets, checkouts, goods
from gateway.views.speaking import own
from services.kit import clock
from services.kit.ids import new_id
from services.kit.problem import NotFound

router = APIRouter(prefix="/{lang}")

LONGEST_LOOK_MS = 86_400_000


@router.get("/checkout")
async def show_checkout(page: CurrentPage, broadcast: str = "", address: str = "") -> Response:
    """What is ordered in one broadcast, where it goes, from whom it is, what it costs."""
    require_buyer(page)
    basket = await page.orders.get("/basket")
    wanted = [baskets.bare(line) for line in basket["items"] if line["broadcast_id"] == broadcast]
    if not wanted:
        return page.go("/basket", page._("Nothing of this broadcast is in your basket."), "review")
    return await _show(page, broadcast, wanted, chosen=address)


async def _show(
    page: Page, broadcast_id: str, wanted: list[Json], problem: Json | None = None, **more: Any
) -> Response:
    sale, book = await asyncio.gather(page.orders.find(item("sales", broadcast_id)), page.orders.get("/addresses"))
    if sale is None:
        raise NotFound("There is no such broadcast.", "没有该直播场次。")
    pages, lots = await asyncio.gather(kept_pages(page, sale), find_lots(page, (line["lot_id"] for line in wanted)))
    lines = checkouts.lines(page, wanted, sale, pages, lots)
    return page.show(
        "shop/checkout.html",
        status=problem["status"] if problem else 200,
        shared=False,
        broadcast_id=broadcast_id,
        title=own(page, sale, "title"),
        standing=baskets.standing(page, sale),
        selling=sale["selling"] and len(lines) == len(wanted),
        lines=lines,
        sums=checkouts.sums(lines),
        book=[addresses.card(page, row) for row in book["items"]],
        chosen=more.get("chosen") or next((row["id"] for row in book["items"] if row["is_default"]), ""),
        relations=checkouts.relations(page, more.get("declared") or ()),
        here=_here(broadcast_id),
        problem=problem,
        key=new_id(),
        opened_ms=more.get("opened_ms") or _now_ms(),
    )


def _here(broadcast_id: str) -> str:
    return f"/checkout?{urlencode({'broadcast': broadcast_id})}"


def _now_ms() -> int:
    return int(clock.now().timestamp() * 1000)


async def kept_pages(page: Page, sale: Json) -> dict[str, Json]:
    """Lot id → its goods page as it stands on the shelf."""
    lots = [lot for lot in sale["lots"] if lot["page_sha256"]]
    found = await asyncio.gather(*(page.orders.find(item("sales/pages", lot["page_sha256"])) for lot in lots))
    return {lot["lot_id"]: kept for lot, kept in zip(lots, found, strict=True) if kept is not None}


@router.post("/checkout")
async def place_order(page: CurrentPage) -> Response:
    """Order it: reserved as a whole, or not at all. The same form sent twice orders once."""
    form = await posted_by_buyer(page, lambda form: _here(words_in(form, "broadcast_id", 100)))
    broadcast_id = words_in(form, "broadcast_id", 100)
    fields = {name: words_in(form, name, 40) for name in form}
    wanted = checkouts.asked_in(fields)
    address_id = words_in(form, "address_id", 100)
    declared = checkouts.declared_in(form.getlist("declared"))
    again = {"chosen": address_id, "opened_ms": number_in(form, "opened_ms"), "declared": declared}
    if not wanted:
        return page.go("/basket", page._("Nothing of this broadcast is in your basket."), "review")
    if not address_id:
        unsaid = {"status": 422, "title": page._("Where to?"), "detail": page._("Choose an address, or enter one.")}
        return await _show(page, broadcast_id, wanted, unsaid, **again)
    basket = await page.orders.get("/basket")
    if known := await _ordered_elsewhere(page, basket, broadcast_id, wanted):
        return page.go(f"/checkouts/{known}")
    try:
        placed = await page.orders.send(
            "POST",
            "/checkouts",
            _asked(page, form, basket, broadcast_id, wanted, address_id),
            key=key_of(form),
            headers={"x-client-address": page.request.state.address},
        )
    except ServiceProblem as problem:
        if problem.status not in REFUSED:
            raise
        if problem.kind == "idempotency-key-reused" and (known := await _ordered(page, broadcast_id, wanted)):
            return page.go(f"/checkouts/{known}")
        return await _show(page, broadcast_id, wanted, problem.document, **again)
    basket = await _without(page, broadcast_id, {line["lot_id"] for line in wanted})
    return counted(page, page.go(f"/checkouts/{placed['checkout_id']}"), basket)


def _asked(page: Page, form: FormData, basket: Json, broadcast_id: str, wanted: list[Json], address_id: str) -> Json:
    put = [line["put_at"] for line in basket["items"] if line["broadcast_id"] == broadcast_id]
    opened = number_in(form, "opened_ms")
    looked = _now_ms() - opened if opened is not None else 0
    return {
        "broadcast_id": broadcast_id,
        "lines": wanted,
        "address_id": address_id,
        "entry": entry_of(page, broadcast_id),
        "cart_at": min(put) if put else None,
        "page_view_ms": max(0, min(looked, LONGEST_LOOK_MS)),
        "device": _device(page),
        "declared": checkouts.declared_in(form.getlist("declared")),
    }


def _device(page: Page) -> str:
    """The device as the live room knows it, so that watching and ordering are told of the same one; empty: unknown."""
    signer = Signer(page.settings.gateway_secret.get_secret_value(), secure=page.settings.secure_cookies)
    return signer.device(dict(page.request.scope["headers"])) or ""


async def _ordered_elsewhere(page: Page, basket: Json, broadcast_id: str, wanted: list[Json]) -> str | None:
    """The checkout that took these goods out of the basket while this form lay open in another window."""
    lots = {line["lot_id"] for line in wanted}
    if any(line["broadcast_id"] == broadcast_id and line["lot_id"] in lots for line in basket["items"]):
        return None
    return await _ordered(page, broadcast_id, wanted)


async def _ordered(page: Page, broadcast_id: str, wanted: Iterable[Json]) -> str | None:
    """The checkout that an earlier sending of the same form has made."""
    lots = {line["lot_id"] for line in wanted}
    mine = await page.orders.get("/orders", limit=20)
    return next(
        (row["checkout_id"] for row in mine["items"] if row["broadcast_id"] == broadcast_id and row["lot_id"] in lots),
        None,
    )


async def _without(page: Page, broadcast_id: str, lot_ids: set[str]) -> Json:
    """The basket without what has just been ordered."""
    present = await page.orders.get("/basket")
    ordered = [
        {**baskets.bare(line), "units": 0}
        for line in present["items"]
        if line["broadcast_id"] == broadcast_id and line["lot_id"] in lot_ids
    ]
    return await page.orders.send("PATCH", "/basket", {"items": ordered}) if ordered else present


@router.get("/checkouts/{checkout_id}")
async def show_reserved(page: CurrentPage, checkout_id: str) -> Response:
    """What is reserved until when, and the way to the payment provider."""
    require_buyer(page)
    checkout = await page.orders.get(item("checkouts", checkout_id))
    if checkout["state"] == "paid":
        return page.go(f"/orders/paid/{quote(checkout_id, safe='')}")
    payment = await _payment(page, checkout)
    return await _outcome(page, "shop/reserved.html", checkout, payment)


@router.get("/orders/paid/{checkout_id}")
async def show_paid(page: CurrentPage, checkout_id: str) -> Response:
    """Back from the provider: it is asked how the payment stands, and the page waits while it does not know."""
    require_buyer(page)
    payment = await _confirmed(page, checkout_id)
    checkout = await page.orders.get(item("checkouts", checkout_id))
    return await _outcome(page, "shop/paid.html", checkout, payment)


async def _outcome(page: Page, template: str, checkout: Json, payment: Json | None) -> Response:
    lots = await find_lots(page, (order["lot_id"] for order in checkout["orders"]))
    titles = {name: goods.from_lot(page, lot, {}) for name, lot in lots.items() if lot}
    until = baskets.when(page, checkout["reserved_until"], clock.now())
    said = checkouts.outcome(page, checkout, payment, until["left"])
    return page.show(
        template,
        shared=False,
        checkout=checkout,
        orders=checkouts.placed(page, checkout, titles),
        said=said,
        until=until,
        pay_href=checkouts.pay_address(payment, page.language) if said["again"] else None,
        waiting=checkout["state"] == "reserved" and (payment or {}).get("state") != "failed",
    )


async def _payment(page: Page, checkout: Json) -> Json | None:
    """The payment of a checkout, opened at the provider if need be; None while the provider does not answer."""
    path = item("checkouts", checkout["checkout_id"])
    if checkout["state"] != "reserved":
        return await _confirmed(page, checkout["checkout_id"])
    back = {"return_path": f"/{page.language}/orders/paid/{checkout['checkout_id']}"}
    try:
        return await page.orders.send("POST", f"{path}/payment", back, key=checkout["checkout_id"])
    except ServiceProblem as problem:
        if problem.status not in (404, 409, 502, 503, 504):
            raise
        return None


async def _confirmed(page: Page, checkout_id: str) -> Json | None:
    """How the payment stands at the provider; None when there is none, or the provider does not answer."""
    try:
        return await page.orders.send("POST", f"{item('checkouts', checkout_id)}/confirm")
    except ServiceProblem as problem:
        if problem.status not in (404, 409, 502, 503, 504):
            raise
        return None


@router.post("/checkouts/{checkout_id}/cancel")
async def cancel_checkout(page: CurrentPage, checkout_id: str) -> Response:
    """Let it go before it is paid."""
    await posted_by_buyer(page, f"/checkouts/{checkout_id}")
    try:
        await page.orders.send("POST", f"{item('checkouts', checkout_id)}/cancel")
    except ServiceProblem as problem:
        if problem.status != 409:
            raise
        return page.go(f"/checkouts/{quote(checkout_id, safe='')}", str(problem.document.get("detail", "")), "bad")
    return page.go("/basket", page._("Cancelled. Others can buy the goods again."))
