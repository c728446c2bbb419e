"""How far the orders of a broadcast have come is public; a sale counts as verified when its return window is over."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.kit import clock
from services.orders.domain.figures import COUNTED, at_least, by_region
from tests.orders.buyers import Buyer, buyers
from tests.orders.market import Answer
from tests.orders.outside import Outside


async def stages(outside: Outside, days: int = 0) -> Answer:
    """The public stages, so many days from now."""
    headers = outside.seller(at=clock.now() + timedelta(days=days)) if days else None
    answer = await outside.market.get(f"/sales/{outside.market.broadcast_id}/stages", headers)
    return {name: value for name, value in answer.items() if name != "broadcast_id"}


async def test_each_stage_is_counted_once_ten_buyers_have_reached_it(outside: Outside) -> None:
    crowd = await buyers(outside.market, 12)
    orders = [(await outside.buys(one))["orders"][0]["order_id"] for one in crowd]
    nothing = dict.fromkeys(("dispatched", "moved", "delivered", "verified", "given_back"))
    assert await stages(outside) == {"paid": 10} | nothing
    for order_id in orders[:11]:
        await outside.post(f"/orders/{order_id}/shipments", {}, outside.seller())
    await outside.follow()
    while (await stages(outside))["delivered"] is None:
        await outside.deliver()
    await outside.deliver()
    here = {"paid": 10, "dispatched": 10, "moved": 10, "delivered": 10, "given_back": None}
    assert await stages(outside, days=1) == here | {"verified": None}
    assert await stages(outside, days=3) == here | {"verified": 10}
    for order_id, one in zip(orders[:2], crowd, strict=False):
        photo = await outside.photo(one)
        body = {"reason": "spoiled", "amount_fen": 100, "photos": [photo]}
        await outside.post(f"/orders/{order_id}/refunds", body, one.headers)
    assert (await stages(outside, days=3))["verified"] is None


async def test_a_few_buyers_are_never_counted(outside: Outside, someone: Buyer) -> None:
    await outside.buys(someone)
    assert set((await stages(outside)).values()) == {None}


@given(counts=st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), max_size=8))
def test_no_number_and_no_difference_of_two_tells_of_fewer_than_ten_buyers(counts: list[tuple[int, int]]) -> None:
    rows: list[dict[str, Any]] = [
        {"region_code": f"{number}", "buyers": min(buyers, count), **dict.fromkeys(COUNTED, count)}
        for number, (count, buyers) in enumerate(counts)
    ]
    told = by_region(rows)
    assert all(row["received"] % 10 == 0 for row in told)
    named = {row["region_code"] for row in told} - {None}
    assert named == {row["region_code"] for row in rows if row["buyers"] >= 10}
    few = [row["buyers"] for row in rows if row["buyers"] < 10]
    assert (None in {row["region_code"] for row in told}) == (sum(few) >= 10)
    assert at_least(19, 10) == 10
    assert at_least(19, 9) is None
