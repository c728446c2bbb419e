"""The facts as records that compiled code reads and writes, made of their one definition by the same annotations.

A document that is plainly right becomes records at once. Whatever is not, for whatever reason, is left to the strict
parser, which alone says what is wrong; a test holds the two together.
"""

import functools
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Annotated, Any, Union

import msgspec
from pydantic.fields import FieldInfo

from services.compliance.rules.facts.values import Day, Instant, in_bounds

# Both libraries call these alike, and the compiled reader is always as strict as ours.
_BOUNDS = ("ge", "le", "min_length", "max_length", "pattern")
_REFUSALS = (msgspec.ValidationError, UnicodeEncodeError, OverflowError, RecursionError, TypeError)


def read(definition: Any, document: Mapping[str, Any]) -> tuple[Any, dict[str, Any]] | None:
    """The document as records, and as we write it; None unless it is plainly right and says just the same already."""
    kind = record_of(definition)
    try:
        record = msgspec.convert(document, kind)
        written = document_of(record)
    except _REFUSALS:
        return None
    # An instant in another spelling or a null may have been let pass, but is not as it was when it is written again.
    return (record, written) if written == document else None


def document_of(record: Any) -> dict[str, Any]:
    """The JSON document of a record, absent facts left out."""
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(record))
    return document


@functools.cache
def record_of(definition: Any) -> Any:
    """The record with the fields of a fact class, all optional, frozen and closed like those."""
    hints = typing.get_type_hints(definition, include_extras=True)
    dated = [name for name, hint in hints.items() if hint in (Day | None, Instant | None)]
    return msgspec.defstruct(
        definition.__name__,
        [(field.name, _type(hints[field.name]), None) for field in fields(definition)],
        namespace={"__post_init__": _within_bounds(dated)} if dated else {},
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
        omit_defaults=True,
        gc=False,
    )


def _within_bounds(dated: list[str]) -> Callable[[Any], None]:
    """Refuses days and instants that no case can have."""

    def check(record: Any) -> None:
        for name in dated:
            value: date | None = getattr(record, name)
            if value is not None and not in_bounds(value):
                raise ValueError(name)

    return check


def _type(hint: Any) -> Any:
    """The hint in the words of the compiled reader."""
    if hint == Day:
        return date
    if hint == Instant:
        return Annotated[datetime, msgspec.Meta(tz=True)]
    if is_dataclass(hint):
        return record_of(typing.cast(Any, hint))
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return functools.reduce(lambda one, other: one | other, map(_type, inner))
    if origin is tuple:
        return typing.cast(Any, tuple)[_type(inner[0]), ...]
    if origin is not Annotated:
        return hint
    bounds = _bounds(inner[1:])
    return Annotated[_type(inner[0]), msgspec.Meta(**bounds)] if bounds else _type(inner[0])


def _bounds(notes: tuple[Any, ...]) -> dict[str, Any]:
    """The bounds among the notes of an annotation. Raises NotImplementedError for one that is not known here."""
    found: dict[str, Any] = {}
    for note in notes:
        for limit in note.metadata if isinstance(note, FieldInfo) else ():
            told = {name: getattr(limit, name) for name in _BOUNDS if hasattr(limit, name)}
            if not told and not hasattr(limit, "strict"):
                raise NotImplementedError(repr(limit))
            found |= told
    if "pattern" in found:
        # Here `$` would also let a line break pass.
        found["pattern"] = found["pattern"].removesuffix("$") + r"\Z"
    return found
