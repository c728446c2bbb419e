"""Days and the smallest cell are numbers of the rulebook, as they stand on the day that counts."""

from datetime import date
from typing import Any

import pytest

from services.compliance.rules.law import released_parameters
from services.contracts.values import shanghai_day
from services.disclosure.actions.preparing import prepare_next
from services.disclosure.domain.duties import FULL_DAYS, RELEASED, SMALLEST_CELL, SUMMARY_DAYS, due_days, in_force
from tests.conftest import ServiceOf
from tests.disclosure.announcing import parameter, withdrawal
from tests.disclosure.broadcasts import BROADCAST, ended, filing, listing, order, some_time_ago


def said(name: str, value: int, since: str, **more: Any) -> dict[str, Any]:
    """An announced value."""
    return {"name": name, "value": value, "from_on": since, **more}


@pytest.mark.parametrize("name", sorted(RELEASED))
def test_the_rulebooks_own_values_are_those_of_the_rulebook(name: str) -> None:
    assert RELEASED[name] == tuple((each.since, each.value) for each in released_parameters()[name].values)


def test_a_published_value_holds_from_its_day_and_not_before() -> None:
    published = [said(SUMMARY_DAYS, 2, "2027-01-01")]
    assert in_force(SUMMARY_DAYS, published, date(2026, 12, 31)) == 3
    assert in_force(SUMMARY_DAYS, published, date(2027, 1, 1)) == 2
    assert in_force(FULL_DAYS, published, date(2027, 1, 1)) == 20
    assert in_force(SUMMARY_DAYS, [], date(2019, 1, 1)) == 3


def test_a_withdrawn_value_never_held() -> None:
    published = [said(SMALLEST_CELL, 5, "2027-01-01", withdrawn_at="2026-12-20T00:00:00Z")]
    assert in_force(SMALLEST_CELL, published, date(2027, 6, 1)) == 10


def test_working_days_are_counted_past_holidays() -> None:
    # The first week of October is free, and the Saturday after it is worked.
    assert due_days(date(2026, 9, 30)) == (date(2026, 10, 10), date(2026, 11, 3))


async def test_a_broadcast_is_due_by_the_values_of_its_day_and_told_by_those_of_its_release(
    service_app: ServiceOf,
) -> None:
    service = await service_app("disclosure")
    rule = {"rule": "disc.publish", "from_on": "2026-01-01"}
    await service.hear(
        parameter(entity_id="one", name=SUMMARY_DAYS, value=1, **rule),
        parameter(entity_id="two", name=SMALLEST_CELL, value=15, **rule),
        parameter(entity_id="three", name=FULL_DAYS, value=1, **rule),
        withdrawal(entity_id="three", name=FULL_DAYS, value=1, **rule),
    )
    at = some_time_ago(days=1)
    await service.hear(listing(), filing(), *(order(number, at) for number in range(39)), ended(at))
    await prepare_next(service.database, service.app.state.surroundings)
    (row,) = (await service.client.get("/disclosures")).json()["items"]
    one_day = said(SUMMARY_DAYS, 1, "2026-01-01")
    summary, full = due_days(shanghai_day(at), [one_day])
    assert (row["summary_due_on"], row["full_due_on"]) == (summary.isoformat(), full.isoformat())
    assert summary < due_days(shanghai_day(at))[0]
    sales = (await service.client.get(f"/disclosures/{BROADCAST}")).json()["sales"]
    assert sales["fewest_buyers"] == 15
    # Three lots of thirteen buyers each are too small now: they stand together.
    assert [len(cell["lots"]) for cell in sales["by_lot"]] == [3]
