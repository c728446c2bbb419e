"""Suspended producers as pages show them: who, where, since when, by which office and why."""

from typing import Any

from gateway.views import show_instant
from gateway.views.speaking import Speaker, own, place

Json = dict[str, Any]


def suspension_row(speaker: Speaker, producer: Json) -> Json:
    """A producer, with the suspension in force where there is one."""
    found = producer["suspension"]
    return {
        "id": producer["id"],
        "version": producer["version"],
        "title": own(speaker, {"name_zh": producer["name"], "name_en": producer["name_en"]}, "name"),
        "where": place(speaker, producer["region"]["code"]),
        "uscc": producer["uscc"],
        "history": f"/{speaker.language}/edits/producer/{producer['id']}",
        "office": found["office"] if found else None,
        "since": show_instant(found["at"], speaker.language) if found else None,
        "reason": own(speaker, found, "reason") if found else None,
    }


def suspended_row(speaker: Speaker, row: Json) -> Json:
    """A producer of the visitor's regions who is suspended, for the desk."""
    return {
        "href": f"/{speaker.language}/edits/producer/{row['producer_id']}",
        "title": row["name"],
        "where": "",
        "when": show_instant(row["at"], speaker.language),
        "state": {"kind": "fail", "text": speaker._("Suspended")},
        "reason": own(speaker, row, "reason"),
        "next": row["office"],
    }
