"""The live room as people meet it: what each segment lets them do, with and without JavaScript, on phone and desk."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.stack import Stack
from tests.browser.test_desk import sign_in
from tests.browser.test_public import faults

REGION = "999901"


@pytest.fixture(scope="session")
def on_air(stack: Stack) -> str:
    """The demonstration's broadcast that is on air."""
    with httpx.Client(base_url=f"{stack.url}/api/v1") as ask:
        live = ask.get("/broadcasts", params={"state": "live", "region": REGION}).json()["items"]
    return str(live[0]["id"])


@pytest.fixture
def viewer(browser: Browser) -> Iterator[Page]:
    """Somebody else's phone, beside the studio's desk."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


@pytest.fixture
def host(stack: Stack, desk: Page, on_air: str) -> Page:
    """The host in the studio, in a market segment with an open lot."""
    sign_in(desk, stack, "demo-live-host", "en")
    desk.goto(f"{stack.url}/en/desk/studio/{on_air}")
    desk.get_by_role("button", name="Steer as Host").first.click()
    expect(desk.locator(".flash")).to_contain_text("The studio is yours")
    if desk.get_by_role("button", name="Start the market segment").count():
        to_segment(desk, "market")
    return desk


def to_segment(desk: Page, kind: str) -> None:
    """Start the other segment."""
    desk.get_by_role("button", name=f"Start the {kind} segment").click()
    expect(desk.locator(".flash")).to_contain_text("The segment has changed")


def open_first(desk: Page) -> None:
    """Open the first lot that is closed."""
    closed = desk.locator("button[name=do][value=open]")
    if closed.count():
        closed.first.click()
        expect(desk.locator(".flash")).to_contain_text("Open for orders now.")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_around_a_room_are_sound_on_a_phone(stack: Stack, on_air: str, phone: Page, language: str) -> None:
    room = f"/broadcasts/{on_air}"
    paths = (f"{room}/live", f"{room}/replay", f"{room}/moderation", room, "/viewer-sessions", "/")
    found = {path: faults(phone, f"{stack.url}/{language}{path}") for path in paths}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_the_room_is_sound_at_a_desk_in_the_dark(stack: Stack, on_air: str, desk: Page) -> None:
    desk.emulate_media(color_scheme="dark")
    assert faults(desk, f"{stack.url}/zh/broadcasts/{on_air}/live") == []


@pytest.mark.parametrize("username", ["demo-live-host", "demo-moderator", "inspector"])
def test_the_studio_is_sound_for_everyone_in_it(stack: Stack, on_air: str, phone: Page, username: str) -> None:
    sign_in(phone, stack, username)
    assert faults(phone, f"{stack.url}/zh/desk/studio") == []
    assert faults(phone, f"{stack.url}/zh/desk/studio/{on_air}") == []


def test_the_officials_sheet_is_sound_and_sells_nothing(stack: Stack, on_air: str, phone: Page) -> None:
    sign_in(phone, stack, "demo-second-deputy")
    assert faults(phone, f"{stack.url}/zh/desk/speaking/{on_air}") == []
    assert "¥" not in phone.locator("main").inner_text()


def test_what_the_studio_does_is_seen_in_the_room_at_once(stack: Stack, on_air: str, host: Page, viewer: Page) -> None:
    open_first(host)
    viewer.goto(f"{stack.url}/en/broadcasts/{on_air}/live")
    expect(viewer.locator("[data-order]:visible").first).to_be_visible()
    to_segment(host, "region")
    expect(viewer.locator("[data-part=banner]")).to_contain_text("Region segment: nothing is for sale")
    expect(viewer.locator("[data-order]:visible")).to_have_count(0)
    expect(viewer.locator("[data-part=shelf] .lot")).to_have_count(0)
    assert "¥" not in viewer.locator("main").inner_text()
    host.locator("#cap-zh").fill("各位好。")
    host.locator("#cap-en").fill("Good day.")
    host.get_by_role("button", name="Show the caption").click()
    expect(viewer.locator("[data-part=caption]")).to_have_text("Good day.")
    to_segment(host, "market")
    expect(viewer.locator("[data-part=banner]")).to_contain_text("Market segment: the host sells")
    open_first(host)
    expect(viewer.locator("[data-order]:visible").first).to_be_visible()


def test_without_a_script_the_room_shows_its_shelf_and_takes_an_order(
    stack: Stack, on_air: str, host: Page, plain: Page
) -> None:
    open_first(host)
    plain.goto(f"{stack.url}/en/broadcasts/{on_air}/live?still=1")
    expect(plain.get_by_text("Market segment: the host sells")).to_be_visible()
    order = plain.locator("form.lot__order:visible").first
    expect(order).to_be_visible()
    order.get_by_role("button").click()
    assert "/en/phone?after=" in plain.url


def test_a_message_reaches_everybody_as_text(stack: Stack, on_air: str, phone: Page, viewer: Page) -> None:
    viewer.goto(f"{stack.url}/en/broadcasts/{on_air}/live")
    sign_in(phone, stack, "buyer", "en")
    phone.goto(f"{stack.url}/en/broadcasts/{on_air}/live")
    expect(phone.locator("[data-part=link]")).to_have_text("")
    text = "<img src=x onerror=alert(1)> 梨甜吗"
    phone.locator("#say").fill(text)
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(phone.locator("[data-part=answer]")).to_have_text("Sent.")
    expect(viewer.locator("[data-part=chat]")).to_contain_text(text)
    assert viewer.locator("[data-part=chat] img").count() == 0
