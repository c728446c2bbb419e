"""Paying: whatever order the words arrive in, an order is paid once, and money without an order goes back."""

import json
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
import sqlalchemy as sa

from services.contracts.accounts import AccountErased
from services.kit import clock
from services.kit.identity import broadcast_token
from services.kit.ids import new_id
from services.kit.webhooks import new_secret, signed_headers
from services.orders import store
from services.orders.actions.callbacks import forget_old_callbacks
from services.orders.actions.carrier import Scan
from services.orders.actions.outside import understood
from services.orders.errors import ProviderUnavailable
from services.orders.models import Checkout
from tests.apps import TOKEN_SECRET, instant
from tests.orders.buyers import Buyer, buyer
from tests.orders.market import LOT, OTHER_LOT, PRICE_FEN, Answer
from tests.orders.outside import SECRET, Outside


async def run_out(outside: Outside, checkout: Answer) -> None:
    """The reservation's time is over, its grace as well, and its units have gone back."""
    gone = clock.now() - timedelta(hours=1)
    async with outside.market.app.database.sessions.begin() as db:
        await db.execute(sa.update(Checkout).where(Checkout.id == checkout["checkout_id"]).values(reserved_until=gone))
    assert await store.expire_due(outside.market.app.database, 60) == 1


async def test_a_paid_checkout_has_every_order_paid_and_its_units_sold(outside: Outside, someone: Buyer) -> None:
    lines = [{"lot_id": lot_id, "units": 2, "price_fen": PRICE_FEN} for lot_id in (LOT, OTHER_LOT)]
    checkout = await outside.buys(someone, lines=lines)
    answer = await outside.market.get(f"/checkouts/{checkout['checkout_id']}", someone.headers)
    assert (answer["state"], [order["state"] for order in answer["orders"]]) == ("paid", ["paid", "paid"])
    rows = await outside.market.app.database.fetch_rows(
        "SELECT reserved, sold FROM orders.stock WHERE reserved + sold > 0"
    )
    assert [(row["reserved"], row["sold"]) for row in rows] == [(0, 2), (0, 2)]


async def test_a_paid_order_is_told_whole_with_tokens_in_place_of_people(outside: Outside, someone: Buyer) -> None:
    checkout = await outside.buys(someone, 2, entry="share_link", page_view_ms=5_000, device="a phone")
    [told] = await outside.market.app.said("orders.order.paid")
    order = checkout["orders"][0]
    assert (told["entity_id"], told["state"], told["units"]) == (order["order_id"], "paid", 2)
    assert told["paid_fen"] == told["payment"]["amount_fen"] == 2 * PRICE_FEN
    assert (told["entry"], told["page_view_ms"], told["ship_region"]) == ("share_link", 5_000, "310101")
    assert told["payment"]["payer"] != "0"
    for name in ("buyer", "device", "address", "consignee", "order_token"):
        assert told[name].isdecimal()
        assert told[name] != "0"
    # As the room's viewer sessions name the same account, or nobody could tell who watched what they bought.
    assert told["buyer"] == broadcast_token(told["broadcast_id"], someone.account_id, TOKEN_SECRET)
    assert someone.account_id not in json.dumps(told)
    assert "household-of" not in json.dumps(told)


async def test_what_a_buyer_says_of_themselves_is_told_with_the_order_and_changes_nothing_else(
    outside: Outside, someone: Buyer
) -> None:
    silent = await outside.buys(someone)
    said = await outside.buys(someone, declared=["told_to_buy", "regional_organ", "told_to_buy"])
    assert silent["total_fen"] == said["total_fen"]
    assert {"declared"}.isdisjoint(said)
    first, second = await outside.market.app.said("orders.order.paid")
    assert (first["declared"], second["declared"]) == ([], ["regional_organ", "told_to_buy"])
    # The second order is told with how many came before it within a year, the first with none.
    assert (first["orders_365d"], second["orders_365d"]) == (0, 1)
    shown = await outside.market.get("/orders", someone.headers)
    assert all("declared" not in order for order in shown["items"])
    await outside.market.app.hear(
        AccountErased(entity_id="e-1", version=1, account_id=someone.account_id, erased_at=clock.now())
    )
    kept = await outside.market.app.database.fetch_rows("SELECT placed FROM orders.checkout")
    assert all("told_to_buy" not in row["placed"] for row in kept)


