"""The order of arrival can be proved: anybody computes the chain, a buyer finds their own place in it."""

import hashlib
from datetime import datetime

import pytest
import sqlalchemy as sa

from services.kit import clock
from services.orders import actions
from tests.orders.buyers import buyers
from tests.orders.market import LOT, OTHER_LOT, Answer, Market


async def seal(market: Market) -> None:
    async with market.app.database.sessions.begin() as db:
        await actions.seal_tickets(db)


async def log_of(market: Market, lot_id: str = LOT, limit: int = 1000) -> list[Answer]:
    """The whole public log, page by page."""
    lines: list[Answer] = []
    cursor: str | None = ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        page = await market.get(f"/sales/{market.broadcast_id}/tickets?lot_id={lot_id}&limit={limit}{more}")
        lines += page["items"]
        cursor = page["next"]
    return lines


def chain(leaves: list[str]) -> str:
    """The head as docs/tickets.md tells a stranger to compute it."""
    head = bytes(32)
    for leaf in leaves:
        head = hashlib.sha256(head + bytes.fromhex(leaf)).digest()
    return head.hex()


async def test_a_stranger_computes_every_head_that_was_published(market: Market) -> None:
    await market.open()
    for one in await buyers(market, 3):
        await one.buys()
    await seal(market)
    for one in await buyers(market, 2):
        await one.buys()
    await seal(market)
    lines = await log_of(market, limit=2)
    leaves = [line["leaf"] for line in lines]
    assert [line["ticket"] for line in lines] == [1, 2, 3, 4, 5]
    assert {line["ticket"]: line["head"] for line in lines if line["head"]} == {3: chain(leaves[:3]), 5: chain(leaves)}


async def tell(market: Market) -> list[Answer]:
    """Seal and announce; every announcement so far."""
    await seal(market)
    async with market.app.database.sessions.begin() as db:
        await actions.tell_tickets(db)
    return await market.app.said("orders.tickets.sealed")


async def a_minute_later(market: Market) -> None:
    async with market.app.database.sessions.begin() as db:
        await db.execute(sa.text("UPDATE orders.tickets_told SET told_at = told_at - interval '61 seconds'"))


async def test_the_chains_of_a_broadcast_are_announced_for_the_public_log(market: Market) -> None:
    await market.open()
    assert await tell(market) == []
    for one in await buyers(market, 3):
        await one.buys()
    (told,) = await tell(market)
    assert told["chains"] == [
        {"lot_id": LOT, "tickets": 3, "head": chain([line["leaf"] for line in await log_of(market)])}
    ]
    assert (told["entity_id"], told["closed"]) == (market.broadcast_id, False)


async def test_they_are_announced_once_a_minute_at_most_and_once_more_when_the_room_has_ended(market: Market) -> None:
    await market.open()
    one, other = await buyers(market, 2)
    await one.buys()
    assert len(await tell(market)) == 1
    await other.buys()
    assert len(await tell(market)) == 1
    await a_minute_later(market)
    assert len(await tell(market)) == 2
    await a_minute_later(market)
    assert len(await tell(market)) == 2
    await market.app.hear(market.room(segment=None, state="ended", ended_at=clock.now()))
    told = await tell(market)
    assert [each["closed"] for each in told] == [False, False, True]
    assert [each["version"] for each in told] == [1, 2, 3]
    assert len(await tell(market)) == 3


async def test_a_buyer_finds_their_order_by_its_id(market: Market) -> None:
    await market.open()
    one = (await buyers(market, 1))[0]
    answer = await one.buys()
    placed_ms = int(datetime.fromisoformat(answer["created_at"]).timestamp() * 1000)
    order = answer["orders"][0]
    leaf = hashlib.sha256(f"{order['order_id']}|{order['ticket']}|{placed_ms}".encode()).hexdigest()
    assert [line["leaf"] for line in await log_of(market)] == [leaf]


async def test_a_cancelled_order_keeps_its_ticket(market: Market) -> None:
    await market.open()
    one, other = await buyers(market, 2)
    checkout = await one.buys()
    await market.app.client.post(f"/checkouts/{checkout['checkout_id']}/cancel", headers=one.headers)
    await other.buys()
    assert [line["ticket"] for line in await log_of(market)] == [1, 2]


async def test_each_lot_has_a_chain_of_its_own_and_an_unsold_one_an_empty_log(market: Market) -> None:
    await market.open()
    await (await buyers(market, 1))[0].buys()
    await seal(market)
    await seal(market)
    assert len([line for line in await log_of(market) if line["head"]]) == 1
    assert await log_of(market, OTHER_LOT) == []


@pytest.mark.parametrize(
    "query", ["", "lot_id=lot-1&limit=0", "lot_id=lot-1&limit=1001", "lot_id=lot-1&cursor=nonsense"]
)
async def test_a_log_that_is_asked_for_wrongly_is_a_problem_document(market: Market, query: str) -> None:
    answer = await market.get(f"/sales/{market.broadcast_id}/tickets?{query}", status=422)
    assert answer["type"].endswith("/problems/body-invalid")
