"""Invoices: asked for by the buyer, issued by the seller, and no longer naming anybody once the buyer is erased."""

from typing import Any

import pytest

from services.contracts.accounts import AccountErased
from services.kit import clock
from tests.orders.buyers import Buyer
from tests.orders.market import Answer
from tests.orders.outside import Outside

NUMBER = "25342000000012345678"
ASKED = {"title": "示例合作社", "tax_number": "93341321MA00000000"}


@pytest.fixture
async def order(outside: Outside, someone: Buyer) -> Answer:
    """An order that was paid."""
    found: Answer = (await outside.buys(someone))["orders"][0]
    return found


async def put(outside: Outside, path: str, body: Any, headers: dict[str, str], status: int = 200) -> Answer:
    """What the service answers."""
    answer = await outside.client.put(path, json=body, headers=headers)
    assert answer.status_code == status, answer.text
    found: Answer = answer.json()
    return found


async def test_an_invoice_is_asked_for_and_issued_once(outside: Outside, someone: Buyer, order: Answer) -> None:
    path = f"/orders/{order['order_id']}/invoice"
    assert "invoice" in (await outside.detail(order["order_id"], someone.headers))["moves"]
    early = await put(outside, f"{path}/number", {"number": NUMBER}, outside.seller(), 409)
    assert early["type"].endswith("/problems/invoice-not-asked")
    await put(outside, path, {"title": "示例买家"}, someone.headers)
    await put(outside, path, ASKED, someone.headers)
    asked = await outside.detail(order["order_id"], outside.seller())
    assert (asked["invoice"]["title"], "issue" in asked["moves"]) == ("示例合作社", True)
    sold = (await outside.market.get("/orders/sold?region=341321", outside.seller()))["items"]
    assert [each["invoice_waits"] for each in sold] == [True]
    for _ in range(2):
        await put(outside, f"{path}/number", {"number": NUMBER}, outside.seller())
    issued = await outside.detail(order["order_id"], someone.headers)
    assert (issued["invoice"]["number"], issued["invoice"]["amount_fen"]) == (NUMBER, order["amount_fen"])
    assert [step["kind"] for step in issued["steps"]][-2:] == ["invoice_asked", "invoice_issued"]
    for other in ({"number": "12345678"}, None):
        who, where = (outside.seller(), f"{path}/number") if other else (someone.headers, path)
        refused = await put(outside, where, other or ASKED, who, 409)
        assert refused["type"].endswith("/problems/invoice-issued-already")


async def test_only_the_buyer_asks_and_only_the_selling_region_issues(
    outside: Outside, someone: Buyer, order: Answer
) -> None:
    path = f"/orders/{order['order_id']}/invoice"
    await put(outside, path, ASKED, outside.seller(), 404)
    await put(outside, path, ASKED, someone.headers)
    elsewhere = outside.market.tokens.headers("operator", scopes=("610423",), account_id="operator-2")
    assert (await put(outside, f"{path}/number", {"number": NUMBER}, elsewhere, 403))["type"].endswith("/out-of-region")
    unpaid = (await someone.buys())["orders"][0]
    await put(outside, f"/orders/{unpaid['order_id']}/invoice", ASKED, someone.headers, 404)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": "名" * 101}, "title"),
        ({"title": "示例", "tax_number": "12"}, "tax_number"),
    ],
    ids=["nothing", "empty", "long", "tax-number"],
)
async def test_what_is_no_invoice_is_refused_beside_its_field(
    outside: Outside, someone: Buyer, order: Answer, body: dict[str, str], field: str
) -> None:
    refused = await put(outside, f"/orders/{order['order_id']}/invoice", body, someone.headers, 422)
    assert field in [error["field"] for error in refused["errors"]]


async def test_an_erased_buyer_stands_on_no_invoice_here(outside: Outside, someone: Buyer, order: Answer) -> None:
    await put(outside, f"/orders/{order['order_id']}/invoice", ASKED, someone.headers)
    account_id = (await outside.order(order["order_id"])).account_id
    with clock.set_to(clock.now()):
        erased = AccountErased(entity_id=account_id, version=1, account_id=account_id, erased_at=clock.now())
    await outside.market.app.hear(erased)
    rows = await outside.market.app.database.fetch_rows("SELECT title, tax_number FROM orders.invoice")
    assert [tuple(row) for row in rows] == [(None, None)]
