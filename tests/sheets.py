"""Workbooks of given cells, written for a test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from crmsheet.book.read import read_book
from crmsheet.model import Tables
from crmsheet.recognize import recognize

Rows = Sequence[Sequence[Any]]
Finish = Callable[[Any], object]

RECORD_HEADERS = (
    "客户编号", "客户名称", "所属行业", "对接人", "职位", "联系方式", "最近接触时间", "接触方式",
    "沟通要点", "显性需求", "隐性需求", "需求优先级", "当前状态", "负责人", "下次跟进计划", "备注",
)  # fmt: skip
RECORD = (
    "C2024001", "A科技公司", "互联网", "张*", "采购总监", "1395678", "2024-03-15", "线下会议",
    "系统响应速度慢", "支持实时数据监控、API接口开放", "担忧后期运维成本高,希望提供技术培训", None,
    "处理中", "李*", "2024-03-20提供技术方案", "竞品报价低10%",
)  # fmt: skip


def write_book(path: Path, sheets: dict[str, Rows], finish: dict[str, Finish] | None = None) -> Path:
    """A workbook with those cells; ``finish`` does the rest to a sheet: merge, hide, formulas."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if value is not None:
                        sheet.write(number, column, value)
            if finish and name in finish:
                finish[name](sheet)
    return path


def recognized(path: Path, sheets: dict[str, Rows], finish: dict[str, Finish] | None = None) -> Tables:
    """What is recognised in a workbook with those cells."""
    return recognize(read_book(write_book(path / "book.xlsx", sheets, finish)))
