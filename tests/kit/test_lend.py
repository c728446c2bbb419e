"""Who waits for something that is lent."""

import asyncio

import pytest

from services.kit.lend import Lender


async def test_who_waits_for_what_is_lent_is_served_in_turn_and_not_for_ever() -> None:
    made = iter(range(10))

    async def make() -> int:
        return next(made)

    lender = Lender(make, lambda thing: thing != 1, most=2, patience=0.05)
    first, second = await lender.take(), await lender.take()
    with pytest.raises(TimeoutError):
        await lender.take()
    waiting = [asyncio.create_task(lender.take()) for _ in range(2)]
    await asyncio.sleep(0)
    lender.give_back(second)  # It is no longer good, so the first who waits has another made.
    lender.give_back(first)
    assert sorted(await asyncio.gather(*waiting)) == [0, 2]
    assert lender.made == 2
