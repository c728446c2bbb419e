"""Many buyers at once: nothing is sold twice, nobody is told of an order that is not there, nobody waits for ever."""

from asyncio import gather
from collections import Counter
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from services.kit import clock
from services.kit.db_problem import DATABASE_ERRORS
from services.orders import store
from services.orders.batcher import Batcher
from services.orders.domain.placing import Outcome
from services.orders.models import Order, Stock
from services.orders.models.orders import Checkout
from tests.apps import instant
from tests.orders.buyers import buyers
from tests.orders.market import LOT, OTHER_LOT, PRICE_FEN, Market


async def stock_of(market: Market, lot_id: str = LOT) -> Stock:
    async with market.app.database.sessions() as db:
        return (await db.exec(select(Stock).where(Stock.lot_id == lot_id))).one()


async def tickets_of(market: Market, lot_id: str = LOT) -> list[int]:
    async with market.app.database.sessions() as db:
        return list(
            (await db.exec(select(Order.ticket).where(Order.lot_id == lot_id).order_by(col(Order.ticket)))).all()
        )


async def test_two_hundred_buyers_of_twenty_units_get_twenty_orders(rush: Market) -> None:
    answers = await gather(*(one.order() for one in await buyers(rush, 200)))
    assert Counter(answer.status_code for answer in answers) == {201: 20, 409: 180}
    assert {answer.json()["type"].rpartition("/")[2] for answer in answers if answer.status_code == 409} == {"sold-out"}
    told = sorted(answer.json()["orders"][0]["ticket"] for answer in answers if answer.status_code == 201)
    assert told == await tickets_of(rush) == list(range(1, 21))
    stock = await stock_of(rush)
    assert (stock.available, stock.reserved, stock.allocated) == (0, 20, 20)


async def queue(market: Market, *units: int) -> list[Outcome]:
    """What becomes of orders that stand at the till in this order."""
    batcher: Batcher = market.app.app.state.till.batcher
    crowd = await buyers(market, len(units))
    return await gather(*(batcher.place(one.asked(wanted)) for one, wanted in zip(crowd, units, strict=True)))


async def test_a_smaller_order_behind_one_that_does_not_fit_is_served(rush: Market) -> None:
    outcomes = await queue(rush, 15, 6, 5, 1)
    assert [outcome.outcome for outcome in outcomes] == ["placed", "sold_out", "placed", "sold_out"]
    assert [outcome.number for outcome in outcomes] == [None, 5, None, 0]


async def test_who_came_first_has_the_smaller_ticket(rush: Market) -> None:
    assert [outcome.ticket for outcome in await queue(rush, *[1] * 15)] == list(range(1, 16))


async def test_the_same_key_at_once_buys_once(rush: Market) -> None:
    someone = (await buyers(rush, 1))[0]
    answers = await gather(*(someone.order(2, key="once") for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["checkout_id"] for answer in answers}) == 1
    assert (await stock_of(rush)).reserved == 2


async def test_a_limit_holds_when_buyer_and_household_stand_in_one_batch(rush: Market) -> None:
    await rush.open(units_per_buyer=2)
    family = await buyers(rush, 4, "the-same-door")
    answers = await gather(*(one.order() for one in family for _ in range(2)))
    assert Counter(answer.status_code for answer in answers) == {201: 2, 409: 6}


async def test_a_limit_holds_when_all_accounts_of_a_person_stand_in_one_batch(rush: Market) -> None:
    await rush.open(units_per_buyer=2)
    accounts = await buyers(rush, 4, person="one-human")
    strangers = await buyers(rush, 3)
    answers = await gather(*(one.order() for one in [*accounts, *strangers] for _ in range(2)))
    assert Counter(answer.status_code for answer in answers[:8]) == {201: 2, 409: 6}
    assert {answer.status_code for answer in answers[8:]} == {201}


async def test_two_replicas_of_the_service_sell_from_one_stock(rush: Market) -> None:
    await rush.open(units_per_buyer=1)
    tills = [Batcher(rush.app.database, 600, 7, 0.001) for _ in range(2)]
    crowd = await buyers(rush, 40)
    # Everybody stands in both lines at once, as somebody with two devices does.
    places = (till.place(one.asked()) for one in crowd for till in tills)
    outcomes = await gather(*places)
    assert Counter(outcome.outcome for outcome in outcomes)["placed"] == 20
    assert await tickets_of(rush) == list(range(1, 21))
    async with rush.app.database.sessions() as db:
        owners = (await db.exec(select(Order.account_id).where(Order.lot_id == LOT))).all()
    assert len(set(owners)) == 20


