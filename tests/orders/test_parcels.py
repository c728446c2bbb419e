"""Parcels: sent by the region, scanned by the carrier in whatever order its words arrive, signed for once."""

import json

import pytest

from services.kit import clock
from services.kit.ids import new_id
from services.kit.webhooks import new_secret, signed_headers
from services.orders.actions.parcels import MOST_REFUSALS
from tests.orders.buyers import Buyer, buyer
from tests.orders.market import Answer
from tests.orders.outside import Outside


@pytest.fixture
async def order(outside: Outside, someone: Buyer) -> Answer:
    """An order that was paid."""
    found: Answer = (await outside.buys(someone, 2))["orders"][0]
    return found


async def send(outside: Outside, order: Answer, status: int = 201, **fields: object) -> Answer:
    """Hand a parcel to the carrier."""
    return await outside.post(f"/orders/{order['order_id']}/shipments", fields, outside.seller(), status)


async def test_a_parcel_travels_and_its_order_with_it(outside: Outside, someone: Buyer, order: Answer) -> None:
    sent = await send(outside, order, sign_kind="station")
    assert (sent["state"], sent["waybill"], sent["declared_grams"]) == ("asked", None, 9_000)
    await outside.follow()
    while (await outside.order(order["order_id"])).state != "signed":
        await outside.deliver()
    shown = await outside.detail(order["order_id"], someone.headers)
    parcel = shown["shipments"][0]
    assert (parcel["state"], parcel["sign_kind"], len(parcel["scans"])) == ("signed", "station", 5)
    assert "parcel_signed" in [step["kind"] for step in shown["steps"]]
    told = (await outside.market.app.said("orders.order.changed"))[-1]["shipments"][0]
    assert (told["sign_kind"], told["scans"]) == ("station", 5)
    assert told["label_ms"] <= told["pickup_ms"] <= told["signed_ms"]
    assert 8_820 <= told["weight_grams"] <= 9_270


async def test_scans_that_arrive_backwards_and_twice_end_in_the_same_parcel(outside: Outside, order: Answer) -> None:
    await send(outside, order)
    first = len(await outside.called())
    await outside.follow()
    while len(await outside.called()) < first + 5:
        continue
    numbers = range(first, first + 5)
    await outside.deliver(*reversed(numbers))
    await outside.deliver(*numbers)
    rows = await outside.market.app.database.fetch_rows("SELECT scans, state FROM orders.shipment")
    assert [scan["kind"] for scan in rows[0]["scans"]] == [
        "label",
        "pickup",
        "hub",
        "out_for_delivery",
        "signed",
    ]
    assert (await outside.order(order["order_id"])).state == "signed"
    changed = await outside.market.app.said("orders.order.changed")
    assert len({event["version"] for event in changed}) == len(changed)


async def test_an_order_that_was_signed_for_is_not_sent_again(outside: Outside, order: Answer) -> None:
    await send(outside, order, weight_grams=4_500)
    await outside.follow()
    while not await parcels_in(outside, "signed"):
        await outside.deliver()
    assert (await send(outside, order, 409))["state"] == "signed"


async def parcels_in(outside: Outside, state: str) -> int:
    """How many parcels stand so."""
    rows = await outside.market.app.database.fetch_rows("SELECT 1 FROM orders.shipment WHERE state = $1", state)
    return len(rows)


async def test_the_carriers_outage_delays_a_waybill(outside: Outside, order: Answer) -> None:
    await send(outside, order)
    outside.behave(outages=1)
    await outside.follow()
    assert await parcels_in(outside, "asked") == 1
    await outside.make_due()
    await outside.follow()
    assert await parcels_in(outside, "asked") == 0


async def test_a_parcel_that_the_carrier_refuses_again_and_again_is_given_up_and_another_is_sent(
    outside: Outside, someone: Buyer, order: Answer
) -> None:
    refusing = "UPDATE orders.shipment SET from_region = 'nowhere' WHERE state = 'asked' RETURNING id"
    await send(outside, order)
    assert await outside.market.app.database.change_rows(refusing)
    for _ in range(MOST_REFUSALS - 1):
        await outside.follow()
        await outside.make_due()
    assert await parcels_in(outside, "asked") == 1
    await outside.follow()
    assert await parcels_in(outside, "refused") == 1
    shown = await outside.detail(order["order_id"], someone.headers)
    assert shown["steps"][-1]["kind"] == "parcel_not_taken"
    await send(outside, order)
    await outside.follow()
    while (await outside.order(order["order_id"])).state != "signed":
        await outside.deliver()


