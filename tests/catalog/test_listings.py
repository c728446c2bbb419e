"""A listing from the first draft to the market, over HTTP."""

from typing import Any

import pytest

from services.compliance.rules.facts import parse_facts
from tests.catalog.market import DANGSHAN, Json, Market, decision, form_of, listing_body, lot_body


async def test_a_listing_goes_from_draft_to_the_market(market: Market) -> None:
    draft = await market.listing(lots=3)
    assert (draft["state"], draft["version"], draft["submitted_version"]) == ("draft", 1, None)

    submitted = await market.post(f"/listings/{draft['id']}/submit", {})
    assert (submitted["state"], submitted["submitted_version"], submitted["draft_changed"]) == ("submitted", 2, False)
    await market.get(f"/listings/{draft['id']}", 404, public=True)

    await market.decide(submitted, ["pass", "review", "fail"])
    page = await market.get(f"/listings/{draft['id']}", public=True)
    assert page["state"] == "listed"
    assert page["in_force"] is True
    assert [lot["state"] for lot in page["lots"]] == ["listed", "in_review", "blocked"]
    assert page["lots"][2]["decision"]["not_passed"][0]["rule"] == "fm.event"
    assert page["region"]["path_zh"] == "安徽省宿州市砀山县"
    assert page["listed_lots"] == 1
    assert page["demonstration"] is True


async def test_the_announcement_carries_every_fact_the_gate_needs(market: Market) -> None:
    submitted = await market.submitted(lots=3)
    (event,) = await market.service.said("catalog.listing.submitted")
    assert event["entity_id"] == submitted["id"]
    assert event["version"] == submitted["submitted_version"]
    assert event["event_id"] == "E2"
    assert event["occurred_at"].startswith("2020-03-02T01:00:00")
    assert [supplier["offered_share_bp"] for supplier in event["facts"]["suppliers"]] == [3334, 3333, 3333]
    for lot in event["lots"]:
        whole = event["facts"] | lot["facts"]
        assert parse_facts(whole).lot is not None
    assert "DEMO-LEGAL-0" not in str(event)
    assert "13800000000" not in str(event)


async def test_the_facts_to_try_are_those_that_would_be_submitted(market: Market) -> None:
    draft = await market.listing(lots=2)
    tried = await market.get(f"/listings/{draft['id']}/facts")
    await market.post(f"/listings/{draft['id']}/submit", {})
    (event,) = await market.service.said("catalog.listing.submitted")
    for item, lot in zip(tried["items"], event["lots"], strict=True):
        assert item["facts"]["lot"] == lot["facts"]["lot"]
        assert item["facts"]["suppliers"] == event["facts"]["suppliers"]
        assert item["facts"]["texts"] == event["facts"]["texts"] + lot["facts"]["texts"]
        parse_facts(item["facts"])


async def test_a_decided_listing_is_announced_with_every_lot(market: Market) -> None:
    submitted = await market.submitted(lots=2)
    first, second = submitted["draft"]["lots"]
    await market.service.hear(decision(submitted["id"], first["id"], 2))
    assert await market.service.said("catalog.listing.decided") == []
    await market.service.hear(decision(submitted["id"], second["id"], 2, "fail"))
    (event,) = await market.service.said("catalog.listing.decided")
    assert event["lots"] == {first["id"]: "listed", second["id"]: "blocked"}
    assert (event["decided_version"], event["version"]) == (2, 3)


async def test_an_older_decision_and_one_about_another_stage_change_nothing(market: Market) -> None:
    submitted = await market.submitted(lots=1)
    lot = submitted["draft"]["lots"][0]
    older = decision(submitted["id"], lot["id"], 2, "fail")
    await market.service.hear(decision(submitted["id"], lot["id"], 2, "pass"), older)
    await market.service.hear(decision(submitted["id"], lot["id"], 2, "fail", binding=False))
    await market.service.hear(decision(submitted["id"], lot["id"], 2, "fail", stage="golive"))
    assert (await market.get(f"/lots/{lot['id']}", public=True))["state"] == "listed"


async def test_a_review_that_is_resolved_lists_the_lot_and_says_so_again(market: Market) -> None:
    submitted = await market.submitted(lots=1)
    lot = submitted["draft"]["lots"][0]
    await market.decide(submitted, ["review"])
    await market.decide(submitted, ["pass"])
    said = await market.service.said("catalog.listing.decided")
    assert [event["lots"][lot["id"]] for event in said] == ["in_review", "listed"]
    assert said[0]["version"] < said[1]["version"]