async def test_asking_twice_for_the_payment_is_the_same_payment(outside: Outside, someone: Buyer) -> None:
    checkout = await someone.buys()
    first = await outside.pay_url(someone, checkout)
    assert await outside.pay_url(someone, checkout) == first
    assert first["state"] == "open"


async def test_the_confirmation_and_the_callback_complete_once_whoever_comes_first(
    outside: Outside, someone: Buyer
) -> None:
    for confirms_first in (True, False):
        checkout = await someone.buys()
        await outside.press((await outside.pay_url(someone, checkout))["pay_url"])
        if confirms_first:
            assert (await outside.confirm(someone, checkout))["state"] == "paid"
            await outside.deliver()
        else:
            await outside.deliver()
            assert (await outside.confirm(someone, checkout))["state"] == "paid"
        await outside.deliver(len(await outside.called()) - 1)
    paid = await outside.market.app.said("orders.order.paid")
    assert len(paid) == len({event["entity_id"] for event in paid}) == 2
    assert (await outside.market.sale())[LOT]["available_units"] == 18


async def test_a_callback_heard_twice_says_that_it_is_repeated(outside: Outside, someone: Buyer) -> None:
    await outside.buys(someone)
    [again] = await outside.deliver(0)
    assert (again.status_code, again.json()["outcome"]) == (200, "repeated")


async def test_failed_then_paid_ends_paid_in_every_order_of_arrival(outside: Outside, someone: Buyer) -> None:
    for order in permutations((0, 1)):
        before = len(await outside.called())
        checkout = await someone.buys()
        pay_url = (await outside.pay_url(someone, checkout))["pay_url"]
        await outside.press(pay_url, "fail")
        await outside.press(pay_url, "pay")
        await outside.called()
        await outside.deliver(*(before + number for number in order))
        assert (await outside.confirm(someone, checkout))["state"] == "paid"


async def test_a_failed_payment_leaves_the_units_reserved_and_may_be_tried_again(
    outside: Outside, someone: Buyer
) -> None:
    checkout = await someone.buys()
    first = await outside.pay_url(someone, checkout)
    await outside.press(first["pay_url"], "fail")
    await outside.deliver()
    again = await outside.pay_url(someone, checkout)
    assert (again["state"], again["pay_url"]) == ("failed", first["pay_url"])
    await outside.press(first["pay_url"], "pay")
    await outside.deliver()
    assert (await outside.confirm(someone, checkout))["state"] == "paid"


async def test_money_that_comes_too_late_goes_back_by_itself_and_the_buyer_is_told(
    outside: Outside, someone: Buyer
) -> None:
    checkout = await someone.buys(2)
    pay_url = (await outside.pay_url(someone, checkout))["pay_url"]
    await run_out(outside, checkout)
    await outside.press(pay_url)
    await outside.deliver()
    late = await outside.confirm(someone, checkout)
    assert late["state"] == "late"
    assert instant(late["back_until"]) - instant(late["paid_at"]) == timedelta(hours=24)
    await outside.follow()
    refund = (await refunds(outside))[0]
    assert (refund["state"], refund["amount_fen"], refund["initiator"]) == ("refunded", 2 * PRICE_FEN, "platform")
    kinds = [step["kind"] for step in await steps(outside, checkout["orders"][0]["order_id"])]
    assert kinds == ["paid_too_late", "refunded"]
    assert await outside.market.app.said("orders.order.paid") == []
    assert (await outside.market.sale())[LOT]["available_units"] == 20


async def test_a_cancelled_checkout_that_is_paid_all_the_same_is_given_back(outside: Outside, someone: Buyer) -> None:
    checkout = await someone.buys()
    pay_url = (await outside.pay_url(someone, checkout))["pay_url"]
    await outside.client.post(f"/checkouts/{checkout['checkout_id']}/cancel", headers=someone.headers)
    await outside.press(pay_url)
    await outside.deliver()
    await outside.follow()
    assert [refund["state"] for refund in await refunds(outside)] == ["refunded"]
    assert (await outside.pay_url(someone, checkout, 409))["type"].endswith("/problems/payment-closed")


async def test_a_payment_that_nobody_told_us_of_is_asked_about(outside: Outside, someone: Buyer) -> None:
    outside.behave(lose_every=1)
    checkout = await someone.buys()
    await outside.press((await outside.pay_url(someone, checkout))["pay_url"])
    await outside.make_due()
    await outside.follow()
    assert (await outside.order(checkout["orders"][0]["order_id"])).state == "paid"


