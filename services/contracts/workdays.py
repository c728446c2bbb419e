"""Chinese working days; the only module that reads the published holiday lists.

The State Council publishes each year's holidays and make-up working days late in the year before. A year
that is not yet published is counted Monday to Friday and marked provisional.
"""

import hashlib
from bisect import bisect_right
from datetime import date, timedelta
from functools import cache
from typing import Literal

import chinese_calendar

Calendar = Literal["final", "provisional"]

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
# Weekdays that are free and weekend days that are worked: all that differs from Monday to Friday.
_FREE_WEEKDAYS = sorted(day for day in chinese_calendar.holidays if day.weekday() < _SATURDAY)
_WORKED_WEEKENDS = sorted(day for day in chinese_calendar.workdays if day.weekday() >= _SATURDAY)
_FREE = frozenset(_FREE_WEEKDAYS)
_WORKED = frozenset(_WORKED_WEEKENDS)
_FIRST_YEAR = min(chinese_calendar.holidays).year
_LAST_YEAR = max(chinese_calendar.holidays).year


def is_working_day(day: date) -> tuple[bool, Calendar]:
    """Whether offices work on the day, and whether its year's calendar is published."""
    return _is_worked(day), _calendar(day, day)


def add_working_days(day: date, n: int) -> tuple[date, Calendar]:
    """The n-th working day after the day (before it when n is negative); the day itself does not count.

    n = 0 gives the day itself, worked or free. Stops at the first or last day that a date can hold.
    Source of counting from the next day: 民法典 第二百零一条.
    """
    step = _ONE_DAY if n > 0 else -_ONE_DAY
    edge = date.max if n > 0 else date.min
    reached, left = day, abs(n)
    while left and reached != edge:
        reached += step
        left -= _is_worked(reached)
    return reached, _calendar(min(day, reached), max(day, reached))


def working_days_between(start: date, end: date) -> tuple[int, Calendar]:
    """Working days from the start, which is excluded, to the end, which is included.

    Negative when the end lies before the start. For n >= 0, the days between a day and
    `add_working_days(day, n)` are n.
    """
    if end < start:
        days, calendar = working_days_between(end, start)
        return -days, calendar
    weekdays = _weekdays_until(end) - _weekdays_until(start)
    worked = bisect_right(_WORKED_WEEKENDS, end) - bisect_right(_WORKED_WEEKENDS, start)
    free = bisect_right(_FREE_WEEKDAYS, end) - bisect_right(_FREE_WEEKDAYS, start)
    return weekdays + worked - free, _calendar(start, end)


@cache
def calendar_version() -> str:
    """Names the holiday lists in use, so that the same revision of the rules counts the same days."""
    days = ",".join(day.isoformat() for day in (*_FREE_WEEKDAYS, *_WORKED_WEEKENDS))
    digest = hashlib.sha256(days.encode()).hexdigest()[:12]
    return f"{_FIRST_YEAR}-{_LAST_YEAR}+sha256:{digest}"


def _is_worked(day: date) -> bool:
    return day in _WORKED if day.weekday() >= _SATURDAY else day not in _FREE


def _calendar(first: date, last: date) -> Calendar:
    known = first.year >= _FIRST_YEAR and last.year <= _LAST_YEAR
    return "final" if known else "provisional"


def _weekdays_until(day: date) -> int:
    """Days from Monday to Friday from the first day of year 1, itself a Monday, to the day included."""
    weeks, rest = divmod(day.toordinal(), 7)
    return weeks * 5 + min(rest, 5)
