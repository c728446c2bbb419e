"""The address book and the basket of a buyer, and how their words are forgotten."""

from typing import Any

import pytest
from httpx import Response

from services.contracts.accounts import AccountErased
from services.kit import clock
from tests.orders.market import LOT, OTHER_LOT, PRICE_FEN, Market

HOME: dict[str, Any] = {
    "consignee": "演示收件人",
    "phone": "138 0000 0000",
    "region_code": "110101",
    "detail": "演示街道 1 号院 2 号楼",
}


async def post(market: Market, body: dict[str, Any], account_id: str = "buyer-1") -> Response:
    """Put an address into a buyer's book."""
    return await market.app.client.post("/addresses", json=body, headers=buyer(market, account_id))


def buyer(market: Market, account_id: str = "buyer-1") -> dict[str, str]:
    """The headers of a buyer."""
    return market.tokens.headers("buyer", account_id=account_id)


async def book(market: Market, account_id: str = "buyer-1") -> list[dict[str, Any]]:
    """A buyer's addresses."""
    found: list[dict[str, Any]] = (await market.get("/addresses", buyer(market, account_id)))["items"]
    return found


async def test_the_first_address_is_the_usual_one_until_another_is_made_so(market: Market) -> None:
    first = (await post(market, HOME)).json()
    assert (first["is_default"], first["phone"]) == (True, "13800000000")
    second = (await post(market, HOME | {"detail": "演示路 9 号", "is_default": True})).json()
    assert [(each["id"], each["is_default"]) for each in await book(market)] == [
        (second["id"], True),
        (first["id"], False),
    ]


async def test_a_corrected_address_is_a_new_one_and_the_old_one_is_gone_from_the_book(market: Market) -> None:
    old = (await post(market, HOME)).json()
    path = f"/addresses/{old['id']}"
    answer = await market.app.client.put(path, json=HOME | {"detail": "演示路 9 号"}, headers=buyer(market))
    assert answer.status_code == 200
    assert answer.json()["id"] != old["id"]
    assert [each["detail"] for each in await book(market)] == ["演示路 9 号"]
    assert (await market.app.client.put(path, json=HOME, headers=buyer(market))).status_code == 404


async def test_a_book_belongs_to_one_buyer(market: Market) -> None:
    mine = (await post(market, HOME)).json()
    other = buyer(market, "buyer-2")
    assert await book(market, "buyer-2") == []
    assert (await market.app.client.delete(f"/addresses/{mine['id']}", headers=other)).status_code == 404
    assert (await market.app.client.delete(f"/addresses/{mine['id']}", headers=buyer(market))).status_code == 204
    assert await book(market) == []
    assert (await market.app.client.get("/addresses")).status_code == 401


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"phone": "12345"}, "phone"),
        ({"phone": "13800000000\u202e"}, "phone"),
        ({"region_code": "110000"}, "region_code"),
        ({"region_code": "123456"}, "region_code"),
        ({"detail": "——"}, "detail"),
        ({"detail": "一" * 201}, "detail"),
        ({"consignee": ""}, "consignee"),
        ({"consignee": "甲\n乙"}, "consignee"),
    ],
)
async def test_an_address_that_no_parcel_would_find_is_refused(
    market: Market, wrong: dict[str, str], field: str
) -> None:
    answer = await post(market, HOME | wrong)
    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.json()["errors"]]


async def test_an_address_book_has_an_end(market: Market) -> None:
    for number in range(20):
        assert (await post(market, HOME | {"detail": f"演示路 {number} 号"})).status_code == 201
    assert (await post(market, HOME)).status_code == 409


