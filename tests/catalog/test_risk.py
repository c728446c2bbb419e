"""Small changes of price and stock pass by rule; large ones wait until a reviewer of another person has looked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.risk import Terms, risks
from tests.catalog.market import Market, form_of

Json = dict[str, Any]


def reviewer(market: Market, **more: Any) -> Json:
    return market.headers("reviewer", **({"account_id": "reviewer", "organ": "复核中心（演示）"} | more))


async def resubmitted(market: Market, draft: Json, **change: int) -> Json:
    form = form_of(draft)
    form["lots"][0] |= change
    await market.put(f"/listings/{draft['id']}", form)
    return await market.post(f"/listings/{draft['id']}/submit", {})


async def heard(market: Market) -> int:
    return len(await market.service.said("catalog.listing.submitted"))


async def test_a_small_change_goes_straight_to_the_gate(market: Market) -> None:
    draft = await market.listed(1)
    changed = await resubmitted(market, draft, price_fen=3000, offered_units=1200)
    assert changed["waiting"] is None
    assert await heard(market) == 2


async def test_a_large_change_waits_and_what_is_in_force_stays(market: Market) -> None:
    draft = await market.listed(1)
    changed = await resubmitted(market, draft, price_fen=5800, offered_units=5000)
    assert [risk["code"] for risk in changed["waiting"]["risks"]] == ["price_raised", "stock_grown"]
    assert changed["waiting"]["risks"][0] == {
        "code": "price_raised",
        "lot_number": "DS-0",
        "before": 1160,
        "after": 2320,
    }
    assert await heard(market) == 1
    shown = await market.get(f"/listings/{draft['id']}", public=True)
    assert (shown["state"], shown["lots"][0]["lot"]["price_fen"]) == ("listed", 2900)


async def test_a_reviewer_lets_it_go_on_to_the_gate(market: Market) -> None:
    draft = await market.listed(1)
    changed = await resubmitted(market, draft, price_fen=5800)
    queue = await market.post("/change-reviews/none", {"outcome": "approve", "reason": "已核实"}, 404, reviewer(market))
    assert queue["status"] == 404
    path = f"/change-reviews/{changed['waiting']['id']}"
    decided = await market.post(path, {"outcome": "approve", "reason": "产地价已核实"}, 200, reviewer(market))
    assert (decided["state"], decided["decided_by_office"]) == ("approved", "复核中心（演示）")
    assert await heard(market) == 2
    await market.decide(changed)
    assert (await market.get(f"/listings/{draft['id']}", public=True))["lots"][0]["lot"]["price_fen"] == 5800
    again = await market.post(path, {"outcome": "refuse", "reason": "再想想"}, 409, reviewer(market))
    assert again["type"].endswith("/change-review-decided")


async def test_a_refused_change_leaves_the_market_as_it_was_and_says_why(market: Market) -> None:
    draft = await market.listed(1)
    changed = await resubmitted(market, draft, price_fen=900)
    path = f"/change-reviews/{changed['waiting']['id']}"
    await market.post(path, {"outcome": "refuse", "reason": "低于成本，请说明"}, 200, reviewer(market))
    stands = await market.get(f"/listings/{draft['id']}/draft")
    assert (stands["state"], stands["submitted_version"]) == ("listed", draft["submitted_version"])
    assert stands["draft_changed"] is True
    versions = (await market.get(f"/listings/{draft['id']}/versions"))["items"]
    assert [each["state"] for each in versions] == ["refused", "listed"]
    newest = (await market.get(f"/edits/listing/{draft['id']}", public=True))["items"][0]
    assert (newest["action"], newest["why"]) == ("change_refused", "低于成本，请说明")
    assert await heard(market) == 1


async def test_a_newer_version_takes_the_place_of_one_that_waits(market: Market) -> None:
    draft = await market.listed(1)
    first = await resubmitted(market, draft, price_fen=5800)
    second = await resubmitted(market, draft, price_fen=3000)
    assert second["waiting"] is None
    listed = (await market.get("/change-reviews", state="superseded"))["items"]
    assert [each["id"] for each in listed] == [first["waiting"]["id"]]


async def test_whoever_asked_does_not_review_and_others_see_nothing(market: Market) -> None:
    draft = await market.listed(1)
    changed = await resubmitted(market, draft, price_fen=5800)
    path, body = f"/change-reviews/{changed['waiting']['id']}", {"outcome": "approve", "reason": "没问题"}
    own = market.headers("reviewer", account_id="account-of-the-test", organ="砀山县商务局")
    assert (await market.post(path, body, 409, own))["type"].endswith("/same-person")
    await market.post(path, body, 403, market.headers("operator"))
    await market.post(path, body, 403, reviewer(market, scopes=("610000",)))
    elsewhere = market.headers("reviewer", scopes=("610000",))
    answer = await market.client.get("/change-reviews", headers=elsewhere)
    assert answer.json()["items"] == []


async def test_a_change_that_waits_is_not_told_again_to_anybody(market: Market) -> None:
    draft = await market.listed(1)
    await resubmitted(market, draft, price_fen=5800)
    headers = market.tokens.headers("administrator")
    await market.client.post("/admin/republish", json={"entity": "listing"}, headers=headers)
    prices = {
        lot["facts"]["lot"]["price_fen"]
        for event in await market.service.said("catalog.listing.submitted")
        for lot in event["lots"]
    }
    assert prices == {2900}


async def test_a_withdrawn_listing_leaves_nothing_to_review(market: Market) -> None:
    draft = await market.listed(1)
    await resubmitted(market, draft, price_fen=5800)
    await market.post(f"/listings/{draft['id']}/withdraw", {"reason": "售罄"}, 200)
    assert (await market.get("/change-reviews", state="waiting"))["items"] == []


@pytest.mark.parametrize(
    ("new", "median", "codes"),
    [
        (Terms("A", 1000, 1000, 100), None, []),
        (Terms("A", 1200, 1000, 150), None, []),
        (Terms("A", 1201, 1000, 151), None, ["price_raised", "stock_grown"]),
        (Terms("A", 800, 1000, 1), None, []),
        (Terms("A", 799, 1000, 100), None, ["price_cut"]),
        (Terms("A", 1000, 800, 100), None, ["price_raised"]),
        (Terms("A", 900, 1000, 100), 1801, ["far_below_median"]),
        (Terms("A", 1100, 1000, 100), 5000, []),
    ],
    ids=["same", "at-the-edge", "beyond", "at-the-lower-edge", "cut", "lighter", "far-below", "dearer-is-no-crash"],
)
def test_a_change_is_large_beyond_the_edge(new: Terms, median: int | None, codes: list[str]) -> None:
    before = {"lot": Terms("A", 1000, 1000, 100)}
    assert [risk.code for risk in risks(before, [("lot", new)], median)] == codes


@given(st.integers(1, 10**8), st.integers(1, 10**8), st.integers(1, 10**7))
def test_a_new_lot_and_an_unchanged_one_never_wait(price: int, grams: int, units: int) -> None:
    terms = Terms("A", price, grams, units)
    assert risks({}, [("lot", terms)], 1) == []
    assert risks({"lot": terms}, [("lot", terms)], None) == []
