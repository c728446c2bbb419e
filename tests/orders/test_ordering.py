"""Ordering: what a buyer gets, and what is refused with a sentence that says what to do."""

from datetime import timedelta

import pytest

from services.contracts.catalog import ListingDecided, ListingWithdrawn
from services.contracts.room import WhyHalted
from services.kit import clock
from services.kit.ids import new_id
from tests.orders.buyers import buyer, buyers
from tests.orders.market import COUNTY, LOT, OTHER_LOT, PRICE_FEN, Market


async def test_an_order_is_reserved_at_the_price_of_the_shelf_with_a_ticket_and_a_deadline(market: Market) -> None:
    await market.open()
    answer = await (await buyer(market)).buys(2)
    order = answer["orders"][0]
    assert (order["amount_fen"], order["ticket"], answer["state"]) == (2 * PRICE_FEN, 1, "reserved")
    assert answer["total_fen"] == 2 * PRICE_FEN
    assert answer["reserved_until"] > answer["created_at"]
    assert (await market.sale())[LOT]["available_units"] == 18


async def test_a_basket_is_one_checkout_with_one_order_for_each_lot(market: Market) -> None:
    await market.open()
    someone = await buyer(market)
    lines = [{"lot_id": lot_id, "units": 1, "price_fen": PRICE_FEN} for lot_id in (OTHER_LOT, LOT, LOT)]
    answer = await someone.buys(lines=lines)
    assert [(order["lot_id"], order["units"]) for order in answer["orders"]] == [(LOT, 2), (OTHER_LOT, 1)]
    assert answer["total_fen"] == 3 * PRICE_FEN
    checkout = await market.get(f"/checkouts/{answer['checkout_id']}", someone.headers)
    assert checkout == answer


async def test_a_basket_is_sold_whole_or_not_at_all(market: Market) -> None:
    await market.open()
    lines = [{"lot_id": LOT, "units": 1, "price_fen": PRICE_FEN}, {"lot_id": OTHER_LOT, "units": 21, "price_fen": 2990}]
    problem = await (await buyer(market)).is_refused("sold-out", lines=lines)
    assert (problem["lot_id"], problem["available_units"]) == (OTHER_LOT, 20)
    assert (await market.sale())[LOT]["available_units"] == 20


async def test_a_lot_with_two_prices_in_one_basket_is_refused(market: Market) -> None:
    await market.open()
    lines = [{"lot_id": LOT, "units": 1, "price_fen": price} for price in (PRICE_FEN, PRICE_FEN - 1)]
    await (await buyer(market)).is_refused("body-invalid", 422, lines=lines)


async def test_nothing_is_sold_before_the_market_segment_nor_after_the_end(market: Market) -> None:
    someone = await buyer(market)
    assert (await someone.is_refused("not-on-sale"))["reason"] == "closed"
    await market.app.hear(market.room(segment="region"))
    assert (await someone.is_refused("not-on-sale"))["reason"] == "region"
    await market.app.hear(market.room(market.item(LOT), rehearsing=True))
    assert (await someone.is_refused("not-on-sale"))["reason"] == "rehearsing"
    await market.open()
    await someone.buys()
    await market.app.hear(market.room(state="ended", segment=None))
    assert (await someone.is_refused("not-on-sale"))["reason"] == "ended"


async def test_nothing_is_sold_in_a_halted_room(market: Market) -> None:
    await market.open()
    why = WhyHalted(cause="inspector", reason_zh="停播检查", reason_en="Stopped for inspection")
    await market.app.hear(market.room(market.item(LOT), state="halted", why_halted=why))
    assert (await (await buyer(market)).is_refused("not-on-sale"))["reason"] == "halted"


async def test_nothing_is_sold_once_the_decision_of_the_room_has_run_out(market: Market) -> None:
    someone = await buyer(market)
    await market.app.hear(market.room(market.item(LOT), decision_valid_until=clock.now() - timedelta(seconds=1)))
    assert (await someone.is_refused("not-on-sale"))["reason"] == "decision_over"
    await market.app.hear(market.room(market.item(LOT), decision_valid_until=clock.now() + timedelta(minutes=5)))
    await someone.buys()


async def test_a_lot_whose_decision_has_run_out_is_refused_at_once(market: Market) -> None:
    await market.open(valid_until=clock.now() - timedelta(seconds=1))
    assert (await (await buyer(market)).is_refused("lot-not-on-sale"))["reason"] == "lot_decision_over"
    assert not (await market.sale())[LOT]["open"]


