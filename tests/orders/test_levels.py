"""What is left is told to the room, whole and not too often."""

from services.orders import actions
from tests.orders.buyers import buyers
from tests.orders.market import LOT, Market


async def told(market: Market) -> int:
    """Let the service tell what has changed; how many levels that were."""
    async with market.app.database.sessions.begin() as db:
        return await actions.tell_levels(db)


async def test_a_level_is_told_once_however_many_orders_there_were(market: Market) -> None:
    await market.open()
    assert await told(market) == 2
    one, other = await buyers(market, 2)
    await one.buys(12)
    await other.buys(5)
    assert await told(market) == 1
    level = (await market.app.said("orders.level.changed"))[-1]
    assert (level["lot_id"], level["available_units"], level["sold_out"]) == (LOT, 3, False)
    assert await told(market) == 0


async def test_a_lot_whose_announced_quantity_is_gone_is_told_as_sold_out(market: Market) -> None:
    await market.open(limit_units=2)
    await (await buyers(market, 1))[0].buys(2)
    await told(market)
    levels = [level for level in await market.app.said("orders.level.changed") if level["lot_id"] == LOT]
    assert (levels[-1]["available_units"], levels[-1]["sold_out"]) == (0, True)


async def test_nothing_is_told_of_a_room_that_is_not_open(market: Market) -> None:
    assert await told(market) == 0
    await market.app.hear(market.room(market.item(LOT), state="halted"))
    assert await told(market) == 0
