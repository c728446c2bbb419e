"""The seller's desk of a region: what was ordered, sending it, refunds and complaints to answer."""

import asyncio
from collections.abc import Awaitable
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from gateway.clients import Json, ServiceProblem
from gateway.pages.account import own_path
from gateway.pages.buyers import words_in
from gateway.pages.filling import REFUSED, key_of, posted
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.views import forms, goods, orders, selling
from services.kit import clock
from services.kit.ids import new_id
from services.kit.problem import Unavailable

router = APIRouter(prefix="/{lang}/desk")

SELLERS = ("operator",)
AT_A_GLANCE = 50
JUDGES = ("operator", "inspector", "reviewer")


def region_of(page: Page, asked: str) -> str:
    """The region whose orders are shown: the one asked for, if it is the visitor's, else their first."""
    scopes = page.visitor.scopes
    return asked if asked in scopes else (scopes[0] if scopes else asked)


async def at_a_glance(page: Page) -> list[Json]:
    """What waits at the seller's desk, for the overview; nothing while orders does not answer."""
    code = region_of(page, "")
    try:
        sold, refunds, complaints = await asyncio.gather(
            page.orders.get("/orders/sold", region=code, state="paid", limit=AT_A_GLANCE),
            page.orders.get("/refunds", region=code, undecided="true", limit=AT_A_GLANCE),
            page.orders.get("/complaints", region=code, undecided="true", limit=AT_A_GLANCE),
        )
    except (ServiceProblem, Unavailable):
        return []
    return selling.waiting(page, sold, refunds, complaints, clock.now())


@router.get("/orders")
async def show_sold(
    page: CurrentPage, region: str = "", state: str = "", broadcast: str = "", cursor: str | None = None
) -> Response:
    """The paid orders of the region, newest first."""
    page.require_role(*SELLERS)
    code = region_of(page, region)
    wanted = state if state in selling.STATES else ""
    answer = await page.orders.get(
        "/orders/sold", region=code, state=wanted or None, broadcast_id=broadcast or None, cursor=cursor, limit=20
    )
    here = f"/{page.language}/desk/orders"
    return page.show(
        "desk/orders.html",
        shared=False,
        room="orders",
        rows=[selling.order_row(page, row) for row in answer["items"]],
        states=selling.state_chips(page, here, wanted, {"region": code, "broadcast": quote(broadcast, safe="")}),
        regions=selling.region_chips(page, here, code, page.visitor.scopes),
        following=page.onward("/desk/orders", answer["next"], region=code, state=wanted, broadcast=broadcast),
        first=here if cursor else None,
        key=new_id(),
    )


@router.get("/orders/{order_id}")
async def show_sold_order(page: CurrentPage, order_id: str) -> Response:
    """One order at the desk: where it goes, its parcels, what is asked back, what is complained of."""
    page.require_role(*JUDGES)
    order = await page.orders.get(item("orders", order_id))
    return page.show(
        "desk/order.html",
        shared=False,
        room="orders",
        order=order,
        row=orders.row(page, order, root="desk/orders"),
        returns=goods.return_lines(page, order["returns"]),
        facts=orders.facts(page, order),
        care=orders.care(page, order, clock.now()),
        reasons=orders.refund_reasons(page),
        seller="operator" in page.visitor.roles,
        key=new_id(),
    )


@router.get("/refunds")
async def show_refunds(page: CurrentPage, region: str = "", show: str = "", cursor: str | None = None) -> Response:
    """Refunds of the region: those that wait for a decision, or all."""
    page.require_role(*SELLERS)
    code = region_of(page, region)
    undecided = "false" if show else "true"
    answer = await page.orders.get("/refunds", region=code, undecided=undecided, cursor=cursor, limit=20)
    here = f"/{page.language}/desk/refunds"
    return page.show(
        "desk/refunds.html",
        shared=False,
        room="refunds",
        rows=[selling.refund_row(page, row) for row in answer["items"]],
        chips=_open_or_all(page, here, code, everything=bool(show)),
        regions=selling.region_chips(page, here, code, page.visitor.scopes),
        following=page.onward("/desk/refunds", answer["next"], region=code, show=show),
        first=here if cursor else None,
        key=new_id(),
    )


@router.get("/complaints")
async def show_complaints(page: CurrentPage, region: str = "", show: str = "", cursor: str | None = None) -> Response:
    """Complaints of the region, the most urgent first."""
    page.require_role(*JUDGES)
    code = region_of(page, region)
    undecided = "false" if show else "true"
    answer = await page.orders.get("/complaints", region=code, undecided=undecided, cursor=cursor, limit=100)
    here, now = f"/{page.language}/desk/complaints", clock.now()
    return page.show(
        "desk/complaints.html",
        shared=False,
        room="complaints",
        rows=[selling.complaint_row(page, row, now) for row in selling.by_urgency(answer["items"])],
        chips=_open_or_all(page, here, code, everything=bool(show)),
        regions=selling.region_chips(page, here, code, page.visitor.scopes),
        following=page.onward("/desk/complaints", answer["next"], region=code, show=show),
        first=here if cursor else None,
        key=new_id(),
    )


