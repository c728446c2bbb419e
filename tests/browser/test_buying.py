"""Buying as buyers and sellers meet it: from the goods to the paid order, and from the desk to the parcel."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from deploy.stack import Stack
from tests.browser.test_desk import sign_in
from tests.browser.test_public import faults

Begin = Callable[[Page, Stack, dict[str, Any], str], None]
WORDS: dict[str, dict[str, str]] = {
    "zh": {
        "send": "发送验证码",
        "sign in": "登录",
        "now": "立即下单",
        "address": "填写地址",
        "search": "搜索",
        "keep": "保存地址",
        "order": "提交订单，去支付",
        "provider": "前往支付机构付款",
        "pay": "确认支付",
        "paid": "已支付",
        "code": "验证码为 ",
        "county": "北京市东城区",
    },
    "en": {
        "send": "Send the code",
        "sign in": "Sign in",
        "now": "Order now",
        "address": "Enter an address",
        "search": "Search",
        "keep": "Keep the address",
        "order": "Order, and go on to pay",
        "provider": "Go on to the payment provider",
        "pay": "Pay",
        "paid": "Paid",
        "code": "The code is ",
        "county": "Dongcheng District, Beijing Municipality",
    },
}


@pytest.fixture(scope="session")
def offer(stack: Stack) -> dict[str, Any]:
    """A lot that can be bought now, in the broadcast that is on air in the demonstration."""
    with httpx.Client(base_url=f"{stack.url}/api/v1") as ask:
        for row in ask.get("/broadcasts", params={"state": "live"}).json()["items"]:
            sale = ask.get(f"/sales/{row['id']}").json()
            for lot in sale.get("lots", ()):
                if sale["selling"] and lot["open"] and lot["available_units"] > 5:
                    return {"broadcast_id": row["id"], **lot}
    pytest.fail("Nothing is on sale in the demonstration.")


def button(page: Page, words: str) -> None:
    """Press what says so."""
    page.get_by_role("main").get_by_role("button", name=words, exact=True).click()


def come_in(page: Page, phone: str, words: dict[str, str]) -> None:
    """Give a number and the code that the demonstration shows."""
    page.fill("#f-phone", phone)
    button(page, words["send"])
    code = re.search(rf"{words['code']}(\d{{6}})", page.get_by_role("main").inner_text())
    assert code is not None
    page.fill("#f-code", code[1])
    button(page, words["sign in"])


def enter_address(page: Page, words: dict[str, str]) -> None:
    """From the checkout to the county, the street, and back."""
    page.get_by_role("link", name=words["address"], exact=True).click()
    page.fill("#f-q", "110101")
    button(page, words["search"])
    page.get_by_role("link", name=words["county"]).click()
    page.fill("#f-detail", "演示街道 1 号院 2 号楼")
    page.fill("#f-consignee", "演示收件人")
    page.fill("#f-phone", "13800000000")
    button(page, words["keep"])


def from_the_shelf(page: Page, stack: Stack, offer: dict[str, Any], language: str) -> None:
    """Press the button beside the goods in the live room."""
    page.goto(f"{stack.url}/{language}/broadcasts/{offer['broadcast_id']}/live")
    page.locator(
        f"form[action='/{language}/basket']:has(input[value='{offer['lot_id']}']):visible button"
    ).first.click()


def from_the_lot(page: Page, stack: Stack, offer: dict[str, Any], language: str) -> None:
    """Press the button on the page of the lot."""
    page.goto(f"{stack.url}/{language}/lots/{offer['lot_id']}")
    page.locator(f"form.buy:has(input[value='{offer['broadcast_id']}']) button").first.click()


def buy(page: Page, stack: Stack, offer: dict[str, Any], language: str, phone: str, begin: Begin = from_the_lot) -> str:
    """From the goods to the page that says that they are paid, as a guest; the address of that page."""
    words = WORDS[language]
    begin(page, stack, offer, language)
    come_in(page, phone, words)
    button(page, words["now"])
    enter_address(page, words)
    button(page, words["order"])
    page.get_by_role("link", name=words["provider"], exact=True).click()
    page.get_by_role("button", name=words["pay"], exact=True).click()
    # The provider's page leads back by itself.
    page.wait_for_url(re.compile(rf"/{language}/orders/paid/"), timeout=60_000)
    expect(page.get_by_role("heading", level=1)).to_have_text(words["paid"], timeout=60_000)
    return page.url


def test_a_guest_buys_from_the_shelf_and_pays_on_a_phone(stack: Stack, offer: dict[str, Any], phone: Page) -> None:
    said: list[str] = []
    phone.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    buy(phone, stack, offer, "zh", "13912340001", from_the_shelf)
    phone.get_by_role("main").get_by_role("link", name="我的订单").click()
    expect(phone.get_by_text("已支付，待发货").first).to_be_visible()
    phone.get_by_role("main").get_by_role("heading", level=2).get_by_role("link").first.click()
    expect(phone.get_by_text("到达顺序号")).to_be_visible()
    assert [text for text in said if "favicon" not in text] == []
    wrong = {path: faults(phone, f"{stack.url}{path}") for path in ("/zh/orders", "/zh/addresses", phone_path(phone))}
    for path in (
        "/en/basket",
        "/en/addresses/new",
        "/en/orders",
        f"/en/broadcasts/{offer['broadcast_id']}/reconciliation",
    ):
        wrong[path] = faults(phone, f"{stack.url}{path}")
    assert {path: found for path, found in wrong.items() if found} == {}


def phone_path(page: Page) -> str:
    """Where the page is, without its host."""
    return re.sub(r"^https?://[^/]+", "", page.url)


def test_buying_needs_no_javascript(stack: Stack, offer: dict[str, Any], plain: Page) -> None:
    buy(plain, stack, offer, "en", "13912340002")


def test_the_region_sends_what_was_bought(stack: Stack, offer: dict[str, Any], phone: Page, desk: Page) -> None:
    buy(phone, stack, offer, "zh", "13912340003")
    sign_in(desk, stack, "demo-operator")
    for path in ("/zh/desk/orders", "/en/desk/refunds", "/en/desk/complaints", "/en/complaints/figures"):
        assert faults(desk, f"{stack.url}{path}") == []
    desk.goto(f"{stack.url}/zh/desk/orders?state=paid")
    desk.get_by_role("button", name="交承运人发货").first.click()
    expect(desk.get_by_text("已交承运人")).to_be_visible()
    desk.get_by_role("main").get_by_role("heading", level=2).get_by_role("link").first.click()
    assert faults(desk, desk.url) == []
