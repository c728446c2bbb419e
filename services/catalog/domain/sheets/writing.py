"""Writing the same sheets: the template with its notes, the export, and the rows that were refused with the reasons."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from services.catalog.domain.sheets.columns import (
    COLUMNS,
    NOTES_NAMES,
    REASON_HEADINGS,
    SHEET_NAMES,
    Column,
    SheetName,
)
from services.catalog.domain.sheets.reading import MOST_ROWS, FileKind

MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
_FORMATS = {"money": "0.00", "day": "yyyy-mm-dd", "count": "0", "grams": "0"}
_RULES = (
    (
        f"每个工作表最多 {MOST_ROWS:,} 行；整份文件要么全部导入，要么一行也不导入。",
        f"At most {MOST_ROWS:,} rows a sheet; a file is imported whole or not at all.",
    ),
    (
        "同一信用代码和批次号是同一批次：已有的按表格更新，没有的新建为草稿；再次上传同一文件不会产生变化。",
        "Code and lot number name a lot: a known one is updated, a new one becomes a draft; again, nothing changes.",
    ),
    (
        "带 * 的列必填。删去的列保持原值；保留的列留空表示没有该值。",
        "Columns with * are required. A column left out keeps what is known; an empty cell says there is no value.",
    ),
    (
        "金额以元、重量以克填写，不带单位；不要使用公式和合并单元格。",
        "Money in yuan and weights in grams, without units; no formulas and no merged cells.",
    ),
    (
        "导入只生成草稿，提交核验仍在上架申报页面进行。",
        "Importing makes drafts only; they are submitted on the page of the listing.",
    ),
)


@dataclass(frozen=True)
class Sheet:
    """One sheet to be written: headings and rows; `columns` give widths and formats where they are known."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]
    columns: Sequence[Column | None]


def headings(sheet: SheetName, language: str) -> list[str]:
    """The first row of the template; what is required has a star."""
    return [_word(column, language) + ("*" if column.required else "") for column in COLUMNS[sheet]]


def empty_sheet(sheet: SheetName, language: str) -> Sheet:
    """A sheet of the template, or of an export without rows."""
    return filled_sheet(sheet, language, ())


def filled_sheet(sheet: SheetName, language: str, rows: Iterable[Sequence[Any]]) -> Sheet:
    """A sheet with values in the order of its columns."""
    return Sheet(SHEET_NAMES[sheet][_which(language)], headings(sheet, language), rows, COLUMNS[sheet])


def notes_sheet(language: str) -> Sheet:
    """What the columns mean, and the rules of importing."""
    which = _which(language)
    words = (
        ("工作表", "列", "必填", "说明", "示例"),
        ("Sheet", "Column", "Required", "What to write", "Example"),
    )[which]
    rows: list[Sequence[Any]] = [(rule[which],) for rule in _RULES]
    rows += [(), words]
    for sheet, columns in COLUMNS.items():
        rows += [(SHEET_NAMES[sheet][which], *_note(column, language)) for column in columns]
    return Sheet(NOTES_NAMES[which], [("导入说明", "How to import")[which]], rows, ())


def _note(column: Column, language: str) -> tuple[str, str, str, str]:
    which = _which(language)
    note = (column.note_zh, column.note_en)[which]
    if column.choices:
        listed = ("、", ", ")[which].join(words[which] for words in column.choices.values())
        note = f"{note} {('可填：', 'One of: ')[which]}{listed}".strip()
    required = ("是", "yes")[which] if column.required else ""
    return _word(column, language), required, note, column.example


def reasons_sheet(name: str, words: Sequence[str], rows: Iterable[Sequence[Any]]) -> Sheet:
    """The refused rows as they were sent, behind what is wrong with each in both languages."""
    return Sheet(name, [*REASON_HEADINGS, *words], rows, ())


def write_sheets(kind: FileKind, sheets: Sequence[Sheet]) -> bytes:
    """The file. A CSV has one sheet: the first."""
    return _write_xlsx(sheets) if kind == "xlsx" else _write_csv(sheets[0])


def _write_csv(sheet: Sheet) -> bytes:
    """With a byte order mark, without which Excel takes UTF-8 for something else."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(sheet.headings)
    for row in sheet.rows:
        writer.writerow([_csv_cell(value) for value in row])
    return text.getvalue().encode("utf-8-sig")


def _csv_cell(value: Any) -> str:
    """What a spreadsheet would take for a formula gets a mark before it, which reading takes off again."""
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, date) else str(value)
    return f"'{text}" if isinstance(value, str) and text[:1] in tuple("=+-@") else text


def _write_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """Row by row through a file on disk, so that fifty thousand rows need no memory to speak of."""
    whole = io.BytesIO()
    book = xlsxwriter.Workbook(whole, {"constant_memory": True, "strings_to_urls": False})
    try:
        head = book.add_format({"bold": True, "bg_color": "#FDF3E3", "border": 1, "text_wrap": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            _lay_out(book, page, sheet)
            for at, word in enumerate(sheet.headings):
                page.write_string(0, at, word, head)
            for number, row in enumerate(sheet.rows, 1):
                for at, value in enumerate(row):
                    _write_cell(page, number, at, value, None if sheet.columns else wrapped)
    finally:
        book.close()
    return whole.getvalue()


def _lay_out(book: Any, page: Any, sheet: Sheet) -> None:
    """Widths, formats and lists to choose from. Text columns are text, or Excel makes numbers of their codes."""
    page.freeze_panes(1, 0)
    if not sheet.columns:
        page.set_column(0, 1, 26)
        page.set_column(2, 2, 10)
        page.set_column(3, 3, 70)
        page.set_column(4, 4, 26)
        return
    for at, column in enumerate(sheet.columns):
        if column is None:
            continue
        page.set_column(at, at, column.width, book.add_format({"num_format": _FORMATS.get(column.kind, "@")}))
        if column.choices:
            which = 0 if sheet.name in {zh for zh, _ in SHEET_NAMES.values()} else 1
            source = [words[which] for words in column.choices.values()]
            page.data_validation(1, at, MOST_ROWS, at, {"validate": "list", "source": source})


def _write_cell(page: Any, row: int, at: int, value: Any, style: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        page.write_boolean(row, at, value, style)
    elif isinstance(value, int | float | Decimal):
        page.write_number(row, at, float(value), style)
    elif isinstance(value, datetime | date):
        page.write_datetime(row, at, value, style)
    else:
        page.write_string(row, at, str(value)[:32_767], style)


def _word(column: Column, language: str) -> str:
    return column.zh if language == "zh" else column.en


def _which(language: str) -> int:
    return 0 if language == "zh" else 1
