"""The public calendar as an iCalendar feed (RFC 5545): stable ids, instants in UTC, one language at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from icalendar import Alarm, Calendar, Event

from services.broadcast.domain import places
from services.broadcast.domain.plan import china_day

Language = Literal["zh", "en"]

REMIND_BEFORE = timedelta(minutes=15)

_STATUS = {
    "scheduled": "CONFIRMED",
    "live": "CONFIRMED",
    "halted": "CONFIRMED",
    "ended": "CONFIRMED",
    "held": "TENTATIVE",
    "blocked": "CANCELLED",
    "cancelled": "CANCELLED",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One broadcast in the feed; `version` rises with every change, and so does SEQUENCE."""

    id: str
    version: int
    state: str
    region_code: str
    title_zh: str
    title_en: str
    starts_at: datetime
    ends_at: datetime
    presenter_post_zh: str
    presenter_post_en: str
    updated_at: datetime


def feed(entries: Iterable[Entry], language: Language, *, name: str, public_url: str, remind: bool = False) -> bytes:
    """The feed of these broadcasts; with `remind`, each rings before it begins. The same in gives the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//Sunfair//Broadcasts//ZH" if language == "zh" else "-//Sunfair//Broadcasts//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    for entry in entries:
        event = _event(entry, language, public_url)
        if remind:
            event.add_component(_alarm(entry, language))
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def feed_name(language: Language, region: str | None, on: date) -> str:
    """What a calendar program calls the feed."""
    if region is None:
        return "阳光集市直播日历" if language == "zh" else "Sunfair broadcasts"
    name = places.short_name(region, on, chinese=language == "zh")
    return f"阳光集市·{name}直播日历" if language == "zh" else f"Sunfair broadcasts: {name}"


def _event(entry: Entry, language: Language, public_url: str) -> Event:
    chinese = language == "zh"
    on = china_day(entry.starts_at)
    event = Event()
    event.add("uid", f"{entry.id}@sunfair")
    event.add("sequence", entry.version)
    event.add("dtstamp", entry.updated_at.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", entry.updated_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("status", _STATUS[entry.state])
    event.add("summary", entry.title_zh if chinese else entry.title_en, parameters={"language": language})
    event.add("location", places.full_name(entry.region_code, on, chinese=chinese))
    event.add("description", _description(entry, chinese=chinese))
    event.add("url", f"{public_url}/{language}/broadcasts/{entry.id}")
    event.add("transp", "TRANSPARENT")
    return event


def _description(entry: Entry, *, chinese: bool) -> str:
    if chinese:
        return f"地区介绍：{entry.presenter_post_zh}。农产品由主播销售，官员不带货。"
    return f"The region is presented by the {entry.presenter_post_en}. Hosts sell; officials do not."


def _alarm(entry: Entry, language: Language) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", entry.title_zh if language == "zh" else entry.title_en)
    alarm.add("trigger", -REMIND_BEFORE)
    return alarm
