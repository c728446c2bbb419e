"""What a cell says, read strictly: exact money, whole grams, real days; the unclear is refused with a sentence."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from services.catalog.domain.sheets.columns import FLAGS, Choices, Column, Kind

# Excel keeps fifteen digits of a number; of a longer code the rest is lost before we see it.
_MOST_DIGITS = 15
# Days that Excel shows as a number when the cell has no date format: 2 October 1954 to 10 January 2119.
_SERIALS = range(20_000, 80_001)
_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_GRAMS_OF = MappingProxyType(
    {
        "克": 1,
        "g": 1,
        "斤": 500,
        "市斤": 500,
        "jin": 500,
        "公斤": 1000,
        "千克": 1000,
        "kg": 1000,
        "吨": 1_000_000,
        "t": 1_000_000,
    }
)
_WEIGHT = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-z]+|[克斤市公千吨]+)", re.ASCII | re.IGNORECASE)
_YUAN = re.compile(r"[¥￥]?\s*([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?\s*元?", re.ASCII)
_DAY = re.compile(
    r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?(?:\s+0{1,2}:00(?::00)?)?", re.ASCII
)
_COMPACT_DAY = re.compile(r"(19|20|21)[0-9]{2}[01][0-9][0-3][0-9]", re.ASCII)
_BETWEEN = re.compile(r"[、;；,，\n]+")
# What Excel writes for a carriage return inside a cell.
_ESCAPED_RETURN = "_x000D_"

Raw = str | float | int | bool | date | datetime | Any


class CellRefused(Exception):
    """What is wrong with a cell, in both languages."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh


@dataclass(frozen=True)
class Workbook:
    """What the cells of a file have in common: whether its days count from 1904."""

    since_1904: bool = False


def shown(raw: Raw) -> str:
    """A cell as its reader saw it, on one line and not too long."""
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 10**_MOST_DIGITS:
        return str(int(raw))
    return " ".join(str(raw).split())[:120]


def read_cell(column: Column, raw: Raw, book: Workbook) -> Any:
    """The value under this column; None for an empty cell. Raises CellRefused."""
    if raw is None or raw == "":
        return None
    if isinstance(raw, str):
        raw = raw.replace(_ESCAPED_RETURN, "").replace("\r\n", "\n").strip(" \t\r\n\u3000\ufeff\xa0")
        if raw == "":
            return None
        if raw[0] == "'" and raw[1:2] in tuple("=+-@"):
            raw = raw[1:]  # Our own export sets it before what a spreadsheet would take for a formula.
    if column.kind == "choice":
        return _choice(column.choices, raw)
    if column.kind == "day":
        return _day(raw, book)
    return _READERS[column.kind](raw)


def _text(raw: Raw) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, float | int):
        return _digits(raw)
    raise CellRefused(
        f"This cell holds a date or a time ({shown(raw)}). Set its format to Text and write it again.",
        f"此单元格是日期或时间（{shown(raw)}），请将格式设为“文本”后重新填写。",
    )


def _digits(raw: float) -> str:
    number = Decimal(str(raw))
    if abs(number) >= 10**_MOST_DIGITS:
        raise CellRefused(
            "Excel made a number of it and lost its last digits. Set the column's format to Text and write it again.",
            "Excel 已将其变成数字并丢失末尾几位，请将该列格式设为“文本”后重新填写。",
        )
    return str(int(number)) if number == number.to_integral_value() else str(number)


def _line(raw: Raw) -> str:
    text = _text(raw)
    if "\n" in text or "\r" in text:
        raise CellRefused(
            "There is a line break inside the cell (Alt+Enter). Write it on one line.",
            "单元格内有换行（Alt+Enter），请写成一行。",
        )
    return text


def _prose(raw: Raw) -> str:
    return _text(raw).replace("\r", "\n")


def _code(raw: Raw) -> str:
    """A code or number of something; full-width letters and digits are made plain."""
    return unicodedata.normalize("NFKC", _line(raw)).strip()


def _money(raw: Raw) -> int:
    """Fen from yuan."""
    if isinstance(raw, bool) or not isinstance(raw, str | float | int):
        raise _no_money(raw)
    found = _YUAN.fullmatch(unicodedata.normalize("NFKC", raw) if isinstance(raw, str) else _plain_number(raw))
    if found is None:
        raise _no_money(raw)
    fen = Decimal(found[1].replace(",", "") + (found[2] or "")) * 100
    if fen != fen.to_integral_value():
        raise CellRefused(
            f"Money has at most two decimals; this says {shown(raw)} yuan.",
            f"金额最多两位小数，此处为 {shown(raw)} 元。",
        )
    return int(fen)


def _plain_number(raw: float) -> str:
    """Without an exponent; a sum such as 0.1 + 0.2 is what Excel shows: fifteen digits."""
    return format(Decimal(f"{raw:.15g}"), "f")


def _no_money(raw: Raw) -> CellRefused:
    return CellRefused(
        f"Write an amount in yuan, such as 29.90; this says “{shown(raw)}”.",
        f"请填写以元为单位的金额，例如 29.90；此处为“{shown(raw)}”。",
    )


