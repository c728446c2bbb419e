"""Registered events of force majeure with their declarations; grade, warning and response stay three scales."""

from datetime import datetime
from typing import Any

from gateway.views import instant, region_name, show_day
from gateway.views.codes import category_word, word_of
from gateway.views.speaking import Speaker, own

Json = dict[str, Any]
ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}
CHINESE = {1: "一", 2: "二", 3: "三", 4: "四"}


def event_head(speaker: Speaker, event: Json, now: datetime) -> Json:
    """What happened, where, when, and who vouches for it; a day of lifting that is to come has lifted nothing yet."""
    document = event["document"]
    lifts = [instant(each["lifted_at"]) for each in document.get("declarations", ()) if each.get("lifted_at")]
    return {
        "title": own(speaker, event, "title"),
        "kind": event_kind(speaker, document.get("event_type", "")),
        "regions": [
            {"name": region_name(code, speaker.language), "href": f"/{speaker.language}/regions/{code}"}
            for code in event["region_codes"]
        ],
        "occurred": show_day(instant(event["occurred_at"]).date(), speaker.language),
        "verified": event["verified"],
        "lifted": event["lifted"] and all(lift <= now for lift in lifts),
        "registrar": event["registered_by_organ"],
        "verifications": [
            {
                "organ": each["organ"] or "–",
                "day": show_day(instant(each["verified_at"]).date(), speaker.language),
            }
            for each in event["verifications"]
        ],
    }


def event_kind(speaker: Speaker, kind: str) -> str:
    """The kind of event; what is no force majeure is said to be none."""
    words = {
        "natural": speaker._("Natural disaster"),
        "public_health": speaker._("Public health"),
        "accident": speaker._("Accident"),
        "animal_disease": speaker._("Animal disease"),
        "crop_pest": speaker._("Crop pest"),
        "social_safety": speaker._("Public safety"),
    }
    return words.get(kind) or speaker._("Not force majeure")


def declarations(speaker: Speaker, document: Json, now: datetime) -> list[Json]:
    """Each declaration with the scale it stands on."""
    return [_declaration(speaker, each, now) for each in document.get("declarations", ())]


def _declaration(speaker: Speaker, each: Json, now: datetime) -> Json:
    authority = each.get("authority") or {}
    return {
        "title": each.get("title") or each.get("doc_no") or declaration_kind(speaker, each.get("kind", "")),
        "kind": declaration_kind(speaker, each.get("kind", "")),
        "authority": authority.get("name") or "–",
        "doc_no": each.get("doc_no"),
        "issued": _day(speaker, each.get("issued_at")),
        "lifted": _lifting(speaker, each.get("lifted_at"), now),
        "url": each["url"] if str(each.get("url", "")).startswith(("https://", "http://")) else None,
        "scales": [
            {"name": speaker._("Grade of the event"), "value": grade(speaker, each.get("event_grade"))},
            {"name": speaker._("Warning"), "value": warning(speaker, each.get("warning_level"))},
            {"name": speaker._("Response"), "value": response(speaker, each.get("response_level"))},
        ],
    }


def zones(speaker: Speaker, document: Json, now: datetime) -> list[Json]:
    """Each zone in which a disease restricts movement: where, which goods, from when until when."""
    separator = "、" if speaker.language == "zh" else ", "
    return [
        {
            "kind": word_of(speaker, each.get("zone", "")),
            "where": region_name(each.get("region_code", ""), speaker.language),
            "townships": separator.join(each.get("township_codes") or ()),
            "goods": separator.join(category_word(speaker, code) for code in each.get("category_codes") or ()),
            "sealed": _day(speaker, each.get("sealed_at")),
            "lifted": _lifting(speaker, each.get("lifted_at"), now),
        }
        for each in document.get("quarantines", ())
    ]


def _lifting(speaker: Speaker, value: str | None, now: datetime) -> str | None:
    day = _day(speaker, value)
    if value is None or day is None:
        return None
    return speaker._("lifted on %(day)s", day=day) if instant(value) <= now else speaker._("ends on %(day)s", day=day)


def _day(speaker: Speaker, value: str | None) -> str | None:
    return show_day(instant(value).date(), speaker.language) if value else None


def grade(speaker: Speaker, level: int | None) -> str:
    """How grave the event was."""
    words = {
        1: speaker._("Especially grave (I)"),
        2: speaker._("Grave (II)"),
        3: speaker._("Considerable (III)"),
        4: speaker._("Ordinary (IV)"),
    }
    return words.get(level or 0) or speaker._("not stated")


def warning(speaker: Speaker, level: int | None) -> str:
    """The colour of a warning."""
    words = {
        1: speaker._("Red"),
        2: speaker._("Orange"),
        3: speaker._("Yellow"),
        4: speaker._("Blue"),
    }
    return words.get(level or 0) or speaker._("none")


def response(speaker: Speaker, level: int | None) -> str:
    """The level of an emergency response."""
    if level is None:
        return speaker._("none")
    return f"{CHINESE[level]}级响应" if speaker.language == "zh" else f"Level {ROMAN[level]}"


def declaration_kind(speaker: Speaker, kind: str) -> str:
    """What was declared."""
    words = {
        "response": speaker._("Emergency response"),
        "disaster": speaker._("Declaration of disaster"),
        "epidemic": speaker._("Declaration of an epidemic"),
        "lockdown": speaker._("Lockdown"),
        "warning": speaker._("Warning"),
        "statement": speaker._("Statement"),
    }
    return words.get(kind) or speaker._("Declaration")