def _open_or_all(page: Page, here: str, region: str, *, everything: bool) -> list[Json]:
    return [
        {"name": page._("To be answered"), "href": f"{here}?region={region}", "current": not everything},
        {"name": page._("All"), "href": f"{here}?region={region}&show=all", "current": everything},
    ]


@router.post("/orders/{order_id}/ship")
async def send_parcel(page: CurrentPage, order_id: str) -> Response:
    """Hand a parcel to the carrier."""
    form = await posted(page, *SELLERS)
    body: Json = {}
    try:
        if weight := words_in(form, "weight", 20):
            body["weight_grams"] = forms.value_of(forms.Field("weight", "", "kg"), weight)
    except forms.NotReadable:
        return page.go(_back(form, order_id), forms.cannot_read("kg", page._), "bad")
    sent = page.orders.send("POST", f"{item('orders', order_id)}/shipments", body, key=key_of(form))
    return await _done(
        page, form, order_id, sent, page._("Handed to the carrier. The parcel has its number in a moment.")
    )


@router.post("/orders/{order_id}/refund")
async def give_back(page: CurrentPage, order_id: str) -> Response:
    """Give money back unasked."""
    form = await posted(page, *SELLERS)
    body: Json = {"reason": words_in(form, "reason", 40)}
    try:
        if amount := words_in(form, "amount", 20):
            body["amount_fen"] = forms.value_of(forms.Field("amount", "", "yuan"), amount)
    except forms.NotReadable:
        return page.go(_back(form, order_id), forms.cannot_read("yuan", page._), "bad")
    if words := words_in(form, "words", 1000):
        body["words"] = words
    sent = page.orders.send("POST", f"{item('orders', order_id)}/refunds", body, key=key_of(form))
    return await _done(page, form, order_id, sent, page._("It is paid back through the provider."))


@router.post("/orders/{order_id}/invoice")
async def issue_invoice(page: CurrentPage, order_id: str) -> Response:
    """The invoice is issued; its number for the buyer."""
    form = await posted(page, *SELLERS)
    body = {"number": words_in(form, "number", 40)}
    sent = page.orders.send("PUT", f"{item('orders', order_id)}/invoice/number", body)
    return await _done(page, form, order_id, sent, page._("The buyer reads the number."))


@router.post("/orders/{order_id}/refunds/{refund_id}/decide")
async def decide_refund(page: CurrentPage, order_id: str, refund_id: str) -> Response:
    """Approve or refuse a refund, with the reason that the buyer reads."""
    form = await posted(page, *SELLERS)
    body = {"approve": form.get("approve") == "yes", "words": words_in(form, "words")}
    sent = page.orders.send("POST", f"{item('refunds', refund_id)}/decision", body)
    return await _done(page, form, order_id, sent, page._("Decided. The buyer reads your reason."))


@router.post("/orders/{order_id}/complaints/{complaint_id}/acknowledge")
async def acknowledge_complaint(page: CurrentPage, order_id: str, complaint_id: str) -> Response:
    """We have read it."""
    form = await posted(page, *JUDGES)
    sent = page.orders.send("POST", f"{item('complaints', complaint_id)}/acknowledge")
    return await _done(page, form, order_id, sent, page._("Marked as read. The clock for deciding runs on."))


@router.post("/orders/{order_id}/complaints/{complaint_id}/decide")
async def decide_complaint(page: CurrentPage, order_id: str, complaint_id: str) -> Response:
    """Find it right or not, with the reason and with what is given back."""
    form = await posted(page, *JUDGES)
    body: Json = {"upheld": form.get("upheld") == "yes", "words": words_in(form, "words")}
    try:
        if amount := words_in(form, "amount", 20):
            body["refund_fen"] = forms.value_of(forms.Field("amount", "", "yuan"), amount)
    except forms.NotReadable:
        return page.go(_back(form, order_id), forms.cannot_read("yuan", page._), "bad")
    sent = page.orders.send("POST", f"{item('complaints', complaint_id)}/decide", body)
    return await _done(page, form, order_id, sent, page._("Decided. The buyer reads your reason."))


def _back(form: FormData, order_id: str) -> str:
    """Where the form stood: the order, or the list that was worked through."""
    return own_path(words_in(form, "back", 500) or f"/desk/orders/{quote(order_id, safe='')}")


async def _done(page: Page, form: FormData, order_id: str, act: Awaitable[Any], words: str) -> Response:
    try:
        await act
    except ServiceProblem as problem:
        if problem.status not in (*REFUSED, 403):
            raise
        said = [*problem.field_errors.values()] or [str(problem.document.get("detail", ""))]
        return page.go(_back(form, order_id), " ".join(said), "bad")
    return page.go(_back(form, order_id), words)
