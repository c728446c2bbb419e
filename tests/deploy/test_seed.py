"""What the seed would load, without loading it."""

from datetime import UTC, date, datetime, time, timedelta

from deploy.seed import goods, onair, rolling
from deploy.seed.data import rows, table
from services.contracts.categories import category
from services.contracts.regions import known
from services.contracts.values import SHANGHAI, uscc_problem
from services.contracts.workdays import working_days_between

DAYS = [date(2026, 11, 23) + timedelta(days=ahead) for ahead in range(400)]
HOURS = (time(0), time(8, 59), time(9), time(10, 30), time(18, 29), time(18, 30), time(23, 59))
MOMENTS = [datetime.combine(day, hour, SHANGHAI) for day in DAYS for hour in HOURS]


def test_at_every_hour_six_broadcasts_of_six_kinds_of_goods_lie_ahead() -> None:
    for now in MOMENTS:
        found = rolling.slots(now)
        assert len({slot.key for slot in found}) == 6
        assert len({slot.product for slot in found}) == 6
        assert all(now < slot.starts_at < now + timedelta(days=16) for slot in found)


def test_a_slot_is_the_same_whenever_it_is_looked_at() -> None:
    known: dict[str, int] = {}
    for now in MOMENTS[:420]:
        for slot in rolling.slots(now):
            assert known.setdefault(slot.key, slot.product) == slot.product


def test_rolling_filings_are_made_in_time_for_the_gate() -> None:
    for now in MOMENTS[::13]:
        for slot in rolling.slots(now):
            # Before a free day one of the six working days falls away; five are the least.
            assert working_days_between(slot.filed_on, slot.starts_at.date())[0] >= 5


def test_the_goods_of_a_rolling_broadcast_still_keep_on_its_day() -> None:
    for now in MOMENTS[::5]:
        for slot in rolling.slots(now):
            case = rolling.listing_case(slot)
            keeps = timedelta(days=table("goods")[case["goods"]]["shelf_life_days"])
            assert date.fromisoformat(case["harvested"]) + keeps >= slot.starts_at.date(), case["goods"]


def test_nothing_that_stands_in_the_calendar_was_filed_or_approved_after_today() -> None:
    for now in MOMENTS[::5]:
        for slot in rolling.slots(now):
            assert rolling.filing_case(slot)["approved_at"][:10] < now.date().isoformat()


def test_every_supplier_is_somebody_with_a_valid_code() -> None:
    producers = goods.producers()

    assert {uscc_problem(body["uscc"]) for body in producers.values()} == {None}
    assert len({body["uscc"] for body in producers.values()}) == len(producers)
    assert len({body["name"] for body in producers.values()}) == len(producers)


def test_the_reference_codes_of_dangshan_are_among_them() -> None:
    codes = {body["uscc"] for body in goods.producers().values()}

    assert {"93341321MA8DM0A15D", "93341321MA8DM0B2XE", "91341321MA8DM0D494"} <= codes


def test_regions_and_categories_of_specialties_exist() -> None:
    for specialty in rows("specialties"):
        assert known(specialty["region"]) is not None
        assert category(specialty["category"]) is not None


def test_no_post_is_a_persons_name_and_every_role_is_played() -> None:
    people = rows("people")

    assert len({person["username"] for person in people}) == len(people)
    assert len({role for person in people for role in person["roles"]}) == 13


def test_what_is_on_air_began_at_a_full_hour_and_was_filed_in_time() -> None:
    slot = onair.slot_at(datetime(2026, 11, 28, 3, 24, tzinfo=UTC))
    assert slot.starts_at.isoformat() == "2026-11-28T11:00:00+08:00"
    assert slot.key == "onair-20261128-1100"
    assert slot.filed_on == date(2026, 11, 20)
