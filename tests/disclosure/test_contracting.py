"""Records in the shape of the Open Contracting Data Standard: linked, exact, and telling nothing more."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.disclosure.actions.preparing import prepare_next
from services.disclosure.domain.open_data.contracting import Place, record_package, release_package
from tests.apps import ServiceUnderTest
from tests.conftest import ServiceOf
from tests.disclosure.broadcasts import (
    BROADCAST,
    changed,
    ended,
    filing,
    listing,
    order,
    refund,
    some_time_ago,
    viewers,
)

SAMPLE: dict[str, Any] = json.loads((Path(__file__).parent / "samples" / "release.json").read_bytes())
PLACE = Place("https://sunfair.example")


def test_a_release_says_in_that_shape_what_our_own_document_says() -> None:
    package = release_package(PLACE, SAMPLE)
    (release,) = package["releases"]
    assert (release["ocid"], release["id"]) == (f"sunfair-{BROADCAST}", f"{BROADCAST}-2")
    (contract,) = release["contracts"]
    assert contract["value"] == {"amount": Decimal("2392.00"), "currency": "CNY"}
    readings = {
        metric["id"]: {each["id"]: each["measure"] for each in metric["observations"]}
        for metric in contract["implementation"]["metrics"]
    }
    assert readings["orders"] == {"claimed": 100, "verified": 80, "high": 100}
    assert readings["viewers"] == {"claimed": 5_000, "verified": 4_400, "low": 4_200, "high": 4_600}
    suppliers = [party["identifier"]["id"] for party in release["parties"] if party["roles"] == ["supplier"]]
    assert suppliers == [each["uscc"] for each in SAMPLE["producers"]]
    assert release["relatedProcesses"][0]["uri"].endswith(f"/disclosures/{BROADCAST}/releases/1/package")


def test_what_is_not_told_is_not_told_there_either() -> None:
    held = SAMPLE | {
        "sales": {"told": False, "fewest_buyers": 10},
        "viewers": {"told": False, "fewest_viewers": 10},
    }
    (release,) = release_package(PLACE, held)["releases"]
    (contract,) = release["contracts"]
    assert contract["value"] is None
    assert contract["implementation"]["metrics"] == []


def test_a_record_links_every_release_and_compiles_the_newest() -> None:
    first = SAMPLE | {"number": 1, "stage": "summary", "supersedes": None}
    (record,) = record_package(PLACE, [first, SAMPLE])["records"]
    assert [link["tag"] for link in record["releases"]] == [["implementation"], ["implementationUpdate"]]
    assert record["compiledRelease"]["tag"] == ["compiled"]
    assert record["compiledRelease"]["id"] == f"{BROADCAST}-2"


@pytest.fixture
async def service(service_app: ServiceOf) -> ServiceUnderTest:
    """The disclosure service with two releases of one record."""
    started = await service_app("disclosure")
    at = some_time_ago(days=1)
    await started.hear(listing(), filing(), viewers(at, 30), *(order(number, at) for number in range(60)), ended(at))
    await prepare_next(started.database, started.app.state.surroundings)
    await started.hear(*(changed(number, at, refunds=[refund(number, at)]) for number in range(0, 60, 3)))
    async with started.database.sessions.begin() as db:
        await (await db.connection()).exec_driver_sql("UPDATE disclosure.course SET due_at = now() - interval '1 s'")
    await prepare_next(started.database, started.app.state.surroundings)
    return started


async def test_every_link_of_a_record_leads_to_its_release(service: ServiceUnderTest) -> None:
    answer = await service.client.get(f"/disclosures/{BROADCAST}/record")
    package = json.loads(answer.text, parse_float=Decimal)
    (record,) = package["records"]
    assert len(record["releases"]) == 2
    for number, link in enumerate(record["releases"], 1):
        path = link["url"].partition("/api/v1")[2]
        (release,) = (await service.client.get(path)).json()["releases"]
        assert release["id"] == f"{BROADCAST}-{number}"
        (own,) = release["contracts"][0]["documents"]
        listed = (await service.client.get(f"/disclosures/{BROADCAST}/releases")).json()["items"]
        assert own["id"] == listed[number - 1]["sha256"]
    assert record["compiledRelease"]["contracts"][0]["value"]["amount"] == Decimal(40 * 2_990) / 100
    again = await service.client.get(
        f"/disclosures/{BROADCAST}/record", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["nothing/record", f"{BROADCAST}/releases/9/package"])
async def test_what_there_is_not_is_answered_well(service: ServiceUnderTest, path: str) -> None:
    answer = await service.client.get(f"/disclosures/{path}", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert "no such release" in answer.json()["detail"]
