"""Feeds of what changes, the list of what the gate took down, and the papers that soon run out."""

import json
from xml.etree import ElementTree as ET

from services.contracts.compliance import DecidingResult
from tests.catalog.market import Market, decision, form_of

ATOM = "{http://www.w3.org/2005/Atom}"
EXPIRED = DecidingResult(
    rule="quality.docs",
    result="fail",
    reason_code="certificate_expired",
    hard=False,
    reason_zh="合格证已过期。",
    reason_en="The certificate has expired.",
)


async def taken_down(market: Market) -> tuple[dict[str, object], str]:
    """A listing of two lots, of which a paper of the first has run out since."""
    draft = await market.listed(2)
    lot = draft["draft"]["lots"][0]["id"]
    answer = decision(draft["id"], lot, draft["submitted_version"], "fail", not_passed=(EXPIRED,))
    await market.service.hear(answer)
    return draft, answer.entity_id


async def test_a_paper_that_ran_out_takes_the_lot_down_with_the_decision_that_did_it(market: Market) -> None:
    draft, decision_id = await taken_down(market)
    lot = draft["draft"]["lots"][0]["id"]  # type: ignore[index]  # A draft as JSON.
    shown = await market.get(f"/lots/{lot}", public=True)
    assert (shown["state"], shown["decision"]["decision_id"]) == ("blocked", decision_id)
    assert shown["decision"]["not_passed"][0]["reason_code"] == "certificate_expired"
    found = await market.get("/search", public=True, q="砀山酥梨", kind="lot")
    assert lot not in [card["id"] for card in found["items"]]
    newest = (await market.get(f"/edits/listing/{draft['id']}", public=True))["items"][0]
    assert (newest["decision_id"], newest["changes"][0]["before"], newest["changes"][0]["after"]) == (
        decision_id,
        "listed",
        "blocked",
    )


async def test_the_county_is_told_of_what_was_taken_down_and_others_are_not(market: Market) -> None:
    draft, decision_id = await taken_down(market)
    (down,) = (await market.get("/attention"))["taken_down"]
    assert (down["listing_id"], down["decision_id"], down["state"]) == (draft["id"], decision_id, "blocked")
    assert down["not_passed"][0]["reason_zh"] == "合格证已过期。"
    elsewhere = market.headers("operator", scopes=("610722",))
    assert (await market.client.get("/attention", headers=elsewhere)).json()["taken_down"] == []
    assert (await market.client.get("/attention")).status_code == 401


async def test_papers_that_run_out_within_two_weeks_are_told_before_they_do(market: Market) -> None:
    draft = await market.listing(1)
    form = form_of(draft)
    papers = [("A-1", "2020-03-16"), ("A-2", "2020-03-17"), ("A-3", "2020-03-01")]
    form["lots"][0]["certificates"] = [
        {"kind": "conformity", "number": number, "expires_on": day} for number, day in papers
    ]
    await market.put(f"/listings/{draft['id']}", form)
    submitted = await market.post(f"/listings/{draft['id']}/submit", {})
    await market.decide(submitted)
    assert [each["number"] for each in (await market.get("/attention"))["expiring"]] == ["A-1"]


async def test_the_feeds_tell_of_every_change_in_the_language_of_the_reader(market: Market) -> None:
    draft, _ = await taken_down(market)
    answer = await market.client.get("/catalogue.atom?region=340000", headers={"Accept-Language": "zh"})
    assert answer.headers["content-type"] == "application/atom+xml"
    titles = [each.text or "" for each in ET.fromstring(answer.content).iter(f"{ATOM}title")]  # noqa: S314  Ours.
    assert titles[1] == "砀山酥梨 冷库鲜果 · 批次 DS-0：未通过核验，已下架"
    assert len(titles) == 4
    feed = json.loads((await market.client.get("/catalogue.json", headers={"Accept-Language": "en"})).content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["items"][0]["title"] == (
        "Dangshan Su pears from cold storage, lot DS-0 did not pass the gate, and is off the market"
    )
    assert feed["items"][0]["url"].endswith(f"/en/edits/listing/{draft['id']}")
    elsewhere = await market.client.get("/catalogue.json?region=610000")
    assert json.loads(elsewhere.content)["items"] == []
    assert (await market.client.get("/catalogue.json?region=123456")).status_code == 404
    again = await market.client.get("/catalogue.atom", headers={"If-None-Match": "rubbish"})
    known = await market.client.get("/catalogue.atom", headers={"If-None-Match": again.headers["etag"]})
    assert known.status_code == 304


async def test_a_name_with_signs_of_markup_stays_a_name_in_the_feed(market: Market) -> None:
    draft = await market.listing(1, title_zh='梨<script>&"好吃"')
    submitted = await market.post(f"/listings/{draft['id']}/submit", {})
    await market.decide(submitted)
    answer = await market.client.get("/catalogue.atom", headers={"Accept-Language": "zh"})
    titles = [each.text or "" for each in ET.fromstring(answer.content).iter(f"{ATOM}title")]  # noqa: S314  Ours.
    assert titles[1].startswith('梨<script>&"好吃"')
