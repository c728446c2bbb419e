"""When a record must be out: a summary within three working days, the whole within twenty.

Source: `disc.publish` of the rulebook; 政府信息公开条例 第二十六条.
"""

from datetime import date, datetime, timedelta
from typing import Literal

from services.contracts.workdays import add_working_days

SUMMARY_WORKING_DAYS = 3
FULL_WORKING_DAYS = 20
# Goods can be given back and parcels get lost for so long; figures of before stand under reserve.
RETURN_WINDOW = timedelta(days=15)

# A finding is answered within so many working days after it was told, and the answer decided within so many.
REPLY_WORKING_DAYS = 10
DECIDE_WORKING_DAYS = 10

Stage = Literal["summary", "full", "revision"]


def due_days(ended_on: date) -> tuple[date, date]:
    """The last days for summary and full record; the day of the broadcast does not count."""
    return add_working_days(ended_on, SUMMARY_WORKING_DAYS)[0], add_working_days(ended_on, FULL_WORKING_DAYS)[0]


def stage_now(now: datetime, ended_at: datetime, *, summary_out: bool, full_out: bool) -> Stage:
    """What a release of this moment would be. Once the whole record is out, every other one revises it."""
    if full_out:
        return "revision"
    if now >= ended_at + RETURN_WINDOW:
        return "full"
    return "revision" if summary_out else "summary"


def next_look(now: datetime, ended_at: datetime, *, full_out: bool) -> datetime | None:
    """When the record is to be looked at by itself again: once, when the return window is over."""
    window_ends = ended_at + RETURN_WINDOW
    return None if full_out or now >= window_ends else window_ends
