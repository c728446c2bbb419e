"""Nothing that is published about records puts regions, producers or people in an order of size."""

import csv
import io
import re
import xml.etree.ElementTree as ET

import pytest

from services.disclosure.actions.opening import make_next_month, month_of
from services.disclosure.actions.preparing import prepare_next
from services.disclosure.domain.open_data.tables import TABLES
from services.disclosure.schemas.release import release_schema
from services.kit.page import encode_cursor
from tests.apps import ServiceUnderTest
from tests.conftest import ServiceOf
from tests.disclosure.broadcasts import ended, filing, listing, order, some_time_ago, viewers

RANKING = re.compile(r"(^|_)(rank|ranking|top|best|worst|score|league|leader|sort|order_by|orderby|percentile)(_|$)")
# Every way in which what is published can be asked for: which, since when, and where to go on.
ASKED = {"release", "region", "since", "until", "stage", "product", "kind", "lang", "cursor", "limit", "old", "new"}
PUBLIC = ("/disclosures", "/open-data", "/feeds", "/ledger")


@pytest.fixture
async def service(service_app: ServiceOf) -> ServiceUnderTest:
    """The disclosure service."""
    return await service_app("disclosure")


async def release(service: ServiceUnderTest, name: str, hours_ago: float, buyers: int, region: str = "341321") -> None:
    """A broadcast with so many buyers, and its record."""
    at = some_time_ago(hours=hours_ago)
    said = {"broadcast_id": name, "entity_id": f"filing-of-{name}", "region_code": region, "title_zh": f"{name}专场"}
    await service.hear(listing(), filing(**said), viewers(at, 30).model_copy(update={"broadcast_id": name}))
    orders = (order(number, at, broadcast_id=name, entity_id=f"{name}-{number}") for number in range(buyers))
    await service.hear(*orders, ended(at, entity_id=name, region_code=region))
    assert await prepare_next(service.database, service.app.state.surroundings) == name


def test_no_question_can_ask_for_an_order(service: ServiceUnderTest) -> None:
    paths = service.app.openapi()["paths"]
    asked = {
        parameter["name"]
        for path, operations in paths.items()
        if path.startswith(PUBLIC)
        for operation in operations.values()
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query"
    }
    assert asked <= ASKED


def test_no_field_column_or_file_is_named_for_a_rank() -> None:
    parts = {"Release": release_schema(), **release_schema()["$defs"]}
    fields = [field for part in parts.values() for field in part["properties"]]
    columns = [column.name for table in TABLES for column in table.columns]
    assert [name for name in (*fields, *columns, *(table.name for table in TABLES)) if RANKING.search(name)] == []


def test_every_row_is_of_one_broadcast_and_none_of_a_region() -> None:
    for table in TABLES:
        assert [column.name for column in table.columns][:2] == ["broadcast_id", "release"]


@pytest.mark.parametrize("sold", [(12, 40, 24), (40, 24, 12), (24, 12, 40)], ids=lambda sold: f"{sold[0]}-{sold[1]}")
async def test_what_was_sold_changes_no_order(service: ServiceUnderTest, sold: tuple[int, ...]) -> None:
    regions = ("341321", "610722", "340100")
    for number, (buyers, region) in enumerate(zip(sold, regions, strict=True)):
        await release(service, f"broadcast-{number}", 60 - number, buyers, region)
    newest_first = ["broadcast-2", "broadcast-1", "broadcast-0"]
    listed = (await service.client.get("/disclosures")).json()["items"]
    assert [each["broadcast_id"] for each in listed] == newest_first
    feed = ET.fromstring((await service.client.get("/feeds/disclosures.atom")).content)  # noqa: S314  Our own.
    ids = [each.text or "" for each in feed.iterfind("{*}entry/{*}id")]
    assert [each.split(":")[3] for each in ids] == newest_first
    while await make_next_month(service.database, service.app.state.shelf):
        pass
    rows: list[str] = []
    for month in sorted({month_of(some_time_ago(hours=60 - number)) for number in range(3)}):
        data = (await service.client.get(f"/open-data/{month}/broadcasts.csv")).content.decode("utf-8-sig")
        rows += [row["broadcast_id"] for row in csv.DictReader(io.StringIO(data))]
    assert rows == list(reversed(newest_first))


async def test_records_are_found_by_region_day_stage_and_product(service: ServiceUnderTest) -> None:
    await release(service, "pears", 30, 12)
    await release(service, "oranges", 60, 12, "610722")
    noon = some_time_ago(hours=45).isoformat()
    for asked, found in (
        ({}, ["pears", "oranges"]),
        ({"region": "340000"}, ["pears"]),
        ({"region": "610722"}, ["oranges"]),
        ({"since": noon}, ["pears"]),
        ({"until": noon}, ["oranges"]),
        ({"stage": "summary"}, ["pears", "oranges"]),
        ({"stage": "full"}, []),
        ({"product": "oranges专场"}, ["oranges"]),
        ({"product": "ＰＥＡＲＳ专场"}, ["pears"]),
        ({"product": "酥梨 fruit.pear"}, ["pears", "oranges"]),
        ({"product": "酥梨 苹果"}, []),
        ({"product": "%"}, []),
        ({"product": "_"}, []),
        ({"product": "\\"}, []),
        ({"product": "a\0b"}, []),
        ({"region": "340000", "product": "酥梨", "since": noon, "stage": "summary"}, ["pears"]),
    ):
        answer = await service.client.get("/disclosures", params=asked)
        assert [each["broadcast_id"] for each in answer.json()["items"]] == found, asked


async def test_a_list_goes_on_under_the_same_filter(service: ServiceUnderTest) -> None:
    for number in range(3):
        await release(service, f"broadcast-{number}", 50 - number, 12)
    asked = {"region": "341321", "product": "酥梨", "limit": "2"}
    first = (await service.client.get("/disclosures", params=asked)).json()
    second = (await service.client.get("/disclosures", params={**asked, "cursor": first["next"]})).json()
    names = [each["broadcast_id"] for each in (*first["items"], *second["items"])]
    assert names == ["broadcast-2", "broadcast-1", "broadcast-0"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({"region": "34"}, 422, "region"),
        ({"region": "341399"}, 404, "341399"),
        ({"since": "yesterday"}, 422, "since"),
        ({"since": "2026-11-28T00:00:00"}, 422, "since"),
        ({"since": "2026-11-28T00:00:00Z", "until": "2026-11-01T00:00:00Z"}, 422, "until"),
        ({"stage": "best"}, 422, "stage"),
        ({"product": "梨" * 101}, 422, "product"),
        ({"cursor": encode_cursor("yesterday", "x")}, 422, "cursor"),
        ({"limit": "1000"}, 422, "limit"),
    ],
    ids=["half a region", "no region", "no instant", "no offset", "backwards", "no stage", "long", "cursor", "limit"],
)
async def test_a_wrong_question_is_answered_well(
    service: ServiceUnderTest, asked: dict[str, str], status: int, words: str
) -> None:
    answer = await service.client.get("/disclosures", params=asked, headers={"Accept-Language": "en"})
    assert answer.status_code == status
    assert words in answer.text
