"""A record is put together by itself, says what was real of nobody in particular, and is corrected by a new release."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from services.disclosure.actions.preparing import prepare_next
from services.disclosure.domain.evidence import Told, header
from services.kit import clock
from services.kit.db import Database
from tests.apps import ServiceUnderTest
from tests.conftest import ServiceOf
from tests.disclosure.announcing import Log
from tests.disclosure.broadcasts import (
    BROADCAST,
    changed,
    ended,
    filing,
    listing,
    notes,
    order,
    refund,
    some_time_ago,
    viewers,
)

PATH = f"/disclosures/{BROADCAST}"


@pytest.fixture
async def service(service_app: ServiceOf) -> ServiceUnderTest:
    """The disclosure service."""
    return await service_app("disclosure")


async def prepare(service: ServiceUnderTest) -> str | None:
    """One look at what is due."""
    return await prepare_next(service.database, service.app.state.surroundings)


async def a_broadcast(service: ServiceUnderTest, *, buyers: int = 60, days: float = 1) -> Any:
    """A broadcast that ended so many days ago; the moment of its end."""
    at = some_time_ago(days=days)
    await service.hear(listing(), filing(), *notes(at), viewers(at, 120))
    await service.hear(*(order(number, at) for number in range(buyers)), ended(at))
    return at


async def newest(service: ServiceUnderTest) -> dict[str, Any]:
    """The newest release."""
    answer = await service.client.get(PATH)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def look_again(database: Database) -> None:
    """As if the time in which late tellings gather were over."""
    async with database.sessions.begin() as db:
        await (await db.connection()).exec_driver_sql(
            "UPDATE disclosure.course SET due_at = now() - interval '1 second' WHERE due_at IS NOT NULL"
        )


async def test_a_broadcast_that_ended_is_disclosed_by_itself(service: ServiceUnderTest) -> None:
    await a_broadcast(service)
    assert await prepare(service) == BROADCAST
    document = await newest(service)
    assert (document["schema"], document["number"], document["stage"]) == ("sunfair-disclosure/1", 1, "summary")
    assert document["provisional"]
    sales = document["sales"]
    assert (sales["claimed"]["orders"], sales["verified"]["orders"]) == (60, 60)
    assert sales["verified"]["net_fen"] == 60 * 2_990
    assert {cell["lots"][0]: cell["orders"] for cell in sales["by_lot"]} == {"lot-1": 20, "lot-2": 20, "lot-3": 20}
    assert sum(producer["share_bp"] for producer in document["producers"]) == 10_000
    assert [segment["kind"] for segment in document["segments"]] == ["region", "market"]
    assert document["viewers"]["counted"] == 120
    assert document["findings"] == []
    assert await prepare(service) is None


async def test_the_release_stands_in_the_public_log_under_its_hash(service: ServiceUnderTest) -> None:
    await a_broadcast(service)
    await prepare(service)
    body = (await service.client.get(PATH)).content
    digest = hashlib.sha256(body).hexdigest()
    await Log(service).grow()
    leaves = (await service.client.get(f"/ledger/entities/disclosure/{BROADCAST}")).json()["items"]
    assert [leaf["sha256"] for leaf in leaves] == [digest]
    assert (await service.client.get(f"/ledger/documents/{digest}")).content == body
    (told,) = await service.said("disclosure.release.published")
    assert (told["entity_id"], told["version"], told["sha256"]) == (BROADCAST, 1, digest)


async def test_nobody_who_bought_can_be_read_out_of_a_release(service: ServiceUnderTest) -> None:
    await a_broadcast(service)
    await prepare(service)
    text = (await service.client.get(PATH)).text
    at = some_time_ago()
    for number in range(60):
        bought = order(number, at)
        for token in (bought.buyer, bought.device, bought.address, bought.consignee, bought.payment.payer):
            assert token not in text
    whole = filing()
    assert not [token for token in [*whole.people.values(), *whole.accounts.values()] if token in text]


async def test_a_broadcast_with_three_orders_tells_no_figure_and_says_why(service: ServiceUnderTest) -> None:
    await a_broadcast(service, buyers=3)
    await prepare(service)
    assert (await newest(service))["sales"] == {"told": False, "fewest_buyers": 10}


async def test_late_refunds_of_a_few_wait_and_make_no_release(service: ServiceUnderTest) -> None:
    at = await a_broadcast(service)
    await prepare(service)
    await service.hear(*(changed(number, at, refunds=[refund(number, at)]) for number in (0, 3, 6)))
    await look_again(service.database)
    assert await prepare(service) == BROADCAST
    releases = (await service.client.get(f"{PATH}/releases")).json()["items"]
    sales = [
        json.loads((await service.client.get(f"{PATH}/releases/{each['number']}")).content)["sales"]["verified"]
        for each in releases
    ]
    assert len({json.dumps(each, sort_keys=True) for each in sales}) == 1


async def test_the_full_record_follows_when_goods_can_no_longer_be_given_back(service: ServiceUnderTest) -> None:
    await a_broadcast(service, days=16)
    await prepare(service)
    document = await newest(service)
    assert (document["stage"], document["provisional"]) == ("full", False)


async def test_the_same_order_told_twice_and_out_of_order_counts_once(service: ServiceUnderTest) -> None:
    at = some_time_ago(days=1)
    await service.hear(ended(at), *(changed(n, at) for n in range(30)), *(order(n, at) for n in range(30)))
    await service.hear(*(order(n, at) for n in range(30)), filing(), listing(), *notes(at))
    await prepare(service)
    assert (await newest(service))["sales"]["claimed"]["orders"] == 30


@pytest.mark.parametrize(("days", "observed"), [(1, 1), (40, 15)])
def test_nothing_is_judged_before_its_time(days: int, observed: int) -> None:
    """A day after a broadcast no order can be called one that was never sent; after fifteen days nothing new counts."""
    at = some_time_ago(days=days)
    room = {"opened_at": (at - timedelta(hours=1)).isoformat(), "ended_at": at.isoformat()}
    told = Told(BROADCAST, {"region_code": "341321"}, room, seen_until_ms=round(clock.now().timestamp() * 1000))
    seen = header(told)
    assert round((seen["observed_until_ms"] - seen["end_ms"]) / 86_400_000) == observed


async def test_before_a_release_it_says_when_one_is_due(service: ServiceUnderTest) -> None:
    await a_broadcast(service)
    answer = await service.client.get(PATH, headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert "summary is due by" in answer.json()["detail"]
    unknown = await service.client.get("/disclosures/nothing", headers={"Accept-Language": "en"})
    assert "no such release" in unknown.json()["detail"]
    assert (await service.client.get(f"{PATH}/releases/0")).status_code == 422


async def test_a_late_record_stands_on_a_public_list_until_it_is_out(service: ServiceUnderTest) -> None:
    await a_broadcast(service, days=12)
    (late,) = (await service.client.get("/disclosures/overdue")).json()["items"]
    assert (late["broadcast_id"], late["late"]) == (BROADCAST, ["summary"])
    await prepare(service)
    assert (await service.client.get("/disclosures/overdue")).json()["items"] == []


async def test_records_are_listed_by_region_and_by_when_they_ended(service: ServiceUnderTest) -> None:
    await a_broadcast(service)
    await prepare(service)
    listed = (await service.client.get("/disclosures", params={"region": "340000"})).json()
    assert [item["broadcast_id"] for item in listed["items"]] == [BROADCAST]
    assert (await service.client.get("/disclosures", params={"region": "110000"})).json()["items"] == []
    refused = await service.client.get("/disclosures", params={"region": "34"})
    assert refused.status_code == 422


async def test_nothing_can_be_ordered_by_what_was_sold(service: ServiceUnderTest) -> None:
    document = service.app.openapi()
    offered = {parameter["name"] for parameter in document["paths"]["/disclosures"]["get"]["parameters"]}
    assert offered == {"region", "since", "until", "stage", "product", "cursor", "limit"}
    words = json.dumps([document["paths"][path] for path in document["paths"] if "disclosures" in path])
    assert not [word for word in ("rank", "top", "sort", "order_by", "best") if f'"{word}"' in words]


async def test_nobody_can_publish_or_withhold(service: ServiceUnderTest) -> None:
    paths = service.app.openapi()["paths"]
    assert {method for path, each in paths.items() if path.startswith("/disclosures") for method in each} == {"get"}


async def test_a_release_is_changed_by_nobody(service: ServiceUnderTest) -> None:
    await a_broadcast(service)
    await prepare(service)
    async with service.database.sessions() as db:
        with pytest.raises(DBAPIError, match="corrected by a new one"):
            await (await db.connection()).exec_driver_sql("UPDATE disclosure.release SET stage = 'full'")
        await db.rollback()
