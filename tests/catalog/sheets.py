"""Spreadsheets for tests: rows of lots and producers as a county fills them in, as CSV or as a workbook."""

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from services.catalog.domain.sheets.columns import COLUMNS, SHEET_NAMES, SheetName
from services.catalog.domain.sheets.writing import headings

# What the template asks for; the rest is left empty.
LOT = {
    "uscc": "93341321MA8DM0A15D",
    "lot_number": "DS-1",
    "region_code": "341321",
    "specialty": "砀山酥梨",
    "season": "2026",
    "event_id": "E2",
    "price_fen": "29.90",
    "price_unit": "箱",
    "net_grams": "2500",
    "offered_units": "1000",
}
PRODUCER = {"uscc": "93341321MA8DM0A15D", "region_code": "341321", "name": "砀山演示一号农民专业合作社"}

Line = list[Any]


def lot_line(**more: Any) -> Line:
    """A row of the sheet of lots; fields by their names in the API."""
    values = LOT | more
    return [values.get(column.field, "") for column in COLUMNS["lots"]]


def producer_line(**more: Any) -> Line:
    """A row of the sheet of producers."""
    values = PRODUCER | more
    return [values.get(column.field, "") for column in COLUMNS["producers"]]


def csv_of(
    *lines: Sequence[Any],
    sheet: SheetName = "lots",
    language: str = "zh",
    separator: str = ",",
    encoding: str = "utf-8",
) -> bytes:
    """A CSV as a program of theirs would write it."""
    rows = [headings(sheet, language), *lines]
    return "\r\n".join(separator.join(map(str, row)) for row in rows).encode(encoding)


def xlsx_of(
    *lots: Sequence[Any],
    producers: Sequence[Sequence[Any]] = (),
    touch: Callable[[Any, Any], None] | None = None,
) -> bytes:
    """A workbook with the sheets that have rows; `touch` may do to that of the lots what counties do."""
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole) as book:
        page = _fill(book, "lots", lots)
        if producers:
            _fill(book, "producers", producers)
        if touch:
            touch(book, page)
    return whole.getvalue()


def _fill(book: Any, sheet: SheetName, lines: Sequence[Sequence[Any]]) -> Any:
    page = book.add_worksheet(SHEET_NAMES[sheet][0])
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    for number, row in enumerate([headings(sheet, "zh"), *lines]):
        for at, value in enumerate(row):
            if isinstance(value, date):
                page.write_datetime(number, at, datetime(value.year, value.month, value.day), days)  # noqa: DTZ001  Excel has no zones.
            elif value != "":
                page.write(number, at, value)
    return page
