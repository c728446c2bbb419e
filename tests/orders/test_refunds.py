"""Refunds: whole and in part, by the rules that the buyer saw, never more than was paid, paid back once."""

from typing import Any

import pytest

from services.contracts.accounts import AccountErased
from services.kit import clock
from services.kit.ids import new_id
from tests import papers
from tests.orders.buyers import Buyer, buyer
from tests.orders.market import PRICE_FEN, Answer
from tests.orders.outside import Outside


async def ask(outside: Outside, someone: Buyer, order: Answer, status: int = 201, **fields: Any) -> Answer:
    """Ask for money back as the buyer."""
    body = {"reason": "spoiled", "words": "烂了三个"} | fields
    return await outside.post(f"/orders/{order['order_id']}/refunds", body, someone.headers, status)


async def decide(outside: Outside, refund: Answer, status: int = 200, **fields: Any) -> Answer:
    """Decide as the region that sold."""
    body = {"approve": True, "words": "照片属实，同意退款"} | fields
    return await outside.post(f"/refunds/{refund['id']}/decision", body, outside.seller(), status)


async def test_goods_that_were_not_sent_are_paid_back_without_anybody_deciding(
    outside: Outside, someone: Buyer
) -> None:
    order = (await outside.buys(someone, 2))["orders"][0]
    refund = await ask(outside, someone, order, reason="changed_mind", words="不要了")
    assert (refund["state"], refund["amount_fen"]) == ("approved", 2 * PRICE_FEN)
    await outside.follow()
    shown = await outside.detail(order["order_id"], someone.headers)
    assert (shown["state"], shown["left_fen"], shown["refunds"][0]["state"]) == ("refunded", 0, "refunded")
    told = (await outside.market.app.said("orders.order.changed"))[-1]
    assert (told["state"], told["refunds"][0]["reason"]) == ("refunded", "changed_mind")
    assert told["refunds"][0]["refunded_ms"] > 0
    assert told["refunds"][0]["to_payer"] == told["payment"]["payer"]


async def test_a_part_is_given_back_for_spoiled_fruit_on_a_photo_and_the_region_decides(
    outside: Outside, someone: Buyer
) -> None:
    order = await outside.signed(someone, 2)
    photo = await outside.photo(someone)
    refund = await ask(outside, someone, order, amount_fen=500, photos=[photo])
    assert refund["state"] == "requested"
    assert (await outside.detail(order["order_id"], someone.headers))["left_fen"] == 2 * PRICE_FEN - 500
    await decide(outside, refund)
    await outside.follow()
    shown = await outside.detail(order["order_id"], someone.headers)
    assert (shown["state"], shown["refunds"][0]["state"], shown["refunds"][0]["decision_words"]) == (
        "signed",
        "refunded",
        "照片属实，同意退款",
    )
    told = (await outside.market.app.said("orders.order.changed"))[-1]["refunds"][0]
    assert (told["amount_fen"], told["has_photo"], told["initiator"]) == (500, True, "buyer")


async def test_fresh_goods_cannot_go_back_without_a_reason_and_a_fault_needs_a_photo(
    outside: Outside, someone: Buyer
) -> None:
    order = await outside.signed(someone)
    assert order["returns"] == {"fresh": True, "no_reason_days": 0, "claim_hours": 48, "photo_needed": True}
    refused = await ask(outside, someone, order, 409, reason="changed_mind")
    assert (refused["type"].rpartition("/")[2], refused["reason"]) == ("refund-refused", "no_reason_exempt")
    assert (await ask(outside, someone, order, 409))["reason"] == "photo_missing"
    assert order["refundable_for"] == ["spoiled", "damaged", "not_as_described", "wrong_item"]


async def test_never_more_than_was_paid_is_given_back_however_it_is_split(outside: Outside, someone: Buyer) -> None:
    order = await outside.signed(someone)
    photo = await outside.photo(someone)
    await ask(outside, someone, order, amount_fen=2_000, photos=[photo])
    refused = await ask(outside, someone, order, 409, amount_fen=991, photos=[photo])
    assert (refused["type"].rpartition("/")[2], refused["left_fen"]) == ("refund-too-large", 990)
    await ask(outside, someone, order, amount_fen=990, photos=[photo])
    await ask(outside, someone, order, 409, photos=[photo])


