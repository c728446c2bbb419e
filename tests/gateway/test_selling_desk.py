"""The seller's desk: sending, giving back, answering complaints by their clocks; and what the public may know of it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.apps import Tokens
from tests.conftest import ServiceOf
from tests.gateway.shopping import Browser, Shop, open_shop_with_payments, paid, text_of

DESK = "/zh/desk/orders"


@pytest.fixture
async def shop(committing_service_app: ServiceOf, tokens: Tokens, tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop_with_payments(committing_service_app, tokens, tmp_path) as opened:
        yield opened


def at_desk(place: str) -> str:
    """The same order at the desk."""
    return place.replace("/zh/orders", DESK)


async def test_a_buyer_asks_for_an_invoice_and_reads_its_number(shop: Shop) -> None:
    who, place = await paid(shop)
    refused = await who.send(place, f"{place}/invoice", title="演示公司", tax_number="12")
    assert refused.status_code == 422
    assert "演示公司" in refused.text
    await who.follow(await who.send(place, f"{place}/invoice", title="演示公司", tax_number="91341321ma00000000"))
    operator = shop.browser("operator")
    assert "待开具发票" in await operator.see(DESK)
    number = "25342000000012345678"
    await operator.follow(await operator.send(at_desk(place), f"{at_desk(place)}/invoice", number=number))
    assert "待开具发票" not in await operator.see(DESK)
    page = text_of(await who.see(place))
    for said in ("91341321MA00000000", number, "已开具"):
        assert said in page, said


async def complaint(shop: Shop) -> tuple[Browser, str, str]:
    """A buyer who has complained, the page of the order, and its page at the desk."""
    who, place = await paid(shop)
    await who.follow(await who.send(place, f"{place}/complain", kind="other", words="没有人接电话"))
    return who, place, at_desk(place)


async def test_a_desk_without_orders_says_so(shop: Shop) -> None:
    operator = shop.browser("operator")
    assert "暂无订单" in await operator.see(DESK)
    assert "没有待处理的退款" in await operator.see("/zh/desk/refunds")
    assert "没有待答复的投诉" in await operator.see("/zh/desk/complaints")


async def test_the_operator_sends_an_order_from_the_list(shop: Shop) -> None:
    _, place = await paid(shop)
    operator = shop.browser("operator")
    page = await operator.see(DESK)
    assert "演示收件人" in page
    await operator.follow(await operator.send(DESK, f"{at_desk(place)}/ship"))
    await shop.provider.follow()
    page = text_of(await operator.see(at_desk(place)))
    assert "沙箱快递" in page


@pytest.mark.parametrize("weight", ["heavy", "-1", "0"])
async def test_a_weight_that_is_none_sends_nothing_and_is_told_at_its_field(shop: Shop, weight: str) -> None:
    _, place = await paid(shop)
    operator = shop.browser("operator")
    answer = await operator.send(at_desk(place), f"{at_desk(place)}/ship", weight=weight)
    assert answer.status_code == 422
    assert f'value="{weight}"' in answer.text
    assert 'id="e-weight"' in answer.text
    assert "尚未发货" in await operator.see(at_desk(place))


async def test_the_operator_decides_a_refund_and_the_buyer_reads_why(shop: Shop) -> None:
    who, place = await paid(shop)
    await who.follow(await who.send(place, f"{place}/refund", reason="not_as_described", amount="10"))
    operator = shop.browser("operator")
    assert "¥10" in await operator.see("/zh/desk/refunds")
    page = await operator.see(at_desk(place))
    act = re.search(r'action="([^"]+/refunds/[^"]+/decide)"', page)
    assert act is not None
    await operator.follow(await operator.send(at_desk(place), act[1], approve="yes", words="图片与实物不符，属实"))
    assert "图片与实物不符，属实" in await who.see(place)
    assert "没有待处理的退款" in await operator.see("/zh/desk/refunds")


async def test_a_refund_is_refused_only_with_a_reason(shop: Shop) -> None:
    who, place = await paid(shop)
    await who.follow(await who.send(place, f"{place}/refund", reason="not_as_described"))
    operator = shop.browser("operator")
    act = re.search(r'action="([^"]+/refunds/[^"]+/decide)"', await operator.see(at_desk(place)))
    assert act is not None
    unsaid = await operator.send(at_desk(place), act[1], approve="no", words="")
    assert unsaid.status_code == 422
    assert re.search(r'aria-invalid="true" required', unsaid.text)
    assert "已拒绝" not in await who.see(place)
    await operator.follow(await operator.send(at_desk(place), act[1], approve="no", words="描述与实物一致"))
    assert "描述与实物一致" in await who.see(place)


async def test_money_is_given_back_unasked(shop: Shop) -> None:
    who, place = await paid(shop)
    operator = shop.browser("operator")
    fields = {"reason": "other", "amount": "3", "words": "包装破损补偿"}
    await operator.follow(await operator.send(at_desk(place), f"{at_desk(place)}/refund", **fields))
    page = text_of(await who.see(place))
    assert "¥3" in page
    assert "卖家发起" in page


async def test_a_complaint_is_read_and_decided_with_what_is_given_back(shop: Shop) -> None:
    who, place, here = await complaint(shop)
    operator = shop.browser("operator")
    page = await operator.see("/zh/desk/complaints")
    assert "没有人接电话" in page
    page = await operator.see(here)
    read = re.search(r'action="([^"]+/acknowledge)"', page)
    decide = re.search(r'action="([^"]+/complaints/[^"]+/decide)"', page)
    assert read is not None
    assert decide is not None
    await operator.follow(await operator.send(here, read[1]))
    assert "正在核查" in await who.see(place)
    fields = {"upheld": "yes", "words": "已联系并补偿", "amount": "5"}
    await operator.follow(await operator.send(here, decide[1], **fields))
    page = text_of(await who.see(place))
    for said in ("投诉成立", "已联系并补偿", "¥5"):
        assert said in page, said


@pytest.mark.parametrize("amount", ["一百", "99999"])
async def test_a_refused_answer_keeps_its_words_and_says_what_is_wrong_where_it_stands(shop: Shop, amount: str) -> None:
    _, _, here = await complaint(shop)
    operator = shop.browser("operator")
    decide = re.search(r'action="([^"]+/complaints/[^"]+/decide)"', await operator.see(here))
    assert decide is not None
    refused = await operator.send(here, decide[1], upheld="yes", words="已联系买家", amount=amount)
    assert refused.status_code in (409, 422)
    assert "已联系买家</textarea>" in refused.text
    assert f'value="{amount}"' in refused.text


async def test_the_region_of_another_county_sees_and_decides_nothing(shop: Shop) -> None:
    _, _, here = await complaint(shop)
    far = shop.browser("far-operator")
    await far.see(here, status=404)
    assert "没有人接电话" not in await far.see("/zh/desk/complaints?region=341321")
    assert "演示收件人" not in await far.see(f"{DESK}?region=341321")
    operator = shop.browser("operator")
    decide = re.search(r'action="([^"]+/complaints/[^"]+/decide)"', await operator.see(here))
    token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', await far.see("/zh/basket"))
    assert decide is not None
    assert token is not None
    for act, fields in ((f"{here}/ship", {}), (decide[1], {"upheld": "no", "words": "不予受理"})):
        answer = await far.post(act, csrf_token=token[1], **fields)
        assert answer.status_code in (303, 403, 404)
    page = await operator.see(here)
    assert "不予受理" not in page
    assert "尚未发货" in page


async def test_an_office_above_sees_what_the_counties_below_have_sold(shop: Shop) -> None:
    _, place, here = await complaint(shop)
    prefecture = shop.browser("prefecture")
    assert "演示收件人" in await prefecture.see(DESK)
    assert "没有人接电话" in await prefecture.see("/zh/desk/complaints")
    inspector = shop.browser("inspector")
    assert "没有人接电话" not in await inspector.see("/zh/desk/complaints")
    assert "没有人接电话" in await inspector.see("/zh/desk/complaints?region=340000")
    page = await inspector.see(here)
    assert "/ship" not in page
    decide = re.search(r'action="([^"]+/complaints/[^"]+/decide)"', page)
    assert decide is not None
    await inspector.follow(await inspector.send(here, decide[1], upheld="yes", words="督查认定投诉成立"))
    assert "督查认定投诉成立" in await shop.buyer.see(place)


async def test_a_buyer_has_no_desk(shop: Shop) -> None:
    _, place = await paid(shop)
    for path in (DESK, "/zh/desk/refunds", "/zh/desk/complaints", at_desk(place)):
        await shop.buyer.see(path, status=403)
    assert (await shop.browser().goes(DESK)).startswith("/zh/sign-in")


async def test_another_site_moves_nothing_at_the_desk(shop: Shop) -> None:
    _, place = await paid(shop)
    operator = shop.browser("operator")
    foreign = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    assert (await operator.post(f"{at_desk(place)}/ship", headers=foreign)).status_code == 403
    assert "尚未发货" in await operator.see(at_desk(place))


async def test_whoever_wants_sees_whether_a_broadcast_adds_up(shop: Shop) -> None:
    await paid(shop)
    page = text_of(await shop.browser().see(f"/zh/broadcasts/{shop.market.broadcast_id}/reconciliation"))
    assert "账实相符" in page
    assert "买家少于十人，不予公布" in page
    assert "已过退货期限" in page
    await shop.browser().see("/en/broadcasts/none/reconciliation", status=404)


async def test_how_regions_answer_is_public_and_tells_of_nobody(shop: Shop) -> None:
    await complaint(shop)
    page = text_of(await shop.browser().see("/zh/complaints/figures"))
    assert "24 小时" in page
    assert "砀山" not in page
