"""Numbers that everybody may see: none rests on fewer than ten buyers, and no two of them tell of fewer either."""

from collections.abc import Iterable, Mapping
from typing import Any

FEWEST = 10
STAGES = ("paid", "dispatched", "moved", "delivered", "verified", "given_back")
COUNTED = ("received", "open", "unacknowledged_late", "undecided_late", "refunds_late")


def at_least(count: int, buyers: int) -> int | None:
    """The count rounded down to a whole ten, so that no difference of two tells of one buyer; None below ten buyers."""
    return count - count % FEWEST if buyers >= FEWEST else None


def stages(counted: Mapping[str, tuple[int, int]]) -> dict[str, int | None]:
    """Every stage with what may be said of it; `counted`: orders and buyers by stage."""
    return {stage: at_least(*counted.get(stage, (0, 0))) for stage in STAGES}


def by_region(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Regions about which at least ten buyers complained; then all others together, without a code, where they suffice.

    `rows`: a region's code, its buyers, and its counts.
    """
    listed: list[dict[str, Any]] = []
    rest: dict[str, Any] = {"region_code": None, "buyers": 0, **dict.fromkeys(COUNTED, 0)}
    for row in rows:
        if row["buyers"] >= FEWEST:
            listed.append(_rounded(row))
        else:
            rest |= {name: rest[name] + row[name] for name in ("buyers", *COUNTED)}
    return [*listed, _rounded(rest)] if rest["buyers"] >= FEWEST else listed


def _rounded(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"region_code": row["region_code"], **{name: at_least(row[name], row["buyers"]) for name in COUNTED}}