async def test_an_expired_reservation_waits_until_its_payment_is_closed_at_the_provider(
    outside: Outside, someone: Buyer
) -> None:
    checkout = await someone.buys()
    await outside.pay_url(someone, checkout)
    async with outside.market.app.database.sessions.begin() as db:
        await db.execute(sa.update(Checkout).values(reserved_until=clock.now() - timedelta(seconds=1)))
    assert await store.expire_due(outside.market.app.database, 60) == 0
    await outside.make_due()
    await outside.follow()
    assert await store.expire_due(outside.market.app.database, 60) == 1
    assert (await outside.confirm(someone, checkout))["state"] == "closed"


async def test_a_sum_that_was_not_ordered_completes_nothing_and_is_flagged(outside: Outside, someone: Buyer) -> None:
    checkout = await someone.buys()
    await outside.press((await outside.pay_url(someone, checkout))["pay_url"])
    message = json.loads((await outside.called())[0][2])
    message["data"]["total_fen"] -= 1
    message["data"]["legs"][0]["amount_fen"] -= 1
    assert (await outside.call(json.dumps(message).encode())).status_code == 200
    assert (await outside.order(checkout["orders"][0]["order_id"])).state == "reserved"
    rows = await outside.market.app.database.fetch_rows("SELECT wrong FROM orders.payment")
    assert "fen" in rows[0]["wrong"]


async def test_nobody_pays_for_or_confirms_somebody_elses_checkout(outside: Outside, someone: Buyer) -> None:
    checkout = await someone.buys()
    other = await buyer(outside.market)
    assert (await outside.pay_url(other, checkout, 404))["status"] == 404
    path = f"/checkouts/{checkout['checkout_id']}/confirm"
    assert (await outside.client.post(path, headers=other.headers)).status_code == 404
    assert (await outside.client.post(path)).status_code == 401


async def test_a_provider_that_does_not_answer_is_told_as_such_and_the_payment_can_be_asked_for_again(
    outside: Outside, someone: Buyer
) -> None:
    checkout = await someone.buys()
    outside.behave(outages=1)
    problem = await outside.pay_url(someone, checkout, 503)
    assert problem["type"].endswith("/problems/provider-unavailable")
    assert (await outside.pay_url(someone, checkout))["pay_url"]


async def test_a_payment_needs_a_key_and_a_path_of_ours_to_come_back_to(outside: Outside, someone: Buyer) -> None:
    checkout = await someone.buys()
    path = f"/checkouts/{checkout['checkout_id']}/payment"
    assert (await outside.client.post(path, headers=someone.headers)).status_code == 400
    headers = someone.headers | {"Idempotency-Key": new_id()}
    for elsewhere in ("https://elsewhere.example", "//elsewhere.example", "/zh/../x", "/fr/orders"):
        answer = await outside.client.post(path, json={"return_path": elsewhere}, headers=headers)
        assert answer.status_code == 422


