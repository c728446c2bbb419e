"""When a record must be out and a finding answered, and on how many people a number must rest: by the rulebook.

Source: `disc.publish`, `complaint.sla` and `people.reply` of the rulebook; 政府信息公开条例 第二十六条.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal

from services.contracts.workdays import add_working_days

SUMMARY_DAYS, FULL_DAYS, SMALLEST_CELL = (
    f"disc.publish.{name}" for name in ("summary_working_days", "full_working_days", "smallest_cell")
)
# A finding is answered within so many working days after it was told, and the answer decided within so many.
REPLY_DAYS, DECIDE_DAYS = (f"people.reply.{name}_working_days" for name in ("answer", "decide"))
# A complaint is acknowledged, decided and made good within so many hours and days after it came.
ACKNOWLEDGE_HOURS, COMPLAINT_DAYS, REFUND_DAYS = (
    f"complaint.sla.{name}" for name in ("acknowledge_hours", "decide_days", "refund_days")
)
# The rulebook's own values, by the day from which they hold. What is published between two releases is announced.
RELEASED: Mapping[str, tuple[tuple[date, int], ...]] = {
    SUMMARY_DAYS: ((date(2020, 1, 1), 3),),
    FULL_DAYS: ((date(2020, 1, 1), 20),),
    SMALLEST_CELL: ((date(2020, 1, 1), 10),),
    REPLY_DAYS: ((date(2020, 1, 1), 10),),
    DECIDE_DAYS: ((date(2020, 1, 1), 10),),
    ACKNOWLEDGE_HOURS: ((date(2020, 1, 1), 24),),
    COMPLAINT_DAYS: ((date(2020, 1, 1), 7),),
    REFUND_DAYS: ((date(2020, 1, 1), 7),),
}
# Goods can be given back and parcels get lost for so long; figures of before stand under reserve.
RETURN_WINDOW = timedelta(days=15)

Stage = Literal["summary", "full", "revision"]


def in_force(name: str, published: Sequence[Mapping[str, Any]], on: date) -> int:
    """A number of the rulebook on a day, given what was announced of it; what was withdrawn never held.

    Before the market's first day its first value is taken.
    """
    announced = [
        (date.fromisoformat(str(each["from_on"])), int(each["value"]))
        for each in published
        if each["name"] == name and not each.get("withdrawn_at")
    ]
    held = [value for since, value in sorted([*RELEASED[name], *announced], key=_since) if since <= on]
    return held[-1] if held else RELEASED[name][0][1]


def _since(dated: tuple[date, int]) -> date:
    return dated[0]


def due_days(ended_on: date, published: Sequence[Mapping[str, Any]] = ()) -> tuple[date, date]:
    """The last days for summary and full record, by the law of the day of the broadcast, which does not count."""
    summary, full = (in_force(name, published, ended_on) for name in (SUMMARY_DAYS, FULL_DAYS))
    return add_working_days(ended_on, summary)[0], add_working_days(ended_on, full)[0]


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
