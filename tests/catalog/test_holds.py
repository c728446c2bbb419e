"""A lot that a filing names may leave its listing, but not change."""

import pytest

from tests.catalog.market import Json, Market, filing, form_of, producer_body


async def held(market: Market, state: str = "submitted") -> Json:
    draft = await market.listed(lots=2)
    await market.service.hear(filing(draft, [draft["draft"]["lots"][0]["id"]], state))
    return draft


async def test_a_held_lot_cannot_change_and_the_answer_names_the_filing(market: Market) -> None:
    draft = await held(market)
    form = form_of(draft)
    form["lots"][0]["price_fen"] = 1900
    refused = await market.put(f"/listings/{draft['id']}", form, 409)
    assert refused["type"].endswith("/listing-on-air")
    assert refused["filing_id"] == "filing-1"
    assert "DS-0" in refused["detail"]


async def test_the_other_lots_of_the_listing_are_free(market: Market) -> None:
    draft = await held(market)
    form = form_of(draft)
    form["lots"][1]["price_fen"] = 1900
    await market.put(f"/listings/{draft['id']}", form)
    await market.post(f"/listings/{draft['id']}/submit", {})


async def test_what_all_lots_share_cannot_change_either(market: Market) -> None:
    draft = await held(market)
    await market.put(f"/listings/{draft['id']}", form_of(draft) | {"title_zh": "另一个标题"}, 409)


async def test_a_held_lot_may_be_withdrawn(market: Market) -> None:
    draft = await held(market)
    form = form_of(draft)
    form["lots"].pop(0)
    await market.put(f"/listings/{draft['id']}", form)
    await market.post(f"/listings/{draft['id']}/submit", {})


async def test_the_whole_listing_may_be_withdrawn_while_it_is_held(market: Market) -> None:
    draft = await held(market, "scheduled")
    await market.post(f"/listings/{draft['id']}/withdraw", {"reason": "停止供应"}, 200)


async def test_a_producer_who_is_verified_anew_does_not_stop_the_other_lots(market: Market) -> None:
    draft = await held(market)
    producer_id = draft["draft"]["lots"][0]["producer_id"]
    await market.put(f"/producers/{producer_id}", producer_body() | {"verified_at": "2020-03-01T09:00:00+08:00"})
    form = form_of(draft)
    form["lots"][1]["price_fen"] = 1900
    await market.put(f"/listings/{draft['id']}", form)
    await market.post(f"/listings/{draft['id']}/submit", {})


@pytest.mark.parametrize("state", ["submitted", "approved", "in_review", "scheduled", "live"])
async def test_every_state_up_to_live_holds(market: Market, state: str) -> None:
    draft = await held(market, state)
    form = form_of(draft)
    form["lots"][0]["price_fen"] = 1900
    await market.put(f"/listings/{draft['id']}", form, 409)


@pytest.mark.parametrize("state", ["blocked", "returned", "withdrawn", "cancelled", "ended"])
async def test_a_filing_that_came_to_nothing_lets_go(market: Market, state: str) -> None:
    draft = await held(market)
    await market.service.hear(filing(draft, [draft["draft"]["lots"][0]["id"]], state, version=2))
    form = form_of(draft)
    form["lots"][0]["price_fen"] = 1900
    await market.put(f"/listings/{draft['id']}", form)


async def test_an_older_word_about_a_filing_changes_nothing(market: Market) -> None:
    draft = await market.listed(lots=1)
    lots = [draft["draft"]["lots"][0]["id"]]
    await market.service.hear(filing(draft, lots, "withdrawn", version=3), filing(draft, lots, "scheduled", version=2))
    form = form_of(draft)
    form["lots"][0]["price_fen"] = 1900
    await market.put(f"/listings/{draft['id']}", form)
