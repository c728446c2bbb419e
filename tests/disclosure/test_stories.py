"""Stories of hundreds of orders, from what the services tell to what the public reads.

Those that a few dozen orders show are told in `tests/journeys`. These are simulated (`tests.disclosure.simulated`) and
told to the service as events, on a real database; what the record says is held against what the simulator knows.
"""

from collections.abc import Callable
from typing import Any

import pytest

from bench.integrity import after_sales, odd_buyers, staged
from bench.integrity.world import World
from services.disclosure.actions.preparing import prepare_next
from tests.apps import ServiceUnderTest
from tests.conftest import ServiceOf
from tests.disclosure.broadcasts import BROADCAST, some_time_ago
from tests.disclosure.integrity.rooms import room
from tests.disclosure.simulated import Telling

PATH = f"/disclosures/{BROADCAST}"


@pytest.fixture
async def service(service_app: ServiceOf) -> ServiceUnderTest:
    """The disclosure service."""
    return await service_app("disclosure")


async def told(service: ServiceUnderTest, abuse: Callable[[World, int, float], object] | None, count: int) -> Telling:
    """A broadcast of 220 honest orders and so many of an abuse, over for 16 days, and its record put together."""
    world, _, orders = room(seed=31, sessions=1500, orders=220)
    after_sales.fulfil(world, orders)
    if abuse is not None:
        abuse(world, count, 0.0)
    telling = Telling(world, some_time_ago(days=16))
    await service.hear(*telling.events())
    assert await prepare_next(service.database, service.app.state.surroundings) == BROADCAST
    return telling


async def record(service: ServiceUnderTest) -> dict[str, Any]:
    """The newest release."""
    document: dict[str, Any] = (await service.client.get(PATH)).json()
    return document


def rules_of(document: dict[str, Any], abuse: str) -> set[str]:
    """The rules under which an abuse was found, however sure."""
    return {rule["id"] for each in document["findings"] if each["abuse"] == abuse for rule in each["rules"]}


async def test_an_honest_broadcast_is_accused_of_nothing_and_its_figures_are_the_truth(
    service: ServiceUnderTest,
) -> None:
    telling = await told(service, None, 0)
    document = await record(service)
    true = telling.truth()
    assert (document["stage"], document["findings"]) == ("full", [])
    verified = document["sales"]["verified"]
    assert {name: verified[name] for name in true} == true
    assert document["sales"]["claimed"]["orders"] == true["orders"]
    assert document["sales"]["organiser_staff_about"] == 0


def made_to_buy_in_writing(world: World, count: int, care: float) -> None:
    """Staff who have to buy, and the notice that says so; how many work there nobody tells."""
    staged.made_to_buy(world, count, care)
    employers = [int(each) for block in world.tables["employers"] for each in block["employer_id"]]
    odd_buyers.notice(world, "请组织本单位职工，每人至少购买1箱，完成情况将予通报。", employers, [])


async def test_staff_who_had_to_buy_are_found_by_a_notice_that_citizens_sent_and_by_the_orders(
    service: ServiceUnderTest,
) -> None:
    await told(service, made_to_buy_in_writing, 90)
    document = await record(service)
    assert "mandatory_notice" in rules_of(document, "apportionment")
    mine = [each for each in document["findings"] if each["abuse"] == "apportionment"]
    assert all(each["exhibits"] == [] for each in mine), "the people are witnesses: no order of theirs is shown"
    sales = document["sales"]
    assert sales["verified"]["orders"] < sales["claimed"]["orders"]
    assert "演示第" not in str(document["findings"]), "nor is anybody named"
    of_staff = sales["organiser_staff_about"]
    assert of_staff >= 10, "who works for the county that organises is counted apart"
    assert of_staff % 10 == 0
