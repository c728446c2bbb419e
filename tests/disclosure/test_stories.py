"""Whole stories of abuse, from what the services tell to what the public reads.

Each needs hundreds of orders to show. They are simulated (`tests.disclosure.simulated`) and told to the service as
events, on a real database; what the record says is held against what the simulator knows to be true.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from bench.integrity import after_sales, bought_orders, odd_buyers, staged
from bench.integrity.world import World
from services.disclosure.actions.preparing import prepare_next
from tests.apps import ServiceUnderTest, Tokens
from tests.conftest import ServiceOf
from tests.disclosure.broadcasts import BROADCAST, some_time_ago
from tests.disclosure.integrity.rooms import room
from tests.disclosure.simulated import Telling, share_of

PATH = f"/disclosures/{BROADCAST}"
# The simulator's county of this seed is the invented one.
DEMONSTRATION_SEED = 4


@pytest.fixture
async def service(service_app: ServiceOf) -> ServiceUnderTest:
    """The disclosure service."""
    return await service_app("disclosure")


async def told(
    service: ServiceUnderTest, abuse: Callable[[World, int, float], object] | None, count: int, seed: int = 31
) -> Telling:
    """A broadcast of 220 honest orders and so many of an abuse, over for 16 days, and its record put together."""
    world, _, orders = room(seed=seed, sessions=1500, orders=220)
    after_sales.fulfil(world, orders)
    if abuse is not None:
        abuse(world, count, 0.0)
    telling = Telling(world, some_time_ago(days=16))
    if abuse is made_to_buy_by_word_of_mouth:
        telling.with_headcounts()
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


async def test_empty_parcels_are_found_on_the_carriers_scale_and_leave_the_figures(service: ServiceUnderTest) -> None:
    telling = await told(service, bought_orders.brushed, 90)
    document = await record(service)
    assert "empty_parcel" in rules_of(document, "false_order")
    sales = document["sales"]
    assert sales["claimed"]["orders"] == 310
    assert share_of(sales["verified"]["orders"], telling.truth()["orders"]) <= 0.02
    assert sales["questioned"], "what was taken away stands beside the figures"


async def test_contracts_that_were_signed_before_and_re_enacted_on_air_are_found_by_the_rehearsal(
    service: ServiceUnderTest,
) -> None:
    telling = await told(service, staged.rehearsed, 60)
    document = await record(service)
    assert "same_line_as_test" in rules_of(document, "rehearsed")
    assert share_of(document["sales"]["verified"]["orders"], telling.truth()["orders"]) <= 0.04


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


def made_to_buy_by_word_of_mouth(world: World, count: int, care: float) -> None:
    """The same, and whatever was written stays in a drawer."""
    staged.made_to_buy(world, count, care)
    world.tables.pop("notices", None)


async def test_a_notice_that_did_not_leak_is_found_in_the_orders_disclosed_and_referred(
    service: ServiceUnderTest, tokens: Tokens
) -> None:
    """In the invented county: no word of the notice is known, and the orders tell of it all the same."""
    await told(service, made_to_buy_by_word_of_mouth, 120, seed=DEMONSTRATION_SEED)
    document = await record(service)
    assert document["broadcast"]["region_code"] == "999901"
    rules = rules_of(document, "apportionment")
    assert {"just_above_the_floor", "nobody_below"} <= rules
    assert "mandatory_notice" not in rules
    sales = document["sales"]
    assert any("apportionment" in state for each in sales["questioned"] for state in each["states"])
    assert sales["verified"]["orders"] < sales["claimed"]["orders"], "real goods, and nobody's free choice"

    inspector = tokens.headers("inspector", scopes=("990000",), organ="全国数据核查办公室（演示）")
    listed = (await service.client.get("/findings", headers=inspector)).json()["items"]
    (case,) = [each for each in listed if each["abuse"] == "apportionment"]
    assert case["severity"] in ("grave", "serious")
    body = {"organ": "演示省纪委监委（演示）", "reason_zh": "订单集中在同一金额。"}
    path, key = f"/findings/{case['id']}", {"Idempotency-Key": "the-notice-in-a-drawer"}
    sent = (await service.client.post(f"{path}/refer", json=body, headers=inspector | key)).json()
    assert sent["state"] == "referred"
    assert sent["grounds"][-1]["article"] == "第三十八条第一项"
    file = (await service.client.get(f"{path}/file", headers=inspector)).content
    assert "证人" in "".join(page.extract_text() for page in PdfReader(BytesIO(file)).pages)
