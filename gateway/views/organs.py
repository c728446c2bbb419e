"""Organs as administrators see them."""

from typing import Any

from gateway.views.people_forms import organ_kinds, organ_levels
from gateway.views.speaking import Speaker, place

Json = dict[str, Any]


def organ_row(speaker: Speaker, row: Json) -> Json:
    """One organ, in words."""
    kinds: Json = dict(organ_kinds(speaker._))
    levels: Json = dict(organ_levels(speaker._))
    where = place(speaker, row["region_code"]) if row["region_code"] else levels.get(row["level"], row["level"])
    return {
        "name": row["name"],
        "region_code": row["region_code"] or "",
        "where": where,
        "kind": kinds.get(row["kind"], row["kind"]),
        "accounts": row["accounts"],
        "headcount": row["headcount"],
    }
