"""From a table to rows of values, with everything that is wrong with them: cell, reason, in both languages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from services.catalog.domain.sheets.cells import CellRefused, Workbook, is_day_number, read_cell, shown
from services.catalog.domain.sheets.columns import Column, SheetName
from services.catalog.domain.sheets.reading import Cells, Remark, Table
from services.catalog.domain.sheets.workbooks import column_letters

MOST_REMARKS = 50
_EVERY = 500
# A unit of fresh produce that weighs less was probably counted in jin.
_TINY_GRAMS = 20
_USCC_LENGTH = 18

Tell = Callable[[int], None]


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell, or with a row where no cell is to blame."""

    sheet: SheetName
    row: int
    cell: str
    value: str
    en: str
    zh: str


@dataclass
class Row:
    """One row: the values under the columns that the file has, and the cells as they came."""

    number: int
    values: dict[str, Any]
    cells: Cells


@dataclass
class Rows:
    """A sheet, read: its rows, the fields that it has columns for, and what is wrong."""

    sheet: SheetName
    title: str
    headings: list[str]
    columns: dict[str, int]
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)

    def blame(self, row: Row, name: str | None, en: str, zh: str) -> None:
        """Say what is wrong with the cell of this field, or with the row."""
        at = self.columns.get(name or "")
        cell = f"{column_letters(at)}{row.number}" if at is not None else ""
        raw = row.cells[at] if at is not None and at < len(row.cells) else ""
        self.faults.append(Fault(self.sheet, row.number, cell, shown(raw), en, zh))
        self.broken.add(row.number)

    def remark(self, en: str, zh: str) -> None:
        """Say something that stops nothing; after so many it is only noise."""
        if len(self.remarks) < MOST_REMARKS:
            self.remarks.append(Remark(en, zh))


def read_rows(table: Table, workbook: Workbook, tell: Tell) -> Rows:
    """Every row of the table. Raises SheetTooLarge and SheetUnreadable; `tell` hears how many rows were read."""
    known = [(at, column) for at, column in enumerate(table.columns) if column]
    sheet = Rows(table.sheet, table.title, list(table.headings), {column.field: at for at, column in known})
    for number, cells in table.rows:
        row = Row(number, {}, cells)
        formulas = table.formulas.get(number - 1, ())
        for at, column in known:
            _read_one(sheet, row, column, workbook, formula=at in formulas)
        sheet.rows.append(row)
        if len(sheet.rows) % _EVERY == 0:
            tell(len(sheet.rows))
    _blame_merged(sheet, table)
    return sheet


def _read_one(sheet: Rows, row: Row, column: Column, workbook: Workbook, *, formula: bool) -> None:
    at = sheet.columns[column.field]
    raw = row.cells[at] if at < len(row.cells) else ""
    if formula:
        sheet.blame(
            row,
            column.field,
            "This cell is a formula. Copy the column and paste it back as values.",
            "此单元格是公式。请复制该列并“选择性粘贴—数值”后上传。",
        )
        return
    try:
        value = read_cell(column, raw, workbook)
    except CellRefused as refused:
        sheet.blame(row, column.field, refused.en, refused.zh)
        return
    if value is None and column.required:
        sheet.blame(row, column.field, "This cell must be filled in.", "此项必填。")
        return
    if column.field == "uscc" and value is not None and len(value) == _USCC_LENGTH:
        value = value.upper()
    row.values[column.field] = value
    if value is not None:
        _remark_on(sheet, row, column, raw, value)


def _remark_on(sheet: Rows, row: Row, column: Column, raw: Any, value: Any) -> None:
    if column.kind == "day" and is_day_number(raw):
        sheet.remark(
            f"Row {row.number}, {column.en}: the number {shown(raw)} was read as {value}.",
            f"第 {row.number} 行“{column.zh}”：数字 {shown(raw)} 按日期 {value} 读取。",
        )
    elif column.field == "net_grams" and 0 < value < _TINY_GRAMS:
        sheet.remark(
            f"Row {row.number}: a unit weighs only {value} g. If {value} jin was meant, write {value * 500}.",
            f"第 {row.number} 行：每件净重仅 {value} 克；如为 {value} 斤，应填 {value * 500}。",
        )


def _blame_merged(sheet: Rows, table: Table) -> None:
    rows = {row.number: row for row in sheet.rows}
    for (top, left), (bottom, right) in table.merged:
        if bottom < table.heading_row:
            continue
        where = f"{column_letters(left)}{top + 1}:{column_letters(right)}{bottom + 1}"
        number = next((each for each in _numbers(top, bottom) if each in rows), None)
        if number is None:
            continue
        cell = f"{column_letters(left)}{top + 1}"
        sheet.faults.append(
            Fault(
                sheet.sheet,
                number,
                cell,
                where,
                f"{where} is a merged cell. Unmerge it and fill in every row.",
                f"{where} 是合并单元格，请取消合并并逐行填写。",
            )
        )
        sheet.broken.add(number)


def _numbers(top: int, bottom: int) -> Iterator[int]:
    yield from range(top + 1, min(bottom, top + 100_000) + 2)
