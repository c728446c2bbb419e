"""The building blocks of facts: bounded integers, days, instants, codes; no coercion from other kinds."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, TypeVar, cast, dataclass_transform

from pydantic import BeforeValidator, ConfigDict, Field

T = TypeVar("T")

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)\Z",
    re.ASCII,
)
_FINER = re.compile(r"(\.\d{6})\d+", re.ASCII)
_EARLIEST, _LATEST = date(1949, 10, 1), date(2200, 1, 1)


def in_bounds(value: date) -> bool:
    """Whether a day or an instant lies where cases can lie; beyond, instants have no neighbours in every time zone."""
    if isinstance(value, datetime):
        return _EARLIEST < value.date() < _LATEST
    return _EARLIEST <= value < _LATEST


def _parse_day(value: object) -> date:
    if not isinstance(value, str) or not _DAY.match(value):
        raise ValueError("a day is written YYYY-MM-DD")
    day = date.fromisoformat(value)
    if not in_bounds(day):
        raise ValueError("a day lies between 1949-10-01 and 2199-12-31")
    return day


def _parse_instant(value: object) -> datetime:
    if not isinstance(value, str) or not _INSTANT.match(value):
        raise ValueError("an instant is written as RFC 3339 with its offset, such as 2020-03-02T09:00:00+08:00")
    if "." in value:
        # Python 3.11 reads up to six digits of a second; further digits carry nothing that a rule could use.
        value = _FINER.sub(r"\1", value)
    instant = datetime.fromisoformat(value.upper())
    if not in_bounds(instant):
        raise ValueError("an instant lies between 1949-10-01 and 2199-12-31")
    return instant


Fen = Annotated[int, Field(strict=True, ge=0, le=10**12)]
Grams = Annotated[int, Field(strict=True, ge=0, le=10**13)]
Share = Annotated[int, Field(strict=True, ge=0, le=10_000, description="basis points, 10,000 = 100 %")]
Rate = Annotated[int, Field(strict=True, ge=-1_000_000, le=1_000_000, description="basis points, may be negative")]
Count = Annotated[int, Field(strict=True, ge=0, le=10**9)]
Days = Annotated[int, Field(strict=True, ge=0, le=100_000)]
Level = Annotated[int, Field(strict=True, ge=1, le=4, description="1 is the gravest")]
Month = Annotated[int, Field(strict=True, ge=1, le=12)]
Flag = Annotated[bool, Field(strict=True)]
Day = Annotated[date, BeforeValidator(_parse_day)]
Instant = Annotated[datetime, BeforeValidator(_parse_instant)]
Region = Annotated[str, Field(pattern=r"^[0-9]{6}$", description="GB/T 2260 code")]
Township = Annotated[str, Field(pattern=r"^[0-9]{9}$", description="statistical code of a township")]
Code = Annotated[str, Field(min_length=1, max_length=64)]
Id = Annotated[str, Field(min_length=1, max_length=200)]
Token = Annotated[str, Field(min_length=1, max_length=200, description="opaque: equality is all it can tell")]
Name = Annotated[str, Field(max_length=300)]
Line = Annotated[str, Field(max_length=2_000)]
Prose = Annotated[str, Field(max_length=1_100_000)]
Hash = Annotated[str, Field(max_length=128)]
# A malformed code must reach the rule that refuses it in words, so only its length is bounded here.
Uscc = Annotated[str, Field(max_length=64)]

# Long enough for any real case; a longer list is an attack or a mistake.
Many = Annotated[tuple[T, ...], Field(max_length=2_000)]

_DEFINE = cast(Callable[[type[Any]], type[Any]], dataclass(frozen=True, slots=True, kw_only=True))


@dataclass_transform(frozen_default=True, kw_only_default=True)
def fact(definition: type[T]) -> type[T]:
    """Frozen dataclass whose fields are all optional and which refuses fields it does not know."""
    vars_of_definition = cast(Any, definition)
    vars_of_definition.__pydantic_config__ = ConfigDict(extra="forbid")
    return _DEFINE(definition)
