"""What buyers say of themselves, and what is known of them and of prices: as the engine reads it, and as it is told."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from services.disclosure.actions.preparing import prepare_next, told_of
from services.disclosure.domain.evidence import Told, cheapest_tenth, frames, header
from services.kit.identity import broadcast_token
from tests.apps import TOKEN_SECRET
from tests.conftest import ServiceOf
from tests.disclosure.broadcasts import (
    BROADCAST,
    account,
    ended,
    filing,
    listing,
    order,
    sample,
    some_time_ago,
    viewers,
)

AT = some_time_ago(days=16)
PATH = f"/disclosures/{BROADCAST}"
YEARS_MS = 400 * 86_400_000


def token(value: str) -> str:
    """The token of this broadcast."""
    return broadcast_token(BROADCAST, value, TOKEN_SECRET)


def told(*orders: Any, **more: Any) -> Told:
    """A broadcast with these orders, in a market that is a year old."""
    documents = [each.model_dump(mode="json") for each in orders]
    usual: dict[str, Any] = {
        "filing": filing().model_dump(mode="json"),
        "room": ended(AT).model_dump(mode="json"),
        "listings": [listing().model_dump(mode="json")],
        "market_since_ms": int(AT.timestamp() * 1000) - YEARS_MS,
    }
    return Told(BROADCAST, orders=documents, **(usual | more))


def employers_of(given: Told) -> dict[int, tuple[str, int]]:
    """Buyer → kind and region of the body that they work for, as far as it is known or said."""
    tables = frames(given, token)
    users, employers = tables["users"], tables["employers"]
    joined = users.join(employers, on="employer_id")
    return {row["user_id"]: (row["kind"], row["div"]) for row in joined.iter_rows(named=True)}


def test_who_says_to_work_for_the_region_or_a_producer_is_bound_to_it_and_nobody_else_is() -> None:
    orders = [
        order(1, AT, declared=("organiser",)),
        order(2, AT, declared=("regional_organ", "told_to_buy")),
        order(3, AT, declared=("producer",)),
        order(4, AT, declared=("told_to_buy",)),
        order(5, AT),
    ]
    found = employers_of(told(*orders))
    offices, producer = ("government", 341321), ("enterprise", -1)
    assert found == {10_000_001: offices, 10_000_002: offices, 10_000_003: producer}
    table = frames(told(*orders), token)["orders"].sort("user_id")
    assert table["told_to_buy"].to_list() == [0, 1, 0, 1, 0]


def test_where_somebody_works_is_known_better_than_said() -> None:
    organ = {"name": "砀山县第一中学", "kind": "institution", "level": "county", "region_code": "341321"}
    known = account("teacher", "演示", roles=["buyer", "operator"], organ=organ).model_dump(mode="json")
    given = told(order(1, AT, buyer=token("teacher"), declared=("producer",)), accounts={"teacher": known})
    table = frames(given, token)["users"]
    assert table["employer_id"].to_list() == [int(token("organ:砀山县第一中学"))]


def test_how_much_somebody_watched_and_bought_before_is_given_as_far_back_as_the_market_goes() -> None:
    stays = viewers(AT, 2).model_dump(mode="json")
    stays["sessions"][0] |= {"user": "10000001", "watch_30d": 3}
    stays["sessions"][1] |= {"user": "10000001", "watch_30d": 4}
    orders = [order(1, AT, orders_365d=5), order(2, AT, buyer="10000001", orders_365d=6), order(3, AT)]
    said = {"roles": ["buyer"], "created_at": AT.isoformat(), "phone_bound": True}
    given = told(*orders, stays=[stays], accounts={"somebody": said, "elsewhere": said})
    given = Told(**{**as_members(given), "orders": [{**each, "buyer": _mine(each)} for each in given.orders]})
    given.stays[0]["sessions"][0]["user"] = given.stays[0]["sessions"][1]["user"] = token("somebody")
    rows = {row["user_id"]: row for row in frames(given, token)["users"].iter_rows(named=True)}
    somebody, elsewhere = rows[int(token("somebody"))], rows[int(token("elsewhere"))]
    assert (somebody["watch_30d"], somebody["orders_365d"]) == (4, 5)
    assert (elsewhere["watch_30d"], elsewhere["orders_365d"]) == (-1, -1)
    assert header(given)["history_days"] == 399


def _mine(document: Mapping[str, Any]) -> str:
    return token("somebody") if document["buyer"] == "10000001" else str(document["buyer"])


def as_members(given: Told) -> dict[str, Any]:
    """The members of what was told, to say it again with a change."""
    return {name: getattr(given, name) for name in Told.__dataclass_fields__}


def test_in_the_first_broadcast_nobody_knows_who_bought_before() -> None:
    said = {"roles": ["buyer"], "created_at": AT.isoformat(), "phone_bound": True}
    given = told(
        order(1, AT, buyer=token("somebody"), orders_365d=0),
        accounts={"somebody": said},
        market_since_ms=int(AT.timestamp() * 1000),
    )
    table = frames(given, token)["users"]
    assert table.select("watch_30d", "orders_365d").rows() == [(-1, -1)]
    assert header(given)["history_days"] == 0


def quote(producer: str, farm_gate_fen: int, **said: Any) -> dict[str, Any]:
    """What one lot of a producer is declared to be paid at the farm gate."""
    return {"producer_uscc": producer, "category_code": "fruit.pear.su", "net_grams": 2_500} | {
        "farm_gate_fen": farm_gate_fen,
        **said,
    }


@pytest.mark.parametrize(
    ("quotes", "tenth"),
    [
        ([quote("b", 1_000), quote("c", 900), quote("d", 1_100)], 360),
        ([quote("b", 1_000), quote("b", 900), quote("c", 1_100)], -1),
        ([quote("a", 10), quote("b", 1_000), quote("c", 1_000), quote("d", 1_250)], 400),
        ([quote("b", 1_000), quote("c", 900), quote("d", 1_100, category_code="fruit.apple")], -1),
        ([quote(f"co-op {number}", 1_000 + number * 250) for number in range(20)], 500),
        ([], -1),
    ],
    ids=["three others", "two others", "never ones own", "other goods", "of twenty the second", "nobody"],
)
def test_the_countys_price_is_the_cheapest_tenth_of_at_least_three_others(
    quotes: list[dict[str, Any]], tenth: int
) -> None:
    assert cheapest_tenth(quotes, "fruit.pear.su", "a") == tenth


async def test_prices_are_those_that_stood_in_the_county_in_the_month_before(service_app: ServiceOf) -> None:
    service = await service_app("disclosure")
    for number, (region, days, fen) in enumerate(
        [("341321", 20, 1_000), ("341321", 25, 2_000), ("341321", 50, 3_000), ("341322", 20, 4_000)]
    ):
        made = sample(
            type(listing()),
            **{
                **listing(farm_gate_fen=fen).model_dump(mode="json"),
                "entity_id": f"listing-{number}",
                "region_code": region,
                "occurred_at": AT - timedelta(days=days - 16),
            },
        )
        await service.hear(made)
    async with service.database.sessions() as db:
        room = ended(AT).model_dump(mode="json")
        given = await told_of(db, BROADCAST, filing().model_dump(mode="json"), room)
    assert sorted({each["farm_gate_fen"] for each in given.quotes}) == [1_000, 2_000]


async def test_the_record_tells_how_many_said_so_from_ten_people_on(service_app: ServiceOf) -> None:
    service = await service_app("disclosure")
    said: dict[int, tuple[str, ...]] = dict.fromkeys(range(23), ("told_to_buy",))
    said |= dict.fromkeys(range(30, 42), ("regional_organ",))
    # Twelve orders of nine people: of so few nothing is told.
    said |= dict.fromkeys(range(45, 57), ("producer",))
    few = {number: {"buyer": str(10_000_045 + number % 9)} for number in range(45, 57)}
    orders = [order(number, AT, declared=said.get(number, ()), **few.get(number, {})) for number in range(60)]
    await service.hear(listing(), filing(), *orders, ended(AT))
    await prepare_next(service.database, service.app.state.surroundings)
    document = (await service.client.get(PATH)).json()
    sales = document["sales"]
    names = ("told_to_buy_about", "organiser_staff_about", "producer_people_about")
    assert [sales[name] for name in names] == [20, 10, 0]
    assert document["findings"] == [], "by words alone nothing is found"
    assert sales["claimed"]["orders"] == sales["verified"]["orders"] == 60


def test_a_release_of_before_says_nothing_of_it() -> None:
    assert isinstance(frames(told(), token)["users"], pl.DataFrame)
