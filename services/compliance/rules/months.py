"""Counting calendar months on civil days."""

import calendar
from datetime import date

# A calendar ends with the year 9999. Whatever somebody proposes beyond it is as good as for ever.
_LAST_YEAR = 9_000


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the month's last day where it has no such day."""
    total = min(day.year * 12 + day.month - 1 + months, _LAST_YEAR * 12)
    year, month = divmod(total, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
