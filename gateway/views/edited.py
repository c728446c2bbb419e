"""One field of an edit as people read it: the words of the form, values with their units, names in place of codes."""

from collections.abc import Callable, Mapping
from typing import Any

from gateway.views import (
    attributes,
    desk,
    goods_forms,
    lot_forms,
    region_name,
    show_day,
    show_instant,
    yuan,
)
from gateway.views.forms import Field, Rows, Section, fields_of, found, plain
from gateway.views.speaking import Speaker, season
from services.contracts import regions

Json = dict[str, Any]
LONGEST_VALUE = 200
GRAMS_PER_TONNE = 1_000_000


def field_of(speaker: Speaker, kind: str, path: str) -> tuple[str, Field | Rows | None]:
    """The field as the form calls it, its lot before it, and its question; no question where no form asks."""
    lot, _, rest = path.rpartition("].")
    name = (rest if lot else path).removeprefix("tokens.")
    own_words = {
        "state": speaker._("State"),
        "reason_zh": speaker._("Reason in Chinese"),
        "reason_en": speaker._("Reason in English"),
    }
    asked = None if name in own_words else _questions(speaker, "lot" if lot else kind).get(name)
    words = own_words.get(name) or (asked.label if asked is not None else "") or name.replace("_", " ")
    number = lot.removeprefix("lots[")
    return (speaker._("Lot %(number)s: %(field)s", number=number, field=words) if lot else words), asked


def _questions(speaker: Speaker, kind: str) -> dict[str, Field | Rows]:
    say = speaker._
    sections: Callable[[], list[Section]] = {
        "lot": lambda: [*lot_forms.lot_sections(say, [], [], []), *attributes.every_section(speaker)],
        "producer": lambda: goods_forms.producer_sections(say, []),
        "mark": lambda: goods_forms.mark_sections(say, []),
        "specialty": lambda: goods_forms.specialty_sections(say, [], [], [], []),
        "listing": lambda: goods_forms.listing_sections(say, [], [], new=True),
    }[kind]
    return {entry.name: entry for entry in fields_of(sections())}


def value_of(speaker: Speaker, path: str, asked: Field | Rows | None, value: Any) -> Json:
    """`{"text", "href"}` of what a field holds or held."""
    name = path.rpartition(".")[2]
    href = None
    if name == "event_id" and value:
        value, href = speaker._("Open it"), f"/{speaker.language}/events/{value}"
    elif name in ("producer_id", "specialty_id") and value:
        value, href = speaker._("Open it"), _place_of(speaker, name, value)
    elif path.endswith("].state") and isinstance(value, str):
        value = str(desk.listing_state(speaker, value)["text"])
    text = _text(speaker, asked, name, value)
    return {"text": text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…", "href": href}


def _place_of(speaker: Speaker, name: str, value: str) -> str:
    where = "edits/producer" if name == "producer_id" else "specialties"
    return f"/{speaker.language}/{where}/{value}"


def _text(speaker: Speaker, asked: Field | Rows | None, name: str, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(asked, Rows) and isinstance(value, list):
        return _between(speaker, [_record(speaker, asked, each) for each in value], "；", "; ")
    if isinstance(asked, Field) and (said := _asked(speaker, asked, value)):
        return said
    return _guessed(speaker, name, value)


def _record(speaker: Speaker, asked: Rows, record: Any) -> str:
    """One of several small records, by what is known of it."""
    known = [(each, found(record, each.name)) for each in asked.fields]
    parts = [f"{each.label} {_text(speaker, each, each.name, value)}" for each, value in known if value is not None]
    return _between(speaker, parts, "，", ", ")


def _asked(speaker: Speaker, asked: Field, value: Any) -> str:
    """What the form's question makes of a value; nothing where the kind tells no more than the value does."""
    if asked.kind == "choice":
        return str(next((option[1] for option in asked.options if option[0] == value), ""))
    if asked.kind == "count":
        return f"{value:,} {asked.suffix or ''}".strip()
    if asked.kind == "file":
        return speaker._("file %(hash)s", hash=f"{value[:12]}…")
    known = _KINDS.get(asked.kind)
    return known(speaker, value) if known else ""


def _mass(speaker: Speaker, grams: int) -> str:
    """Exact, so that a small change is seen to be one."""
    if grams >= GRAMS_PER_TONNE:
        return f"{plain(grams, GRAMS_PER_TONNE)} {'吨' if speaker.language == 'zh' else 't'}"
    return f"{plain(grams, 1000)} {'公斤' if speaker.language == 'zh' else 'kg'}"


_KINDS: Mapping[str, Callable[[Speaker, Any], str]] = {
    "yuan": lambda _speaker, value: yuan(int(value)),
    "kg": _mass,
    "tonnes": _mass,
    "percent": lambda _speaker, value: f"{plain(int(value), 100)} %",
    "day": lambda speaker, value: show_day(value, speaker.language),
    "moment": lambda speaker, value: show_instant(value, speaker.language),
}


def _guessed(speaker: Speaker, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return speaker._("Yes") if value else speaker._("No")
    if isinstance(value, int):
        return _number(speaker, name, value)
    if isinstance(value, list):
        return _of_list(speaker, name, value)
    if isinstance(value, dict):
        return _between(speaker, [_guessed(speaker, key, each) for key, each in value.items()], "，", ", ")
    return _code(speaker, name, str(value))


def _number(speaker: Speaker, name: str, value: int) -> str:
    if name.endswith("_fen"):
        return yuan(value)
    return _mass(speaker, value) if name.endswith("_grams") else f"{value:,}"


def _of_list(speaker: Speaker, name: str, value: list[Any]) -> str:
    if name == "season_months":
        return season(speaker, value) or "–"
    return _between(speaker, [_guessed(speaker, name, each) for each in value], "、", ", ")


def _code(speaker: Speaker, name: str, text: str) -> str:
    """A region by its name; other text as it is."""
    is_code = "region_code" in name or name == "declared_warehouses"
    return region_name(text, speaker.language) if is_code and regions.known(text) else text


def _between(speaker: Speaker, parts: list[str], zh: str, en: str) -> str:
    return (zh if speaker.language == "zh" else en).join(part for part in parts if part)