class TestBadCallbacks:
    """A callback with a bad signature, an old timestamp, an unknown order, or of no known form."""

    @pytest.fixture
    async def paid(self, outside: Outside, someone: Buyer) -> bytes:
        """The body of a callback that tells of a payment that was made."""
        checkout = await someone.buys()
        await outside.press((await outside.pay_url(someone, checkout))["pay_url"])
        return (await outside.called())[0][2]

    async def test_another_signature_is_refused(self, outside: Outside, paid: bytes) -> None:
        headers = signed_headers([new_secret()], new_id(), clock.now(), paid)
        answer = await outside.client.post("/payment-callbacks/sandbox", content=paid, headers=headers)
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (401, "callback-refused")

    async def test_a_body_that_was_changed_is_refused(self, outside: Outside, paid: bytes) -> None:
        headers = signed_headers([SECRET], new_id(), clock.now(), paid)
        answer = await outside.client.post("/payment-callbacks/sandbox", content=paid + b" ", headers=headers)
        assert answer.status_code == 401

    @pytest.mark.parametrize("minutes", [-6, 6])
    async def test_an_old_or_a_future_timestamp_is_refused(self, outside: Outside, paid: bytes, minutes: int) -> None:
        then = clock.now() + timedelta(minutes=minutes)
        headers = signed_headers([SECRET], new_id(), then, paid)
        answer = await outside.client.post("/payment-callbacks/sandbox", content=paid, headers=headers)
        assert answer.status_code == 401

    async def test_no_signature_at_all_is_refused(self, outside: Outside, paid: bytes) -> None:
        assert (await outside.client.post("/payment-callbacks/sandbox", content=paid)).status_code == 401

    async def test_an_unknown_order_and_an_unknown_provider_are_not_found(self, outside: Outside, paid: bytes) -> None:
        message = json.loads(paid)
        message["data"]["reference"] = new_id()
        answer = await outside.call(json.dumps(message).encode())
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (404, "payment-unknown")
        assert (await outside.call(paid, "/payment-callbacks/nobody")).status_code == 404
        assert (await outside.call(paid)).status_code == 200, "what was refused is not remembered as heard"

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"\xff",
            b"[]",
            b"{}",
            b"[" * 100_000,
            b'{"type": "payment.paid", "data": {}}',
            b'{"type": "payment.paid", "data": {"reference": null}}',
            b'{"type": "payment.paid", "data": [1]}',
            b'{"type": 7, "data": {}}',
        ],
    )
    async def test_what_cannot_be_read_is_refused_in_words(self, outside: Outside, body: bytes) -> None:
        answer = await outside.call(body)
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "callback-unreadable")

    async def test_a_word_of_a_kind_that_we_do_not_use_is_taken_and_ignored(self, outside: Outside) -> None:
        answer = await outside.call(b'{"type": "payout.made", "data": {}}')
        assert (answer.status_code, answer.json()["outcome"]) == (200, "ignored")


async def refunds(outside: Outside) -> list[dict[str, Any]]:
    """Every refund, oldest first."""
    return [
        dict(row) for row in await outside.market.app.database.fetch_rows("SELECT * FROM orders.refund ORDER BY id")
    ]


async def steps(outside: Outside, order_id: str) -> list[dict[str, Any]]:
    """The history of an order."""
    rows = await outside.market.app.database.fetch_rows(
        "SELECT * FROM orders.step WHERE order_id = $1 ORDER BY id", order_id
    )
    return [dict(row) for row in rows]


async def test_everything_that_was_told_can_be_told_again_as_it_stands_now(outside: Outside, someone: Buyer) -> None:
    paid = await outside.buys(someone)
    late = await someone.buys()
    pay_url = (await outside.pay_url(someone, late))["pay_url"]
    await outside.client.post(f"/checkouts/{late['checkout_id']}/cancel", headers=someone.headers)
    await outside.press(pay_url)
    await outside.deliver()
    order_id = paid["orders"][0]["order_id"]
    await outside.post(f"/orders/{order_id}/complaints", {"kind": "other", "words": "慢"}, someone.headers)
    administrator = outside.market.tokens.headers("administrator")
    for entity, subject in (("order", "orders.order.changed"), ("complaint", "orders.complaint.changed")):
        before = len(await outside.market.app.said(subject))
        body = {"entity": entity, "since": "2020-01-01T00:00:00Z"}
        assert await outside.post("/admin/republish", body, administrator, 200) == {"count": 1}
        told = (await outside.market.app.said(subject))[before:]
        assert len(told) == 1
    assert (told[0]["kind"], told[0]["version"]) == ("other", 1)
    assert (await outside.market.app.said("orders.order.changed"))[-1]["entity_id"] == order_id


@pytest.mark.parametrize("answer", [None, [], "paid", {}, {"state": "paid"}, {"legs": 7}])
def test_an_answer_of_another_form_is_as_good_as_none(answer: Any) -> None:
    with pytest.raises(ProviderUnavailable):
        understood(lambda data: Scan(data["number"], data["kind"], data["at"], data["region_code"]), answer)


async def test_a_callback_of_a_month_ago_is_forgotten(outside: Outside, someone: Buyer) -> None:
    await outside.buys(someone)
    database = outside.market.app.database
    await forget_old_callbacks(database, clock.now() + timedelta(days=29))
    assert len(await database.fetch_rows("SELECT 1 FROM orders.callback")) == 1
    await forget_old_callbacks(database, clock.now() + timedelta(days=31))
    assert list(await database.fetch_rows("SELECT 1 FROM orders.callback")) == []
