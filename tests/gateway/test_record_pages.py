"""What was real, as a citizen reads it in a minute: in both languages, with figures side by side and nobody named."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.disclosure.actions.preparing import prepare_next
from tests.apps import ServiceUnderTest
from tests.conftest import ServiceOf
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
from tests.gateway.house import House, open_house


@pytest.fixture
async def disclosure(committing_service_app: ServiceOf) -> ServiceUnderTest:
    """The service, which has heard of one broadcast that ended yesterday."""
    service = await committing_service_app("disclosure")
    at = some_time_ago(days=1)
    await service.hear(listing(), filing(), *notes(at), viewers(at, 120))
    await service.hear(*(order(number, at) for number in range(60)), ended(at))
    return service


@pytest.fixture
async def house(disclosure: ServiceUnderTest, tmp_path: Path) -> AsyncIterator[House]:
    """The door before disclosure."""
    async with open_house({"disclosure": disclosure.app}, tmp_path, cache_seconds=0) as opened:
        yield opened


async def prepare(service: ServiceUnderTest) -> None:
    """One look at what is due."""
    await prepare_next(service.database, service.app.state.surroundings)


async def text_of(house: House, path: str, status: int = 200) -> str:
    """A page."""
    answer = await house.client.get(path)
    assert answer.status_code == status, answer.text
    return answer.text


async def test_a_record_shows_claimed_and_verified_side_by_side(house: House, disclosure: ServiceUnderTest) -> None:
    await prepare(disclosure)
    english = await text_of(house, f"/en/disclosures/{BROADCAST}")
    assert "What was claimed, and what was real" in english
    assert english.count("¥1,794") >= 2
    assert "Nothing was found that speaks against the figures." in english
    assert "Region segment: the official speaks, nothing is for sale" in english
    assert english.count('class="hour__bar"') >= 2
    assert f'href="/en/ledger/of/viewers/{BROADCAST}"' in english
    assert f'<p class="on-paper">http://sunfair.test/en/disclosures/{BROADCAST}</p>' in english
    chinese = await text_of(house, f"/zh/disclosures/{BROADCAST}")
    assert "统计值与核实值" in chinese
    assert "砀山演示lot-1合作社" in chinese


async def test_a_record_of_three_buyers_has_a_page_that_says_why_it_tells_no_figures(
    committing_service_app: ServiceOf, tmp_path: Path
) -> None:
    service, at = await committing_service_app("disclosure"), some_time_ago(days=1)
    await service.hear(listing(), filing(), *notes(at), *(order(number, at) for number in range(3)), ended(at))
    await prepare(service)
    async with open_house({"disclosure": service.app}, tmp_path, cache_seconds=0) as house:
        assert "Fewer than 10 people bought something." in await text_of(house, f"/en/disclosures/{BROADCAST}")


async def test_the_hour_is_drawn_and_told_in_a_table_for_who_does_not_see_it(
    house: House, disclosure: ServiceUnderTest
) -> None:
    await prepare(disclosure)
    page = await text_of(house, f"/en/disclosures/{BROADCAST}")
    assert 'role="img" aria-labelledby="hour-title"' in page
    assert "Orders over the broadcast" in page


async def test_a_newer_release_says_what_changed_and_the_older_one_points_to_it(
    house: House, disclosure: ServiceUnderTest
) -> None:
    await prepare(disclosure)
    at = some_time_ago(days=1)
    await disclosure.hear(*(changed(number, at, refunds=[refund(number, at)]) for number in range(0, 60, 3)))
    async with disclosure.database.sessions.begin() as db:
        await (await db.connection()).exec_driver_sql("UPDATE disclosure.course SET due_at = now()")
    await prepare(disclosure)
    assert "Changed since the release before: " in await text_of(house, f"/en/disclosures/{BROADCAST}")
    assert "There is a newer release of this record." in await text_of(house, f"/en/disclosures/{BROADCAST}?release=1")


async def test_the_list_of_records_narrows_by_region(house: House, disclosure: ServiceUnderTest) -> None:
    assert "No broadcast has been disclosed here yet." in await text_of(house, "/en/disclosures")
    await prepare(disclosure)
    assert f"/en/disclosures/{BROADCAST}" in await text_of(house, "/en/disclosures?region=341300")
    assert f"/en/disclosures/{BROADCAST}" not in await text_of(house, "/en/disclosures?region=110000")


async def test_what_is_late_is_listed_until_it_is_out(house: House) -> None:
    assert "No record is late." in await text_of(house, "/en/disclosures/overdue")
    assert "没有逾期的记录。" in await text_of(house, "/zh/disclosures/overdue")


async def test_a_record_that_is_not_there_is_told_as_not_found(house: House) -> None:
    assert "404" in await text_of(house, "/en/disclosures/nothing", 404)
    await text_of(house, f"/en/disclosures/{BROADCAST}?release=0", 422)
