"""What goods of a kind are described by: questions on the form of a lot, and what its page says."""

from typing import Any

from gateway.views.forms import Field, Kind, Section
from gateway.views.speaking import Speaker
from services.contracts.attributes import Attribute, all_attributes, attributes_of

Json = dict[str, Any]
_KINDS: dict[tuple[str, int], Kind] = {("integer", 1): "count", ("integer", 100): "percent", ("integer", 1_000): "kg"}


def attribute_section(speaker: Speaker, category_code: str) -> list[Section]:
    """The questions about goods of this kind; no section where nothing more is asked."""
    known = attributes_of(category_code)
    if not known:
        return []
    lead = speaker._("What buyers of such goods want to know. Numbers and choices only.")
    entries = tuple(_field(speaker, each) for each in known)
    return [Section("attributes", speaker._("What describes such goods"), entries, lead=lead)]


def every_section(speaker: Speaker) -> list[Section]:
    """Every question about goods of any kind, each once."""
    named = {each.name: each for known in all_attributes().values() for each in known}
    return [Section("attributes", "", tuple(_field(speaker, each) for each in named.values()))]


def _field(speaker: Speaker, each: Attribute) -> Field:
    label = each.zh if speaker.language == "zh" else each.en
    kind: Kind = "flag" if each.kind == "flag" else "choice"
    if each.kind == "integer":
        kind = _KINDS[each.kind, each.scale]
    options = tuple((value, zh if speaker.language == "zh" else en) for value, zh, en in each.options)
    unit = (each.unit_zh if speaker.language == "zh" else each.unit_en) if kind == "count" else ""
    return Field(f"attributes.{each.name}", label, kind, options=options, suffix=unit or None)


def attribute_rows(speaker: Speaker, category_code: str, values: Json) -> list[Json]:
    """What a lot says of itself, in the order of the form."""
    return [
        {"name": each.zh if speaker.language == "zh" else each.en, "value": _value(speaker, each, values[each.name])}
        for each in attributes_of(category_code)
        if each.name in values
    ]


def _value(speaker: Speaker, each: Attribute, value: Any) -> str:
    chinese = speaker.language == "zh"
    if each.kind == "flag":
        return speaker._("Yes") if value else speaker._("No")
    if each.kind == "choice":
        return next((zh if chinese else en for option, zh, en in each.options if option == value), str(value))
    whole, rest = divmod(int(value), each.scale)
    digits = len(str(each.scale)) - 1
    number = f"{whole:,}.{rest:0{digits}d}".rstrip("0").rstrip(".") if rest else str(whole)
    unit = each.unit_zh if chinese else each.unit_en
    return f"{number} {unit}".strip()
