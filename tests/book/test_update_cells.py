"""Cells of a user's own sheet change; nothing around them does."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
import python_calamine
import xlsxwriter

from crmsheet.book.workbook import Workbook
from crmsheet.errors import DamagedWorkbook, SheetNotFound

SHEET = "客户需求记录"


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    path = tmp_path / "entry.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet(SHEET)
        bold = book.add_format({"bold": True})
        text = book.add_format({"num_format": "@", "bg_color": "yellow"})
        sheet.write_row(0, 0, ["客户", "日期", "金额", "合计"])
        sheet.write(1, 0, "华南机电", bold)
        sheet.write(1, 1, "2024.1.2", text)
        sheet.write(1, 2, "12万", text)
        sheet.write_formula(1, 3, "=C2*2", None, 24)
        sheet.write(3, 0, "东方")
        sheet.set_row(5, 30)
        sheet.merge_range(8, 0, 8, 2, "合并")
        sheet.write_array_formula(10, 0, 11, 0, "{=C2:C3*2}")
        sheet.add_table(13, 0, 15, 1, {"name": "小表", "columns": [{"header": "甲"}, {"header": "乙"}]})
        sheet.set_column(5, 5, 12, bold)
        other = book.add_worksheet("其他")
        other.write("A1", "不动")
    return path


def _saved(entry: Path, updates: dict[tuple[int, int], object]) -> tuple[openpyxl.Workbook, object]:
    book = Workbook.open(entry)
    changes = book.update_cells(SHEET, updates)
    target = entry.with_name("out.xlsx")
    book.save(target)
    return openpyxl.load_workbook(target), changes


def test_values_change_and_formats_stay(entry: Path) -> None:
    book, changes = _saved(entry, {(2, 1): "华南机电<有限>", (2, 2): dt.date(2024, 1, 2), (2, 3): 120000})
    sheet = book[SHEET]
    assert sheet["A2"].value == "华南机电<有限>"
    assert sheet["A2"].font.bold
    assert sheet["B2"].value == dt.datetime(2024, 1, 2)
    assert sheet["B2"].number_format == "yyyy-mm-dd"
    assert sheet["B2"].fill.bgColor.rgb or sheet["B2"].fill.fgColor.rgb == "FFFFFF00"
    assert sheet["C2"].value == 120000
    assert sheet["C2"].number_format == "General"
    assert changes.changed == ((2, 1), (2, 2), (2, 3))


def test_new_cells_and_rows_come_in_order(entry: Path) -> None:
    updates = {(4, 3): 7, (3, 2): "插", (6, 1): "高行", (20, 6): "列格式", (4, 1): "改", (1, 5): "右"}
    book, changes = _saved(entry, updates)
    sheet = book[SHEET]
    assert {where: sheet.cell(*where).value for where in updates} == updates
    assert sheet["F20"].font.bold
    assert sheet.row_dimensions[6].height == 30
    assert not changes.refused
    xml = zipfile.ZipFile(entry.with_name("out.xlsx")).read("xl/worksheets/sheet1.xml").decode()
    rows = [int(number) for number in re.findall(r'<row r="(\d+)"', xml)]
    assert rows == sorted(rows)
    assert re.search(r'<dimension ref="A1:F20"', xml)


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ((2, 4), "formula"),
        ((9, 2), "merged"),
        ((12, 1), "array_formula"),
        ((11, 1), "array_formula"),
        ((14, 2), "table_header"),
        ((0, 1), "outside"),
        ((1, 16385), "outside"),
    ],
)
def test_cells_that_must_not_change_are_refused(entry: Path, where: tuple[int, int], reason: str) -> None:
    book = Workbook.open(entry)
    changes = book.update_cells(SHEET, {where: "新", (9, 1): "可以"})
    assert changes.refused == {where: reason}
    assert changes.changed == ((9, 1),)


def test_every_other_byte_of_the_sheet_stays(entry: Path) -> None:
    _saved(entry, {(2, 1): "新"})
    name = "xl/worksheets/sheet1.xml"
    before = zipfile.ZipFile(entry).read(name)
    after = zipfile.ZipFile(entry.with_name("out.xlsx")).read(name)
    cell = re.compile(rb'<c r="A2".*?</c>')
    assert cell.sub(b"", before, count=1) == cell.sub(b"", after, count=1)


def test_other_parts_stay_and_excel_is_asked_to_calculate(entry: Path) -> None:
    _saved(entry, {(2, 3): 5})
    before, after = zipfile.ZipFile(entry), zipfile.ZipFile(entry.with_name("out.xlsx"))
    changed = {name for name in before.namelist() if before.read(name) != after.read(name)}
    assert changed <= {"xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"}
    assert b'fullCalcOnLoad="1"' in after.read("xl/workbook.xml")


def test_text_of_a_formula_is_written_as_text(entry: Path) -> None:
    book, _ = _saved(entry, {(2, 1): "=cmd|' /C calc'!A0"})
    assert book[SHEET]["A2"].data_type == "s"
    assert book[SHEET]["A2"].value == "=cmd|' /C calc'!A0"


def test_a_blank_clears_the_cell_and_keeps_its_format(entry: Path) -> None:
    book, changes = _saved(entry, {(2, 1): None, (7, 7): None})
    assert book[SHEET]["A2"].value is None
    assert book[SHEET]["A2"].font.bold
    assert changes.changed == ((2, 1),)


def test_an_unknown_sheet_is_named_with_the_nearest(entry: Path) -> None:
    with pytest.raises(SheetNotFound) as caught:
        Workbook.open(entry).update_cells("客户需求纪录", {(1, 1): "x"})
    assert caught.value.near == SHEET


def test_rows_and_cells_without_numbers_take_the_slow_path(entry: Path, tmp_path: Path) -> None:
    odd = tmp_path / "odd.xlsx"
    with zipfile.ZipFile(entry) as source, zipfile.ZipFile(odd, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = re.sub(rb'<(row|c) r="\w+"', rb"<\1", data)
            target.writestr(name, data)
    book = Workbook.open(odd)
    changes = book.update_cells(SHEET, {(1, 2): "改"})
    assert not changes.plain_form
    book.save(tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")[SHEET]
    assert [cell.value for cell in sheet[1]][:4] == ["客户", "改", "金额", "合计"]


def test_masked_texts_leave_the_file_when_asked(entry: Path, tmp_path: Path) -> None:
    book = Workbook.open(entry)
    book.update_cells(SHEET, {(2, 1): "华*电"})
    book.save(tmp_path / "kept.xlsx")
    assert "华南机电".encode() in zipfile.ZipFile(tmp_path / "kept.xlsx").read("xl/sharedStrings.xml")
    book = Workbook.open(tmp_path / "kept.xlsx")
    assert book.forget_unused_texts() == 1
    assert book.forget_unused_texts() == 0
    book.save(tmp_path / "gone.xlsx")
    assert "华南机电".encode() not in zipfile.ZipFile(tmp_path / "gone.xlsx").read("xl/sharedStrings.xml")
    before, after = (python_calamine.load_workbook(tmp_path / name) for name in ("kept.xlsx", "gone.xlsx"))
    assert before.get_sheet_by_name(SHEET).to_python() == after.get_sheet_by_name(SHEET).to_python()


@pytest.mark.parametrize("address", ["!!", "a1", "1", "", "A", "ABCD1"])
def test_cells_with_impossible_addresses_are_damage(entry: Path, tmp_path: Path, address: str) -> None:
    odd = tmp_path / "odd.xlsx"
    with zipfile.ZipFile(entry) as source, zipfile.ZipFile(odd, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = data.replace(b'<c r="A1"', b'<c s="0" r="%s"' % address.encode(), 1)
            target.writestr(name, data)
    with pytest.raises(DamagedWorkbook):
        Workbook.open(odd).update_cells(SHEET, {(1, 2): "改"})
