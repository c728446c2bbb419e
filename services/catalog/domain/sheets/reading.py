"""From the bytes of a file to its tables: which kind it is, which sheet is which, and its rows one after another."""

import csv
import difflib
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from services.catalog.domain.sheets.cells import Workbook
from services.catalog.domain.sheets.columns import COLUMNS, NOTES_NAMES, REASON_HEADINGS, SHEET_NAMES, Column, SheetName
from services.catalog.domain.sheets.workbooks import Formulas, check_archive, damaged, look_into
from services.catalog.errors import SheetEmpty, SheetHeadings, SheetTooLarge, SheetTypeRefused, SheetUnreadable

MOST_ROWS = 50_000
LARGEST_SHEET_BYTES = 32 * 1024 * 1024
# A heading stands in the first lines: some counties put a title above it.
_HEADING_LINES = 5
_SPACES = re.compile(r"[\s*＊]+")

FileKind = Literal["xlsx", "csv"]
Cells = Sequence[Any]


@dataclass(frozen=True)
class Remark:
    """Something about the file that stops nothing."""

    en: str
    zh: str


@dataclass
class Table:
    """One sheet whose heading we know. `rows` are numbered as a spreadsheet numbers them; it is read once."""

    sheet: SheetName
    title: str
    headings: Sequence[str]
    heading_row: int
    columns: Sequence[Column | None]
    rows: Iterator[tuple[int, Cells]]
    formulas: Formulas = field(default_factory=dict)
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()

    def place_of(self, name: str) -> int | None:
        """Where the column of this field stands."""
        return next((at for at, column in enumerate(self.columns) if column and column.field == name), None)


@dataclass
class Book:
    """The tables of a file, and what is to be said about it as a whole."""

    workbook: Workbook
    tables: list[Table]
    remarks: list[Remark]


def kind_of(data: bytes) -> FileKind:
    """Judged by the bytes, never by the name. Raises SheetEmpty, SheetTypeRefused, SheetTooLarge, SheetUnreadable."""
    if not data.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        raise SheetEmpty("The file is empty. Fill in our template and send it.", "文件是空的，请填写模板后上传。")
    if data.startswith(b"PK"):
        check_archive(data)
        return "xlsx"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise SheetTypeRefused(
            "This is an old Excel file (.xls) or one locked with a password. Save it as .xlsx without a password.",
            "这是旧版 Excel 文件（.xls）或加密文件，请取消密码并另存为 .xlsx 后上传。",
        )
    _decoded(data)
    return "csv"


def read_book(data: bytes, kind: FileKind) -> Book:
    """The tables of the file. Raises the same as `kind_of`, and SheetHeadings."""
    book = _read_xlsx(data) if kind == "xlsx" else _read_csv(data)
    if not book.tables:
        raise SheetHeadings(
            "No sheet has the headings of our template in its first lines. Download the template and keep its first "
            "row.",
            "没有找到与模板一致的表头。请下载模板，并保留其第一行。",
        )
    return book


