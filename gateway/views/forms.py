"""Long forms as data: what is asked, how what was typed becomes a body for a service, and how a body fills the form.

A field's name is its path in the body, with dots: `certificates.0.number`. What was left empty is left out, because an
absent fact is a missing one and never a no. A field that cannot be read is said beside it, with what was typed kept.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any, Literal

from gateway.views import SHANGHAI, instant

Json = dict[str, Any]
Say = Callable[[str], str]
Kind = Literal[
    "line",
    "area",
    "yuan",
    "kg",
    "tonnes",
    "count",
    "percent",
    "day",
    "moment",
    "flag",
    "choice",
    "many",
    "lines",
    "file",
]

HELD = "__held"
NONE_OF_THEM = "none__"
_SCALES: Mapping[str, int] = {"yuan": 100, "kg": 1000, "tonnes": 1_000_000, "percent": 100, "count": 1}
_LARGEST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `options` are (value, words) of `choice` and `many`; `document` is the kind of a file."""

    name: str
    label: str
    kind: Kind = "line"
    hint: str | None = None
    required: bool = False
    options: Sequence[tuple[Any, ...]] = ()
    suffix: str | None = None
    rows: int = 4
    document: str = "other"
    most: int = 2000
    attrs: Mapping[str, str] = field(default_factory=dict)

    @property
    def entries(self) -> "tuple[Field | Rows, ...]":
        """Itself; alike for `Rows`."""
        return (self,)


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of small records. `none_label`: the words of a box that says there are none, which is a known absence."""

    name: str
    label: str
    fields: tuple[Field, ...]
    hint: str | None = None
    none_label: str | None = None
    row_word: str = ""
    spare: int = 1
    most: int = 20

    def row(self, index: int) -> list[Field]:
        """The fields of one record."""
        return [replace(each, name=f"{self.name}.{index}.{each.name}", required=False) for each in self.fields]


Entry = Field | Rows


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a form under its own heading. `folded`: words of the fold behind which it waits while it is empty."""

    id: str
    title: str
    entries: tuple[Entry, ...]
    lead: str | None = None
    folded: str | None = None


class NotReadable(ValueError):
    """What was typed is no such value."""


@dataclass
class Typed:
    """What came of a form: the body, sentences beside fields that could not be read, and everything as typed.

    `files`: the fields with a chosen file, each with the name under which it goes on; `kept`: what became of them.
    """

    body: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    shown: dict[str, Any] = field(default_factory=dict)
    files: list[tuple[Field, str]] = field(default_factory=list)
    kept: dict[str, Json] = field(default_factory=dict)


Form = Mapping[str, Any]
"""Starlette's FormData, or anything with `get` and, for several values of a name, `getlist`."""


def fields_of(sections: Iterable[Section]) -> list[Entry]:
    """Every question of the sections."""
    return [entry for section in sections for entry in section.entries]


def read(entries: Iterable[Entry], form: Form, _: Say) -> Typed:
    """The form as a body. Nothing is invented: an empty field is left out."""
    typed = Typed()
    for entry in entries:
        if isinstance(entry, Rows):
            _read_rows(entry, form, _, typed)
        else:
            _read_field(entry, form, _, typed)
    typed.body = packed(typed.body)
    return typed


def _read_rows(rows: Rows, form: Form, _: Say, typed: Typed) -> None:
    kept = 0
    for index in range(rows.most):
        part = Typed()
        for each in rows.row(index):
            _read_field(each, form, _, part)
        if not (part.body or part.files or part.errors):
            continue
        moved = f"{rows.name}.{kept}."
        for into, found in ((typed.body, part.body), (typed.errors, part.errors), (typed.shown, part.shown)):
            into.update({_moved(name, rows.name, moved): value for name, value in found.items()})
        typed.files += [(each, _moved(name, rows.name, moved)) for each, name in part.files]
        kept += 1
    if kept == 0 and rows.none_label is not None and form.get(NONE_OF_THEM + rows.name):
        typed.body[rows.name] = []
        typed.shown[NONE_OF_THEM + rows.name] = True


def _moved(name: str, rows: str, to: str) -> str:
    return to + name.removeprefix(f"{rows}.").split(".", 1)[1]


