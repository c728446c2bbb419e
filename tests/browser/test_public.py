"""The public pages as a visitor meets them: on a phone and at a desk, in both languages, without JavaScript."""

import re

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # It ships no types.
from playwright.sync_api import Page, expect

from deploy.stack import Stack

AXE = Axe()
LANGUAGES = ("zh", "en")


@pytest.fixture(scope="session")
def places(stack: Stack) -> dict[str, str]:
    """The paths of every kind of public page, with something to show on each."""
    with httpx.Client(base_url=f"{stack.url}/api/v1") as ask:
        blocked = ask.get("/broadcasts", params={"state": "blocked", "region": "610722"}).json()["items"][0]
        passed = ask.get("/broadcasts", params={"state": "scheduled", "region": "341321"}).json()["items"][0]
        broadcast = ask.get(f"/broadcasts/{blocked['id']}").json()
        decision = next(each for each in broadcast["decisions"] if each["outcome"] == "fail")
        listing = ask.get(f"/listings/{passed['listing_ids'][0]}").json()
    return {
        "home": "/",
        "regions": "/regions",
        "region": "/regions/610722",
        "specialty": f"/specialties/{listing['specialty_id']}",
        "listing": f"/listings/{listing['id']}",
        "lot": f"/lots/{listing['lots'][0]['id']}",
        "search": "/search?kind=listing",
        "nothing found": "/search?q=zzzzzz",
        "calendar": "/calendar?month=2020-05",
        "blocked": f"/broadcasts/{blocked['id']}",
        "passed": f"/broadcasts/{passed['id']}",
        "decision": f"/decisions/{decision['decision_id']}",
        "event": f"/events/{broadcast['event_id']}",
        "rules": "/rules",
        "rule": "/rules/notice.apportion",
        "rule changes": "/rules/changes",
        "ledger": "/ledger",
        "ledger entry": "/ledger/0",
        "verify": "/verify",
        "about": "/about",
        "accessibility": "/accessibility",
        "documentation": "/docs/api",
        "lost": "/nothing-here",
    }


@pytest.fixture(scope="session")
def further(stack: Stack) -> dict[str, str]:
    """The paths of pages made of the same pieces as those above."""
    return {
        "records": "/disclosures",
        "late records": "/disclosures/overdue",
        "how we count": "/how-we-count",
        "open data": "/open-data",
        "edits": "/edits",
        "performance": "/performance",
        "ask the gate": "/ask",
        "accuracy": "/rules/accuracy",
        "appeals": "/appeals",
        "a report": "/reports",
        "what is reported": "/reports/new?region=999901",
        "follow a case": "/reports/case",
        "what came of reports": "/reports/figures",
        "complaints": "/complaints/figures",
        "how viewers are counted": "/viewer-sessions",
        "search narrowed": "/search?q=%E6%A2%A8&kind=lot&price_from=cheap",
        "sign in": "/sign-in",
        "phone": "/phone",
    }


def faults(page: Page, address: str, *, unfolded: bool = False) -> list[str]:
    """What is wrong with a page, with its folds open if need be: the console, the width, and what axe finds."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    response = page.goto(address)
    assert response is not None
    if unfolded:
        page.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true; })")
    said = [text for text in said if response.status == 200 or "404" not in text]
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    found = AXE.run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    broken = [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found.response["violations"]]
    return [*said, *([f"{wide} px too wide"] if wide > 0 else []), *broken]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_public_page_is_sound_on_a_phone(
    stack: Stack, places: dict[str, str], phone: Page, language: str
) -> None:
    found = {name: faults(phone, f"{stack.url}/{language}{path}") for name, path in places.items()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_further_pages_are_sound_on_a_phone(
    stack: Stack, further: dict[str, str], phone: Page, language: str
) -> None:
    found = {name: faults(phone, f"{stack.url}/{language}{path}") for name, path in further.items()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_names_are_offered_and_chosen_by_the_keyboard_alone(stack: Stack, phone: Page) -> None:
    phone.goto(f"{stack.url}/zh/search")
    field, names = phone.locator("#f-q"), phone.locator("#suggested")
    field.focus()
    phone.keyboard.type("酥")
    expect(names.get_by_role("option").first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    phone.keyboard.press("ArrowDown")
    first = names.get_by_role("option").first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", str(first.get_attribute("id")))
    phone.keyboard.press("Escape")
    expect(names).to_be_hidden()
    expect(field).to_be_focused()
    expect(field).to_have_value("酥")
    phone.keyboard.type("梨")
    expect(names).to_be_visible()
    # From the end of the list to its start, and the other way round.
    phone.keyboard.press("ArrowUp")
    last = names.get_by_role("option").last
    expect(last).to_have_attribute("aria-selected", "true")
    chosen = last.inner_text()
    phone.keyboard.press("Enter")
    expect(phone).to_have_url(re.compile(r"/zh/search\?.*q="))
    expect(phone.locator("#f-q")).to_have_value(chosen)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_public_page_is_sound_at_a_desk_in_the_dark(
    stack: Stack, places: dict[str, str], desk: Page, language: str
) -> None:
    desk.emulate_media(color_scheme="dark")
    # The documentation is long, and made of the same pieces over and over: the phone has read it.
    shown = {name: path for name, path in places.items() if name != "documentation"}
    found = {name: faults(desk, f"{stack.url}/{language}{path}") for name, path in shown.items()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_a_visitor_finds_the_sentence_that_blocked_chenggu(stack: Stack, phone: Page) -> None:
    phone.goto(f"{stack.url}/zh/regions/610722")
    phone.get_by_role("link", name="城固蜜桔产地直播", exact=True).first.click()
    expect(phone.get_by_text("未通过核验").first).to_be_visible()
    expect(phone.locator("mark", has_text="每人不少于50元").first).to_be_visible()
    phone.get_by_role("link", name="整份报备").first.click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("核验未通过")
    phone.get_by_role("link", name="严禁摊派购买、观看、点赞").first.click()
    expect(phone.get_by_text("2020年4月28日").or_(phone.get_by_label("按哪一天的规定")).first).to_be_visible()
    expect(phone.get_by_role("link", name="城固蜜桔产地直播", exact=True)).to_be_visible()


def test_the_other_language_is_the_same_page(stack: Stack, places: dict[str, str], desk: Page) -> None:
    desk.goto(f"{stack.url}/zh{places['calendar']}")
    desk.get_by_role("link", name="English version").click()
    expect(desk).to_have_url(f"{stack.url}/en{places['calendar']}")
    expect(desk.get_by_role("heading", level=1)).to_have_text("May 2020")


def test_everything_can_be_read_without_javascript(stack: Stack, places: dict[str, str], plain: Page) -> None:
    plain.goto(f"{stack.url}/zh{places['decision']}")
    fold = plain.locator("summary", has_text="供货者")
    fold.click()
    expect(plain.get_by_role("heading", name="城固演示一号柑橘专业合作社")).to_be_visible()
    plain.goto(f"{stack.url}/zh/search")
    plain.get_by_label("搜什么").fill("suli")
    plain.get_by_role("button", name="查看").click()
    expect(plain.get_by_role("link", name="砀山酥梨").first).to_be_visible()


def test_a_broadcast_shows_two_segments_and_no_persons_name(stack: Stack, places: dict[str, str], desk: Page) -> None:
    desk.goto(f"{stack.url}/zh{places['passed']}")
    expect(desk.locator(".part--region")).to_have_count(1)
    expect(desk.locator(".part--market")).to_have_count(1)
    expect(desk.get_by_text("砀山县县长")).to_be_visible()
    expect(desk.get_by_text("宿州市人民政府")).to_be_visible()
