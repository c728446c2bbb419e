"""The basket at the door: put in, change, be told of new prices, and who is sent to sign in first."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.apps import Tokens
from tests.conftest import ServiceOf
from tests.gateway.offices import hidden_fields
from tests.gateway.shopping import Browser, Shop, open_shop, text_of
from tests.orders.market import LOT, OTHER_LOT, PRICE_FEN

BASKET = "/zh/basket"


@pytest.fixture
async def shop(committing_service_app: ServiceOf, tokens: Tokens, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(committing_service_app, tokens, tmp_path) as opened:
        yield opened


async def put(shop: Shop, who: Browser, lot_id: str = LOT, units: str = "2", **more: str) -> str:
    """Put it in through the form; the basket's page."""
    add = f"{BASKET}/add?broadcast_id={shop.market.broadcast_id}&lot_id={lot_id}"
    return await who.follow(await who.send(add, BASKET, units=units, **more))


async def test_a_guest_gives_a_number_first_and_comes_back_to_the_goods(shop: Shop) -> None:
    await shop.market.open()
    guest = shop.browser()
    answer = await guest.post(BASKET, broadcast_id=shop.market.broadcast_id, lot_id=LOT, units="3")
    assert answer.status_code == 303
    way = urlsplit(answer.headers["location"])
    assert way.path == "/zh/phone"
    after = parse_qs(way.query)["after"][0]
    asked = await shop.buyer.see(f"/zh{after}")
    assert 'value="3"' in asked
    assert "加入购物篮" in asked


async def test_an_empty_basket_says_where_goods_are(shop: Shop) -> None:
    page = await shop.buyer.see("/en/basket")
    assert "Your basket is empty" in page
    assert "/en/calendar" in page


async def test_goods_in_the_basket_show_price_sum_and_the_number_in_the_header(shop: Shop) -> None:
    await shop.market.open()
    buyer = shop.buyer
    page = text_of(await put(shop, buyer))
    assert "¥29.90" in page
    assert "¥59.80" in page
    assert "购物篮 · 1 种商品" in await buyer.see("/zh/addresses")


async def test_the_same_goods_twice_are_one_line_with_more_units(shop: Shop) -> None:
    await shop.market.open()
    buyer = shop.buyer
    await put(shop, buyer)
    page = await put(shop, buyer, units="3")
    assert f'name="units.{shop.market.broadcast_id}.{LOT}" value="5"' in page


async def test_goods_wait_in_the_basket_until_the_market_segment(shop: Shop) -> None:
    await shop.market.open()
    buyer = shop.buyer
    await put(shop, buyer)
    await shop.market.app.hear(shop.market.room(segment="region"))
    page = await buyer.see(BASKET)
    assert "集市环节开始后" in page
    assert 'name="order"' not in page


async def test_a_stale_price_is_told_and_must_be_accepted_before_ordering(shop: Shop) -> None:
    await shop.market.open()
    buyer = shop.buyer
    await put(shop, buyer)
    shop.market.prices[LOT] = PRICE_FEN + 300
    await shop.market.open()
    page = await buyer.see(BASKET)
    assert "<del" in page
    assert "¥32.90" in page
    assert 'name="order"' not in page
    page = await buyer.follow(await buyer.send(BASKET, f"{BASKET}/change", accept="yes"))
    assert "<del" not in page
    assert f'name="order" value="{shop.market.broadcast_id}"' in page


@pytest.mark.parametrize(
    ("fields", "units", "said"),
    [
        ({"units_per_buyer": 2}, "3", "每位买家最多可购 2"),
        ({}, "21", "仅剩 20"),
        ({"limit_units": 1}, "2", "仅剩 1"),
        ({"open": False}, "1", "尚未开放"),
    ],
)
async def test_what_cannot_be_ordered_is_marked_with_what_to_do(
    shop: Shop, fields: dict[str, object], units: str, said: str
) -> None:
    await shop.market.open(**fields)
    buyer = shop.buyer
    page = text_of(await put(shop, buyer, units=units))
    assert said in page
    assert 'name="order"' not in await buyer.see(BASKET)


@pytest.mark.parametrize("units", ["0", "-1", "1000000000", "1.5", "many"])
async def test_a_number_that_is_none_is_asked_for_again(shop: Shop, units: str) -> None:
    await shop.market.open()
    buyer = shop.buyer
    answer = await buyer.post(BASKET, **await hidden(shop, buyer), units=units)
    assert answer.status_code == 422
    assert "整数" in answer.text


async def hidden(shop: Shop, who: Browser) -> dict[str, str]:
    """What the form of the goods sends along."""
    page = await who.see(f"{BASKET}/add?broadcast_id={shop.market.broadcast_id}&lot_id={LOT}")
    return hidden_fields(page, BASKET)


async def test_a_line_can_be_changed_and_taken_out(shop: Shop) -> None:
    await shop.market.open()
    buyer = shop.buyer
    await put(shop, buyer)
    await put(shop, buyer, OTHER_LOT, "1")
    field = f"units.{shop.market.broadcast_id}.{LOT}"
    page = await buyer.follow(await buyer.send(BASKET, f"{BASKET}/change", **{field: "4"}))
    assert f'name="{field}" value="4"' in page
    page = await buyer.follow(await buyer.send(BASKET, f"{BASKET}/change", remove=field))
    assert field not in page
    assert f"units.{shop.market.broadcast_id}.{OTHER_LOT}" in page


async def test_ordering_takes_the_numbers_along_as_they_stand_in_the_form(shop: Shop) -> None:
    await shop.market.open()
    buyer = shop.buyer
    await put(shop, buyer)
    broadcast_id = shop.market.broadcast_id
    field = f"units.{broadcast_id}.{LOT}"
    order = await buyer.send(BASKET, f"{BASKET}/change", order=broadcast_id, **{field: "7"})
    assert order.headers["location"] == f"/zh/checkout?broadcast={broadcast_id}"
    assert "¥29.90 × 7" in text_of(await buyer.follow(order))
    more = await buyer.send(BASKET, f"{BASKET}/change", order=broadcast_id, **{field: "21"})
    assert more.headers["location"] == BASKET
    assert "仅剩 20" in text_of(await buyer.follow(more))


async def test_a_basket_belongs_to_one_buyer(shop: Shop) -> None:
    await shop.market.open()
    await put(shop, shop.buyer)
    assert "购物篮是空的" in await shop.browser("neighbour").see(BASKET)


async def test_another_site_puts_nothing_into_a_basket(shop: Shop) -> None:
    await shop.market.open()
    buyer = shop.buyer
    fields = await hidden(shop, buyer)
    foreign = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    assert (await buyer.post(BASKET, headers=foreign, **fields, units="1")).status_code == 403
    assert (await buyer.post(BASKET, **{**fields, "csrf_token": "wrong"}, units="1")).status_code == 403
    assert "购物篮是空的" in await buyer.see(BASKET)


async def test_goods_that_no_broadcast_sells_are_not_found(shop: Shop) -> None:
    buyer = shop.buyer
    await buyer.see(f"{BASKET}/add?broadcast_id=none&lot_id={LOT}", status=404)
    await buyer.see(f"{BASKET}/add?broadcast_id=..%2F..%2Fbasket&lot_id=x", status=404)
