"""Spreadsheets as they come from counties: what is read, and with which sentence the rest is refused."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import xlsxwriter

from services.catalog.domain.sheets.cells import CellRefused, Workbook, read_cell, write_cell
from services.catalog.domain.sheets.columns import COLUMNS, Column, SheetName
from services.catalog.domain.sheets.reading import MOST_ROWS, Book, kind_of, read_book
from services.catalog.domain.sheets.rows import Rows, read_rows
from services.catalog.domain.sheets.writing import empty_sheet, filled_sheet, headings, notes_sheet, write_sheets
from services.kit.problem import Problem
from tests.catalog.sheets import LOT, csv_of, lot_line, xlsx_of


def column(name: str, sheet: SheetName = "lots") -> Column:
    return next(each for each in COLUMNS[sheet] if each.field == name)


def book_of(data: bytes) -> Book:
    return read_book(data, kind_of(data))


def lots_of(data: bytes) -> Rows:
    book = book_of(data)
    (table,) = [table for table in book.tables if table.sheet == "lots"]
    return read_rows(table, book.workbook, lambda _: None)


def refusal(data: bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        lots_of(data)
    assert caught.value.zh
    assert caught.value.en
    return caught.value


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_is_read_by_its_own_headings_and_has_no_rows(language: str) -> None:
    sheets = [empty_sheet("producers", language), empty_sheet("lots", language), notes_sheet(language)]
    book = book_of(write_sheets("xlsx", sheets))
    assert [(table.sheet, list(table.rows)) for table in book.tables] == [("producers", []), ("lots", [])]
    assert book.remarks == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_csv_is_read_whatever_wrote_it(language: str, encoding: str, separator: str) -> None:
    (row,) = lots_of(csv_of(lot_line(), language=language, separator=separator, encoding=encoding)).rows
    assert row.values["specialty"] == "砀山酥梨"
    assert (row.values["price_fen"], row.values["net_grams"], row.values["offered_units"]) == (2990, 2500, 1000)


def test_rare_characters_of_gb18030_survive() -> None:
    (row,) = lots_of(csv_of(lot_line(display_name="䶮㙍梨𠮷"), encoding="gb18030")).rows
    assert row.values["display_name"] == "䶮㙍梨𠮷"


def test_a_workbook_is_read_with_its_dates_numbers_and_codes() -> None:
    sheet = lots_of(
        xlsx_of(lot_line(harvested_on=date(2026, 9, 20), lot_number=20260901, region_code=341321, price_fen=29.9))
    )
    (row,) = sheet.rows
    assert sheet.faults == []
    assert row.values["harvested_on"] == "2026-09-20"
    assert (row.values["lot_number"], row.values["region_code"], row.values["price_fen"]) == (
        "20260901",
        "341321",
        2990,
    )


@pytest.mark.parametrize(
    "written",
    ["2026-09-20", "2026/9/20", "2026.9.20", "2026年9月20日", "２０２６－０９－２０", "20260920", "46285", 46285],
)
def test_a_day_may_be_written_in_every_usual_way_even_as_the_number_excel_keeps(written: object) -> None:
    assert read_cell(column("harvested_on"), written, Workbook()) == "2026-09-20"


def test_a_day_read_from_a_bare_number_is_said_aloud() -> None:
    sheet = lots_of(csv_of(lot_line(harvested_on="46285")))
    assert sheet.remarks[0].zh == "第 2 行“采收日期”：数字 46285 按日期 2026-09-20 读取。"


def test_days_of_a_workbook_that_counts_from_1904_are_its_own() -> None:
    assert read_cell(column("harvested_on"), 44823, Workbook(since_1904=True)) == "2026-09-20"


@pytest.mark.parametrize("written", ["2026-02-30", "next week", "7", 3.5, True])
def test_what_is_no_day_is_refused(written: object) -> None:
    with pytest.raises(CellRefused, match="2026-09-20"):
        read_cell(column("harvested_on"), written, Workbook())


@pytest.mark.parametrize(
    ("written", "grams"),
    [("5斤", "2500"), ("2.5公斤", "2500"), ("5 kg", "5000"), ("0.5吨", "500000"), ("５斤", "2500"), ("500克", "500")],
)
def test_a_weight_in_another_unit_is_told_its_grams_and_never_converted_in_silence(written: str, grams: str) -> None:
    with pytest.raises(CellRefused) as caught:
        read_cell(column("net_grams"), written, Workbook())
    assert f"应填 {grams}（" in caught.value.zh
    assert f"write {grams} for" in caught.value.en


def test_a_column_of_jin_is_told_to_convert() -> None:
    words = [word.replace("克", "斤") for word in headings("lots", "zh")]
    refused = refusal("\n".join([",".join(words), ",".join(map(str, lot_line()))]).encode())
    assert "1 斤 = 500 克" in refused.zh


def test_a_suspiciously_light_unit_is_remarked_on_and_not_refused() -> None:
    sheet = lots_of(csv_of(lot_line(net_grams="5")))
    assert sheet.faults == []
    assert sheet.remarks[0].zh == "第 2 行：每件净重仅 5 克；如为 5 斤，应填 2500。"


@pytest.mark.parametrize(
    ("written", "fen"),
    [("29.90", 2990), ("29.9元", 2990), ("¥1,234.50", 123450), (0.1 + 0.2, 30), (1e6, 100000000), ("0", 0)],
)
def test_money_is_exact(written: object, fen: int) -> None:
    assert read_cell(column("price_fen"), written, Workbook()) == fen


@pytest.mark.parametrize("written", ["29.905", 29.905, "-1", "面议", "1e3", "=1+1", True, float("nan"), float("inf")])
def test_what_is_no_amount_is_refused(written: object) -> None:
    with pytest.raises(CellRefused):
        read_cell(column("price_fen"), written, Workbook())


def test_a_code_that_excel_rounded_is_not_guessed() -> None:
    with pytest.raises(CellRefused, match="Text"):
        read_cell(column("uscc"), 9.33413210000001e17, Workbook())


def test_a_line_break_in_a_name_is_refused_and_in_a_description_kept() -> None:
    row = lot_line(display_name='"礼盒\r\n装"', description_zh='"第一行\r\n第二行_x000D_"')
    sheet = lots_of(csv_of(row))
    assert [(fault.cell, fault.row) for fault in sheet.faults] == [("N2", 2)]
    assert "Alt+Enter" in sheet.faults[0].zh
    assert sheet.rows[0].values["description_zh"] == "第一行\n第二行"


def test_a_merged_cell_is_named_with_its_range() -> None:
    data = xlsx_of(lot_line(), lot_line(), touch=lambda _, page: page.merge_range("D2:D3", "砀山酥梨"))
    (fault,) = lots_of(data).faults
    assert (fault.cell, fault.row) == ("D2", 2)
    assert "D2:D3 是合并单元格" in fault.zh


def test_a_title_merged_above_the_headings_disturbs_nobody() -> None:
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole) as book:
        page = book.add_worksheet()
        page.merge_range("A1:H1", "砀山县 2026 年批次表")
        for number, row in enumerate([headings("lots", "zh"), lot_line()], 1):
            page.write_row(number, 0, row)
    sheet = lots_of(whole.getvalue())
    assert sheet.faults == []
    assert sheet.rows[0].number == 3


def test_a_formula_is_refused_at_its_cell_whatever_it_comes_to() -> None:
    data = xlsx_of(lot_line(), touch=lambda _, page: page.write_formula("I2", "=20+9.9", None, 29.9))
    (fault,) = lots_of(data).faults
    assert (fault.cell, fault.row) == ("I2", 2)
    assert "选择性粘贴" in fault.zh


def test_a_hidden_sheet_is_not_read_and_said_so() -> None:
    def hide(book: Any, _: Any) -> None:
        more = book.add_worksheet("旧表")
        more.write_row(0, 0, headings("lots", "zh"))
        more.write_row(1, 0, lot_line(lot_number="OLD"))
        more.hide()

    data = xlsx_of(lot_line(), touch=hide)
    assert len(lots_of(data).rows) == 1
    assert [remark.zh for remark in book_of(data).remarks] == ["隐藏的工作表“旧表”未读取；如需导入，请先取消隐藏。"]


def test_two_sheets_of_lots_are_refused() -> None:
    data = xlsx_of(lot_line(), touch=lambda book, _: book.add_worksheet("再来").write_row(0, 0, headings("lots", "zh")))
    assert refusal(data).type == "sheet-headings"


def test_fifty_thousand_rows_are_read_and_one_more_is_refused() -> None:
    one = ",".join(map(str, lot_line()))
    whole = "\n".join([",".join(headings("lots", "zh")), *([one] * MOST_ROWS)])
    (table,) = book_of(whole.encode()).tables
    assert sum(1 for _ in table.rows) == MOST_ROWS
    (table,) = book_of(f"{whole}\n\n{one}\n".encode()).tables
    with pytest.raises(Problem, match="50,000") as caught:
        list(table.rows)
    assert caught.value.type == "sheet-too-large"


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \r\n\r\n"], ids=["nothing", "mark", "blank"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert refusal(data).type == "sheet-empty"


def _archive(**parts: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return whole.getvalue()


def _with(data: bytes, name: str, content: bytes) -> bytes:
    whole = io.BytesIO(data)
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return whole.getvalue()


def test_a_zip_bomb_is_refused_by_what_it_unpacks_to() -> None:
    bomb = _with(xlsx_of(lot_line()), "xl/media/bomb.xml", b"0" * (257 * 1024 * 1024))
    assert len(bomb) < 1024 * 1024
    assert refusal(bomb).type == "sheet-too-large"


def test_a_zip_bomb_that_lies_about_its_size_is_refused() -> None:
    bomb = bytearray(_with(xlsx_of(lot_line()), "xl/bomb.xml", b"0" * (8 * 1024 * 1024)))
    directory = bomb.rindex(b"PK\x01\x02")
    bomb[directory + 24 : directory + 28] = (1000).to_bytes(4, "little")
    assert refusal(bytes(bomb)).type == "sheet-unreadable"


def test_a_cell_in_the_last_column_of_the_world_is_refused_before_it_is_read() -> None:
    data = xlsx_of(lot_line(), touch=lambda _, page: page.write("XFD1048576", 1))
    assert "XFD1048576" in refusal(data).zh


def test_an_entity_in_a_workbook_is_refused() -> None:
    data = _archive(**{"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><workbook/>'})
    assert refusal(data).type == "sheet-unreadable"


def test_macros_are_refused_whatever_the_file_is_called() -> None:
    refused = refusal(_with(xlsx_of(lot_line()), "xl/vbaProject.bin", b"\x00macro"))
    assert (refused.type, refused.status) == ("sheet-type-refused", 415)
    assert ".xlsm" in refused.zh


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\x00\x03\x00\x00\x00\x04\x00" + bytes(200),
        b"\x7fELF\x02\x01\x01\x00" + bytes(200),
        b"%PDF-1.7\n\x00\x01\xff",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
        _archive(**{"word/document.xml": b"<w/>"}),
    ],
    ids=["exe", "elf", "pdf", "png", "xls", "docx"],
)
def test_a_renamed_file_of_another_kind_is_refused(data: bytes) -> None:
    assert refusal(data).type == "sheet-type-refused"


@pytest.mark.parametrize("length", [100, 2000], ids=["head", "half"])
def test_half_a_workbook_is_refused(length: int) -> None:
    assert refusal(xlsx_of(lot_line())[:length]).type == "sheet-unreadable"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda words: ["毛利率", *words[1:]], "毛利率"),
        (lambda words: [words[0], words[0], *words[2:]], "出现了两次"),
        (lambda words: [word for word in words if "批次号" not in word], "缺少列“批次号”"),
        (lambda words: [*words[:6], "上架标提", *words[7:]], "是否为“上架标题”"),
    ],
    ids=["unknown", "twice", "missing", "misspelt"],
)
def test_headings_that_are_not_ours_are_named(change: Callable[[list[str]], list[str]], said: str) -> None:
    refused = refusal(",".join(change(headings("lots", "zh"))).encode())
    assert refused.type == "sheet-headings"
    assert said in refused.zh


def test_an_unclosed_quotation_mark_is_refused_with_its_row() -> None:
    refused = refusal(csv_of(lot_line(), lot_line(display_name='"' + "x" * 200_000)))
    assert refused.type == "sheet-unreadable"
    assert "第 2 行" in refused.zh


def test_a_row_says_everything_that_is_wrong_with_it_at_once() -> None:
    sheet = lots_of(csv_of(lot_line(price_fen="", net_grams="5斤", packaging="木箱", harvested_on="昨天")))
    assert [fault.cell for fault in sheet.faults] == ["I2", "K2", "Q2", "T2"]
    assert sheet.faults[0].zh == "此项必填。"
    assert "预包装" in sheet.faults[2].zh


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_written_is_read_back_as_the_same_values(kind: Any, language: str) -> None:
    values = LOT | {
        "price_fen": 2990,
        "net_grams": 2500,
        "offered_units": 1000,
        "display_name": "=HYPERLINK(1)",
        "packaging": "prepacked",
        "cold_stored": True,
        "harvested_on": "2026-09-20",
        "season_months": [9, 10],
        "delivery_region_codes": ["340000", "310000"],
        "description_zh": "第一行\n第二行",
    }
    cells = [write_cell(each, values.get(each.field), language) for each in COLUMNS["lots"]]
    sheet = lots_of(write_sheets(kind, [filled_sheet("lots", language, [cells])]))
    assert sheet.faults == []
    assert {name: value for name, value in sheet.rows[0].values.items() if value is not None} == values
