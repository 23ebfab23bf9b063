"""Workbooks as users have them: charts, pictures, notes, validations, macros, names."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import openpyxl.chart
import openpyxl.comments
import openpyxl.worksheet.datavalidation
import xlsxwriter

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def busy(path: Path) -> Path:
    """Everything XlsxWriter can draw on two sheets and a chart sheet."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("客户需求记录")
        sheet.write_row(0, 0, ["客户", "金额", "状态"])
        for row in range(1, 20):
            sheet.write_row(row, 0, [f"客户{row}", row * 1000, "跟进中"])
        sheet.add_table(
            0, 0, 19, 2, {"name": "crm_tiers", "columns": [{"header": h} for h in ("客户", "金额", "状态")]}
        )
        sheet.conditional_format("B2:B20", {"type": "data_bar", "data_bar_2010": True})
        sheet.conditional_format("C2:C20", {"type": "icon_set", "icon_style": "3_traffic_lights"})
        sheet.data_validation("C2:C20", {"validate": "list", "source": "=状态表"})
        sheet.write_comment("A2", "王经理说要跟进")
        sheet.insert_image("H2", "p.png", {"image_data": io.BytesIO(PIXEL)})
        sheet.insert_textbox("H8", "说明")
        sheet.insert_button("H14", {"macro": "Refresh", "caption": "刷新"})
        sheet.add_sparkline("E2", {"range": "客户需求记录!B2:B20"})
        sheet.set_header("&C&G", {"image_center": "p.png", "image_data_center": io.BytesIO(PIXEL)})
        sheet.print_area("A1:C20")
        sheet.freeze_panes(1, 1)
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=客户需求记录!$B$2:$B$20"})
        sheet.insert_chart("J2", chart)
        other = book.add_worksheet("状态")
        other.write_column(0, 0, ["跟进中", "已解决"])
        other.write_formula("B1", "=SUM(客户需求记录!B2:B20)", None, 190000)
        other.protect("pw")
        other.set_background(io.BytesIO(PIXEL), is_byte_stream=True)
        book.define_name("状态表", "=状态!$A$1:$A$2")
        sheets_chart = book.add_chartsheet("图")
        pie = book.add_chart({"type": "pie"})
        pie.add_series({"values": "=客户需求记录!$B$2:$B$5"})
        sheets_chart.set_chart(pie)
    return path


def macros(path: Path) -> Path:
    """A macro workbook; the project is a stand-in, since nobody here runs it."""
    path = path.with_suffix(".xlsm")
    with xlsxwriter.Workbook(path) as book:
        book.add_vba_project(io.BytesIO(b"\xd0\xcf\x11\xe0" + bytes(600)), is_stream=True)
        sheet = book.add_worksheet("表")
        sheet.write("A1", "宏")
        sheet.insert_button("B2", {"macro": "Go"})
    return path


def by_openpyxl(path: Path) -> Path:
    """As other libraries write: no spans, other prefixes for drawings, a chart, a note, a validation."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "数据"
    for row in range(1, 6):
        sheet.append([f"行{row}", row])
    chart = openpyxl.chart.BarChart()
    chart.add_data(openpyxl.chart.Reference(sheet, min_col=2, min_row=1, max_row=5))
    sheet.add_chart(chart, "E2")
    sheet["A1"].comment = openpyxl.comments.Comment("注", "a")
    validation = openpyxl.worksheet.datavalidation.DataValidation(type="list", formula1='"甲,乙"')
    sheet.add_data_validation(validation)
    validation.add("C1:C5")
    book.create_sheet("空")
    book.save(path)
    return path


def calendar_1904(path: Path) -> Path:
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        book.add_worksheet("一").write("A1", 1)
    return path


def inline_strings(path: Path) -> Path:
    """Without shared strings, and cells written as they came."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("流")
        for row in range(5):
            sheet.write_row(row, 0, ["甲", row])
    return path


MAKERS: dict[str, Callable[[Path], Path]] = {
    "busy": busy,
    "macros": macros,
    "openpyxl": by_openpyxl,
    "1904": calendar_1904,
    "inline strings": inline_strings,
}
