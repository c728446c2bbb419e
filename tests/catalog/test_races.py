"""Things that happen at the same moment, with real commits."""

from asyncio import gather

from services.kit.ids import new_id
from tests.catalog.market import Market, decision, form_of, producer_body


async def test_of_many_submissions_at_once_one_makes_a_version(committing_market: Market) -> None:
    market = committing_market
    draft = await market.listing(lots=3)

    async def submit() -> int:
        headers = market.headers() | {"Idempotency-Key": new_id()}
        return (await market.client.post(f"/listings/{draft['id']}/submit", headers=headers)).status_code

    assert sorted(await gather(*(submit() for _ in range(6)))) == [201, 409, 409, 409, 409, 409]
    assert len(await market.service.said("catalog.listing.submitted")) == 1
    versions = await market.get(f"/listings/{draft['id']}/versions")
    assert [item["version"] for item in versions["items"]] == [2]


async def test_answers_that_arrive_together_bring_the_version_into_force_once_whole(committing_market: Market) -> None:
    market = committing_market
    submitted = await market.submitted(lots=4)
    lots = submitted["draft"]["lots"]
    await gather(*(market.service.hear(decision(submitted["id"], lot["id"], 2)) for lot in lots))
    said = await market.service.said("catalog.listing.decided")
    assert len(said) == 1
    assert set(said[0]["lots"].values()) == {"listed"}


async def test_of_two_edits_under_one_version_one_wins(committing_market: Market) -> None:
    market = committing_market
    draft = await market.listing(lots=1)
    form = form_of(draft)

    async def edit(title: str) -> int:
        headers = market.headers() | {"If-Match": '"1"'}
        answer = await market.client.put(f"/listings/{draft['id']}", json=form | {"title_zh": title}, headers=headers)
        return answer.status_code

    assert sorted(await gather(edit("甲"), edit("乙"))) == [200, 412]


async def test_one_producer_entered_twice_at_once_is_entered_once(committing_market: Market) -> None:
    market = committing_market

    async def enter() -> int:
        return (await market.client.post("/producers", json=producer_body(), headers=market.headers())).status_code

    assert sorted(await gather(enter(), enter(), enter())) == [201, 409, 409]