async def test_a_withdrawn_listing_is_not_sold(market: Market) -> None:
    await market.open()
    withdrawn = ListingWithdrawn(entity_id=market.listing_id, version=3, region_code=COUNTY, reason="frost")
    await market.app.hear(withdrawn)
    assert (await (await buyer(market)).is_refused("lot-not-on-sale"))["reason"] == "stopped"


async def test_a_lot_that_the_gate_has_stopped_is_refused(market: Market) -> None:
    await market.open()
    blocked = ListingDecided(
        entity_id=market.listing_id,
        version=2,
        region_code=COUNTY,
        category_code="fruit.pear.su",
        specialty_id="specialty-1",
        title_zh="砀山酥梨",
        title_en="Dangshan pears",
        event_id="event-e2",
        decided_version=2,
        lots={LOT: "blocked", OTHER_LOT: "listed"},
    )
    await market.app.hear(blocked)
    someone = await buyer(market)
    assert (await someone.is_refused("lot-not-on-sale"))["reason"] == "stopped"
    await someone.buys(lot_id=OTHER_LOT)


async def test_a_lot_that_is_not_open_or_not_on_the_shelf_is_refused(market: Market) -> None:
    await market.app.hear(market.room(market.item(LOT, open=False)))
    someone = await buyer(market)
    assert (await someone.is_refused("lot-not-on-sale"))["reason"] == "lot_closed"
    assert (await someone.is_refused("lot-not-on-sale", lot_id=OTHER_LOT))["reason"] == "off_shelf"


async def test_an_unknown_lot_and_a_lot_of_another_broadcast_are_refused(market: Market) -> None:
    await market.open()
    someone = await buyer(market)
    assert (await someone.is_refused("lot-not-on-sale", lot_id="nobodys-lot"))["reason"] == "not_here"
    other = await Market(market.app, market.tokens, {"lot-elsewhere": 5}).settle()
    await other.open()
    assert (await someone.is_refused("lot-not-on-sale", lot_id="lot-elsewhere"))["reason"] == "not_here"
    assert (await someone.is_refused("lot-not-on-sale", broadcast_id=new_id()))["reason"] == "not_here"


async def test_a_stale_price_is_told_with_the_new_one(market: Market) -> None:
    await market.open()
    someone = await buyer(market)
    await market.app.hear(market.room(market.item(LOT, price_fen=2690)))
    assert (await someone.is_refused("price-changed"))["price_fen"] == 2690
    lines = [{"lot_id": LOT, "units": 1, "price_fen": 2690}]
    assert (await someone.buys(lines=lines))["total_fen"] == 2690


async def test_a_buyer_may_not_have_more_than_the_limit_however_often_they_ask(market: Market) -> None:
    await market.open(units_per_buyer=3)
    someone = await buyer(market)
    await someone.buys(2)
    assert (await someone.is_refused("over-limit", units=2))["allowed_units"] == 1
    await someone.buys(1)
    assert (await someone.is_refused("over-limit", units=1))["allowed_units"] == 0


async def test_a_household_shares_one_limit(market: Market) -> None:
    await market.open(units_per_buyer=3)
    one, another = await buyers(market, 2, "the-same-door")
    await one.buys(2)
    assert (await another.is_refused("over-limit", units=2))["allowed_units"] == 1
    lines = [{"lot_id": lot_id, "units": 2, "price_fen": PRICE_FEN} for lot_id in (LOT, OTHER_LOT)]
    assert (await another.is_refused("over-limit", lines=lines))["lot_id"] == LOT


async def test_the_announced_quantity_is_a_limit_for_all_together(market: Market) -> None:
    await market.open(limit_units=3)
    someone = await buyer(market)
    await someone.buys(2)
    assert (await someone.is_refused("sold-out", units=2))["available_units"] == 1


async def test_what_is_left_is_told_when_there_is_not_enough(market: Market) -> None:
    await market.open()
    someone = await buyer(market)
    assert (await someone.is_refused("sold-out", units=21))["available_units"] == 20
    await someone.buys(20)
    assert (await someone.is_refused("sold-out"))["available_units"] == 0


@pytest.mark.parametrize("units", [0, -1, 10**9, 1.5, "2", True])
async def test_units_that_are_no_sensible_number_are_refused(market: Market, units: object) -> None:
    await market.open()
    lines = [{"lot_id": LOT, "units": units, "price_fen": PRICE_FEN}]
    problem = await (await buyer(market)).is_refused("body-invalid", 422, lines=lines)
    assert problem["errors"][0]["field"] == "lines.0.units"


