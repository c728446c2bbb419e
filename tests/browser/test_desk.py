"""The desk as operators, approvers, reviewers and officials meet it: on a phone and at a desk, without JavaScript."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.stack import Stack
from tests.browser.test_public import faults

ROOMS = {
    "demo-operator": (
        "/desk",
        "/desk/listings",
        "/desk/listings/new",
        "/desk/filings",
        "/desk/filings/new",
        "/desk/producers",
        "/desk/producers/new",
        "/desk/specialties",
        "/desk/specialties/new",
        "/desk/marks/new",
        "/desk/officials",
        "/desk/officials/new",
        "/desk/hosts/new",
        "/desk/orders",
        "/desk/refunds",
        "/desk/complaints",
        "/desk/imports",
        "/desk/admissions",
        "/desk/records",
        "/desk/replies",
        "/desk/slow-sales",
        "/account",
    ),
    "demo-approver": ("/desk", "/desk/approvals"),
    "reviewer": (
        "/desk",
        "/desk/reviews",
        "/desk/reviews?state=blocked",
        "/desk/appeals",
        "/desk/rules",
        "/desk/rules/adm.suppliers.enough",
    ),
    "inspector": ("/desk", "/desk/reviews", "/desk/appeals", "/desk/referrals", "/desk/findings", "/desk/reports"),
    "administrator": ("/desk", "/desk/rules", "/desk/rules/fm.authority.matrix"),
    "demo-head": ("/desk", "/desk/speaking"),
    "demo-registrar": ("/desk/events", "/desk/events/new"),
    "platform": ("/desk", "/desk/webhooks", "/account"),
}


def sign_in(page: Page, stack: Stack, username: str, language: str = "zh") -> None:
    """Come in as one of the demonstration's people."""
    page.goto(f"{stack.url}/{language}/sign-in")
    page.fill("#f-username", username)
    page.fill("#f-password", str(stack.demo()["password"]))
    page.locator("main form button").click()
    expect(page).to_have_url(f"{stack.url}/{language}/desk")


