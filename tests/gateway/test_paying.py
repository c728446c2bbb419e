"""From the basket to the provider and back, at the door: what is shown, what is refused and why, and nothing twice."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.apps import Tokens
from tests.conftest import ServiceOf
from tests.gateway.offices import hidden_fields
from tests.gateway.shopping import (
    BASKET,
    BOOK,
    CHECKOUT,
    HOME,
    Shop,
    chosen,
    open_shop,
    open_shop_with_payments,
    order,
    pay_url,
    put,
    ready,
    reserved,
    text_of,
    with_address,
)
from tests.orders.market import LOT, OTHER_LOT, PRICE_FEN


@pytest.fixture
async def shop(committing_service_app: ServiceOf, tokens: Tokens, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(committing_service_app, tokens, tmp_path) as opened:
        await opened.market.open()
        yield opened


def till(shop: Shop) -> str:
    """The page on which the goods of the broadcast are ordered."""
    return f"{CHECKOUT}?broadcast={shop.market.broadcast_id}"


async def test_before_ordering_seller_freight_returns_and_total_are_shown(shop: Shop) -> None:
    who, _ = await ready(shop)
    page = text_of(await who.see(till(shop)))
    for said in (
        "砀山示例果业合作社",
        "93341321MA2X0000X1",
        "包邮",
        "48 小时",
        "不支持无理由退货",
        "¥59.80",
        "演示街道",
    ):
        assert said in page, said


async def test_a_buyer_without_an_address_enters_one_and_comes_back_with_it_chosen(shop: Shop) -> None:
    who = shop.buyer
    await put(shop, who)
    page = await who.see(till(shop))
    assert "填写地址" in page
    assert "提交订单" not in page
    after = f"/checkout?broadcast={shop.market.broadcast_id}"
    answer = await who.send(f"{BOOK}/new?region=110101&after={after.replace('?', '%3F')}", BOOK, **HOME)
    assert answer.headers["location"].startswith(f"/zh{after}&address=")
    assert chosen(await who.follow(answer))


async def test_a_second_window_leads_to_the_order_of_the_first_and_orders_nothing(shop: Shop) -> None:
    who, first = await ready(shop)
    second = first | {"key": hidden_fields(await who.see(till(shop)), CHECKOUT)["key"]}
    ordered = await order(who, first)
    assert second["key"] != first["key"]
    assert (await order(who, second)).headers["location"] == ordered.headers["location"]
    assert (await shop.market.sale())[LOT]["available_units"] == 18


async def test_whoever_was_signed_out_while_ordering_comes_back_to_the_order(shop: Shop) -> None:
    _, fields = await ready(shop)
    answer = await order(shop.browser(), fields)
    way = urlsplit(answer.headers["location"])
    assert (way.path, parse_qs(way.query)["after"]) == (
        "/zh/phone",
        [f"/checkout?broadcast={shop.market.broadcast_id}"],
    )
    typed = await shop.browser().post(BOOK, region_code="110101", after="/checkout?broadcast=x", **HOME)
    after = parse_qs(urlsplit(typed.headers["location"]).query)["after"][0]
    assert after == "/addresses/new?region=110101&after=%2Fcheckout%3Fbroadcast%3Dx"


async def test_buyers_are_asked_who_they_are_and_order_whatever_they_say(shop: Shop) -> None:
    who, fields = await ready(shop)
    page = await who.see(till(shop))
    assert "可以不填" in page
    assert page.count('name="declared"') == 4
    assert not re.findall(r'name="declared"[^>]*checked', page), "nothing is said for anybody"
    said = {**fields, "declared": ["told_to_buy", "regional_organ", "mayor"]}
    answer = await order(who, {**said, f"line.{LOT}": "2x1"})
    assert answer.status_code == 409, "the price is not that"
    assert re.findall(r'value="(\w+)" checked', answer.text) == ["regional_organ", "told_to_buy"]
    await who.follow(await order(who, {**said, "key": "another-key-of-the-form"}))
    kept = await shop.market.app.database.fetch_rows("SELECT placed ->> 'declared' AS declared FROM orders.checkout")
    assert [json.loads(row["declared"]) for row in kept] == [["regional_organ", "told_to_buy"]]


async def test_an_order_is_reserved_with_its_place_and_leaves_the_basket(shop: Shop) -> None:
    who, fields = await ready(shop)
    answer = await order(who, fields)
    page = await who.follow(answer)
    assert "为您保留至" in page
    assert "data-left=" in page
    assert "第 1 号" in text_of(page)
    assert "购物篮是空的" in await who.see(BASKET)
    assert (await shop.market.sale())[LOT]["available_units"] == 18


async def test_the_same_form_sent_twice_orders_once(shop: Shop) -> None:
    who, fields = await ready(shop)
    first = await order(who, fields)
    second = await order(who, fields)
    assert first.headers["location"] == second.headers["location"]
    assert (await shop.market.sale())[LOT]["available_units"] == 18


async def test_a_price_that_changed_meanwhile_is_told_and_nothing_is_ordered(shop: Shop) -> None:
    who, fields = await ready(shop)
    shop.market.prices[LOT] = PRICE_FEN + 300
    await shop.market.open()
    answer = await order(who, fields)
    assert answer.status_code == 409
    assert "价格已变动" in answer.text
    assert "¥32.90" in answer.text
    again = hidden_fields(answer.text, CHECKOUT) | {"address_id": chosen(answer.text)}
    assert (await order(who, again)).status_code == 303


async def test_whoever_comes_too_late_is_told_how_much_is_left(shop: Shop) -> None:
    first, fields = await ready(shop, units="19")
    second, others = await ready(shop, "neighbour", units="2")
    assert (await order(first, fields)).status_code == 303
    answer = await order(second, others)
    assert answer.status_code == 409
    assert "仅剩 1 件" in answer.text


async def test_more_than_one_buyer_may_have_is_refused(shop: Shop) -> None:
    who, fields = await ready(shop, units="3")
    await shop.market.open(units_per_buyer=2)
    answer = await order(who, fields)
    assert answer.status_code == 409
    assert "还可购买 2 件" in answer.text


@pytest.mark.parametrize("units", ["0", "-1", "1000000000"])
async def test_numbers_that_are_none_order_nothing(shop: Shop, units: str) -> None:
    who, fields = await ready(shop)
    answer = await order(who, fields | {f"line.{LOT}": f"{units}x{PRICE_FEN}"})
    assert answer.status_code in (303, 422)
    assert (await shop.market.sale())[LOT]["available_units"] == 20


async def test_nothing_is_ordered_in_a_region_segment(shop: Shop) -> None:
    who, fields = await ready(shop)
    await shop.market.app.hear(shop.market.room(segment="region"))
    assert "提交订单" not in await who.see(till(shop))
    answer = await order(who, fields)
    assert answer.status_code == 409
    assert "集市环节" in answer.text


async def test_an_address_must_be_chosen_and_be_ones_own(shop: Shop) -> None:
    neighbour, theirs = await ready(shop, "neighbour")
    who, fields = await ready(shop)
    assert (await order(who, fields | {"address_id": ""})).status_code == 422
    assert (await order(who, fields | {"address_id": theirs["address_id"]})).status_code == 409
    assert (await shop.market.sale())[LOT]["available_units"] == 20
    assert neighbour.session == "neighbour"


async def test_a_basket_of_two_lots_is_ordered_whole(shop: Shop) -> None:
    who = await with_address(shop)
    await put(shop, who)
    await put(shop, who, OTHER_LOT, "1")
    page = await who.see(till(shop))
    assert "¥89.70" in page
    answer = await order(who, hidden_fields(page, CHECKOUT) | {"address_id": chosen(page)})
    assert (await who.follow(answer)).count("/zh/orders/0") == 2


async def test_an_order_can_be_let_go_before_it_is_paid(shop: Shop) -> None:
    who, fields = await ready(shop)
    place = (await order(who, fields)).headers["location"]
    await who.follow(await who.send(place, f"{place}/cancel"))
    assert (await shop.market.sale())[LOT]["available_units"] == 20
    assert "已取消" in await who.see(place)


async def test_a_checkout_is_nobody_elses(shop: Shop) -> None:
    who, fields = await ready(shop)
    place = (await order(who, fields)).headers["location"]
    await shop.browser("neighbour").see(place, status=404)
    assert (await shop.browser().goes(place)).startswith("/zh/phone?after=")


async def test_another_site_orders_nothing(shop: Shop) -> None:
    who, fields = await ready(shop)
    foreign = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    made_up = {name.replace(".", "__"): value for name, value in fields.items()}
    assert (await who.post(CHECKOUT, headers=foreign, **made_up)).status_code == 403
    assert (await order(who, fields | {"csrf_token": "0" * 64})).status_code == 403
    assert (await shop.market.sale())[LOT]["available_units"] == 20


@pytest.fixture
async def bank(committing_service_app: ServiceOf, tokens: Tokens, tmp_path: Path) -> AsyncIterator[Shop]:
    """A shop with a payment provider."""
    async with open_shop_with_payments(committing_service_app, tokens, tmp_path) as opened:
        yield opened


async def test_a_buyer_pays_at_the_provider_and_comes_back_to_a_paid_order(bank: Shop) -> None:
    who, place = await reserved(bank)
    address = pay_url(await who.see(place))
    assert address.endswith("lang=zh")
    await bank.provider.press(address)
    page = text_of(await who.see(back(place)))
    assert "已支付" in page
    assert "第 1 号" in page
    assert (await who.goes(place)) == back(place)


def back(place: str) -> str:
    """Where the provider sends a buyer back to."""
    return f"/zh/orders/paid/{place.rpartition('/')[2]}"


async def test_a_buyer_who_comes_back_before_the_money_waits_on_the_page(bank: Shop) -> None:
    who, place = await reserved(bank)
    await who.see(place)
    page = await who.see(back(place))
    assert 'http-equiv="refresh"' in page
    assert "正在确认" in page


async def test_a_failed_payment_is_told_and_can_be_tried_again(bank: Shop) -> None:
    who, place = await reserved(bank)
    await bank.provider.press(pay_url(await who.see(place)), "fail")
    page = await who.see(back(place))
    assert "没有扣款" in page
    await bank.provider.press(pay_url(page))
    assert "已支付" in await who.see(back(place))


async def test_money_that_comes_too_late_is_told_to_come_back(bank: Shop) -> None:
    who, place = await reserved(bank)
    address = pay_url(await who.see(place))
    database = bank.market.app.database
    number = place.rpartition("/")[2]
    await database.change_rows("SELECT orders.let_go(ARRAY[$1], 'expired')", number)
    assert "保留时间已过" in await who.see(place)
    await bank.provider.press(address)
    assert "自动退回" in await who.see(back(place))


async def test_when_the_provider_is_silent_the_goods_stay_reserved(bank: Shop) -> None:
    who, fields = await ready(bank)
    bank.provider.behave(outages=50)
    page = await who.follow(await order(who, fields))
    assert "支付机构暂时没有响应" in page
    assert "为您保留至" in page
