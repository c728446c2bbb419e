"""How long people have: dated parameters of procedure, counted in working days."""

from datetime import date, datetime, time, timedelta

from services.compliance.rules.law import Law, Parameters, start_of
from services.contracts.values import SHANGHAI, shanghai_day
from services.contracts.workdays import Calendar, add_working_days

FILE_WITHIN = "people.appeal.file_working_days"
DECIDE_WITHIN = "people.appeal.decide_working_days"
OVERRIDE_DAYS = "people.override.valid_days"
OFFICE_CLOSES = time(18)
SOON = timedelta(hours=24)


def procedure_number(parameters: Parameters, name: str, at: datetime) -> int:
    """A number of procedure as it stands at the moment.

    Raises NoParameter before the market's first day.
    """
    return Law(parameters, at, "post").number(name)


def working_deadline(since: datetime, working_days: int) -> tuple[datetime, Calendar]:
    """The close of business of the n-th working day after the moment, and how surely the calendar is known."""
    day, calendar = add_working_days(shanghai_day(since), working_days)
    return _close_of(day), calendar


def may_appeal_until(parameters: Parameters, decided_at: datetime, at: datetime) -> datetime:
    """The last moment at which an appeal against a decision may be opened."""
    return working_deadline(decided_at, procedure_number(parameters, FILE_WITHIN, at))[0]


def override_ends(parameters: Parameters, asked_for: datetime | None, at: datetime) -> datetime:
    """When an override runs out: as asked for, at the latest after the number of days that the parameter gives."""
    latest = start_of(shanghai_day(at) + timedelta(days=procedure_number(parameters, OVERRIDE_DAYS, at) + 1))
    return min(asked_for, latest) if asked_for is not None else latest


def _close_of(day: date) -> datetime:
    return datetime.combine(day, OFFICE_CLOSES, SHANGHAI)