async def put(market: Market, *lines: dict[str, Any], account_id: str = "buyer-1") -> list[dict[str, Any]]:
    """Make these the buyer's basket."""
    given = {"broadcast_id": market.broadcast_id, "units": 1, "price_fen": PRICE_FEN}
    body = {"items": [given | line for line in lines]}
    answer = await market.app.client.put("/basket", json=body, headers=buyer(market, account_id))
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_a_basket_keeps_the_time_at_which_each_lot_was_put_there(market: Market) -> None:
    await market.open()
    [first] = await put(market, {"lot_id": LOT})
    both = await put(market, {"lot_id": OTHER_LOT}, {"lot_id": LOT, "units": 3})
    assert {line["lot_id"]: line["units"] for line in both} == {LOT: 3, OTHER_LOT: 1}
    assert next(line for line in both if line["lot_id"] == LOT)["put_at"] == first["put_at"]
    assert [line["lot_id"] for line in await put(market, {"lot_id": OTHER_LOT})] == [OTHER_LOT]


async def change(market: Market, status: int = 200, **line: Any) -> Any:
    """Change one line of the buyer's basket."""
    given = {"broadcast_id": market.broadcast_id, "units": 1, "price_fen": PRICE_FEN}
    answer = await market.app.client.patch("/basket", json={"items": [given | line]}, headers=buyer(market))
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_a_line_is_changed_without_touching_what_another_page_has_put_in(market: Market) -> None:
    await change(market, lot_id=LOT)
    await change(market, lot_id=OTHER_LOT, units=2)
    left = await change(market, lot_id=LOT, units=3)
    assert {line["lot_id"]: line["units"] for line in left["items"]} == {LOT: 3, OTHER_LOT: 2}
    left = await change(market, lot_id=OTHER_LOT, units=0)
    assert [line["lot_id"] for line in left["items"]] == [LOT]


async def test_a_full_basket_takes_nothing_more_and_keeps_what_it_has(market: Market) -> None:
    await put(market, *({"lot_id": f"lot-{number}"} for number in range(50)))
    assert (await change(market, 409, lot_id="one-more"))["type"].endswith("/problems/basket-full")
    assert len((await change(market, lot_id="lot-7", units=2))["items"]) == 50


async def test_a_basket_says_that_a_price_has_changed_and_what_can_be_bought(market: Market) -> None:
    await market.open()
    [line] = await put(market, {"lot_id": LOT, "units": 20, "price_fen": PRICE_FEN + 100})
    assert (line["price_changed"], line["now_fen"], line["can_be_bought"]) == (True, PRICE_FEN, True)
    [line] = await put(market, {"lot_id": LOT, "units": 21})
    assert (line["available_units"], line["can_be_bought"]) == (20, False)
    await market.app.hear(market.room(segment="region"))
    [line] = (await market.get("/basket", buyer(market)))["items"]
    assert (line["now_fen"], line["can_be_bought"]) == (None, False)


async def test_a_lot_that_nobody_knows_may_lie_in_a_basket_and_cannot_be_bought(market: Market) -> None:
    [line] = await put(market, {"lot_id": "no-such-lot", "broadcast_id": "none"})
    assert (line["title_zh"], line["now_fen"], line["can_be_bought"]) == (None, None, False)


@pytest.mark.parametrize("units", [0, -1, 10**9, 1.5, "1"])
async def test_units_that_are_none_are_refused(market: Market, units: Any) -> None:
    body = {"items": [{"broadcast_id": "b", "lot_id": LOT, "units": units, "price_fen": 1}]}
    answer = await market.app.client.put("/basket", json=body, headers=buyer(market))
    assert answer.status_code == 422


async def test_an_erased_buyer_leaves_no_name_number_or_street(market: Market) -> None:
    await post(market, HOME)
    await post(market, HOME, "buyer-2")
    await put(market, {"lot_id": LOT})
    erased = AccountErased(entity_id="buyer-1", version=1, account_id="buyer-1", erased_at=clock.now())
    await market.app.hear(erased)
    assert await book(market) == []
    assert (await market.get("/basket", buyer(market)))["items"] == []
    rows = await market.app.database.fetch_rows("SELECT * FROM orders.address WHERE account_id = 'buyer-1'")
    assert [(row["consignee"], row["phone"], row["detail"]) for row in rows] == [(None, None, None)]
    assert rows[0]["household"]
    assert len(await book(market, "buyer-2")) == 1
