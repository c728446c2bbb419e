"""Working days by the published lists, and honestly provisional beyond them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.workdays import add_working_days, calendar_version, is_working_day, working_days_between

PUBLISHED = st.dates(date(2005, 1, 1), date(2025, 12, 31))
ANY_DAY = st.dates()


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2020, 1, 31), False),  # The Spring Festival holiday of 2020 was extended.
        (date(2020, 2, 2), False),
        (date(2020, 2, 3), True),
        (date(2020, 4, 26), True),  # A Sunday worked for the May holiday.
        (date(2020, 5, 1), False),
        (date(2020, 5, 9), True),  # A Saturday worked for the May holiday.
        (date(2020, 5, 10), False),
        (date(2026, 10, 1), False),
    ],
)
def test_published_holidays_and_make_up_days_count(day: date, worked: bool) -> None:
    assert is_working_day(day) == (worked, "final")


def test_a_year_not_yet_published_counts_monday_to_friday_and_says_so() -> None:
    assert is_working_day(date(2040, 10, 1)) == (True, "provisional")
    assert is_working_day(date(2040, 10, 6)) == (False, "provisional")
    assert is_working_day(date(1999, 10, 1)) == (True, "provisional")


def test_counting_begins_on_the_next_day() -> None:
    assert add_working_days(date(2020, 4, 30), 1) == (date(2020, 5, 6), "final")
    assert add_working_days(date(2020, 5, 6), 3) == (date(2020, 5, 9), "final")
    assert add_working_days(date(2020, 5, 6), -1) == (date(2020, 4, 30), "final")
    assert add_working_days(date(2020, 5, 3), 0) == (date(2020, 5, 3), "final")


def test_the_first_day_is_left_out_and_the_last_is_counted() -> None:
    assert working_days_between(date(2020, 4, 30), date(2020, 5, 6)) == (1, "final")
    assert working_days_between(date(2020, 5, 6), date(2020, 5, 6)) == (0, "final")
    assert working_days_between(date(2020, 5, 6), date(2020, 4, 30)) == (-1, "final")


def test_a_count_that_reaches_an_unpublished_year_is_provisional() -> None:
    assert add_working_days(date(2026, 12, 31), 1)[1] == "provisional"
    assert working_days_between(date(2026, 12, 30), date(2027, 1, 4))[1] == "provisional"


@given(PUBLISHED, st.integers(0, 40))
def test_adding_and_counting_agree(day: date, n: int) -> None:
    reached, _ = add_working_days(day, n)
    assert working_days_between(day, reached)[0] == n
    assert n == 0 or is_working_day(reached)[0]


@given(PUBLISHED, st.integers(0, 60))
def test_counting_equals_looking_at_every_day(start: date, length: int) -> None:
    days = [start + timedelta(days=step) for step in range(1, length + 1)]
    counted, _ = working_days_between(start, start + timedelta(days=length))
    assert counted == sum(is_working_day(day)[0] for day in days)


@given(ANY_DAY, ANY_DAY)
def test_counting_backwards_is_the_negative(first: date, second: date) -> None:
    assert working_days_between(first, second)[0] == -working_days_between(second, first)[0]


@given(ANY_DAY, st.integers(-30, 30))
def test_no_day_that_can_be_written_is_refused(day: date, n: int) -> None:
    add_working_days(day, n)


def test_the_lists_in_use_have_a_name() -> None:
    assert calendar_version().startswith("2004-")
    assert calendar_version() == calendar_version()
