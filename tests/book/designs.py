"""Designs and workbooks that the tests of ``crmsheet.book`` write."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from crmsheet.book.design import Body, Design


def rich_design(rows: int = 30, name: str = "客户分层", table: str = "crm_tiers") -> Design:
    """A sheet with all that our views use: table, chart, data bar, validation, links, print settings."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet(name)
    date = book.add_format({"num_format": "yyyy-mm-dd", "border": 1, "font_name": "微软雅黑"})
    number = book.add_format({"num_format": "0.00"})
    last = 5 + max(rows, 1)
    sheet.write(0, 0, "标题", book.add_format({"bold": True, "font_size": 16}))
    sheet.write_row(4, 0, ["客户", "日期", "数"], date)
    for column, style in enumerate((None, date, number)):
        sheet.write_blank(5, column, None, style)
    columns = [{"header": "客户"}, {"header": "日期"}, {"header": "数"}]
    sheet.add_table(4, 0, last - 1, 2, {"name": table, "columns": columns})
    sheet.write_rich_string(1, 5, book.add_format({"bold": True}), "粗", "细")
    sheet.write_url(0, 7, "https://example.com/a")
    sheet.write_url(1, 7, f"internal:'{name}'!A1")
    sheet.conditional_format(5, 2, last - 1, 2, {"type": "data_bar", "data_bar_2010": True})
    red = book.add_format({"bg_color": "red"})
    sheet.conditional_format(
        5, 0, last - 1, 0, {"type": "cell", "criteria": "==", "value": '"高"', "format": red}
    )
    sheet.data_validation(5, 0, last - 1, 0, {"validate": "list", "source": ["甲", "乙"]})
    sheet.freeze_panes(5, 1)
    sheet.set_column(0, 1, 20)
    sheet.repeat_rows(4)
    sheet.print_area(0, 0, last - 1, 2)
    for index in range(6):
        sheet.write(5 + index, 9, f"类{index}")
        sheet.write(5 + index, 10, index * 2)
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": [name, 5, 10, 10, 10], "categories": [name, 5, 9, 10, 9]})
    sheet.insert_chart("M2", chart, {"description": "各类"})
    book.close()
    return Design(buffer.getvalue(), (Body(6, _columns(rows)),))


def plain_design(name: str = "客户分层") -> Design:
    """A sheet with one row of text."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.add_worksheet(name).write(0, 0, "什么都没有")
    return Design(buffer.getvalue())


def streamed(*columns: Sequence[object], name: str = "混合") -> Design:
    """A header row, and ``columns`` streamed below it."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, [f"列{place}" for place in range(len(columns))])
    return Design(buffer.getvalue(), (Body(2, tuple(columns)),))


def _columns(rows: int) -> tuple[list[object], ...]:
    return (
        [f"=客户{index}<&" for index in range(rows)],
        [dt.date(2024, 1, 1 + index % 28) for index in range(rows)],
        [index / 3 for index in range(rows)],
    )


def plain_workbook(path: Path, sheet: str = "客户需求记录") -> Path:
    """A user's workbook of one sheet."""
    with xlsxwriter.Workbook(path) as book:
        entry = book.add_worksheet(sheet)
        entry.write_row(0, 0, ["客户名称", "日期"])
        entry.write_row(1, 0, ["华南机电", "2024-01-02"])
    return path