async def test_the_buyer_may_say_that_the_goods_are_here(outside: Outside, someone: Buyer, order: Answer) -> None:
    path = f"/orders/{order['order_id']}/receipt"
    refused = await outside.post(path, None, someone.headers, 409)
    assert refused["type"].endswith("/problems/order-move-refused")
    outside.behave(pace_ms=86_400_000)
    await send(outside, order)
    await outside.follow()
    assert (await outside.post(path, None, outside.seller(), 404))["status"] == 404
    for _ in range(2):
        await outside.post(path, None, someone.headers, 204)
    assert (await outside.order(order["order_id"])).state == "signed"


async def test_only_the_region_that_sold_sends_and_only_what_is_paid(
    outside: Outside, someone: Buyer, order: Answer
) -> None:
    path = f"/orders/{order['order_id']}/shipments"
    elsewhere = outside.market.tokens.headers("operator", scopes=("610423",), account_id="operator-2")
    assert (await outside.post(path, {}, elsewhere, 403))["type"].endswith("/problems/out-of-region")
    assert (await outside.post(path, {}, someone.headers, 403))["type"].endswith("/problems/not-allowed")
    unpaid = (await someone.buys())["orders"][0]
    await send(outside, unpaid, 404)
    refund = {"reason": "changed_mind"}
    await outside.post(f"/orders/{order['order_id']}/refunds", refund, someone.headers)
    assert (await send(outside, order, 409))["type"].endswith("/problems/order-move-refused")


async def test_the_desk_lists_what_must_be_sent_with_its_address_until_it_is_signed_for(
    outside: Outside, someone: Buyer, order: Answer
) -> None:
    listed = (await outside.market.get("/orders/sold?region=341321&state=paid", outside.seller()))["items"]
    assert [(each["order_id"], each["parcels"], each["address"]["region_code"]) for each in listed] == [
        (order["order_id"], 0, "310101")
    ]
    detail = await outside.detail(order["order_id"], outside.seller())
    assert (detail["address"]["region_code"], detail["payment"], "ship" in detail["moves"]) == ("310101", None, True)
    await send(outside, order)
    await outside.follow()
    while (await outside.order(order["order_id"])).state != "signed":
        await outside.deliver()
    listed = (await outside.market.get("/orders/sold?region=341321", outside.seller()))["items"]
    assert [(each["state"], each["parcels"], each["address"]) for each in listed] == [("signed", 1, None)]
    assert (await outside.detail(order["order_id"], outside.seller()))["address"] is None
    elsewhere = outside.market.tokens.headers("operator", scopes=("610423",))
    await outside.market.get("/orders/sold?region=341321", elsewhere, 403)
    await outside.market.get("/orders/sold?region=341321", someone.headers, 403)


async def test_a_carrier_that_is_not_ours_and_a_parcel_that_is_not_ours_are_refused(
    outside: Outside, order: Answer
) -> None:
    await send(outside, order)
    await outside.follow()
    body = next(body for path, _, body in await outside.called() if path.startswith("/carrier"))
    forged = signed_headers([new_secret()], new_id(), clock.now(), body)
    answer = await outside.client.post("/carrier-callbacks/sandbox", content=body, headers=forged)
    assert answer.status_code == 401
    message = json.loads(body)
    message["data"]["reference"] = new_id()
    assert (await outside.call(json.dumps(message).encode(), "/carrier-callbacks/sandbox")).status_code == 404
    del message["data"]["scans"]
    assert (await outside.call(json.dumps(message).encode(), "/carrier-callbacks/sandbox")).status_code == 400


async def test_what_was_paid_too_late_is_not_for_the_desk(outside: Outside, someone: Buyer) -> None:
    stranger = await buyer(outside.market)
    checkout = await stranger.buys()
    pay_url = (await outside.pay_url(stranger, checkout))["pay_url"]
    await outside.client.post(f"/checkouts/{checkout['checkout_id']}/cancel", headers=stranger.headers)
    await outside.press(pay_url)
    await outside.deliver()
    assert (await outside.market.get("/orders/sold?region=341321", outside.seller()))["items"] == []
    shown = await outside.detail(checkout["orders"][0]["order_id"], stranger.headers)
    assert (shown["state"], shown["payment"]["state"], shown["left_fen"]) == ("cancelled", "late", 0)
    assert [step["kind"] for step in shown["steps"]] == ["paid_too_late"]


async def test_a_split_order_is_signed_with_its_last_parcel(outside: Outside, order: Answer) -> None:
    for _ in range(2):
        await send(outside, order, weight_grams=4_500)
    await outside.follow()
    while await parcels_in(outside, "signed") < 2:
        state = (await outside.order(order["order_id"])).state
        assert (state == "signed") == (await parcels_in(outside, "signed") == 2)
        await outside.deliver()
    assert (await outside.order(order["order_id"])).state == "signed"