def _decoded(data: bytes) -> str:
    """Text in UTF-8, GB18030 (which holds GBK and GB2312), or UTF-16 with its mark."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(sign in text for sign in "\x00\x01\x02\x03\x04\x05"):
            return text
    raise SheetTypeRefused(
        "This is neither an Excel workbook (.xlsx) nor a CSV text, whatever its name says. Send one of these, "
        "best from our template.",
        "无论文件名如何，它既不是 Excel 工作簿（.xlsx），也不是 CSV 文本。请上传这两种文件之一，建议使用本平台模板。",
    )


def _read_csv(data: bytes) -> Book:
    text = _decoded(data)
    separator = max(",\t;，", key=lambda sign: _known_headings(text[:20_000], sign))
    rows = _csv_rows(text, separator)
    table = _table("", rows)
    return Book(Workbook(), [table] if table else [], [])


def _known_headings(start: str, separator: str) -> int:
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=separator)
    most = 0
    try:
        for line, _ in zip(reader, range(_HEADING_LINES), strict=False):
            most = max(most, *(sum(column is not None for column in _columns(line, sheet)) for sheet in COLUMNS))
    except csv.Error:
        pass
    return most


def _csv_rows(text: str, separator: str) -> Iterator[tuple[int, Cells]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    number = 0
    try:
        for line in reader:
            number += 1
            yield number, line
    except csv.Error as error:
        raise SheetUnreadable(
            f"After row {number} a quotation mark is opened and never closed, or a cell is longer than 128 kB.",
            f"第 {number} 行之后有未闭合的引号，或单元格超过 128 kB，请检查后重新上传。",
        ) from error


def _read_xlsx(data: bytes) -> Book:
    looked = look_into(data)
    book = Book(Workbook(looked.since_1904), [], [])
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for place, about in enumerate(workbook.sheets_metadata):
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = workbook.get_sheet_by_index(place)
            table = _table(about.name, _sheet_rows(sheet))
            if about.visible != SheetVisibleEnum.Visible:
                _remark_hidden(book, about.name, sheet.total_height)
            elif table is None:
                _remark_unknown(book, about.name, sheet.total_height)
            else:
                table.formulas = looked.formulas.get(about.name, {})
                table.merged = sheet.merged_cell_ranges or ()
                _add_table(book, table)
    except CalamineError as error:
        raise damaged() from error
    return book


def _add_table(book: Book, table: Table) -> None:
    if any(other.sheet == table.sheet for other in book.tables):
        zh, en = SHEET_NAMES[table.sheet]
        raise SheetHeadings(
            f"Two sheets hold {en.lower()}: keep one (“{table.title}” is the second).",
            f"有两个工作表都是“{zh}”，请只保留一个（第二个是“{table.title}”）。",
        )
    book.tables.append(table)


def _remark_hidden(book: Book, name: str, height: int) -> None:
    if height:
        book.remarks.append(
            Remark(
                f"The hidden sheet “{name}” was not read. Unhide it if its rows are to be imported.",
                f"隐藏的工作表“{name}”未读取；如需导入，请先取消隐藏。",
            )
        )


def _remark_unknown(book: Book, name: str, height: int) -> None:
    if height and name not in NOTES_NAMES:
        book.remarks.append(
            Remark(
                f"Sheet “{name}” was not read: its headings are not those of the template.",
                f"工作表“{name}”未读取：其表头不是模板的表头。",
            )
        )


def _sheet_rows(sheet: CalamineSheet) -> Iterator[tuple[int, Cells]]:
    yield from enumerate(sheet.iter_rows(), 1)


def _table(title: str, rows: Iterator[tuple[int, Cells]]) -> Table | None:
    """The sheet whose heading stands in the first lines, with the rows below it; None when there is none."""
    for number, cells in rows:
        words = [str(cell) for cell in cells]
        if sheet := _sheet_of(words):
            return Table(sheet, title, words, number, _checked_columns(words, sheet), _data_rows(rows))
        if number >= _HEADING_LINES:
            break
    return None


def _data_rows(rows: Iterator[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
    """The rows in which something stands. Raises SheetTooLarge after the last that is allowed."""
    count = 0
    for number, cells in rows:
        if not any(cell != "" and (not isinstance(cell, str) or cell.strip()) for cell in cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise SheetTooLarge(
                f"A sheet may have {MOST_ROWS:,} rows; this one has more. Divide it into several files.",
                f"每个工作表最多 {MOST_ROWS:,} 行，此文件超出，请拆分为多个文件。",
            )
        yield number, cells


def _sheet_of(words: Sequence[str]) -> SheetName | None:
    """The sheet to which most of these headings belong; at least two, for one word may stand anywhere."""
    known = {sheet: sum(column is not None for column in _columns(words, sheet)) for sheet in COLUMNS}
    best = max(known, key=lambda sheet: known[sheet])
    return best if known[best] > 1 else None


def plain_heading(text: str) -> str:
    """A heading without spaces, the star of what is required, case and full-width signs."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _by_heading(sheet: SheetName) -> Mapping[str, Column]:
    return {plain_heading(word): column for column in COLUMNS[sheet] for word in (column.zh, column.en)}


def _columns(words: Sequence[str], sheet: SheetName) -> list[Column | None]:
    known = _by_heading(sheet)
    return [known.get(plain_heading(word)) for word in words]


def _checked_columns(words: Sequence[str], sheet: SheetName) -> list[Column | None]:
    """The columns under these headings. Raises SheetHeadings for one that is unknown, missing or there twice."""
    columns = _columns(words, sheet)
    ignored = {plain_heading(word) for word in REASON_HEADINGS}
    for word, column in zip(words, columns, strict=True):
        if column is None and plain_heading(word) and plain_heading(word) not in ignored:
            raise _unknown_heading(word, sheet)
    named = [column.field for column in columns if column]
    for column in COLUMNS[sheet]:
        if named.count(column.field) > 1:
            raise SheetHeadings(
                f"The column “{column.en}” stands there twice. Keep one of them.",
                f"列“{column.zh}”出现了两次，请只保留一列。",
            )
        if column.required and column.field not in named:
            raise SheetHeadings(
                f"The column “{column.en}” is missing. Take the first row of our template as it is.",
                f"缺少列“{column.zh}”，请原样保留模板的第一行。",
            )
    return columns


def _unknown_heading(word: str, sheet: SheetName) -> SheetHeadings:
    if "斤" in word or "jin" in word.casefold():
        return SheetHeadings(
            f"There is no column “{word[:60]}”: weights are whole grams (1 jin = 500 g). Use the template's column "
            "and convert.",
            f"没有列“{word[:60]}”：重量以克为单位（1 斤 = 500 克）。请使用模板的“克”列并换算。",
        )
    known = [each for column in COLUMNS[sheet] for each in (column.zh, column.en)]
    near = difflib.get_close_matches(word.strip(), known, n=1, cutoff=0.4)
    return SheetHeadings(
        f"There is no column “{word[:60]}”.{f' Did you mean “{near[0]}”?' if near else ''} Delete it, or take the "
        "template's heading.",
        f"没有列“{word[:60]}”。{f'是否为“{near[0]}”？' if near else ''}请删除该列，或改用模板的表头。",
    )
