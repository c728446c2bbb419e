"""The kinds of values that bodies are made of in every service: bounded, strict, refused with a sentence."""

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII)
_EARLIEST, _LATEST = date(1949, 10, 1), date(2200, 1, 1)


class In(BaseModel):
    """A body or a part of one: unknown fields are refused, so that nothing misspelt is silently lost."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Out(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(from_attributes=True)


# They show what stands after them, or before, in another order than it is written.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters by their category, and blank all the same: the fillers of Hangul and the empty cell of Braille.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def plain(text: str) -> str:
    """The text. Refuses what no database, page or signature can carry, and what shows another text than is stored."""
    for sign in text:
        if unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\r\t":
            raise ValueError("Must not contain control characters.", "不得包含控制字符。")
        if sign in _TURNING:
            raise ValueError(
                "Must not contain marks that turn the direction of writing.", "不得包含改变文字方向的控制符。"
            )
    return text


def one_line(text: str) -> str:
    """The text, which is plain, has one line, and something to see in it."""
    if "\n" in text or "\r" in text:
        raise ValueError("Must be one line.", "只能是一行文字。")
    if text and not any(_is_seen(sign) for sign in text):
        raise ValueError("Must have something to see in it.", "不得只含不可见字符。")
    return plain(text)


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign)[0] not in "CZ" and sign not in _BLANK


def _day(value: object) -> date:
    day = value if isinstance(value, date) and not isinstance(value, datetime) else None
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
    if day is None or not _EARLIEST <= day < _LATEST:
        raise ValueError("Must be a day such as 2020-03-02.", "须为日期，例如 2020-03-02。")
    return day


def _instant(value: object) -> datetime:
    instant = value if isinstance(value, datetime) else None
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            # Python 3.11 reads up to six digits of a second.
            instant = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value.upper()))
        except ValueError:
            instant = None
    if instant is None or instant.tzinfo is None or not _EARLIEST < instant.date() < _LATEST:
        raise ValueError(
            "Must be an instant between 1949 and 2199 with its offset, such as 2020-03-02T09:00:00+08:00.",
            "须为 1949 年至 2199 年之间带时区的时间，例如 2020-03-02T09:00:00+08:00。",
        )
    return instant


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(one_line)]
Line = Annotated[str, Field(min_length=1, max_length=2_000), AfterValidator(one_line)]
Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z._-]+$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of a document.")]
Share = Annotated[int, Field(strict=True, ge=0, le=10_000, description="basis points; 10,000 is 100 %")]
Grams = Annotated[int, Field(strict=True, ge=0, le=10**12, description="grams")]
Flag = Annotated[bool, Field(strict=True)]
Day = Annotated[date, BeforeValidator(_day)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
