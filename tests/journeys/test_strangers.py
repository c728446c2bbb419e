"""What strangers do with the market: another platform asks the gate, a citizen subscribes, searches and reads."""

from collections.abc import AsyncIterator

import icalendar
import pytest
from jose import jwt

from deploy.seed import rolling
from deploy.seed.market import Json
from services.contracts.values import SHANGHAI
from services.kit import clock
from tests.journeys.town import Town


@pytest.fixture
async def platform(town: Town) -> AsyncIterator[dict[str, str]]:
    """The headers of another platform: a key made for it, revoked afterwards."""
    body = {"name": "Journey", "scopes": ["checks:write"], "test": False}
    made = await town.market.write("POST", "/api-keys", body, "platform")
    yield {"Authorization": f"Bearer {made['key']}"}
    await town.market.write("DELETE", f"/api-keys/{made['id']}", None, "platform")


async def passing_facts(town: Town) -> Json:
    """The facts of the filing of these days that lies farthest ahead."""
    slot = rolling.slots(clock.now())[-1]
    filing = await town.filing(slot.key, "demo-operator")
    return dict((await town.decision(filing["binding"]["decision_id"]))["facts"])


async def test_another_platform_gets_a_clearance_that_anyone_can_verify(town: Town, platform: dict[str, str]) -> None:
    body = {
        "stage": "filing",
        "subject": {"kind": "filing", "id": "their-own-number-7"},
        "clearance": True,
        "facts": await passing_facts(town),
    }

    answer = await town.market.http.post("/checks", json=body, headers=platform)
    decision = answer.json()
    keys = (await town.market.http.get(f"{town.stack.url}/.well-known/jwks.json")).json()["keys"]
    named = jwt.get_unverified_header(decision["clearance"])["kid"]
    public = next(key for key in keys if key["kid"] == named)
    claims = jwt.decode(decision["clearance"], public, algorithms=["ES256"], audience="sunfair:clearance")

    assert (answer.status_code, decision["outcome"]) == (200, "pass")
    assert (claims["decision_id"], claims["facts_sha256"]) == (decision["decision_id"], decision["facts_sha256"])
    assert claims["basis"] == "asserted"


async def test_a_stored_decision_is_returned_byte_for_byte(town: Town, platform: dict[str, str]) -> None:
    body = {"stage": "filing", "facts": await passing_facts(town)}

    first = await town.market.http.post("/checks", json=body, headers=platform)
    again = await town.market.http.get(f"/decisions/{first.json()['decision_id']}", headers=platform)

    assert again.content == first.content


async def test_the_calendar_feed_of_the_county_has_the_pears_of_march_2020(town: Town) -> None:
    answer = await town.market.http.get("/regions/341321/calendar.ics")

    feed = icalendar.Calendar.from_ical(answer.content)
    starts = [event.decoded("DTSTART") for event in feed.walk("VEVENT")]
    assert [start.astimezone(SHANGHAI).isoformat() for start in starts] == ["2020-03-02T19:30:00+08:00"]


@pytest.mark.parametrize("words", ["砀山酥梨", "dangshan", "dssl", "Su Pear"])
async def test_the_pears_are_found_in_chinese_pinyin_initials_and_english(town: Town, words: str) -> None:
    found = await town.market.get("/search", q=words)

    assert any("砀山酥梨" in item["title_zh"] for item in found["items"])


async def test_a_visitor_reads_the_blocked_filing_on_a_page_in_both_languages(town: Town) -> None:
    blocked = await town.market.get("/broadcasts", region="610722", state="blocked")

    for language in ("zh", "en"):
        page = await town.market.http.get(f"{town.stack.url}/{language}/broadcasts/{blocked['items'][0]['id']}")
        assert page.status_code == 200
        assert "每人不少于50元" in page.text
