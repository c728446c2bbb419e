"""Anyone can add a broadcast up, and every kind of difference is found and named."""

import pytest
import sqlalchemy as sa

from services.kit.ids import new_id
from tests.orders.buyers import Buyer, buyer, buyers
from tests.orders.market import LOT, Market
from tests.orders.outside import Outside

SPOILS = {
    "reserved_is_the_sum_of_unpaid_orders": (
        "UPDATE orders.stock SET reserved = reserved + 1, available = available - 1"
    ),
    "sold_is_the_sum_of_paid_orders": "UPDATE orders.stock SET sold = sold + 1, available = available - 1",
    "every_ticket_is_one_order": "UPDATE orders.stock SET tickets = tickets + 1",
    "a_lot_has_given_what_its_broadcasts_hold": "UPDATE orders.lot_units SET allocated = allocated - 1",
    "a_checkout_costs_the_sum_of_its_orders": "UPDATE orders.checkout SET total_fen = total_fen + 1",
    "orders_stand_as_their_checkout_does": "UPDATE orders.checkout SET state = 'paid'",
}


async def test_a_broadcast_that_adds_up_says_so_to_everybody(market: Market) -> None:
    await market.open()
    for one in await buyers(market, 3):
        await one.buys(2)
    answer = await market.get(f"/reconciliation/{market.broadcast_id}")
    assert (answer["balanced"], answer["differences"]) == (True, [])
    lot = next(lot for lot in answer["lots"] if lot["lot_id"] == LOT)
    assert (lot["allocated"], lot["available"], lot["reserved"], lot["sold"]) == (20, 14, 6, 0)
    assert (lot["orders_reserved"], lot["tickets"]) == (6, 3)


async def test_money_is_withheld_while_it_would_tell_of_fewer_than_ten_buyers(market: Market) -> None:
    await market.open()
    crowd = await buyers(market, 10)
    for one in crowd[:9]:
        await one.buys()
    assert (await market.get(f"/reconciliation/{market.broadcast_id}"))["reserved_fen"] is None
    await crowd[9].buys()
    assert (await market.get(f"/reconciliation/{market.broadcast_id}"))["reserved_fen"] == 29900


@pytest.mark.parametrize(("check", "spoil"), SPOILS.items(), ids=SPOILS)
async def test_every_difference_is_found(market: Market, check: str, spoil: str) -> None:
    await market.open()
    await (await buyer(market)).buys(2)
    async with market.app.database.sessions.begin() as db:
        await db.execute(sa.text(spoil))
    answer = await market.get(f"/reconciliation/{market.broadcast_id}")
    assert not answer["balanced"]
    assert check in {difference["check"] for difference in answer["differences"]}


async def test_a_broadcast_without_stock_has_nothing_to_add_up(market: Market) -> None:
    await market.get(f"/reconciliation/{new_id()}", status=404)


MONEY_SPOILS = {
    "money_in_is_the_sum_of_paid_orders": "UPDATE orders.leg SET amount_fen = amount_fen + 1",
    "late_money_goes_back_whole": "UPDATE orders.leg SET late = true",
    "what_goes_back_is_the_sum_of_refunds": "UPDATE orders.leg SET refund_fen = refund_fen + 1",
    "approved_refunds_are_paid_within_an_hour": (
        "UPDATE orders.refund SET state = 'approved', decided_at = now() - interval '2 hours'"
    ),
    "the_provider_took_what_was_ordered": "UPDATE orders.payment SET wrong = 'another sum'",
}


async def pay_and_give_back(outside: Outside, someone: Buyer) -> None:
    """An order that was paid and given back in part."""
    order = (await outside.buys(someone, 2))["orders"][0]
    body = {"reason": "other", "amount_fen": 100}
    await outside.post(f"/orders/{order['order_id']}/refunds", body, someone.headers)
    await outside.follow()


async def test_money_that_adds_up_is_said_to_and_agrees_with_the_provider(outside: Outside, someone: Buyer) -> None:
    await pay_and_give_back(outside, someone)
    path = f"/reconciliation/{outside.market.broadcast_id}"
    answer = await outside.market.get(path)
    assert (answer["balanced"], answer["differences"], answer["paid_in_fen"]) == (True, [], None)
    inspector = outside.market.tokens.headers("inspector")
    compared = await outside.market.get(f"{path}/provider", inspector)
    assert (compared["balanced"], compared["payments"]) == (True, 1)
    await outside.market.get(f"{path}/provider", someone.headers, 403)


@pytest.mark.parametrize(("check", "spoil"), MONEY_SPOILS.items(), ids=MONEY_SPOILS)
async def test_every_difference_of_money_is_found(outside: Outside, someone: Buyer, check: str, spoil: str) -> None:
    await pay_and_give_back(outside, someone)
    async with outside.market.app.database.sessions.begin() as db:
        await db.execute(sa.text(spoil))
    answer = await outside.market.get(f"/reconciliation/{outside.market.broadcast_id}")
    assert check in {difference["check"] for difference in answer["differences"]}


async def test_a_refund_that_the_provider_does_not_know_is_named(outside: Outside, someone: Buyer) -> None:
    await pay_and_give_back(outside, someone)
    async with outside.market.app.database.sessions.begin() as db:
        await db.execute(sa.text("UPDATE orders.refund SET amount_fen = amount_fen + 1"))
    path = f"/reconciliation/{outside.market.broadcast_id}/provider"
    compared = await outside.market.get(path, outside.market.tokens.headers("administrator"))
    [difference] = compared["differences"]
    assert (difference["what"], difference["ours_fen"], difference["theirs_fen"]) == ("refunded", 101, 100)


async def test_each_sum_rests_on_ten_buyers_of_its_own(outside: Outside) -> None:
    crowd = await buyers(outside.market, 12)
    for one in crowd[:9]:
        await outside.buys(one)
    for one in crowd[9:]:
        await one.buys()
    answer = await outside.market.get(f"/reconciliation/{outside.market.broadcast_id}")
    assert (answer["sold_fen"], answer["reserved_fen"], answer["paid_in_fen"]) == (None, None, None)
    assert (answer["late_fen"], answer["refunded_fen"]) == (0, 0)


async def test_ten_buyers_money_is_told(outside: Outside) -> None:
    for one in await buyers(outside.market, 10):
        await outside.buys(one)
    answer = await outside.market.get(f"/reconciliation/{outside.market.broadcast_id}")
    assert (answer["sold_fen"], answer["paid_in_fen"], answer["given_back_fen"]) == (29900, 29900, 0)