async def test_the_earlier_version_stays_in_force_until_the_new_one_is_decided(market: Market) -> None:
    draft = await market.listed(lots=2)
    form = form_of(draft)
    form["lots"][0]["price_fen"] = 2500
    await market.put(f"/listings/{draft['id']}", form)
    submitted = await market.post(f"/listings/{draft['id']}/submit", {})
    page = await market.get(f"/listings/{draft['id']}", public=True)
    assert (page["version"], page["price_from_fen"]) == (2, 2900)
    await market.decide(submitted)
    page = await market.get(f"/listings/{draft['id']}", public=True)
    assert (page["version"], page["price_from_fen"]) == (submitted["submitted_version"], 2500)
    versions = await market.get(f"/listings/{draft['id']}/versions", public=True)
    assert [item["in_force"] for item in versions["items"]] == [True, False]


async def test_a_listed_lot_with_the_very_same_facts_names_the_version_it_was_answered_in(market: Market) -> None:
    draft = await market.listed(lots=2)
    form = form_of(draft)
    form["lots"][0]["price_fen"] = 2500
    await market.put(f"/listings/{draft['id']}", form)
    await market.post(f"/listings/{draft['id']}/submit", {})
    _, event = await market.service.said("catalog.listing.submitted")
    assert [lot["unchanged_since"] for lot in event["lots"]] == [None, 2]


async def test_other_shares_ask_the_gate_anew_about_every_lot(market: Market) -> None:
    draft = await market.listed(lots=2)
    form = form_of(draft)
    form["lots"][0]["offered_units"] = 1400
    await market.put(f"/listings/{draft['id']}", form)
    await market.post(f"/listings/{draft['id']}/submit", {})
    _, event = await market.service.said("catalog.listing.submitted")
    assert [lot["unchanged_since"] for lot in event["lots"]] == [None, None]


async def test_a_lot_that_left_its_listing_is_withdrawn(market: Market) -> None:
    draft = await market.listed(lots=2)
    form = form_of(draft)
    left = draft["draft"]["lots"][1]
    form["lots"].pop()
    await market.put(f"/listings/{draft['id']}", form)
    await market.decide(await market.post(f"/listings/{draft['id']}/submit", {}))
    assert (await market.get(f"/lots/{left['id']}", public=True))["state"] == "withdrawn"


async def test_a_lot_keeps_its_id_through_all_versions(market: Market) -> None:
    draft = await market.listed(lots=2)
    form = form_of(draft)
    form["lots"].reverse()
    again = await market.put(f"/listings/{draft['id']}", form)
    before = {lot["lot_number"]: lot["id"] for lot in draft["draft"]["lots"]}
    assert {lot["lot_number"]: lot["id"] for lot in again["draft"]["lots"]} == before


async def test_submitting_the_same_again_is_refused_while_it_is_checked_and_once_it_is_listed(market: Market) -> None:
    submitted = await market.submitted(lots=1)
    path = f"/listings/{submitted['id']}/submit"
    assert (await market.post(path, {}, 409))["type"].endswith("/listing-being-checked")
    await market.decide(submitted)
    assert (await market.post(path, {}, 409))["type"].endswith("/listing-unchanged")


async def test_a_blocked_listing_may_be_asked_again_unchanged(market: Market) -> None:
    submitted = await market.submitted(lots=1)
    await market.decide(submitted, ["fail"])
    again = await market.post(f"/listings/{submitted['id']}/submit", {})
    assert again["submitted_version"] > submitted["submitted_version"]


async def test_submitting_twice_with_one_key_gives_one_version_and_one_answer(market: Market) -> None:
    draft = await market.listing(lots=1)
    key = {"Idempotency-Key": "once-and-for-all"}
    first = await market.post(f"/listings/{draft['id']}/submit", {}, headers=key)
    second = await market.post(f"/listings/{draft['id']}/submit", {}, headers=key)
    assert first == second
    assert len(await market.service.said("catalog.listing.submitted")) == 1


async def test_a_listing_without_a_key_is_not_taken(market: Market) -> None:
    answer = await market.client.post("/listings", json={}, headers=market.headers())
    assert answer.status_code in (400, 422)
    draft = await market.listing(lots=1)
    answer = await market.client.post(f"/listings/{draft['id']}/submit", headers=market.headers())
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/idempotency-key-missing")


