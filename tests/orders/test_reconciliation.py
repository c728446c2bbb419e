"""Anyone can add a broadcast up, and every kind of difference is found and named."""

import pytest
import sqlalchemy as sa

from services.kit.ids import new_id
from tests.orders.buyers import buyer, buyers
from tests.orders.market import LOT, Market

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