def _read_field(asked: Field, form: Form, _: Say, typed: Typed) -> None:
    if asked.kind == "many":
        values = [str(value) for value in getlist(form, asked.name)]
        typed.shown[asked.name] = values
        if values:
            typed.body[asked.name] = [_option(asked, value) for value in values]
        return
    if asked.kind == "file":
        _read_file(asked, form, typed)
        return
    text = str(form.get(asked.name) or "").strip()
    typed.shown[asked.name] = text
    if not text:
        return
    try:
        typed.body[asked.name] = value_of(asked, text)
    except NotReadable:
        typed.errors[asked.name] = cannot_read(asked.kind, _)


def _option(asked: Field, value: str) -> Any:
    return next((option[0] for option in asked.options if str(option[0]) == value), value)


def _read_file(asked: Field, form: Form, typed: Typed) -> None:
    chosen, held = form.get(asked.name), str(form.get(asked.name + HELD) or "")
    if held:
        typed.body[asked.name] = held
        typed.shown[asked.name] = held
    if getattr(chosen, "filename", None):
        typed.files.append((asked, asked.name))


def getlist(form: Form, name: str) -> list[Any]:
    """Every value of the name."""
    several = getattr(form, "getlist", None)
    return list(several(name)) if several else [form[name]] if name in form else []


def value_of(asked: Field, text: str) -> Any:
    """The typed text as a value. Raises NotReadable."""
    if asked.kind in _SCALES:
        return _scaled(text, _SCALES[asked.kind])
    match asked.kind:
        case "flag":
            return {"yes": True, "no": False}.get(text)
        case "moment":
            return _moment(text)
        case "lines":
            return [line.strip() for line in text.splitlines() if line.strip()]
        case "choice":
            return _option(asked, text)
    return text


def _scaled(text: str, by: int) -> int:
    """A decimal number as a whole number of small units, never through a float."""
    try:
        scaled = Decimal(text.replace(",", "").replace("，", "").removeprefix("¥")) * by
    except InvalidOperation as error:
        raise NotReadable(text) from error
    if not scaled.is_finite() or abs(scaled) > _LARGEST or scaled != scaled.to_integral_value():
        raise NotReadable(text)
    return int(scaled)


def _moment(text: str) -> str:
    try:
        local = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotReadable(text) from error
    return local.replace(tzinfo=SHANGHAI).isoformat() if local.tzinfo is None else local.isoformat()


def cannot_read(kind: Kind, _: Say) -> str:
    """What to type instead."""
    if kind == "yuan":
        return _("Write an amount in yuan, such as 29.90.")
    if kind == "kg":
        return _("Write a weight in kilograms, such as 2.5.")
    if kind == "tonnes":
        return _("Write a weight in tonnes, such as 120.5.")
    if kind == "percent":
        return _("Write a share in percent, such as 12.5.")
    if kind == "count":
        return _("Write a whole number.")
    return _("Write a day and a time, such as 2026-03-02 19:30.")


def shown_value(asked: Field, value: Any) -> Any:
    """A value of a body as the form shows it."""
    if value is None:
        return [] if asked.kind == "many" else ""
    if asked.kind in _SCALES:
        return plain(value, _SCALES[asked.kind])
    match asked.kind:
        case "flag":
            return "yes" if value else "no"
        case "moment":
            return f"{instant(value):%Y-%m-%dT%H:%M}"
        case "lines":
            return "\n".join(str(each) for each in value)
        case "many":
            return [str(each) for each in value]
    return str(value)


