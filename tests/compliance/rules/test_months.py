"""Counting months: to the last day where there is no such day, and never beyond the calendar."""

from datetime import date

from services.compliance.rules.months import months_after


def test_a_month_that_is_shorter_ends_with_its_last_day() -> None:
    assert months_after(date(2020, 1, 31), 1) == date(2020, 2, 29)
    assert months_after(date(2020, 2, 29), 12) == date(2021, 2, 28)


def test_a_span_beyond_the_calendar_is_as_good_as_for_ever() -> None:
    assert months_after(date(2020, 3, 2), 120_000).year == 9_000
