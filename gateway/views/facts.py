"""The facts of a decision in readable form: every field by its name, money, mass and days as people write them."""

import re
from typing import Any

from gateway.views import day_of, mass, region_name, share, show_day, show_instant, yuan
from gateway.views.codes import category_word, field_name, word_of
from gateway.views.speaking import Speaker, own, season

Json = dict[str, Any]

_HASH = re.compile(r"[0-9a-f]{64}\Z", re.ASCII)
_REGION = re.compile(r"(?:.*_)?region_codes?\Z|jurisdiction\Z|declared_warehouses\Z|code\Z")


def groups(speaker: Speaker, facts: Json) -> list[Json]:
    """The facts group by group, `{"name", "entries": [{"title", "rows": [{"name", "value"}]}]}`."""
    return [
        {"name": field_name(speaker, key), "entries": _entries(speaker, key, value)}
        for key, value in facts.items()
        if value not in (None, [], {})
    ]


def _entries(speaker: Speaker, key: str, value: Any) -> list[Json]:
    if isinstance(value, list):
        return [{"title": _title(speaker, each), "rows": _rows(speaker, key, each)} for each in value]
    return [{"title": None, "rows": _rows(speaker, key, value)}]


def _title(speaker: Speaker, entry: Any) -> str | None:
    return own(speaker, {"name_zh": entry.get("name")}, "name") or None if isinstance(entry, dict) else None


def _rows(speaker: Speaker, key: str, entry: Any, prefix: str = "") -> list[Json]:
    """Names and values of one entry; what lies deeper keeps the name of what it lies in."""
    if not isinstance(entry, dict):
        return [{"name": prefix or field_name(speaker, key), "value": value_of(speaker, key, entry)}]
    rows: list[Json] = []
    for field, value in entry.items():
        label = f"{prefix} · {field_name(speaker, field)}" if prefix else field_name(speaker, field)
        if value in (None, [], {}):
            continue
        if isinstance(value, dict):
            rows += _rows(speaker, field, value, label)
        elif isinstance(value, list) and isinstance(value[0], dict):
            for number, each in enumerate(value, start=1):
                rows += _rows(speaker, field, each, f"{label} {number}")
        else:
            rows.append({"name": label, "value": value_of(speaker, field, value)})
    return rows


def value_of(speaker: Speaker, field: str, value: Any) -> str:
    """A value by the unit that its field's name tells."""
    if isinstance(value, list):
        if field == "season_months":
            return season(speaker, value) or ""
        return ("、" if speaker.language == "zh" else ", ").join(value_of(speaker, field, each) for each in value)
    if isinstance(value, bool):
        return speaker._("Yes") if value else speaker._("No")
    if isinstance(value, int):
        return _number(speaker, field, value)
    return _text(speaker, field, str(value))


def _number(speaker: Speaker, field: str, value: int) -> str:
    if field.endswith("_fen"):
        return yuan(value) if value >= 0 else f"-{yuan(-value)}"
    if field.endswith("grams"):
        return mass(value, speaker.language)
    if field.endswith("_bp"):
        return share(value)
    return str(value)


def _text(speaker: Speaker, field: str, text: str) -> str:
    if _HASH.match(text):
        return f"{text[:8]}…{text[-4:]}"
    try:
        if field.endswith("_at"):
            return show_instant(text, speaker.language)
        if field.endswith("_on"):
            return show_day(day_of(text), speaker.language)
    except ValueError:
        return text
    if _REGION.match(field):
        return region_name(text, speaker.language)
    return category_word(speaker, text) if field.startswith("category_code") else word_of(speaker, text)
