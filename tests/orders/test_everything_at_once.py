"""Orders, baskets, cancellations, expiry, a changing shelf, levels and seals at once: no deadlock, and it adds up."""

from asyncio import gather, sleep
from collections import Counter

import sqlalchemy as sa

from services.orders import actions, store
from services.orders.models import Checkout
from tests.orders.buyers import Buyer, buyers
from tests.orders.market import LOT, OTHER_LOT, PRICE_FEN, Market

ROUNDS = 6


async def shop(one: Buyer, place: int) -> list[int]:
    """A buyer orders one lot or both, again and again, and gives every second checkout up; the answers."""
    lots = [LOT, OTHER_LOT][:: -1 if place % 2 else 1]
    both = [{"lot_id": lot_id, "units": 1, "price_fen": PRICE_FEN} for lot_id in lots]
    answers = []
    for turn in range(ROUNDS):
        ordered = await (one.order(lines=both) if (place + turn) % 3 == 0 else one.order(lot_id=lots[0]))
        answers.append(ordered.status_code)
        if ordered.status_code == 201 and turn % 2:
            path = f"/checkouts/{ordered.json()['checkout_id']}/cancel"
            answers.append((await one.market.app.client.post(path, headers=one.headers)).status_code)
    return answers


async def keep_changing(market: Market) -> None:
    """The shelf is set anew, levels are told and arrivals sealed, meanwhile."""
    for limit in range(ROUNDS):
        await market.open(units_per_buyer=10 + limit)
        async with market.app.database.sessions.begin() as db:
            await actions.tell_levels(db)
            await actions.seal_tickets(db)
        await sleep(0)


async def keep_expiring(market: Market) -> None:
    """Some reservations run out, meanwhile."""
    for _ in range(ROUNDS):
        async with market.app.database.sessions.begin() as db:
            some = sa.text("id IN (SELECT id FROM orders.checkout WHERE state = 'reserved' ORDER BY id LIMIT 3)")
            await db.execute(sa.update(Checkout).where(some).values(reserved_until=sa.text("clock_timestamp()")))
        await store.expire_due(market.app.database, 0)
        await sleep(0)


async def test_whatever_happens_at_once_nothing_blocks_and_all_adds_up(rush: Market) -> None:
    crowd = await buyers(rush, 24)
    shopping = [shop(one, place) for place, one in enumerate(crowd)]
    *answers, _, _ = await gather(*shopping, keep_changing(rush), keep_expiring(rush))
    counts = Counter(status for each in answers for status in each or ())
    # 409: sold out, over a limit, or a checkout that ran out before it was cancelled. Anything else is a fault.
    assert set(counts) <= {201, 204, 409}
    assert counts[201] > 20
    answer = await rush.get(f"/reconciliation/{rush.broadcast_id}")
    assert (answer["balanced"], answer["differences"]) == (True, [])
