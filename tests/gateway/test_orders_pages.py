"""What a buyer sees of an order: its way, parcels, money back, complaints with clocks, and nothing of anybody else."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.orders.actions.parcels import book_parcels
from tests import papers
from tests.apps import Tokens
from tests.conftest import ServiceOf
from tests.gateway.offices import hidden_fields
from tests.gateway.shopping import BASKET, Shop, open_shop_with_payments, order, paid, ready, reserved, text_of
from tests.orders.market import PRICE_FEN

ORDERS = "/zh/orders"


@pytest.fixture
async def shop(committing_service_app: ServiceOf, tokens: Tokens, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop_with_payments(committing_service_app, tokens, tmp_path) as opened:
        yield opened


def photo(data: bytes | None = None, name: str = "photo.png") -> list[Any]:
    """A chosen file."""
    return [("photos", (name, papers.png() if data is None else data, "image/png"))]


async def send_it(shop: Shop, place: str) -> None:
    """The region hands the order to the carrier, and the carrier carries it to the door."""
    await hand_over(shop, place)
    await until(shop, place, "signed")


async def hand_over(shop: Shop, place: str) -> None:
    """The region asks the carrier to take the order."""
    await shop.provider.post(f"{place.removeprefix('/zh')}/shipments", {}, shop.provider.seller())
    orders = shop.market.app
    await book_parcels(orders.database, orders.app.state.surroundings)


async def until(shop: Shop, place: str, state: str) -> None:
    """The carrier calls back, scan by scan, until the order stands like that."""
    for number in range(len(await shop.provider.called())):
        if (await shop.provider.order(place.rpartition("/")[2])).state == state:
            return
        await shop.provider.deliver(number)
    assert (await shop.provider.order(place.rpartition("/")[2])).state == state


async def test_whoever_has_ordered_nothing_is_told_where_goods_are(shop: Shop) -> None:
    assert "您还没有订单" in await shop.buyer.see(ORDERS)


async def test_an_unpaid_order_leads_on_to_paying_or_cancelling(shop: Shop) -> None:
    who, place = await reserved(shop)
    page = await who.see(ORDERS)
    assert "待支付" in page
    assert f'href="{place}"' in page


async def test_a_paid_order_shows_its_place_its_address_and_the_page_as_it_stood(shop: Shop) -> None:
    who, place = await paid(shop)
    page = await who.see(place)
    for said in ("已支付，待发货", "到达顺序号", "演示街道", "13800000000", "砀山示例果业合作社"):
        assert said in text_of(page), said
    kept = re.search(r'href="(/zh/goods-pages/[0-9a-f]{64})"', page)
    assert kept is not None
    assert "¥29.90" in await shop.browser().see(kept[1])


async def test_the_way_of_the_parcel_is_told_scan_by_scan(shop: Shop) -> None:
    who, place = await paid(shop)
    await send_it(shop, place)
    page = text_of(await who.see(place))
    for said in ("已从卖家处揽收", "到达分拨中心", "派送中", "已签收"):
        assert said in page, said


async def test_a_buyer_says_that_the_goods_are_here(shop: Shop) -> None:
    who, place = await paid(shop)
    await hand_over(shop, place)
    await until(shop, place, "shipped")
    page = await who.follow(await who.send(place, f"{place}/receipt"))
    assert "您已确认收货" in page
    assert "/receipt" not in page


async def test_before_sending_any_reason_is_enough_and_the_money_comes_back(shop: Shop) -> None:
    who, place = await paid(shop)
    page = await who.follow(await who.send(place, f"{place}/refund", reason="changed_mind"))
    assert "已同意，退款中" in page
    await shop.provider.follow()
    assert "已退款" in await who.see(place)
    assert "/refund" not in await who.see(place)


async def test_a_part_is_asked_back_with_a_photo_and_can_be_taken_back(shop: Shop) -> None:
    who, place = await paid(shop)
    await send_it(shop, place)
    fields = {"reason": "spoiled", "amount": "12.5", "words": "三个烂了"}
    page = await who.follow(await who.send(place, f"{place}/refund", photo(), **fields))
    assert "¥12.50" in page
    assert "三个烂了" in page
    shown = re.search(r'<img src="/api/v1(/orders/[^"]+/photos/[0-9a-f]{64})"', page)
    assert shown is not None
    assert "逾期由平台先行赔付" in text_of(page)
    back = re.search(r'action="([^"]+/withdraw)"', page)
    assert back is not None
    assert "已撤回" in await who.follow(await who.send(place, back[1]))


@pytest.mark.parametrize(
    ("fields", "files", "said"),
    [
        ({"reason": "spoiled"}, [], "照片"),
        ({"reason": "changed_mind"}, [], "鲜活易腐"),
        ({"reason": "spoiled", "amount": "0"}, photo(), ""),
        ({"reason": "spoiled", "amount": "-3"}, photo(), ""),
        ({"reason": "spoiled", "amount": "1000000"}, photo(), "可退"),
        ({"reason": "spoiled", "amount": "twelve"}, photo(), "29.90"),
        ({"reason": ""}, [], ""),
        ({"reason": "spoiled"}, photo(b"<svg onload=alert(1)>", "x.png"), "图片"),
    ],
)
async def test_what_cannot_be_asked_back_is_told_and_what_was_typed_stays(
    shop: Shop, fields: dict[str, str], files: list[Any], said: str
) -> None:
    who, place = await paid(shop)
    await send_it(shop, place)
    answer = await who.send(place, f"{place}/refund", files or None, words="我写的话", **fields)
    assert answer.status_code in (409, 415, 422), answer.status_code
    assert said in text_of(answer.text)
    assert "我写的话" in answer.text


async def test_a_complaint_shows_its_clocks_and_stays(shop: Shop) -> None:
    who, place = await paid(shop)
    fields = {"kind": "short_weight", "words": "少了<b>两斤</b>"}
    page = await who.follow(await who.send(place, f"{place}/complain", photo(), **fields))
    assert "少了&lt;b&gt;两斤&lt;/b&gt;" in page
    for said in ("缺斤少两", "受理期限", "处理期限", "计时中"):
        assert said in text_of(page), said


async def test_a_complaint_without_words_is_asked_for_again(shop: Shop) -> None:
    who, place = await paid(shop)
    refused = await who.send(place, f"{place}/complain", kind="other", words="")
    assert refused.status_code == 422
    assert 'id="e-complaint-words"' in refused.text, "the error stands at its field"
    assert "`errors`" not in refused.text


async def test_an_order_is_nobody_elses(shop: Shop) -> None:
    who, place = await paid(shop)
    neighbour = shop.browser("neighbour")
    await neighbour.see(place, status=404)
    token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', await neighbour.see(BASKET))
    assert token is not None
    for act in ("receipt", "refund", "complain"):
        sent = {"csrf_token": token[1], "reason": "changed_mind", "kind": "other", "words": "x"}
        answer = await neighbour.post(f"{place}/{act}", **sent)
        assert answer.status_code in (303, 403, 404), act
        if answer.status_code == 303:
            assert "/orders/" in answer.headers["location"]
    assert (await shop.provider.order(place.rpartition("/")[2])).state == "paid"
    assert (await shop.browser().goes(place)).startswith("/zh/phone?after=")
    assert who.session == "buyer"


async def test_another_site_does_nothing_to_an_order(shop: Shop) -> None:
    who, place = await paid(shop)
    foreign = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    for act in ("receipt", "refund", "complain"):
        assert (await who.post(f"{place}/{act}", headers=foreign, reason="changed_mind")).status_code == 403
    assert (await shop.provider.order(place.rpartition("/")[2])).state == "paid"


async def test_the_same_request_for_money_sent_twice_is_one(shop: Shop) -> None:
    who, place = await paid(shop)
    await send_it(shop, place)
    fields = hidden_fields(await who.see(place), f"{place}/refund")
    fields |= {"reason": "spoiled", "amount": "5"}
    first = await who.send_again(fields, f"{place}/refund", photo())
    second = await who.send_again(fields, f"{place}/refund", photo())
    assert first.status_code == second.status_code == 303
    assert (await who.see(place)).count('num">¥5<') == 1


async def test_orders_are_listed_page_by_page_newest_first(shop: Shop) -> None:
    who, fields = await ready(shop, units="1")
    assert (await order(who, fields)).status_code == 303
    page = await who.see(ORDERS)
    assert f"¥{PRICE_FEN / 100:.2f}" in page
