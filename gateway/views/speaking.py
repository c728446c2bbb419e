"""Who speaks: what a view needs of a page to answer in its language."""

from typing import Any, Protocol

from gateway.views import region_name
from services.contracts import regions

MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Speaker(Protocol):
    """A language and its catalogue; every page is one."""

    @property
    def language(self) -> str:
        """`zh` or `en`."""

    def _(self, message: str, **values: Any) -> str:
        """A sentence in the language."""


def chosen(speaker: Speaker, pair: dict[str, Any] | None) -> str:
    """`{"zh": …, "en": …}` in the language."""
    return str((pair or {}).get(speaker.language) or "")


def own(speaker: Speaker, entity: dict[str, Any], name: str) -> str:
    """`title_zh` or `title_en`; the other one where this is empty."""
    other = "en" if speaker.language == "zh" else "zh"
    return str(entity.get(f"{name}_{speaker.language}") or entity.get(f"{name}_{other}") or "")


def month_name(speaker: Speaker, month: int) -> str:
    """`3月` or `Mar`."""
    return f"{month}月" if speaker.language == "zh" else MONTHS_EN[month - 1]


def season(speaker: Speaker, months: list[int]) -> str | None:
    """Months of the year as people say them, over the turn of the year too; None when none are known."""
    if not months:
        return None
    if len(months) == 12:
        return speaker._("All year round")
    starts = [month for month in sorted(set(months)) if (month - 2) % 12 + 1 not in months]
    return ("、" if speaker.language == "zh" else ", ").join(_run(speaker, start, months) for start in starts)


def _run(speaker: Speaker, start: int, months: list[int]) -> str:
    end = start
    while end % 12 + 1 in months:
        end = end % 12 + 1
    if end == start:
        return month_name(speaker, start)
    if speaker.language == "zh":
        return f"{start}月至{'次年' if end < start else ''}{end}月"
    return f"{month_name(speaker, start)} to {month_name(speaker, end)}"


def place(speaker: Speaker, code: str) -> str:
    """The region with all that stands above it, from its own time; the code itself when it is unknown."""
    row = regions.known(code)
    if row is None:
        return code
    above = regions.ancestors(code, row.valid_from)
    names = [region_name(each, speaker.language) for each in (*reversed(above), code)]
    return "".join(names) if speaker.language == "zh" else ", ".join(reversed(names))
