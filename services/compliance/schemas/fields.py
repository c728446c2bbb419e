"""The kinds of values in the bodies of compliance: bounded, strict, refused with a sentence."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from services.contracts.values import RegionCode

__all__ = ["RegionCode"]

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_EARLIEST, _LATEST = date(1949, 10, 1), date(2200, 1, 1)


class In(BaseModel):
    """A body or a part of one: unknown fields are refused, so that nothing misspelt is silently lost."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Out(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(from_attributes=True)


def _plain(text: str) -> str:
    for sign in text:
        if unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\r\t":
            raise ValueError("Must not contain control characters.", "不得包含控制字符。")
    return text


def _one_line(text: str) -> str:
    if "\n" in text or "\r" in text:
        raise ValueError("Must be one line.", "只能是一行文字。")
    return _plain(text)


def _instant(value: object) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            instant = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value.upper()))
        except ValueError:
            instant = None
        if instant is not None and _EARLIEST < instant.date() < _LATEST:
            return instant
    raise ValueError(
        "Must be an instant between 1949 and 2199 with its offset, such as 2020-03-02T09:00:00+08:00.",
        "须为 1949 年至 2199 年之间带时区的时间，例如 2020-03-02T09:00:00+08:00。",
    )


def _day(value: object) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
        if day is not None and _EARLIEST <= day < _LATEST:
            return day
    raise ValueError("Must be a day such as 2020-03-02.", "须为日期，例如 2020-03-02。")


def utc(instant: datetime) -> datetime:
    """The same instant in UTC."""
    return instant.astimezone(UTC)


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
Line = Annotated[str, Field(min_length=1, max_length=2_000), AfterValidator(_one_line)]
Prose = Annotated[str, Field(min_length=1, max_length=20_000), AfterValidator(_plain)]
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_.\-]+$")]
Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z._-]+$")]
OuterId = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
Identity = Annotated[
    str,
    Field(
        min_length=1, max_length=200, description="An identity number, or the token it became; only the token stays."
    ),
    AfterValidator(_one_line),
]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of a document.")]
Level = Annotated[int, Field(strict=True, ge=1, le=4, description="1 is the gravest.")]
Grams = Annotated[int, Field(strict=True, ge=0, le=10**12, description="grams")]
Share = Annotated[int, Field(strict=True, ge=0, le=10_000, description="basis points; 10,000 is 100 %")]
Rate = Annotated[int, Field(strict=True, ge=-1_000_000, le=1_000_000, description="basis points, may be negative")]
Days = Annotated[int, Field(strict=True, ge=0, le=100_000)]
Flag = Annotated[bool, Field(strict=True)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
Day = Annotated[date, BeforeValidator(_day)]
