"""Retiring an operation in the open: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), and where to read what replaces it.

A route says it once, and every answer of it carries the headers, refusals too:

    @router.get("/old", deprecated=True, openapi_extra=retired(since=…, sunset=…, link="/docs/changes#old"))
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

KEY = "x-sunfair-retired"


def retired(*, since: datetime, sunset: datetime | None = None, link: str | None = None) -> dict[str, Any]:
    """What a route is given as `openapi_extra`: deprecated since an instant, gone at another, explained at a link.

    Raises ValueError for naive instants, and for an end before the beginning (RFC 9745 section 4).
    """
    if since.tzinfo is None or (sunset is not None and sunset.tzinfo is None):
        raise ValueError("An operation is retired at aware instants.")
    if sunset is not None and sunset < since:
        raise ValueError("An operation cannot be gone before it is deprecated.")
    told = {"deprecation": f"@{int(since.timestamp())}"}
    if sunset is not None:
        told["sunset"] = format_datetime(sunset.astimezone(UTC), usegmt=True)
    if link is not None:
        told["link"] = f'<{link}>; rel="deprecation"; type="text/html"'
    return {KEY: told}


def headers_of(route: Any) -> list[tuple[bytes, bytes]]:
    """The headers that every answer of the route carries; none for one that stays."""
    extra: Mapping[str, Any] = getattr(route, "openapi_extra", None) or {}
    return [(name.encode(), value.encode()) for name, value in extra.get(KEY, {}).items()]
