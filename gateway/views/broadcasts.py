"""Broadcasts as the calendar and their own pages show them. Presenters appear by post, never by name."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from gateway.views import WEEKDAYS_ZH, day_of, instant, show_day, show_time
from gateway.views.speaking import MONTHS_EN, Speaker, own, place

Json = dict[str, Any]
LAST_YEAR = 2199
ON_AIR = ("live", "halted")
Drawings = Mapping[str, str]
"""Listing id → key of its drawing."""


def leaf(speaker: Speaker, day: date, today: date) -> Json:
    """The arguments of the macro `day_leaf`."""
    chinese = speaker.language == "zh"
    month = f"{day.month}月" if chinese else MONTHS_EN[day.month - 1]
    if day.year != today.year:
        month = f"{day.year}年{month}" if chinese else f"{month} {day.year}"
    return {
        "month": month,
        "day": day.day,
        "weekday": f"周{WEEKDAYS_ZH[day.weekday()]}" if chinese else f"{day:%a}",
        "iso": day.isoformat(),
        "today": day == today,
    }


def status(speaker: Speaker, state: str) -> Json:
    """The state of a broadcast as a badge."""
    words = {
        "scheduled": ("pass", speaker._("Passed the gate")),
        "live": ("pass", speaker._("Live now")),
        "halted": ("fail", speaker._("Halted")),
        "ended": ("", speaker._("Ended")),
        "held": ("review", speaker._("Being looked at again")),
        "blocked": ("fail", speaker._("Stopped by the gate")),
        "cancelled": ("", speaker._("Cancelled")),
    }
    kind, text = words.get(state, ("", state))
    return {"kind": kind, "text": text}


def broadcast_card(speaker: Speaker, row: Json, drawings: Drawings, today: date) -> Json:
    """The arguments of the macro `broadcast_card`."""
    return {
        "href": page_of(speaker, row),
        "title": own(speaker, row, "title"),
        "where": place(speaker, row["region_code"]),
        "illustration": drawing_of(row, drawings),
        "time": f"{show_time(row['starts_at'])} – {show_time(row['ends_at'])}",
        "leaf": leaf(speaker, start_day(row), today),
        "presenter": own(speaker, row, "presenter_post"),
        "status": status(speaker, row["state"]),
        "demonstration": row["demonstration"],
    }


def page_of(speaker: Speaker, row: Json) -> str:
    """Where it is followed: its room while it is on air, else its own page."""
    room = "/live" if row["state"] in ON_AIR else ""
    return f"/{speaker.language}/broadcasts/{row['id']}{room}"


def broadcast_line(speaker: Speaker, row: Json) -> Json:
    """A broadcast as one line: its title and when it is on."""
    when = f"{show_day(start_day(row), speaker.language)} {show_time(row['starts_at'])} – {show_time(row['ends_at'])}"
    return {
        "id": row["id"],
        "href": f"/{speaker.language}/broadcasts/{row['id']}",
        "title": own(speaker, row, "title"),
        "when": when,
    }


def agenda(speaker: Speaker, rows: Iterable[Json], drawings: Drawings, today: date) -> list[Json]:
    """The days of the macro `agenda`, from rows in the order of their start."""
    return [
        {"leaf": leaf(speaker, day, today), "slots": [_slot(speaker, row, drawings) for row in on_day]}
        for day, on_day in groupby(rows, key=start_day)
    ]


def _slot(speaker: Speaker, row: Json, drawings: Drawings) -> Json:
    return {
        "start": show_time(row["starts_at"]),
        "end": show_time(row["ends_at"]),
        "start_iso": row["starts_at"],
        "href": page_of(speaker, row),
        "title": own(speaker, row, "title"),
        "where": place(speaker, row["region_code"]),
        "presenter": own(speaker, row, "presenter_post"),
        "illustration": drawing_of(row, drawings),
        "status": status(speaker, row["state"]),
        "off": row["state"] in ("blocked", "cancelled"),
        "demonstration": row["demonstration"],
    }


def drawing_of(row: Json, drawings: Drawings) -> str:
    """The drawing of the first listing that may be seen."""
    return next((drawings[each] for each in row["listing_ids"] if each in drawings), "other")


def start_day(row: Json) -> date:
    """The civil day in China on which it starts."""
    return instant(row["starts_at"]).date()


def segments(speaker: Speaker, parts: list[Json]) -> list[Json]:
    """The items of the macro `segments`."""
    return [
        {"kind": part["kind"], "time": f"{show_time(part['starts_at'])} – {show_time(part['ends_at'])}", "text": None}
        for part in parts
    ]


def month_bounds(month: str) -> tuple[date, date]:
    """First day of the month `2020-03` and of the one after it. Raises ValueError for anything else."""
    first = date.fromisoformat(f"{month}-01")
    if first.year >= LAST_YEAR:
        raise ValueError(f"The calendar ends before {LAST_YEAR}.")
    return first, (first + timedelta(days=32)).replace(day=1)


def month_title(speaker: Speaker, first: date) -> str:
    """`2020年3月` or `March 2020`."""
    return f"{first.year}年{first.month}月" if speaker.language == "zh" else f"{first:%B} {first.year}"


def months_with_broadcasts(speaker: Speaker, rows: Iterable[Json], chosen_month: date, region: str) -> list[Json]:
    """One chip a month in which something was announced, in the order of the rows."""
    firsts = dict.fromkeys(start_day(row).replace(day=1) for row in rows)
    end = f"&region={region}" if region else ""
    return [
        {
            "name": month_title(speaker, first),
            "href": f"/{speaker.language}/calendar?month={first:%Y-%m}{end}",
            "current": first == chosen_month,
        }
        for first in firsts
    ]


def approval_line(speaker: Speaker, approval: Json | None) -> str | None:
    """Which organ approved, and when."""
    if approval is None:
        return None
    day = show_day(instant(approval["decided_at"]).date(), speaker.language)
    return speaker._("%(organ)s, on %(day)s", organ=approval["organ"], day=day)


def declaration_line(speaker: Speaker, declaration: Json | None) -> str:
    """Whether the presenter declared their interests."""
    if declaration is None:
        return speaker._("No declaration of interests yet")
    day = show_day(day_of(declaration["declared_on"]), speaker.language)
    if declaration["recused"]:
        return speaker._("Declared on %(day)s, with a recusal", day=day)
    return speaker._("Declared on %(day)s: no interest in these producers", day=day)


def decision_items(speaker: Speaker, decisions: list[Json], lot_names: Mapping[str, str]) -> list[Json]:
    """Every decision about a broadcast: what about, outcome, when, where it explains itself."""
    return [
        {
            "href": f"/{speaker.language}/decisions/{each['decision_id']}",
            "about": speaker._("The filing as a whole")
            if each["about"] == "filing"
            else lot_names.get(each["about_id"]) or speaker._("A lot"),
            "stage": stage_word(speaker, each["stage"]),
            "binding": each["binding"],
            "outcome": each["outcome"],
            "decided_at": each["decided_at"],
        }
        for each in decisions
    ]


def stage_word(speaker: Speaker, stage: str) -> str:
    """At which door the gate was asked."""
    words = {
        "listing": speaker._("before listing"),
        "filing": speaker._("before scheduling"),
        "golive": speaker._("before going live"),
        "onair": speaker._("on air"),
        "post": speaker._("afterwards"),
    }
    return words.get(stage, stage)