@pytest.fixture
def without_script(browser: Browser) -> Iterator[Page]:
    """A wide screen without JavaScript."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("username", list(ROOMS))
def test_every_room_is_sound_on_a_phone_in_chinese(stack: Stack, phone: Page, username: str) -> None:
    sign_in(phone, stack, username)
    found = {path: faults(phone, f"{stack.url}/zh{path}") for path in ROOMS[username]}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_every_room_of_the_operator_is_sound_at_a_desk_in_english(stack: Stack, desk: Page) -> None:
    sign_in(desk, stack, "demo-operator", "en")
    found = {path: faults(desk, f"{stack.url}/en{path}") for path in ROOMS["demo-operator"]}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_an_operator_enters_a_mark_and_the_opening_day_of_another_year(stack: Stack, without_script: Page) -> None:
    page = without_script
    sign_in(page, stack, "demo-operator", "en")
    page.goto(f"{stack.url}/en/desk/marks/new")
    page.select_option("[name=mark_type]", "gi_product")
    page.fill("[name=name]", "演示县早熟芒果")
    page.fill("[name=area_region_codes]", "999901")
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(f"{stack.url}/en/desk/specialties")
    page.get_by_role("link", name="演示县早熟芒果").click()
    expect(page.locator("[name=area_region_codes]")).to_have_value("999901")

    page.goto(f"{stack.url}/en/desk/specialties")
    page.get_by_role("link", name="Demonstration County Mango").first.click()
    page.locator("details:has([name='opening_days.1.variety']) summary").click()
    page.fill("[name='opening_days.1.variety']", "金煌芒")
    page.fill("[name='opening_days.1.year']", "2025")
    page.fill("[name='opening_days.1.opens_on']", "2025-07-03")
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(f"{stack.url}/en/desk/specialties")
    page.get_by_role("link", name="Demonstration County Mango").first.click()
    expect(page.locator("[name='opening_days.1.opens_on']")).to_have_value("2025-07-03")
    expect(page.locator("[name='opening_days.0.opens_on']")).to_have_value("2024-07-01")


def test_a_listing_and_the_steps_of_its_filing_are_sound(stack: Stack, phone: Page) -> None:
    sign_in(phone, stack, "demo-operator")
    listing = first_link(phone, stack, "/desk/listings")
    filing = first_link(phone, stack, "/desk/filings")
    steps = [f"{filing}/{step}" for step in ("when", "who", "what", "plan", "money", "check")]
    found = {path: faults(phone, path) for path in (listing, f"{listing}/edit", f"{listing}/lots/1", filing, *steps)}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def first_link(page: Page, stack: Stack, room: str) -> str:
    """The address of the first thing in a list."""
    page.goto(f"{stack.url}/zh{room}")
    path = page.locator("ul.slots h2 a").first.get_attribute("href")
    return f"{stack.url}{path}"


def choose_first(page: Page, name: str) -> None:
    """Take the first real choice of a drop-down."""
    value = page.locator(f"#f-{name} option").nth(1).get_attribute("value")
    page.select_option(f"#f-{name}", value)


def test_a_lot_that_is_tried_shows_each_finding_beside_its_field(stack: Stack, without_script: Page) -> None:
    page = without_script
    sign_in(page, stack, "demo-operator", "en")
    page.goto(f"{stack.url}/en/desk/listings/new")
    choose_first(page, "specialty_id")
    choose_first(page, "event_id")
    page.fill("#f-title_zh", "演示县试填")
    page.get_by_role("button", name="Save and add lots").click()
    page.get_by_role("link", name="Add a lot").first.click()
    page.fill("#f-price_fen", "cheap")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#e-price_fen")).to_contain_text("Write an amount in yuan")
    expect(page.locator("#f-price_fen")).to_have_value("cheap")
    choose_first(page, "producer_id")
    for name, text in {"lot_number": "T-1", "price_fen": "9.90", "net_grams": "2.5", "offered_units": "10"}.items():
        page.fill(f"#f-{name}", text)
    page.fill("#f-price_unit", "箱")
    page.get_by_role("button", name="Save and try it against the gate").click()
    expect(page.locator(".verdict")).to_contain_text("This was only a try")
    expect(page.locator("#g-weight_basis")).to_be_visible()
    expect(page.locator("#f-price_fen")).to_have_value("9.90")


def test_a_filing_goes_through_its_steps_and_its_script_is_tried(stack: Stack, without_script: Page) -> None:
    page = without_script
    sign_in(page, stack, "demo-operator", "en")
    page.goto(f"{stack.url}/en/desk/filings/new")
    page.select_option("#f-region_code", "999901")
    page.fill("#f-title_zh", "演示县直播试填")
    page.fill("#f-starts_at", "2027-03-02T19:00")
    page.fill("#f-ends_at", "2027-03-02T20:30")
    page.get_by_role("button", name="Keep and go on").click()
    choose_first(page, "official_id")
    page.locator('input[name="host_ids"]').first.check()
    page.get_by_role("button", name="Keep and go on").click()
    page.locator('input[name="lots"]').first.check()
    page.get_by_role("button", name="Keep and go on").click()
    expect(page.locator('[id="f-segments.0.kind"]')).to_have_value("region")
    expect(page.locator('[id="f-segments.1.kind"]')).to_have_value("market")
    page.fill("#f-script_zh", "大家好，这里是演示县，请认准演示果业有限公司的产品。")
    page.get_by_role("button", name="Keep and try it against the gate").click()
    expect(page.locator("#g-script_zh")).to_be_visible()
    page.fill("#f-script_zh", "大家好，这里是演示县，今天讲讲我们的山水。")
    page.get_by_role("button", name="Keep and go on").click()
    page.locator('input[name="none__payments"]').check()
    page.get_by_role("button", name="Keep and go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check and submit")
    page.get_by_role("button", name="Try it against the gate").click()
    expect(page.locator(".verdict")).to_contain_text("This was only a try")


def test_the_approver_sees_the_preview_and_returns_a_filing_with_a_reason(stack: Stack, without_script: Page) -> None:
    page = without_script
    sign_in(page, stack, "demo-operator", "en")
    page.goto(f"{stack.url}/en/desk/filings")
    page.get_by_role("link", name=re.compile("live")).first.click()
    page.get_by_role("button", name="File the like again").click()
    page.get_by_role("button", name="Keep and go on").click()
    filing = page.url.rsplit("/", 2)[-2]
    page.goto(f"{stack.url}/en/desk/filings/{filing}/check")
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.locator(".verdict")).to_be_visible()
    page.context.clear_cookies()
    sign_in(page, stack, "demo-approver", "en")
    page.goto(f"{stack.url}/en/desk/approvals/{filing}")
    expect(page.get_by_text("This is a preview")).to_be_visible()
    page.locator("summary", has_text="Return it for revision").click()
    page.locator('textarea[name="reason"]').first.fill("请核对开播时间。")
    page.get_by_role("button", name="Return it", exact=True).click()
    expect(page.locator(".flash")).to_contain_text("Returned to its operator")
    page.goto(f"{stack.url}/en/desk/approvals/{filing}")
    expect(page.get_by_text("请核对开播时间。").first).to_be_visible()


def test_the_desk_asks_strangers_to_sign_in_and_turns_other_roles_away(stack: Stack, phone: Page) -> None:
    phone.goto(f"{stack.url}/zh/desk/filings")
    assert phone.url.startswith(f"{stack.url}/zh/sign-in?after=")
    sign_in(phone, stack, "buyer")
    answer = phone.goto(f"{stack.url}/zh/desk/filings")
    assert answer is not None
    assert answer.status == 403
