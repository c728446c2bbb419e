"""What everybody may know of what was sold: whether a broadcast adds up, and how regions answer complaints."""

import asyncio

from fastapi import APIRouter, Response

from gateway.pages.basket import find_lots
from gateway.pages.frame import CurrentPage
from gateway.pages.market import item
from gateway.views import goods, selling
from gateway.views.speaking import own

router = APIRouter(prefix="/{lang}")


@router.get("/broadcasts/{broadcast_id}/reconciliation")
async def show_reconciliation(page: CurrentPage, broadcast_id: str) -> Response:
    """Whether stock, reservations and orders of a broadcast add up, every difference listed."""
    answer = await page.orders.get(item("reconciliation", broadcast_id))
    sale, stages, lots = await asyncio.gather(
        page.orders.find(item("sales", broadcast_id)),
        page.orders.find(f"{item('sales', broadcast_id)}/stages"),
        find_lots(page, (lot["lot_id"] for lot in answer["lots"])),
    )
    titles = {name: goods.from_lot(page, lot, {})["title"] for name, lot in lots.items() if lot}
    return page.show(
        "shop/reconciliation.html",
        answer=answer,
        title=own(page, sale, "title") if sale else broadcast_id,
        at=selling.moment(page, answer["at"]),
        lots=selling.counted_lots(page, answer, titles),
        differences=selling.differences(page, answer),
        checks=[selling.check_word(page, check) for check in answer["checks"]],
        stages=selling.stages(page, stages or {}),
        money=selling.money(page, answer),
    )


@router.get("/complaints/figures")
async def show_figures(page: CurrentPage) -> Response:
    """The limits for answering a complaint, and how each region keeps them."""
    answer = await page.orders.get("/complaints/figures")
    return page.show("shop/figures.html", limits=answer, rows=selling.figures(page, answer))
