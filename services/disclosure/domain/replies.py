"""The right of reply: a region answers a finding, a reviewer who has no part in it decides, and the record says both.

An upheld reply takes the finding back, a partly upheld one leaves it under review, a rejected one changes nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any, Literal

from services.contracts.values import SHANGHAI, shanghai_day
from services.contracts.workdays import add_working_days

Document = Mapping[str, Any]
Outcome = Literal["upheld", "partly", "rejected"]

OFFICE_CLOSES = time(18)
SUBSTANTIATED, SUSPECTED = "substantiated", "suspected"


def deadline(since: datetime, working_days: int) -> datetime:
    """The close of business of the n-th working day after a moment."""
    return datetime.combine(add_working_days(shanghai_day(since), working_days)[0], OFFICE_CLOSES, SHANGHAI)


def told_since(releases: Sequence[Document], abuse: str) -> Document | None:
    """The release since which a finding is told as it is now, oldest first given; None while the newest tells none."""
    since: Document | None = None
    for release in reversed(releases):
        if _told(release, abuse) != _told(releases[-1], abuse):
            break
        since = release
    return since if releases and _told(releases[-1], abuse) else None


def _told(release: Document, abuse: str) -> list[tuple[str, str, int | None]]:
    return sorted((each["entity"], each["grade"], each["n"]) for each in release["findings"] if each["abuse"] == abuse)


def entity_of(release: Document, abuse: str) -> str:
    """What the finding is about. Raises StopIteration when there is none."""
    return str(next(each["entity"] for each in release["findings"] if each["abuse"] == abuse))


def set_aside(replies: Sequence[Document], found: Sequence[Document]) -> dict[str, Outcome]:
    """Which findings no longer stand as they were found, and how far.

    What a reviewer decided holds for what was found then. When more is found later, that is a new finding.
    """
    known = {each["abuse"]: (each["state"], each["items"]) for each in replies if each["state"] in ("upheld", "partly")}
    now: dict[str, int] = {}
    for each in found:
        now[each["abuse"]] = now.get(each["abuse"], 0) + each["n"]
    return {abuse: state for abuse, (state, items) in known.items() if now.get(abuse, 0) <= items}


def as_decided(findings: Sequence[dict[str, Any]], decided: Mapping[str, Outcome]) -> list[dict[str, Any]]:
    """The findings that are left, and how grave they are, once replies to them were decided."""
    left = [each for each in findings if decided.get(each["abuse"]) != "upheld"]
    return [_milder(each) if decided.get(each["abuse"]) == "partly" else each for each in left]


def _milder(finding: dict[str, Any]) -> dict[str, Any]:
    return finding | {"grade": SUSPECTED, "exhibits": []} if finding["grade"] == SUBSTANTIATED else finding


def grade_as_decided(grade: str, outcome: Outcome | None) -> str | None:
    """How grave a flag counts; None when it no longer does."""
    if outcome == "upheld":
        return None
    return SUSPECTED if outcome == "partly" and grade == SUBSTANTIATED else grade
