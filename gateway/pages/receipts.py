"""The receipt of an order: what the public record made of it, and the files with which its buyer proves that."""

import asyncio
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Response

from gateway.pages.buyers import require_buyer
from gateway.pages.frame import CurrentPage, Page
from gateway.pages.market import item
from gateway.views import receipts
from gateway.views.speaking import own

router = APIRouter(prefix="/{lang}")

MOST_LEAVES = 100


@router.get("/disclosures/{broadcast_id}/orders/{order_id}")
async def show_receipt(
    page: CurrentPage, broadcast_id: str, order_id: str, release: Annotated[int | None, Query(ge=1, le=100_000)] = None
) -> Response:
    """Whether an order of the visitor was counted, or why it was not; nobody else sees it."""
    require_buyer(page)
    record = item("disclosures", broadcast_id)
    receipt = await page.disclosure.find(f"{record}/receipts/{quote(order_id, safe='')}", release=release)
    if receipt is None:
        return page.show("shop/receipt.html", status=404, shared=False, receipt=None, order_id=order_id)
    status = receipt["status"]
    document, releases, place = await asyncio.gather(
        page.disclosure.get(f"{record}/releases/{status['release']}"),
        page.disclosure.get(f"{record}/releases"),
        _place_in_log(page, broadcast_id, status["release"]),
    )
    return page.show(
        "shop/receipt.html",
        shared=False,
        receipt=receipt,
        order_id=order_id,
        badge=receipts.badge(page, status["result"]),
        reason=own(page, status, "reason"),
        title=own(page, document["broadcast"], "title"),
        facts=receipts.facts(page, receipt, document["receipts"]["root"]),
        place=place,
        newest=releases["items"][-1]["number"],
    )


async def _place_in_log(page: Page, broadcast_id: str, release: int) -> int | None:
    """Where the log has a release; None while it waits for a published head."""
    path = f"{item('ledger/entities', 'disclosure')}/{quote(broadcast_id, safe='')}"
    found = await page.disclosure.get(path, limit=MOST_LEAVES)
    leaves = found["items"]
    # Releases are logged one by one, in the order of their numbers.
    if len(leaves) < release or not leaves[release - 1]["published"]:
        return None
    place: int = leaves[release - 1]["place"]
    return place
