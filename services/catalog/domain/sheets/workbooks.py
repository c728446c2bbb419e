"""Looking into an XLSX file before it is read: what it unpacks to, macros, far cells, formulas, and where sheets lie.

A workbook comes from a stranger. Every part is unpacked once with a limit and searched as bytes, so that the reader
after it meets neither a bomb nor a cell in the last column of the world.
"""

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from services.catalog.errors import SheetTooLarge, SheetTypeRefused, SheetUnreadable

MOST_PARTS = 500
MOST_UNPACKED_BYTES = 256 * 1024 * 1024
_CHUNK, _OVERLAP = 1024 * 1024, 4096

DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, LookupError, RuntimeError, OverflowError)

_CELL = rb'<(?:\w+:)?c\b[^>]*?\br="'
_FORMULA = re.compile(_CELL + rb'([A-Z]{1,3})([0-9]{1,7})"[^>]*>\s*<(?:\w+:)?f[\s>/]')
# A cell that holds something (it is not closed at once) beyond column CZ or beyond row 99,999.
_FAR = re.compile(_CELL + rb'((?:[A-Z]{3}|[D-Z][A-Z])[0-9]+|[A-Z]{1,2}[0-9]{6,})"[^>/]*>')
_SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_SINCE_1904 = re.compile(r'<(?:\w+:)?workbookPr\s[^>]*date1904="(?:1|true)"')

Formulas = dict[int, set[int]]


@dataclass
class Looked:
    """What was seen: formulas by sheet name (row → columns, both from 0), and whether days count from 1904."""

    since_1904: bool = False
    formulas: dict[str, Formulas] = field(default_factory=dict)


def column_number(letters: str) -> int:
    """A is 0, Z is 25, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    letters, rest = "", number + 1
    while rest:
        rest, last = divmod(rest - 1, 26)
        letters = chr(65 + last) + letters
    return letters


def check_archive(data: bytes) -> None:
    """What the list of parts betrays. Raises SheetTypeRefused, SheetTooLarge, SheetUnreadable."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except DAMAGE as error:
        raise damaged() from error
    names = {part.filename for part in parts}
    if any(name.casefold().endswith("vbaproject.bin") or "macrosheets/" in name for name in names):
        raise SheetTypeRefused(
            "The workbook has macros (.xlsm). Save it as “Excel Workbook (.xlsx)” and send that.",
            "文件含有宏（.xlsm）。请另存为“Excel 工作簿（.xlsx）”后上传。",
        )
    if "xl/workbook.xml" not in names:
        raise SheetTypeRefused(
            "The file is an archive but no Excel workbook. Send .xlsx or .csv, best from our template.",
            "文件是压缩包，但不是 Excel 工作簿。请上传 .xlsx 或 .csv，建议使用本平台模板。",
        )
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
        raise _bomb()


def look_into(data: bytes) -> Looked:
    """Unpack every part once, within limits. Raises SheetTooLarge and SheetUnreadable."""
    check_archive(data)
    looked = Looked()
    budget = [MOST_UNPACKED_BYTES]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = {name: _small(archive, name, budget) for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")}
            names = _names_by_part(text["xl/workbook.xml"], text["xl/_rels/workbook.xml.rels"])
            looked.since_1904 = bool(_SINCE_1904.search(text["xl/workbook.xml"]))
            for part in archive.namelist():
                _look_at_part(archive, part, names.get(part), looked, budget)
    except DAMAGE as error:
        raise damaged() from error
    return looked


def damaged() -> SheetUnreadable:
    """The problem for a file that is broken or locked."""
    return SheetUnreadable(
        "The file is damaged or locked with a password. Open it in Excel or WPS, save it again as .xlsx without a "
        "password, and send that.",
        "文件已损坏或设有密码。请用 Excel 或 WPS 打开，取消密码并重新另存为 .xlsx 后上传。",
    )


def _bomb() -> SheetTooLarge:
    much = MOST_UNPACKED_BYTES // 1024 // 1024
    return SheetTooLarge(
        f"The file unpacks to more than {much} MB. Copy the rows alone into our template and send that.",
        f"文件解压后超过 {much} MB。请只将数据行复制到本平台模板后上传。",
    )


def _small(archive: zipfile.ZipFile, part: str, budget: list[int]) -> str:
    return b"".join(_chunks(archive, part, budget)).decode("utf-8", "replace") if part in archive.namelist() else ""


def _chunks(archive: zipfile.ZipFile, part: str, budget: list[int]) -> Iterator[bytes]:
    """A part in pieces, taken off the budget: what the archive says of its size may be a lie."""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            budget[0] -= len(chunk)
            if budget[0] < 0:
                raise _bomb()
            yield chunk


def _names_by_part(workbook: str, relations: str) -> Mapping[str, str]:
    """Part → sheet name, as the workbook links them."""
    targets = {
        each["Id"]: each["Target"] for each in map(_attributes, _RELATION.findall(relations)) if "Target" in each
    }
    found = {}
    for sheet in map(_attributes, _SHEET.findall(workbook)):
        identity = next((value for name, value in sheet.items() if name.endswith(":id")), "")
        target = targets.get(identity, "")
        found[target.lstrip("/") if target.startswith("/") else f"xl/{target}"] = sheet.get("name", "")
    return found


def _attributes(tag: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(tag)}


def _look_at_part(archive: zipfile.ZipFile, part: str, sheet: str | None, looked: Looked, budget: list[int]) -> None:
    before = b""
    for chunk in _chunks(archive, part, budget):
        window = before + chunk
        if b"<!DOCTYPE" in window or b"<!ENTITY" in window:
            raise damaged()
        if sheet is not None:
            _look_at_cells(window, sheet, looked)
        before = window[-_OVERLAP:]


def _look_at_cells(window: bytes, sheet: str, looked: Looked) -> None:
    if far := _FAR.search(window):
        cell = far[1].decode("ascii")
        raise SheetTooLarge(
            f"Sheet “{sheet}” has something in cell {cell}, far beyond the table. Delete the columns and rows beyond "
            "the table, or copy the rows into our template.",
            f"工作表“{sheet}”的单元格 {cell} 远在表格之外还有内容。请删除表格以外的行和列，或将数据复制到本平台模板。",
        )
    if b"<f" not in window and b":f" not in window:
        return
    formulas = looked.formulas.setdefault(sheet, {})
    for letters, row in _FORMULA.findall(window):
        formulas.setdefault(int(row) - 1, set()).add(column_number(letters.decode("ascii")))
