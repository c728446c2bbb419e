"""What a buyer has ordered: the list, one order with all that happened to it, and what may be done about it."""

from collections import defaultdict
from collections.abc import Awaitable
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response
from starlette.datastructures import FormData, UploadFile

from gateway.clients import Json, ServiceProblem
from gateway.pages.basket import find_lots
from gateway.pages.buyers import posted_by_buyer, require_buyer, words_in
from gateway.pages.filling import REFUSED, key_of
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.views import forms, goods, orders
from services.kit import clock
from services.kit.ids import new_id

router = APIRouter(prefix="/{lang}")

MOST_PHOTOS = 9


@router.get("/orders")
async def show_orders(page: CurrentPage, cursor: str | None = None) -> Response:
    """Everything that the visitor has ordered, newest first."""
    require_buyer(page)
    answer = await page.orders.get("/orders", cursor=cursor, limit=20)
    lots = await find_lots(page, (row["lot_id"] for row in answer["items"]))
    return page.show(
        "shop/orders.html",
        shared=False,
        rows=[orders.row(page, row, lot=lots[row["lot_id"]]) for row in answer["items"]],
        following=page.onward("/orders", answer["next"]),
        first=f"/{page.language}/orders" if cursor else None,
    )


@router.get("/orders/{order_id}")
async def show_order(page: CurrentPage, order_id: str) -> Response:
    """One order: its state, its parcels, refunds and complaints, and the goods page as it stood."""
    require_buyer(page)
    return await _show(page, order_id)


async def _show(page: Page, order_id: str, at: str = "", problem: Json | None = None, **typed: Any) -> Response:
    """The order; `at`: the form that was refused, with its `problem` and what was typed."""
    order = await page.orders.get(item("orders", order_id))
    kept = await page.orders.find(item("sales/pages", order["page_sha256"]))
    lots = await find_lots(page, [order["lot_id"]])
    return page.show(
        "shop/order.html",
        status=problem["status"] if problem else 200,
        shared=False,
        order=order,
        row=orders.row(page, order),
        goods=goods.from_page(page, kept or {}, lots[order["lot_id"]]),
        way=orders.way(page, order["state"]),
        care=orders.care(page, order, clock.now()),
        facts=orders.facts(page, order),
        returns=goods.return_lines(page, order["returns"]),
        kinds=orders.complaint_kinds(page),
        at=at,
        problem=problem,
        wrong=defaultdict(str, ServiceProblem(problem or {}).field_errors),
        typed=typed,
        key=new_id(),
        most_photos=MOST_PHOTOS,
    )


@router.post("/orders/{order_id}/receipt")
async def confirm_receipt(page: CurrentPage, order_id: str) -> Response:
    """The goods are here."""
    form = await posted_by_buyer(page, f"/orders/{order_id}")
    sent = page.orders.send("POST", f"{item('orders', order_id)}/receipt", key=key_of(form))
    return await _done(page, order_id, sent, page._("Thank you. If something is wrong with the goods, say so below."))


@router.post("/orders/{order_id}/refund")
async def ask_refund(page: CurrentPage, order_id: str) -> Response:
    """Ask for money back, whole or in part."""
    form = await posted_by_buyer(page, f"/orders/{order_id}")
    typed = {name: words_in(form, name, 1000) for name in ("reason", "amount", "words")}
    try:
        body: Json = {"reason": typed["reason"]}
        if typed["amount"]:
            body["amount_fen"] = forms.value_of(forms.Field("amount", "", "yuan"), typed["amount"])
        if typed["words"]:
            body["words"] = typed["words"]
        body["photos"] = await keep_photos(page, form)
        await page.orders.send("POST", f"{item('orders', order_id)}/refunds", body, key=key_of(form))
    except forms.NotReadable:
        unread = _unread(page, "amount", forms.cannot_read("yuan", page._))
        return await _show(page, order_id, "refund", unread, **typed)
    except ServiceProblem as problem:
        if problem.status not in REFUSED:
            raise
        return await _show(page, order_id, "refund", problem.document, **typed)
    return page.go(
        _place(order_id), page._("Your request is kept. The region that sold decides, and you read it here.")
    )


def _unread(page: Page, field: str, detail: str) -> Json:
    errors = [{"field": field, "detail": detail}]
    return {"status": 422, "title": page._("This cannot be read"), "detail": detail, "errors": errors}


async def keep_photos(page: Page, form: FormData) -> list[str]:
    """The photos of a form, sent one by one. Raises ServiceProblem for what is no picture."""
    kept = []
    for chosen in form.getlist("photos")[:MOST_PHOTOS]:
        if isinstance(chosen, UploadFile) and chosen.filename:
            file = (chosen.filename, await chosen.read(), chosen.content_type or "application/octet-stream")
            kept.append((await page.orders.send("POST", "/orders/photos", files={"file": file}))["sha256"])
    return kept


@router.post("/orders/{order_id}/refunds/{refund_id}/withdraw")
async def withdraw_refund(page: CurrentPage, order_id: str, refund_id: str) -> Response:
    """No longer ask for it."""
    await posted_by_buyer(page, f"/orders/{order_id}")
    sent = page.orders.send("POST", f"{item('refunds', refund_id)}/withdrawal")
    return await _done(page, order_id, sent, page._("Your request is taken back."))


@router.post("/orders/{order_id}/invoice")
async def ask_invoice(page: CurrentPage, order_id: str) -> Response:
    """Ask for the invoice, or change what was asked."""
    form = await posted_by_buyer(page, f"/orders/{order_id}")
    typed = {"title": words_in(form, "title", 200), "tax_number": words_in(form, "tax_number", 40).upper()}
    body = {name: value for name, value in typed.items() if value}
    try:
        await page.orders.send("PUT", f"{item('orders', order_id)}/invoice", body)
    except ServiceProblem as problem:
        if problem.status not in REFUSED:
            raise
        return await _show(page, order_id, "invoice", problem.document, **typed)
    return page.go(_place(order_id), page._("Asked for. The seller issues it, and its number stands here."))


@router.post("/orders/{order_id}/complain")
async def complain(page: CurrentPage, order_id: str) -> Response:
    """Complain about the goods; the clocks start."""
    form = await posted_by_buyer(page, f"/orders/{order_id}")
    typed = {name: words_in(form, name, 1000) for name in ("kind", "words")}
    try:
        body = {**typed, "photos": await keep_photos(page, form)}
        await page.orders.send("POST", f"{item('orders', order_id)}/complaints", body, key=key_of(form))
    except ServiceProblem as problem:
        if problem.status not in REFUSED:
            raise
        return await _show(page, order_id, "complaint", problem.document, **typed)
    return page.go(
        _place(order_id), page._("Your complaint is received. Its clocks run from now; nobody can delete it.")
    )


async def _done(page: Page, order_id: str, act: Awaitable[Json], words: str) -> Response:
    try:
        await act
    except ServiceProblem as problem:
        if problem.status not in REFUSED:
            raise
        return page.go(_place(order_id), str(problem.document.get("detail", "")), "bad")
    return page.go(_place(order_id), words)


def _place(order_id: str) -> str:
    return f"/orders/{quote(order_id, safe='')}"


@router.get("/goods-pages/{sha256}")
async def show_goods_page(page: CurrentPage, sha256: str) -> Response:
    """A goods page as it stood while it could be bought from, under the hash of its bytes."""
    kept = await page.orders.get(item("sales/pages", sha256))
    return page.show(
        "shop/goods_page.html",
        kept=kept,
        goods=goods.from_page(page, kept),
        sha256=sha256,
        details=goods.kept_details(page, kept),
    )