async def test_an_empty_basket_and_one_with_unknown_fields_are_refused(market: Market) -> None:
    await market.open()
    someone = await buyer(market)
    await someone.is_refused("body-invalid", 422, lines=[])
    await someone.is_refused("body-invalid", 422, coupon="FREE")


@pytest.mark.parametrize(
    "declared",
    [["mayor"], "producer", ["producer"] * 5, [None], {"producer": True}],
    ids=["unknown", "word", "long", "nothing", "table"],
)
async def test_words_about_oneself_that_are_none_are_refused(market: Market, declared: object) -> None:
    await market.open()
    refused = await (await buyer(market)).is_refused("body-invalid", 422, declared=declared)
    assert refused["errors"][0]["field"].startswith("declared")


async def test_the_same_key_and_body_get_the_same_answer_and_buy_nothing_more(market: Market) -> None:
    await market.open()
    someone = await buyer(market)
    first = await someone.order(2, key="once")
    again = await someone.order(2, key="once")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (await market.sale())[LOT]["available_units"] == 18


async def test_the_same_key_with_another_body_is_refused(market: Market) -> None:
    await market.open()
    someone = await buyer(market)
    await someone.buys(2, key="once")
    await someone.is_refused("idempotency-key-reused", 422, units=1, key="once")
    lines = [{"lot_id": lot_id, "units": 1, "price_fen": PRICE_FEN} for lot_id in (LOT, OTHER_LOT)]
    await someone.is_refused("idempotency-key-reused", 422, key="once", lines=lines)


async def test_a_repeated_basket_gets_the_same_answer(market: Market) -> None:
    await market.open()
    someone = await buyer(market)
    lines = [{"lot_id": lot_id, "units": 1, "price_fen": PRICE_FEN} for lot_id in (LOT, OTHER_LOT)]
    first, again = [await someone.buys(key="once", lines=lines) for _ in range(2)]
    assert first == again


async def test_an_order_needs_a_key_and_somebody_who_is_signed_in(market: Market) -> None:
    await market.open()
    someone = await buyer(market)
    client = market.app.client
    assert (await client.post("/checkouts", json=someone.body(), headers=someone.headers)).status_code == 400
    unknown = await client.post("/checkouts", json=someone.body(), headers={"Idempotency-Key": "a"})
    assert unknown.status_code == 401


async def test_another_buyers_address_is_refused(market: Market) -> None:
    await market.open()
    someone, other = await buyers(market, 2)
    await someone.is_refused("address-unknown", address_id=other.address_id)


async def test_a_cancelled_checkout_gives_its_units_back_once(market: Market) -> None:
    await market.open()
    someone = await buyer(market)
    path = f"/checkouts/{(await someone.buys(5))['checkout_id']}"
    assert (await market.app.client.post(f"{path}/cancel", headers=someone.headers)).status_code == 204
    assert (await market.sale())[LOT]["available_units"] == 20
    assert (await market.get(path, someone.headers))["orders"][0]["state"] == "cancelled"
    assert (await market.app.client.post(f"{path}/cancel", headers=someone.headers)).status_code == 409


async def test_nobody_reads_or_cancels_the_checkout_of_another(market: Market) -> None:
    await market.open()
    someone, other = await buyers(market, 2)
    answer = await someone.buys()
    path = f"/checkouts/{answer['checkout_id']}"
    await market.get(path, other.headers, 404)
    assert (await market.app.client.post(f"{path}/cancel", headers=other.headers)).status_code == 404
    await market.get(f"/orders/{answer['orders'][0]['order_id']}", other.headers, 404)


async def test_a_buyer_sees_their_orders_newest_first(market: Market) -> None:
    await market.open()
    someone = await buyer(market)
    ids = [(await someone.buys())["orders"][0]["order_id"] for _ in range(3)]
    first = await market.get("/orders?limit=2", someone.headers)
    rest = await market.get(f"/orders?limit=2&cursor={first['next']}", someone.headers)
    assert [order["order_id"] for order in first["items"] + rest["items"]] == ids[::-1]
    order = await market.get(f"/orders/{ids[0]}", someone.headers)
    assert (order["seller_name"], order["return_policy"]) == ("砀山示例果业合作社", "fresh_exempt")
    page = await market.get(f"/sales/pages/{order['page_sha256']}")
    assert page["price_fen"] == PRICE_FEN
