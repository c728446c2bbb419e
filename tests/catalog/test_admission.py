"""A producer applies, its county recommends it, the platform reviews it: three people, three offices, three reasons."""

from typing import Any

import pytest

from services.catalog.domain.admission import after
from tests.catalog.market import Market, listing_body, lot_body, producer_body

Json = dict[str, Any]
COUNTY = "砀山县农业农村局"
PLATFORM = "全国官方直播合规复核中心（演示）"


def county(market: Market) -> Json:
    return market.headers("operator", account_id="county", organ=COUNTY)


def platform(market: Market) -> Json:
    return market.headers("administrator", account_id="platform", organ=PLATFORM)


async def applied(market: Market, number: int = 0) -> Json:
    return await market.post("/producers", producer_body(number), headers=market.headers(organ="砀山县商务局"))


async def step(market: Market, producer: Json, name: str, headers: Json, status: int = 200) -> Json:
    body = {"step": name, "reason": "材料齐全。"}
    return await market.post(f"/producers/{producer['id']}/admission", body, status, headers)


async def test_three_offices_admit_a_producer_and_each_is_named(market: Market) -> None:
    producer = await applied(market)
    assert producer["admission"]["state"] == "applied"
    assert (await step(market, producer, "recommend", county(market)))["admission"]["state"] == "recommended"
    admitted = (await step(market, producer, "admit", platform(market)))["admission"]
    assert admitted["state"] == "admitted"
    assert [admitted[name]["office"] for name in ("applied", "recommended", "reviewed")] == [
        "砀山县商务局",
        COUNTY,
        PLATFORM,
    ]
    assert "person" not in admitted["applied"]
    history = (await market.get(f"/edits/producer/{producer['id']}", public=True))["items"]
    assert [(each["action"], each["by_office"]) for each in history] == [
        ("admitted", PLATFORM),
        ("recommended", COUNTY),
        ("entered", "砀山县商务局"),
    ]
    told = await market.service.said("catalog.producer.changed")
    assert [each["admission"] for each in told] == ["applied", "recommended", "admitted"]
    assert told[-1]["offices"] == ["砀山县商务局", COUNTY, PLATFORM]


async def test_the_lots_of_a_producer_who_only_applied_are_not_submitted(market: Market) -> None:
    producer, specialty = await applied(market), await market.specialty()
    draft = await market.post("/listings", listing_body(specialty["id"], [lot_body(producer["id"])]))
    refused = await market.post(f"/listings/{draft['id']}/submit", {}, 409)
    assert refused["type"].endswith("/producer-not-admitted")
    assert producer["name"] in refused["detail"]
    await step(market, producer, "recommend", county(market))
    await market.post(f"/listings/{draft['id']}/submit", {}, 409)
    await step(market, producer, "admit", platform(market))
    await market.post(f"/listings/{draft['id']}/submit", {})


async def test_nobody_takes_two_steps(market: Market) -> None:
    producer = await applied(market)
    own = market.headers("operator", organ="砀山县商务局")
    assert (await step(market, producer, "recommend", own, 409))["type"].endswith("/same-person")
    await step(market, producer, "recommend", county(market))
    both = market.headers("administrator", account_id="county", organ="平台")
    assert (await step(market, producer, "admit", both, 409))["type"].endswith("/same-person")


async def test_a_step_needs_a_named_office_the_right_role_and_the_right_region(market: Market) -> None:
    producer = await applied(market)
    nameless = market.headers("operator", account_id="nameless")
    assert (await step(market, producer, "recommend", nameless, 409))["type"].endswith("/office-not-named")
    elsewhere = market.headers("operator", account_id="county", organ=COUNTY, scopes=("610722",))
    await step(market, producer, "recommend", elsewhere, 403)
    await step(market, producer, "recommend", market.headers("buyer"), 403)
    await step(market, producer, "recommend", county(market))
    other_county = market.headers("operator", account_id="other", organ="砀山县市场监督管理局")
    await step(market, producer, "admit", other_county, 403)
    assert (await step(market, producer, "recommend", other_county, 409))["type"].endswith("/admission-step-closed")


async def test_what_was_returned_with_a_reason_applies_again_when_it_is_mended(market: Market) -> None:
    producer = await applied(market)
    returned = await step(market, producer, "return", county(market))
    assert (returned["admission"]["state"], returned["admission"]["reason"]) == ("returned", "材料齐全。")
    await step(market, producer, "recommend", county(market), 409)
    mended = await market.put(f"/producers/{producer['id']}", producer_body() | {"members": 121})
    assert mended["admission"]["state"] == "applied"


async def test_a_new_name_or_code_is_another_producer_to_whoever_admitted_it(market: Market) -> None:
    producer = await market.producer()
    assert producer["admission"]["state"] == "admitted"
    same = await market.put(f"/producers/{producer['id']}", producer_body() | {"members": 121})
    assert same["admission"]["state"] == "admitted"
    renamed = await market.put(f"/producers/{producer['id']}", producer_body() | {"name": "别的合作社"})
    assert renamed["admission"]["state"] == "applied"


async def test_those_who_wait_are_listed_by_their_state(market: Market) -> None:
    producer = await applied(market)
    await market.producer(1)
    waiting = await market.get("/producers", admission="applied", region="341321")
    assert [each["id"] for each in waiting["items"]] == [producer["id"]]
    await market.get("/producers", 422, admission="rubbish")


@pytest.mark.parametrize("reason", ["", "x", "x" * 2_001])
async def test_a_step_without_a_reason_is_refused(market: Market, reason: str) -> None:
    producer = await applied(market)
    body = {"step": "recommend", "reason": reason}
    await market.post(f"/producers/{producer['id']}/admission", body, 422, county(market))


def test_only_a_recommended_producer_can_be_admitted() -> None:
    states: Any = ("applied", "recommended", "admitted", "returned", "refused")
    assert [state for state in states if after(state, "admit")] == ["recommended"]


async def test_where_every_producer_stands_can_be_told_again(market: Market) -> None:
    await market.producer()
    before = await market.service.said("catalog.producer.changed")
    body = {"entity": "producer", "since": "2000-01-01T00:00:00Z"}
    answer = await market.client.post("/admin/republish", json=body, headers=market.tokens.headers("administrator"))
    assert answer.json() == {"count": 1}
    again = (await market.service.said("catalog.producer.changed"))[-1]
    assert (again["version"], again["admission"]) == (before[-1]["version"], "admitted")