@pytest.mark.parametrize("amount", [0, -1, 10**13, 1.5, "10"])
async def test_a_sum_that_is_none_is_refused(outside: Outside, someone: Buyer, amount: Any) -> None:
    order = (await outside.buys(someone))["orders"][0]
    await ask(outside, someone, order, 422, amount_fen=amount)


async def test_a_refused_or_withdrawn_refund_can_be_asked_for_again(outside: Outside, someone: Buyer) -> None:
    order = await outside.signed(someone)
    photo = await outside.photo(someone)
    refund = await ask(outside, someone, order, photos=[photo])
    await outside.post(f"/refunds/{refund['id']}/withdrawal", None, someone.headers, 200)
    refund = await ask(outside, someone, order, photos=[photo])
    decided = await decide(outside, refund, approve=False, words="照片与商品不符")
    assert (decided["state"], decided["decision_words"]) == ("refused", "照片与商品不符")
    assert (await decide(outside, refund, 409))["type"].endswith("/problems/already-decided")
    await ask(outside, someone, order, photos=[photo])


async def test_the_platform_pays_first_when_the_region_is_silent(outside: Outside, someone: Buyer) -> None:
    order = await outside.signed(someone)
    refund = await ask(outside, someone, order, photos=[await outside.photo(someone)])
    assert await outside.pay_overdue(6) == 0
    assert await outside.pay_overdue(8) == 1
    await outside.follow()
    shown = (await outside.detail(order["order_id"], someone.headers))["refunds"][0]
    assert (shown["state"], shown["first_responsibility"]) == ("refunded", True)
    assert (await decide(outside, refund, 409))["status"] == 409


async def test_the_seller_may_give_money_back_unasked(outside: Outside, someone: Buyer) -> None:
    order = (await outside.buys(someone))["orders"][0]
    body = {"reason": "other", "words": "缺货"}
    refund = await outside.post(f"/orders/{order['order_id']}/refunds", body, outside.seller())
    assert (refund["state"], refund["initiator"]) == ("approved", "seller")


async def test_a_refund_that_the_bank_could_not_pay_is_tried_again_and_paid_once(
    outside: Outside, someone: Buyer
) -> None:
    checkout = await outside.buys(someone)
    order = checkout["orders"][0]
    outside.behave(refund_failures=1)
    await ask(outside, someone, order, reason="duplicate")
    await outside.follow()
    await outside.deliver()
    rows = await outside.market.app.database.fetch_rows("SELECT state, attempt, last_error FROM orders.refund")
    assert (rows[0]["state"], rows[0]["attempt"]) == ("approved", 2)
    assert rows[0]["last_error"]
    await outside.make_due()
    await outside.follow()
    assert (await outside.order(order["order_id"])).state == "refunded"
    totals = outside.apps["payments"].state.bank.totals([checkout["checkout_id"]])
    assert [(total["paid_fen"], total["refunded_fen"]) for total in totals] == [(PRICE_FEN, PRICE_FEN)]


async def test_an_outage_of_the_provider_delays_a_refund_and_loses_none(outside: Outside, someone: Buyer) -> None:
    order = (await outside.buys(someone))["orders"][0]
    await ask(outside, someone, order, reason="duplicate")
    outside.behave(outages=1)
    await outside.follow()
    assert (await outside.order(order["order_id"])).state == "paid"
    await outside.make_due()
    await outside.follow()
    assert (await outside.order(order["order_id"])).state == "refunded"


async def test_a_lost_word_about_a_refund_is_asked_for(outside: Outside, someone: Buyer) -> None:
    order = (await outside.buys(someone))["orders"][0]
    await ask(outside, someone, order, reason="duplicate")
    outside.behave(lose_every=1)
    await outside.follow()
    await outside.make_due()
    await outside.follow()
    assert (await outside.order(order["order_id"])).state == "refunded"


