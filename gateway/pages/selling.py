"""The seller's desk of a region: what was ordered, sending it, refunds and complaints to answer."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response
from starlette.datastructures import FormData

from gateway.clients import Json, ServiceProblem
from gateway.pages.account import own_path
from gateway.pages.basket import find_lots
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
TYPED = ("weight", "reason", "amount", "words", "number")
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
    lots = await find_lots(page, (row["lot_id"] for row in answer["items"]))
    here = f"/{page.language}/desk/orders"
    return page.show(
        "desk/orders.html",
        shared=False,
        room="orders",
        rows=[selling.order_row(page, row, lots[row["lot_id"]]) for row in answer["items"]],
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
    return await _show_order(page, order_id)


async def _show_order(
    page: Page, order_id: str, at: str = "", problem: ServiceProblem | None = None, typed: Json | None = None
) -> Response:
    """The order; `at`: the form that was refused, with its `problem` and what was typed."""
    order = await page.orders.get(item("orders", order_id))
    wrong = problem.field_errors if problem else {}
    return page.show(
        "desk/order.html",
        status=problem.status if problem else 200,
        shared=False,
        room="orders",
        order=order,
        row=orders.row(page, order, root="desk/orders"),
        returns=goods.return_lines(page, order["returns"]),
        facts=orders.facts(page, order),
        to=selling.where_to(page, order.get("address") or {}),
        care=orders.care(page, order, clock.now()),
        reasons=orders.refund_reasons(page),
        seller="operator" in page.visitor.roles,
        at=at,
        problem=problem.document if problem and not wrong else None,
        wrong=defaultdict(str, wrong),
        typed=defaultdict(str, typed or {}),
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
    path = f"{item('orders', order_id)}/shipments"
    return await _done(
        page,
        form,
        order_id,
        "ship",
        lambda: page.orders.send("POST", path, _quantity(page, form, "weight", "kg", "weight_grams"), key=key_of(form)),
        page._("Handed to the carrier. The parcel has its number in a moment."),
    )


@router.post("/orders/{order_id}/refund")
async def give_back(page: CurrentPage, order_id: str) -> Response:
    """Give money back unasked."""
    form = await posted(page, *SELLERS)

    def send() -> Awaitable[Json]:
        words = {"words": said} if (said := words_in(form, "words", 1000)) else {}
        body = {
            "reason": words_in(form, "reason", 40),
            **_quantity(page, form, "amount", "yuan", "amount_fen"),
            **words,
        }
        return page.orders.send("POST", f"{item('orders', order_id)}/refunds", body, key=key_of(form))

    return await _done(page, form, order_id, "refund", send, page._("It is paid back through the provider."))


@router.post("/orders/{order_id}/invoice")
async def issue_invoice(page: CurrentPage, order_id: str) -> Response:
    """The invoice is issued; its number for the buyer."""
    form = await posted(page, *SELLERS)
    path, body = f"{item('orders', order_id)}/invoice/number", {"number": words_in(form, "number", 40)}
    said = page._("The buyer reads the number.")
    return await _done(page, form, order_id, "invoice", lambda: page.orders.send("PUT", path, body), said)


@router.post("/orders/{order_id}/refunds/{refund_id}/decide")
async def decide_refund(page: CurrentPage, order_id: str, refund_id: str) -> Response:
    """Approve or refuse a refund, with the reason that the buyer reads."""
    form = await posted(page, *SELLERS)
    path = f"{item('refunds', refund_id)}/decision"
    body = {"approve": form.get("approve") == "yes", "words": words_in(form, "words")}
    said = page._("Decided. The buyer reads your reason.")
    return await _done(page, form, order_id, f"refund-{refund_id}", lambda: page.orders.send("POST", path, body), said)


@router.post("/orders/{order_id}/complaints/{complaint_id}/acknowledge")
async def acknowledge_complaint(page: CurrentPage, order_id: str, complaint_id: str) -> Response:
    """We have read it."""
    form = await posted(page, *JUDGES)
    path = f"{item('complaints', complaint_id)}/acknowledge"
    said = page._("Marked as read. The clock for deciding runs on.")
    return await _done(page, form, order_id, "", lambda: page.orders.send("POST", path), said)


@router.post("/orders/{order_id}/complaints/{complaint_id}/decide")
async def decide_complaint(page: CurrentPage, order_id: str, complaint_id: str) -> Response:
    """Find it right or not, with the reason and with what is given back."""
    form = await posted(page, *JUDGES)

    def send() -> Awaitable[Json]:
        said = {"upheld": form.get("upheld") == "yes", "words": words_in(form, "words")}
        body = {**said, **_quantity(page, form, "amount", "yuan", "refund_fen")}
        return page.orders.send("POST", f"{item('complaints', complaint_id)}/decide", body)

    done = page._("Decided. The buyer reads your reason.")
    return await _done(page, form, order_id, f"complaint-{complaint_id}", send, done)


def _quantity(page: Page, form: FormData, name: str, kind: forms.Kind, as_field: str) -> Json:
    """A number of the form as that field of a body, and no field where nothing was typed. Raises ServiceProblem."""
    typed = words_in(form, name, 20)
    if not typed:
        return {}
    try:
        return {as_field: forms.value_of(forms.Field(name, "", kind), typed)}
    except forms.NotReadable as unread:
        said = forms.cannot_read(kind, page._)
        errors = [{"field": name, "detail": said}]
        raise ServiceProblem({"status": 422, "title": said, "detail": said, "errors": errors}) from unread


def _back(form: FormData, order_id: str) -> str:
    """Where the form stood: the order, or the list that was worked through."""
    return own_path(words_in(form, "back", 500) or f"/desk/orders/{quote(order_id, safe='')}")


async def _done(
    page: Page, form: FormData, order_id: str, at: str, act: Callable[[], Awaitable[Any]], words: str
) -> Response:
    """Do it and go back; what is refused is shown in its form, with everything that was typed."""
    try:
        await act()
    except ServiceProblem as problem:
        if problem.status not in (*REFUSED, 403):
            raise
        if problem.status in (403, 404) or form.get("back"):
            said = [*problem.field_errors.values()] or [str(problem.document.get("detail", ""))]
            return page.go(_back(form, order_id), " ".join(said), "bad")
        typed = {name: words_in(form, name, 1000) for name in TYPED}
        return await _show_order(page, order_id, at, problem, typed)
    return page.go(_back(form, order_id), words)