async def test_of_two_operators_who_edit_at_once_the_second_is_told(market: Market) -> None:
    draft = await market.listing(lots=1)
    form = form_of(draft)
    await market.put(f"/listings/{draft['id']}", form | {"title_zh": "甲改的标题"}, headers={"If-Match": '"1"'})
    late = await market.put(
        f"/listings/{draft['id']}", form | {"title_zh": "乙改的标题"}, 412, headers={"If-Match": '"1"'}
    )
    assert late["version"] == 2


async def test_an_operator_of_another_county_is_told_both_regions(market: Market) -> None:
    draft = await market.listing(lots=1)
    foreign = market.headers("operator", scopes=("610722",)) | {"Idempotency-Key": "x"}
    answer = await market.client.post(f"/listings/{draft['id']}/submit", headers=foreign)
    assert answer.status_code == 403
    body = answer.json()
    assert body["type"].endswith("/region-out-of-scope")
    assert "Dangshan County" in body["detail"]
    assert "Chenggu County" in body["detail"]


async def test_a_prefecture_operator_may_act_for_its_counties(market: Market) -> None:
    draft = await market.listing(lots=1)
    above = market.headers("operator", scopes=("341300",)) | {"Idempotency-Key": "x"}
    assert (await market.client.post(f"/listings/{draft['id']}/submit", headers=above)).status_code == 201


async def test_a_buyer_may_not_list(market: Market) -> None:
    specialty = await market.specialty()
    headers = market.headers("buyer") | {"Idempotency-Key": "x"}
    answer = await market.client.post("/listings", json=listing_body(specialty["id"], []), headers=headers)
    assert answer.status_code == 403


async def test_an_empty_listing_is_not_submitted(market: Market) -> None:
    specialty = await market.specialty()
    draft = await market.post("/listings", listing_body(specialty["id"], []))
    assert (await market.post(f"/listings/{draft['id']}/submit", {}, 409))["type"].endswith("/listing-empty")


async def test_a_withdrawn_listing_is_off_the_market_and_stays_so(market: Market) -> None:
    draft = await market.listed(lots=1)
    await market.post(f"/listings/{draft['id']}/withdraw", {"reason": "库存售罄"}, 200)
    (event,) = await market.service.said("catalog.listing.withdrawn")
    assert event["reason"] == "库存售罄"
    assert (await market.get("/listings", public=True))["items"] == []
    page = await market.get(f"/listings/{draft['id']}", public=True)
    assert (page["state"], page["in_force"], page["lots"][0]["state"]) == ("withdrawn", False, "withdrawn")
    await market.put(f"/listings/{draft['id']}", form_of(draft), 409)
    await market.decide(draft, version=2)
    assert (await market.get("/listings", public=True))["items"] == []


async def test_a_decided_listing_that_is_wholly_blocked_can_be_read_but_is_not_offered(market: Market) -> None:
    submitted = await market.submitted(lots=1)
    await market.decide(submitted, ["fail"])
    page = await market.get(f"/listings/{submitted['id']}", public=True)
    assert page["state"] == "blocked"
    assert (await market.get("/listings", public=True))["items"] == []


async def test_operators_see_their_own_in_every_state(market: Market) -> None:
    draft = await market.listing(lots=1)
    own = await market.get("/listings", mine=True)
    assert [(card["id"], card["state"]) for card in own["items"]] == [(draft["id"], "draft")]
    assert (await market.get("/listings", mine=True, state="listed"))["items"] == []
    await market.get("/listings", 401, public=True, mine=True)


async def test_a_lot_page_is_answered_304_when_it_is_already_there(market: Market) -> None:
    draft = await market.listed(lots=1)
    path = f"/lots/{draft['draft']['lots'][0]['id']}"
    first = await market.client.get(path)
    again = await market.client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert first.json()["seller"]["uscc"] == "93341321MA8DM0A15D"
    assert first.json()["seller"]["address"] == "安徽省宿州市砀山县演示路1号"


