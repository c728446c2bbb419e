"""Complaints: their clocks run, their answers bind, and nobody can make one disappear."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from services.contracts.accounts import AccountErased
from services.kit import clock
from tests.apps import instant
from tests.orders.buyers import Buyer, buyer, buyers
from tests.orders.market import COUNTY, Answer
from tests.orders.outside import Outside


@pytest.fixture
async def complaint(outside: Outside, someone: Buyer) -> Answer:
    """A complaint about an order that was paid."""
    order = (await outside.buys(someone, 2))["orders"][0]
    return await complain(outside, someone, order)


async def complain(outside: Outside, someone: Buyer, order: Answer, status: int = 201, **fields: Any) -> Answer:
    """Complain as the buyer."""
    body = {"kind": "short_weight", "words": "少了一斤"} | fields
    return await outside.post(f"/orders/{order['order_id']}/complaints", body, someone.headers, status)


async def test_a_complaint_has_its_clocks_and_is_told(outside: Outside, complaint: Answer) -> None:
    received = complaint["received_at"]
    assert complaint["acknowledged_at"] is None
    hours = {
        name: (instant(complaint[f"{name}_until"]) - instant(received)).total_seconds() / 3600
        for name in ("acknowledge", "decide", "refund")
    }
    assert hours == {"acknowledge": 24, "decide": 168, "refund": 168}
    told = (await outside.market.app.said("orders.complaint.changed"))[-1]
    assert (told["entity_id"], told["kind"], told["region_code"]) == (complaint["id"], "short_weight", COUNTY)
    assert "少了一斤" not in str(told)


async def test_it_is_acknowledged_once_decided_once_and_made_good(
    outside: Outside, someone: Buyer, complaint: Answer
) -> None:
    path = f"/complaints/{complaint['id']}"
    first = await outside.post(f"{path}/acknowledge", None, outside.seller(), 200)
    again = await outside.post(f"{path}/acknowledge", None, outside.seller(), 200)
    assert first["acknowledged_at"] == again["acknowledged_at"]
    body = {"upheld": True, "words": "称重属实，退差价", "refund_fen": 300}
    decided = await outside.post(f"{path}/decide", body, outside.seller(), 200)
    assert decided["upheld"]
    await outside.follow()
    shown = await outside.market.get(path, someone.headers)
    assert shown["refunded_at"]
    told = (await outside.market.app.said("orders.complaint.changed"))[-1]
    assert (told["upheld"], told["refunded_at"] is None, told["version"]) == (True, False, 4)
    order = await outside.detail(complaint["order_id"], someone.headers)
    assert (order["refunds"][0]["amount_fen"], order["refunds"][0]["complaint_id"]) == (300, complaint["id"])
    problem = await outside.post(f"{path}/decide", body, outside.seller(), 409)
    assert problem["type"].endswith("/problems/already-decided")


async def test_no_award_is_larger_than_what_was_paid(outside: Outside, complaint: Answer) -> None:
    body = {"upheld": True, "words": "好", "refund_fen": 10**9}
    problem = await outside.post(f"/complaints/{complaint['id']}/decide", body, outside.seller(), 409)
    assert problem["type"].endswith("/problems/refund-too-large")


async def test_only_the_buyer_complains_and_only_about_what_was_paid(
    outside: Outside, someone: Buyer, complaint: Answer
) -> None:
    stranger = await buyer(outside.market)
    await complain(outside, stranger, complaint, 404)
    unpaid = (await someone.buys())["orders"][0]
    await complain(outside, someone, unpaid, 404)
    for wrong in ({"kind": "praise"}, {"words": ""}, {"words": "好" * 1_001}, {"words": "\x00"}, {"more": 1}):
        await complain(outside, someone, complaint, 422, **wrong)


async def test_a_buyer_has_at_most_five_open_complaints_about_one_order(
    outside: Outside, someone: Buyer, complaint: Answer
) -> None:
    for _ in range(4):
        await complain(outside, someone, complaint)
    await complain(outside, someone, complaint, 409)


async def test_those_who_answer_are_the_region_and_whoever_inspects(outside: Outside, complaint: Answer) -> None:
    elsewhere = outside.market.tokens.headers("operator", scopes=("610423",), account_id="operator-2")
    path = f"/complaints/{complaint['id']}"
    await outside.post(f"{path}/acknowledge", None, elsewhere, 403)
    await outside.market.get(path, elsewhere, 403)
    await outside.market.get("/complaints?region=341321", elsewhere, 403)
    inspector = outside.market.tokens.headers("inspector", account_id="inspector-1")
    listed = await outside.market.get("/complaints?region=341321&undecided=true", inspector)
    assert [each["id"] for each in listed["items"]] == [complaint["id"]]
    await outside.post(f"{path}/decide", {"upheld": False, "words": "证据不足"}, inspector, 200)
    assert (await outside.market.get("/complaints?region=341321&undecided=true", outside.seller()))["items"] == []


async def test_the_service_itself_cannot_delete_a_complaint(outside: Outside, complaint: Answer) -> None:
    assert complaint["id"]
    for statement in ("DELETE FROM orders.complaint", "DELETE FROM orders.step", "UPDATE orders.step SET kind = 'x'"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with outside.market.app.database.sessions.begin() as db:
                await db.execute(sa.text(statement))


async def test_there_is_no_way_to_delete_one_over_http(outside: Outside, complaint: Answer) -> None:
    answer = await outside.client.delete(f"/complaints/{complaint['id']}", headers=outside.seller())
    assert answer.status_code == 405


async def test_everybody_may_read_the_limits_and_how_each_region_keeps_them(outside: Outside) -> None:
    for one in await buyers(outside.market, 11):
        await complain(outside, one, (await outside.buys(one))["orders"][0])
    figures = await outside.market.get("/complaints/figures")
    assert (figures["acknowledge_hours"], figures["decide_days"]) == (24, 7)
    counts = {"open": 10, "unacknowledged_late": 0, "undecided_late": 0, "refunds_late": 0}
    assert figures["regions"] == [{"region_code": COUNTY, "received": 10, **counts}]
    later = outside.seller(at=clock.now() + timedelta(days=8))
    figures = await outside.market.get("/complaints/figures", later)
    assert (figures["regions"][0]["unacknowledged_late"], figures["regions"][0]["undecided_late"]) == (10, 10)


async def test_a_region_about_which_few_complained_is_not_named(outside: Outside, complaint: Answer) -> None:
    assert complaint["region_code"] == COUNTY
    figures = await outside.market.get("/complaints/figures")
    assert figures["regions"] == []


async def test_an_erased_buyers_complaint_stays_without_its_words(
    outside: Outside, someone: Buyer, complaint: Answer
) -> None:
    erased = AccountErased(entity_id="e-1", version=1, account_id=someone.account_id, erased_at=clock.now())
    await outside.market.app.hear(erased)
    shown = await outside.market.get(f"/complaints/{complaint['id']}", outside.seller())
    assert (shown["kind"], shown["words"], shown["photos"]) == ("short_weight", None, [])
