"""The kinds of values that the bodies of catalog are made of: bounded, strict, and refused with a sentence."""

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from services.contracts.values import RegionCode

__all__ = ["RegionCode"]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_EARLIEST, _LATEST = date(1949, 10, 1), date(2200, 1, 1)


class In(BaseModel):
    """A body or a part of one: unknown fields are refused, so that a misspelt fact is never silently lost."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Out(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(from_attributes=True)


def _plain(text: str) -> str:
    """Refuse what no database, page or signature can carry: control characters and lone surrogates."""
    for sign in text:
        if unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\r\t":
            raise ValueError("Must not contain control characters.", "不得包含控制字符。")
    return text


def _one_line(text: str) -> str:
    if "\n" in text or "\r" in text:
        raise ValueError("Must be one line.", "只能是一行文字。")
    return _plain(text)


def _day(value: object) -> date:
    day = None
    if isinstance(value, date) and not isinstance(value, datetime):
        day = value
    elif isinstance(value, str) and _DAY.fullmatch(value):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
    if day is None or not _EARLIEST <= day < _LATEST:
        raise ValueError("Must be a day such as 2020-03-02.", "须为日期，例如 2020-03-02。")
    return day


def _instant(value: object) -> datetime:
    instant = value if isinstance(value, datetime) else None
    if isinstance(value, str):
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            instant = None
    if instant is None or instant.tzinfo is None or not _EARLIEST < instant.date() < _LATEST:
        raise ValueError(
            "Must be an instant with its offset, such as 2020-03-02T09:00:00+08:00.",
            "须为带时区的时间，例如 2020-03-02T09:00:00+08:00。",
        )
    return instant


def _distinct(values: list[Any]) -> list[Any]:
    if len(set(values)) != len(values):
        raise ValueError("Must not repeat a value.", "不得重复。")
    return values


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
Line = Annotated[str, Field(min_length=1, max_length=2_000), AfterValidator(_one_line)]
Prose = Annotated[str, Field(max_length=20_000), AfterValidator(_plain)]
Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z._-]+$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of an uploaded document.")]
UsccText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_upper=True, min_length=1, max_length=32),
    AfterValidator(_one_line),
    Field(description="Unified social credit code; a malformed one is stored with a warning and judged by the gate."),
]

Price = Annotated[int, Field(strict=True, ge=1, le=100_000_000, description="fen for one unit; at most 1,000,000 yuan")]
Fen = Annotated[int, Field(strict=True, ge=0, le=10_000_000_000, description="fen")]
UnitGrams = Annotated[int, Field(strict=True, ge=1, le=100_000_000, description="grams of one unit; at most 100 t")]
Grams = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000_000, description="grams")]
Units = Annotated[int, Field(strict=True, ge=1, le=10_000_000, description="units for sale")]
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)]
Share = Annotated[int, Field(strict=True, ge=0, le=10_000, description="basis points; 10,000 is 100 %")]
Month = Annotated[int, Field(strict=True, ge=1, le=12)]
Year = Annotated[int, Field(strict=True, ge=1990, le=2199)]
Flag = Annotated[bool, Field(strict=True)]
Day = Annotated[date, BeforeValidator(_day)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
Months = Annotated[list[Month], Field(max_length=12), AfterValidator(_distinct)]


class FieldWarning(Out):
    """Something that is stored as it is, and that the gate will ask about."""

    field: str
    en: str
    zh: str


class RegionName(Out):
    """A region as a page names it. `path_zh` runs from the province down."""

    code: RegionCode
    name_zh: str
    name_en: str
    short_zh: str
    short_en: str
    level: str
    path_zh: str
    path_en: str
    demo: bool = False


class CategoryName(Out):
    """A category as a page names it; `illustration` is the key of its drawing."""

    code: str
    zh: str
    en: str
    illustration: str