async def test_no_answer_shows_what_identifies_a_person(market: Market) -> None:
    draft = await market.listed(lots=1)
    lot = draft["draft"]["lots"][0]
    seen = [
        await market.get(f"/listings/{draft['id']}", public=True),
        await market.get(f"/lots/{lot['id']}", public=True),
        await market.get("/producers", public=True),
        await market.get("/search", public=True),
    ]
    for secret in ("DEMO-LEGAL-0", "DEMO-CONTROLLER-0", "13800000000", "622200000000"):
        assert secret not in str(seen)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price_fen", -1),
        ("price_fen", 0),
        ("price_fen", 29.5),
        ("price_fen", "2900"),
        ("price_fen", 10**12),
        ("price_fen", True),
        ("net_grams", -2500),
        ("net_grams", 0.5),
        ("net_grams", 10**12),
        ("offered_units", 0),
        ("farm_gate_fen", -5),
        ("harvested_on", "2019-02-30"),
        ("harvested_on", 0),
        ("lot_number", "\u0000"),
        ("grade", "\ud800"),
        ("variety", "x" * 201),
        ("price_fenn", 1),
    ],
)
async def test_an_impossible_value_is_refused_with_a_sentence_at_its_field(
    market: Market, field: str, value: Any
) -> None:
    specialty, producer = await market.specialty(), await market.producer()
    body = listing_body(specialty["id"], [lot_body(producer["id"]) | {field: value}])
    refused = await market.post("/listings", body, 422)
    assert [error["field"] for error in refused["errors"]] == [f"lots.0.{field}"]
    assert refused["errors"][0]["detail"].endswith(".")


async def test_a_hundred_lots_are_taken_and_one_more_is_refused(market: Market) -> None:
    specialty, producer = await market.specialty(), await market.producer()
    lots = [lot_body(producer["id"], f"DS-{number}") for number in range(101)]
    refused = await market.post("/listings", listing_body(specialty["id"], lots), 422)
    assert refused["errors"][0]["detail"] == "Takes at most 100 items."
    draft = await market.post("/listings", listing_body(specialty["id"], lots[:100]))
    submitted = await market.post(f"/listings/{draft['id']}/submit", {})
    assert len(submitted["draft"]["lots"]) == 100


async def test_a_lot_number_that_stands_twice_is_named(market: Market) -> None:
    specialty, producer = await market.specialty(), await market.producer()
    lots = [lot_body(producer["id"]), lot_body(producer["id"])]
    refused = await market.post("/listings", listing_body(specialty["id"], lots), 422)
    assert refused["errors"][0]["field"] == "lots.1.lot_number"


async def test_what_a_form_names_must_exist(market: Market) -> None:
    specialty, producer = await market.specialty(), await market.producer()
    good = listing_body(specialty["id"], [lot_body(producer["id"])])
    for field, bad in [
        ("specialty_id", good | {"specialty_id": "nothing"}),
        ("lots.0.producer_id", listing_body(specialty["id"], [lot_body("nobody")])),
        (
            "lots.0.certificates.0.document_sha256",
            listing_body(
                specialty["id"],
                [lot_body(producer["id"], certificates=[{"kind": "conformity", "document_sha256": "0" * 64}])],
            ),
        ),
        (
            "lots.0.origin_region_code",
            listing_body(specialty["id"], [lot_body(producer["id"], origin_region_code="370181")]),
        ),
    ]:
        refused = await market.post("/listings", bad, 422)
        assert [error["field"] for error in refused["errors"]] == [field]


async def test_texts_beyond_what_an_event_may_carry_are_refused_with_the_way_out(market: Market) -> None:
    specialty, producer = await market.specialty(), await market.producer()
    lots = [lot_body(producer["id"], f"DS-{number}", description_zh="梨" * 9_000) for number in range(3)]
    draft = await market.post("/listings", listing_body(specialty["id"], lots))
    refused = await market.post(f"/listings/{draft['id']}/submit", {}, 422)
    assert refused["type"].endswith("/listing-too-large")
    assert await market.service.said("catalog.listing.submitted") == []


async def test_the_present_state_can_be_told_again(market: Market) -> None:
    draft = await market.listed(lots=1)
    said = [event for event in await market.service.said() if event["entity"] == "listing"]
    before = len(await market.service.said())
    headers = market.tokens.headers("administrator")
    body = {"entity": "listing", "since": "2000-01-01T00:00:00Z"}
    answer = await market.client.post("/admin/republish", json=body, headers=headers)
    assert answer.json() == {"count": 2}
    again = (await market.service.said())[before:]

    def state(event: Json) -> Json:
        machinery = ("message_id", "occurred_at", "clock_set", "traceparent")
        return {name: value for name, value in event.items() if name not in machinery}

    assert [state(event) for event in again] == [state(event) for event in said]
    assert draft["region"]["code"] == DANGSHAN