async def test_the_same_key_asks_once(outside: Outside, someone: Buyer) -> None:
    order = (await outside.buys(someone))["orders"][0]
    path, body = f"/orders/{order['order_id']}/refunds", {"reason": "other", "amount_fen": 100}
    headers = someone.headers | {"Idempotency-Key": new_id()}
    first, again = [await outside.client.post(path, json=body, headers=headers) for _ in range(2)]
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert (await outside.client.post(path, json=body | {"amount_fen": 1}, headers=headers)).status_code == 422
    assert (await outside.client.post(path, json=body, headers=someone.headers)).status_code == 400


async def test_strangers_neither_ask_nor_decide_nor_see(outside: Outside, someone: Buyer) -> None:
    order = await outside.signed(someone)
    photo = await outside.photo(someone)
    refund = await ask(outside, someone, order, photos=[photo])
    stranger = await buyer(outside.market)
    assert (await ask(outside, stranger, order, 404))["status"] == 404
    elsewhere = outside.market.tokens.headers("operator", scopes=("610423",), account_id="operator-2")
    body = {"approve": True, "words": "好"}
    assert (await outside.post(f"/refunds/{refund['id']}/decision", body, elsewhere, 403))["status"] == 403
    assert (await outside.post(f"/refunds/{refund['id']}/decision", body, someone.headers, 403))["status"] == 403
    assert (await outside.post(f"/refunds/{refund['id']}/withdrawal", None, stranger.headers, 404))["status"] == 404
    path = f"/orders/{order['order_id']}/photos/{photo}"
    assert (await outside.client.get(path, headers=stranger.headers)).status_code == 403
    assert (await outside.client.get(path, headers=outside.seller())).status_code == 200
    assert (await outside.client.get(f"/orders/{order['order_id']}", headers=stranger.headers)).status_code == 404


async def test_photos_are_pictures_without_what_the_camera_wrote_and_belong_to_whoever_sent_them(
    outside: Outside, someone: Buyer
) -> None:
    order = await outside.signed(someone)
    photo = await outside.photo(someone, papers.jpeg())
    await ask(outside, someone, order, photos=[photo])
    path = f"/orders/{order['order_id']}/photos/{photo}"
    shown = await outside.client.get(path, headers=someone.headers)
    assert shown.headers["content-type"] == "image/jpeg"
    assert papers.PLACE.encode() not in shown.content
    for bad in (b"%PDF-1.4", b"<svg/>", b"", papers.png()[:40]):
        files = {"file": ("photo.png", bad, "image/png")}
        answer = await outside.client.post("/orders/photos", files=files, headers=someone.headers)
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "photo-refused")
    stranger = await buyer(outside.market)
    other = await outside.signed(stranger)
    assert (await ask(outside, stranger, other, 422, photos=[photo]))["type"].endswith("/document-missing")


async def test_an_erased_buyer_gets_back_what_was_not_sent_and_leaves_neither_words_nor_photos(
    outside: Outside, someone: Buyer
) -> None:
    received = await outside.signed(someone)
    photo = await outside.photo(someone)
    await ask(outside, someone, received, amount_fen=100, photos=[photo])
    waiting = (await outside.buys(someone))["orders"][0]
    await outside.market.app.hear(
        AccountErased(entity_id="e-1", version=1, account_id=someone.account_id, erased_at=clock.now())
    )
    await outside.follow()
    assert (await outside.order(waiting["order_id"])).state == "refunded"
    rows = await outside.market.app.database.fetch_rows(
        "SELECT words, photos, amount_fen FROM orders.refund ORDER BY id"
    )
    assert [(row["words"], row["photos"], row["amount_fen"]) for row in rows] == [
        (None, [], 100),
        (None, [], PRICE_FEN),
    ]
    assert await outside.market.app.app.state.surroundings.blobs.get(photo) is None
    assert (await outside.order(received["order_id"])).amount_fen == PRICE_FEN