def _count(raw: Raw) -> int:
    text = _plain_number(raw) if isinstance(raw, float | int) and not isinstance(raw, bool) else str(raw)
    plain = unicodedata.normalize("NFKC", text).replace(",", "").strip()
    if not re.fullmatch(r"[0-9]{1,15}", plain, re.ASCII):
        raise CellRefused(
            f"Write a whole number without a unit; this says “{shown(raw)}”.",
            f"请填写不带单位的整数；此处为“{shown(raw)}”。",
        )
    return int(plain)


def _grams(raw: Raw) -> int:
    """Whole grams. What names another unit is told how many grams that is, never converted in silence."""
    if isinstance(raw, str) and (found := _WEIGHT.fullmatch(unicodedata.normalize("NFKC", raw).replace(",", ""))):
        factor = _GRAMS_OF.get(found[2].casefold())
        if factor is not None:
            grams = Decimal(found[1]) * factor
            raise CellRefused(
                f"Weights are whole grams without a unit: write {grams.normalize():f} for {shown(raw)}.",
                f"重量以克为单位，只填数字：{shown(raw)}应填 {grams.normalize():f}（1 斤 = 500 克）。",
            )
    try:
        return _count(raw)
    except CellRefused as refused:
        raise CellRefused(
            f"Write whole grams without a unit (1 jin = 500 g); this says “{shown(raw)}”.",
            f"请填写整数克，不带单位（1 斤 = 500 克）；此处为“{shown(raw)}”。",
        ) from refused


def _day(raw: Raw, book: Workbook) -> str:
    """A civil day as YYYY-MM-DD, from a date, the usual ways to write one, or the number that Excel keeps for it."""
    if isinstance(raw, datetime):
        return raw.date().isoformat()
    if isinstance(raw, date):
        return raw.isoformat()
    text = _digits(raw) if isinstance(raw, float | int) and not isinstance(raw, bool) else str(raw)
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        if found := _DAY.fullmatch(plain):
            return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
        if _COMPACT_DAY.fullmatch(plain):
            return date(int(plain[:4]), int(plain[4:6]), int(plain[6:])).isoformat()
        if plain.isascii() and plain.isdigit() and int(plain) in _SERIALS:
            since = _EPOCH_1904 if book.since_1904 else _EPOCH
            return (since + timedelta(days=int(plain))).isoformat()
    except ValueError:
        pass
    raise CellRefused(
        f"Write a day of the calendar, such as 2026-09-20; this says “{shown(raw)}”.",
        f"请填写日期，例如 2026-09-20；此处为“{shown(raw)}”。",
    )


def is_day_number(raw: Raw) -> bool:
    """Whether a day is written as the bare number that Excel keeps for it: it is read, and the reader is told."""
    text = shown(raw) if isinstance(raw, str | float | int) and not isinstance(raw, bool) else ""
    return text.isascii() and text.isdigit() and int(text) in _SERIALS


def _flag(raw: Raw) -> bool:
    if isinstance(raw, bool):
        return raw
    return _choice(FLAGS, {"1": "是", "0": "否"}.get(shown(raw), raw)) == "true"


def _choice(choices: Choices, raw: Raw) -> str:
    """The key of what was chosen, by its key or its word in either language."""
    wanted = unicodedata.normalize("NFKC", shown(raw)).casefold()
    for key, (zh, en) in choices.items():
        if wanted in (key.casefold(), zh, en.casefold()):
            return key
    raise CellRefused(
        f"Choose one of: {', '.join(en for _, en in choices.values())}. This says “{shown(raw)}”.",
        f"请填写以下之一：{'、'.join(zh for zh, _ in choices.values())}；此处为“{shown(raw)}”。",
    )


def _months(raw: Raw) -> list[int]:
    parts = [each.strip().removesuffix("月") for each in _parts(raw)]
    if not all(part.isascii() and part.isdigit() and 1 <= int(part) <= 12 for part in parts):
        raise CellRefused(
            f"Write months from 1 to 12, with semicolons between them; this says “{shown(raw)}”.",
            f"请填写 1 至 12 的月份，以顿号分隔；此处为“{shown(raw)}”。",
        )
    return sorted({int(part) for part in parts})


def _parts(raw: Raw) -> list[str]:
    text = unicodedata.normalize("NFKC", _text(raw))
    return [part.strip() for part in _BETWEEN.split(text) if part.strip()]


_READERS: Mapping[Kind, Callable[[Raw], Any]] = MappingProxyType(
    {
        "code": _code,
        "line": _line,
        "prose": _prose,
        "money": _money,
        "grams": _grams,
        "count": _count,
        "flag": _flag,
        "months": _months,
        "regions": _parts,
        "people": _parts,
    }
)


def write_cell(column: Column, value: Any, language: str) -> str | int | Decimal | date | None:
    """A value as an export shows it: what `read_cell` reads back as the same value."""
    if value is None:
        return None
    if column.kind == "money":
        return Decimal(value) / 100
    if column.kind == "day":
        return date.fromisoformat(value)
    if column.kind in ("choice", "flag"):
        choices = column.choices
        key = str(value).lower() if isinstance(value, bool) else value
        return choices[key][0 if language == "zh" else 1]
    if isinstance(value, list):
        return ("、" if language == "zh" else "; ").join(map(str, value))
    return value if isinstance(value, int) else str(value)
