"""The public calendar: what stands in it, what it says, and how calendar programs read it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from services.contracts.compliance import DecisionSubject
from services.kit import clock
from tests.apps import instant
from tests.broadcast.county import COUNTY, NOW, PREFECTURE, PROVINCE, START, County, decision

REASON = {"reason": "货已售完"}


async def _feed(county: County, path: str = "/calendar.ics", **query: str) -> Any:
    answer = await county.app.client.get(path, params=query)
    assert answer.headers["content-type"].startswith("text/calendar")
    return Calendar.from_ical(answer.text)


async def test_only_what_was_scheduled_is_public(county: County) -> None:
    filing = await county.approved()
    client = county.app.client
    assert (await client.get("/broadcasts")).json() == {"items": [], "next": None}
    assert (await client.get(f"/broadcasts/{filing['broadcast_id']}")).status_code == 404
    assert [*(await _feed(county)).walk("VEVENT")] == []


async def test_the_page_tells_what_let_it_through_and_no_name(county: County) -> None:
    filing = await county.scheduled()
    lot = DecisionSubject(kind="lot", id="lot-1", version=1, parent_id="listing-of-pears")
    await county.app.hear(decision(filing, "pass", about=lot, stage="listing"))
    answer = await county.app.client.get(f"/broadcasts/{filing['broadcast_id']}")
    page = answer.json()
    assert page["presenter_post_zh"] == "副县长"
    assert page["host_positions"] == ["农民主播"]
    assert page["event_title_zh"] == "安徽省新冠肺炎疫情"
    assert [segment["kind"] for segment in page["segments"]] == ["region", "market"]
    assert page["listings"][0]["lot_ids"] == ["lot-1", "lot-2", "lot-3", "lot-4"]
    assert {(each["about"], each["outcome"], each["binding"]) for each in page["decisions"]} == {
        ("filing", "pass", True),
        ("lot", "pass", True),
    }
    assert filing["preview"]["decision_id"] not in answer.text
    assert page["staff_count"] == 6
    assert page["segment_mode"] == "strict"
    assert page["approval"]["organ_level"] == "prefecture"
    assert page["demonstration"] is True
    for private in ("小梨", "person-of-", "砀山是酥梨之乡"):
        assert private not in answer.text


async def test_a_block_by_a_hard_rule_is_public_with_its_sentence(county: County) -> None:
    filing = await county.submitted()
    await county.app.hear(decision(filing, "fail", binding=False, public=True))
    page = (await county.app.client.get(f"/broadcasts/{filing['broadcast_id']}")).json()
    assert (page["state"], page["reason_zh"]) == ("blocked", "通知规定了最低消费。")
    assert [(each["outcome"], each["binding"]) for each in page["decisions"]] == [("fail", False)]
    rows = (await county.app.client.get("/broadcasts", params={"state": "blocked"})).json()["items"]
    assert [row["id"] for row in rows] == [filing["broadcast_id"]]
    assert [*(await _feed(county)).walk("VEVENT")] == []


async def test_any_other_failed_preview_stays_with_those_concerned(county: County) -> None:
    filing = await county.previewed("fail")
    assert (await county.app.client.get(f"/broadcasts/{filing['broadcast_id']}")).status_code == 404


async def test_a_revision_is_not_public_before_it_is_submitted(county: County) -> None:
    filing = await county.submitted()
    await county.app.hear(decision(filing, "fail", binding=False, public=True))
    path = f"/broadcasts/{filing['broadcast_id']}"
    before = (await county.app.client.get(path)).json()
    blocked = await county.read(filing["id"])
    revised = await county.revise(blocked, title_zh="改过的标题", segments=[], slow_sales_ids=["x"], staff_count=99)
    assert revised.json()["content"]["title_zh"] == "改过的标题"
    after = (await county.app.client.get(path)).json()
    assert before | {"version": 0, "updated_at": ""} == after | {"version": 0, "updated_at": ""}


async def test_the_calendar_finds_the_broadcasts_of_a_listing(county: County) -> None:
    filing = await county.scheduled()
    ours = (await county.app.client.get("/broadcasts", params={"listing": "listing-of-pears"})).json()["items"]
    others = (await county.app.client.get("/broadcasts", params={"listing": "another"})).json()["items"]
    assert [[row["filing_id"] for row in rows] for rows in (ours, others)] == [[filing["id"]], []]


async def test_the_page_says_304_to_who_has_it(county: County) -> None:
    filing = await county.scheduled()
    path = f"/broadcasts/{filing['broadcast_id']}"
    first = await county.app.client.get(path)
    again = await county.app.client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


async def test_the_calendar_is_cut_by_time_region_and_state(county: County) -> None:
    early = await county.scheduled()
    late = await county.scheduled(start=START + timedelta(days=1))
    await county.post(f"/filings/{late['id']}/withdraw", REASON, county.operator(), 200)

    async def ids(**query: str) -> list[str]:
        answer = await county.app.client.get("/broadcasts", params=query)
        return [row["filing_id"] for row in answer.json()["items"]]

    assert await ids() == [early["id"], late["id"]]
    assert await ids(order="latest") == [late["id"], early["id"]]
    assert await ids(**{"from": "2020-03-13T00:00:00+08:00"}) == [late["id"]]
    assert await ids(to="2020-03-13T00:00:00+08:00") == [early["id"]]
    assert await ids(state="cancelled") == [late["id"]]
    for region in (COUNTY, PREFECTURE, PROVINCE):
        assert len(await ids(region=region)) == 2
    assert await ids(region="341322") == []


async def test_pages_follow_one_another_without_gap_or_repetition(county: County) -> None:
    made = [(await county.scheduled(start=START + timedelta(days=n)))["id"] for n in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await county.app.client.get("/broadcasts", params=query)).json()
        seen += [row["filing_id"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == made


@pytest.mark.parametrize(("lang", "title"), [("zh", "砀山酥梨直播专场"), ("en", "Dangshan pears, live")])
async def test_a_feed_speaks_the_language_asked_for(county: County, lang: str, title: str) -> None:
    filing = await county.scheduled()
    (event,) = (await _feed(county, lang=lang)).walk("VEVENT")
    assert str(event["SUMMARY"]) == title
    assert str(event["UID"]) == f"{filing['broadcast_id']}@sunfair"
    assert event["SEQUENCE"] == filing["version"]
    assert str(event["STATUS"]) == "CONFIRMED"
    assert event.decoded("DTSTART") == datetime(2020, 3, 12, 7, tzinfo=UTC)


async def test_the_hour_of_the_year_makes_no_difference_in_china(county: County) -> None:
    summer = await county.scheduled(start=instant("2020-07-12T15:00"))
    winter = await county.scheduled(start=instant("2021-01-12T15:00"))
    events = {str(event["UID"]): event for event in (await _feed(county)).walk("VEVENT")}
    for filing in (summer, winter):
        start = events[f"{filing['broadcast_id']}@sunfair"].decoded("DTSTART")
        assert start.astimezone(clock.SHANGHAI).hour == 15


async def test_a_cancelled_broadcast_stays_in_the_feed_as_cancelled(county: County) -> None:
    filing = await county.scheduled()
    (before,) = (await _feed(county)).walk("VEVENT")
    await county.post(f"/filings/{filing['id']}/withdraw", REASON, county.operator(), 200)
    (after,) = (await _feed(county)).walk("VEVENT")
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert str(after["STATUS"]) == "CANCELLED"


async def test_a_broadcast_that_is_looked_at_again_is_tentative(county: County) -> None:
    filing = await county.scheduled()
    await county.revise(filing, script_zh="另一份讲稿。")
    (event,) = (await _feed(county)).walk("VEVENT")
    assert str(event["STATUS"]) == "TENTATIVE"


async def test_a_region_has_its_own_feed(county: County) -> None:
    await county.scheduled()
    ours = await _feed(county, f"/regions/{PROVINCE}/calendar.ics")
    assert len([*ours.walk("VEVENT")]) == 1
    assert str(ours["X-WR-CALNAME"]) == "阳光集市·安徽省直播日历"
    others = await _feed(county, "/regions/420000/calendar.ics")
    assert [*others.walk("VEVENT")] == []


async def test_a_broadcast_can_be_put_into_ones_own_calendar_which_reminds_before_it_begins(county: County) -> None:
    filing = await county.scheduled()
    (event,) = (await _feed(county, f"/broadcasts/{filing['broadcast_id']}/calendar.ics")).walk("VEVENT")
    (alarm,) = event.walk("VALARM")
    assert (str(event["UID"]), alarm["TRIGGER"].dt) == (f"{filing['broadcast_id']}@sunfair", timedelta(minutes=-15))
    unscheduled = await county.app.client.get("/broadcasts/no-such/calendar.ics")
    assert (unscheduled.status_code, unscheduled.json()["type"].rsplit("/")[-1]) == (404, "not-found")


async def test_an_unchanged_feed_is_the_same_bytes(county: County) -> None:
    await county.scheduled()
    first = await county.app.client.get("/calendar.ics")
    second = await county.app.client.get("/calendar.ics", headers={"If-None-Match": first.headers["etag"]})
    assert second.status_code == 304


async def test_working_days_are_chinese_ones(county: County) -> None:
    filing = await county.submitted(start=instant("2020-04-10T15:00"))
    assert filing["notice_period"] == {"working_days": 28, "calendar": "final"}
    day_before = await county.submitted(start=instant("2020-03-03T15:00"))
    assert day_before["notice_period"]["working_days"] == 1


async def test_a_year_not_yet_published_is_provisional(county: County) -> None:
    at = instant("2031-03-03T09:00")
    body = county.body(start=at + timedelta(days=7))
    filing = await county.post("/filings", body, county.operator(at=at), 201)
    assert filing["notice_period"] == {"working_days": 5, "calendar": "provisional"}


async def test_business_is_done_at_the_set_clock(county: County) -> None:
    filing = await county.scheduled()
    assert filing["submitted_at"] == "2020-03-02T01:00:00Z"
    assert {event["occurred_at"][:10] for event in await county.app.said()} == {"2020-03-02"}
    assert instant("2020-03-02T09:00") == NOW