def plain(value: int, scale: int) -> str:
    """A whole number of small units as a decimal number without trailing noughts."""
    return f"{Decimal(value) / scale:f}".rstrip("0").rstrip(".") if value % scale else str(value // scale)


def shown_of(entries: Iterable[Entry], body: Json) -> dict[str, Any]:
    """What the form shows for a stored body."""
    shown: dict[str, Any] = {}
    for entry in entries:
        if isinstance(entry, Rows):
            records = found(body, entry.name)
            if records == [] and entry.none_label is not None:
                shown[NONE_OF_THEM + entry.name] = True
            for index in range(len(records or ())):
                shown |= {each.name: shown_value(each, found(body, each.name)) for each in entry.row(index)}
        else:
            shown[entry.name] = shown_value(entry, found(body, entry.name))
    return shown


def row_count(rows: Rows, shown: Mapping[str, Any]) -> int:
    """How many records the form draws: those there are and some to fill in."""
    pattern = re.compile(re.escape(rows.name) + r"\.(\d+)\.")
    last = max((int(match[1]) for name, value in shown.items() if value and (match := pattern.match(name))), default=-1)
    return min(last + 1 + rows.spare, rows.most)


def found(body: Any, path: str) -> Any:
    """The value at a dotted path; None where there is nothing."""
    for word in path.split("."):
        if isinstance(body, list):
            body = body[int(word)] if word.isdigit() and int(word) < len(body) else None
        elif isinstance(body, dict):
            body = body.get(word)
        else:
            return None
    return body


def packed(flat: Mapping[str, Any]) -> Json:
    """`{"a.0.b": 1}` as `{"a": [{"b": 1}]}`."""
    body: Json = {}
    for name, value in flat.items():
        put(body, name.split("."), value)
    return body


def put(body: Json, words: Sequence[str], value: Any) -> None:
    """Set the value at a path, making what lies on the way."""
    here: Any = body
    for word, following in pairwise(words):
        inner: Any = [] if following.isdigit() else {}
        here = _step(here, word, inner)
    if isinstance(here, list):
        # Another file in the place of one that is kept replaces it.
        place = int(words[-1])
        here[place : place + 1] = [value]
    else:
        here[words[-1]] = value


def _step(here: Any, word: str, inner: Any) -> Any:
    if isinstance(here, dict):
        return here.setdefault(word, inner)
    while len(here) <= int(word):
        here.append(type(inner)())
    return here[int(word)]


MOST_AT_A_GLANCE = 6
"""A form of more parts shows the first one, and of the others what they are about."""


@dataclass(frozen=True, slots=True)
class Part:
    """How a part of a form is drawn: whether it can be folded, whether it stands open, and how much it holds."""

    folds: bool
    open: bool
    filled: int


def parts_of(sections: Sequence[Section], shown: Mapping[str, Any], concerned: Iterable[str]) -> dict[str, Part]:
    """Part by the section's id. Open: with a field that an error or a finding has `concerned`, or that must be filled.

    A browser does not send a form whose required field lies empty in a closed fold, and cannot show which one it is.
    """
    folds, named, parts = len(sections) > MOST_AT_A_GLANCE, set(concerned), {}
    for place, section in enumerate(sections):
        names = list(names_of(section.entries, shown))
        filled = sum(1 for name in names if shown.get(name) or shown.get(NONE_OF_THEM + name))
        asked = any(not isinstance(each, Rows) and each.required for each in section.entries)
        parts[section.id] = Part(folds and place > 0, place == 0 or asked or not named.isdisjoint(names), filled)
    return parts


def names_of(entries: Iterable[Entry], shown: Mapping[str, Any]) -> Iterator[str]:
    """The name of every field that the form draws."""
    for entry in entries:
        if isinstance(entry, Rows):
            for index in range(row_count(entry, shown)):
                yield from (each.name for each in entry.row(index))
            yield entry.name
        else:
            yield entry.name


def labels_of(entries: Iterable[Entry], shown: Mapping[str, Any]) -> dict[str, str]:
    """What the form calls each field that it draws; a field of a record says of which one."""
    labels: dict[str, str] = {}
    for entry in entries:
        labels[entry.name] = entry.label
        if isinstance(entry, Rows):
            for index in range(row_count(entry, shown)):
                labels |= {each.name: f"{entry.label} {index + 1} · {each.label}" for each in entry.row(index)}
    return labels


def beside(errors: Mapping[str, str], names: Iterable[str], prefix: str = "") -> list[Json]:
    """Errors as `error_summary` and the fields take them, each at the nearest field that the form draws."""
    known = list(names)
    return [{"field": nearest(name.removeprefix(prefix), known), "detail": text} for name, text in errors.items()]


def nearest(name: str, known: Iterable[str]) -> str:
    """The drawn field that a path speaks of: itself, what it lies in, or its first part; else the path as it is."""
    names = set(known)
    words = name.split(".")
    for length in range(len(words), 0, -1):
        shorter = ".".join(words[:length])
        if shorter in names:
            return shorter
    return next((each for each in sorted(names) if each.startswith(f"{name}.")), name)