async def test_baskets_in_opposite_order_never_block_each_other(rush: Market) -> None:
    there = [{"lot_id": lot_id, "units": 1, "price_fen": PRICE_FEN} for lot_id in (LOT, OTHER_LOT)]
    back = there[::-1]
    crowd = await buyers(rush, 60)
    answers = await gather(*(one.order(lines=(there, back)[place % 2]) for place, one in enumerate(crowd)))
    assert Counter(answer.status_code for answer in answers) == {201: 20, 409: 40}
    assert [(await stock_of(rush, lot_id)).available for lot_id in (LOT, OTHER_LOT)] == [0, 0]


async def test_baskets_and_single_orders_share_one_stock(rush: Market) -> None:
    both = [{"lot_id": lot_id, "units": 1, "price_fen": PRICE_FEN} for lot_id in (LOT, OTHER_LOT)]
    crowd = await buyers(rush, 60)
    answers = await gather(
        *(one.order(lines=both) if place % 3 == 0 else one.order() for place, one in enumerate(crowd))
    )
    sold = sum(answer.status_code == 201 for answer in answers)
    assert sold == 20 == len(await tickets_of(rush))


async def test_one_order_that_the_database_refuses_spoils_no_other(rush: Market) -> None:
    batcher: Batcher = rush.app.app.state.till.batcher
    crowd = await buyers(rush, 6)
    # A NUL is a character in Python and in no text of PostgreSQL.
    keys = ["", "", "no\0text", "", "", ""]
    places = (batcher.place(one.asked(key=key)) for one, key in zip(crowd, keys, strict=True))
    outcomes = await gather(*places, return_exceptions=True)
    assert isinstance(outcomes[2], DATABASE_ERRORS)
    assert [each.outcome for each in outcomes if isinstance(each, Outcome)] == ["placed"] * 5
    assert await tickets_of(rush) == [1, 2, 3, 4, 5]


async def test_a_defect_ends_a_queue_and_leaves_nobody_waiting_nor_the_lot_unsold(rush: Market) -> None:
    batcher: Batcher = rush.app.app.state.till.batcher
    one, other = await buyers(rush, 2)
    defect: Any = SimpleNamespace(lot_id=LOT, order_id="an order without units")
    outcomes = await gather(
        batcher.place(replace(one.asked(), lines=(defect,))), batcher.place(other.asked()), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [RuntimeError, RuntimeError]
    assert (await batcher.place(other.asked())).outcome == "placed"


async def test_a_set_clock_moves_no_reservation(rush: Market) -> None:
    someone = (await buyers(rush, 1))[0]
    long_ago = rush.tokens.headers("buyer", account_id=someone.account_id, at=instant("2020-03-02T20:00"))
    headers = long_ago | {"Idempotency-Key": "long-ago"}
    answer = await rush.app.client.post("/checkouts", json=someone.body(), headers=headers)
    assert answer.status_code == 201
    assert datetime.fromisoformat(answer.json()["reserved_until"]) > clock.now()
    assert await store.expire_due(rush.app.database, 0) == 0


async def test_a_reservation_runs_out_by_the_clock_of_the_database_and_its_units_come_back(rush: Market) -> None:
    one, other = await buyers(rush, 2)
    answer = await one.buys(20)
    await other.is_refused("sold-out")
    async with rush.app.database.sessions.begin() as db:
        earlier = sa.text("clock_timestamp() - interval '1 second'")
        await db.execute(sa.update(Checkout).values(reserved_until=earlier))
    assert await store.expire_due(rush.app.database) == 1
    checkout = await rush.get(f"/checkouts/{answer['checkout_id']}", one.headers)
    assert (checkout["state"], checkout["orders"][0]["state"]) == ("expired", "expired")
    await other.buys(20)
    assert await store.expire_due(rush.app.database) == 0


async def test_a_reservation_that_outlives_its_broadcast_returns_to_the_lot(rush: Market) -> None:
    one = (await buyers(rush, 1))[0]
    await one.buys(3)
    await rush.app.hear(rush.room(state="ended", segment=None))
    stock = await stock_of(rush)
    assert (stock.allocated, stock.available, stock.reserved) == (3, 0, 3)
    async with rush.app.database.sessions.begin() as db:
        await db.execute(sa.update(Checkout).values(reserved_until=sa.text("clock_timestamp()")))
    await store.expire_due(rush.app.database)
    stock = await stock_of(rush)
    assert (stock.allocated, stock.reserved) == (0, 0)
    async with rush.app.database.sessions() as db:
        free = sa.text("SELECT offered - allocated FROM orders.lot_units WHERE lot_id = :lot")
        assert await db.scalar(free, {"lot": LOT}) == 20
