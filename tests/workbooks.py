"""Small workbooks that tests read: the sample rows of the source documents, and whatever a test types."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl

RECORD_HEADERS = [
    "客户编号", "客户名称", "所属行业", "对接人", "职位", "联系方式", "最近接触时间", "接触方式",
    "沟通要点", "显性需求", "隐性需求", "需求优先级", "当前状态", "负责人", "下次跟进计划", "备注",
]  # fmt: skip

# The two sample rows of S0, as printed there.
S0_ROWS: list[list[Any]] = [
    ["C2024001", "A科技公司", "互联网", "张*", "采购总监", None, "2024-03-15", "线下会议",
     "系统响应速度慢,需提升数据处理效率", "支持实时数据监控、API接口开放", "担忧后期运维成本高,希望提供技术培训", None,
     "处理中", "李*", "2024-03-20提供技术方案", "客户提到竞品报价低10%,需突出性价比优势"],
    ["C2024002", "B制造企业", "工业", "王*", "生产经理", "1395678", "2024-03-10", "电话沟通",
     "需定制化报表功能,适配现有ERP系统", "报表支持Excel导出、自定义字段", "希望供应商能提供行业案例参考", None,
     "待跟进", "张*", "2024-03-25发送行业案例", "客户决策周期较长,需每月同步产品迭代进展"],
]  # fmt: skip

# The example of S2, field by field as printed there.
S2_FORM: list[tuple[str, str, str]] = [
    ("客户基础信息", "客户名称", "科技有限公司"),
    ("", "所属行业", "信息技术服务业"),
    ("", "企业规模", "100-500人,营收5000万-1亿"),
    ("联系信息", "主联系人", "*经理"),
    ("", "联系人职位", "采购部经理"),
    ("", "联系电话", "1385678"),
    ("", "邮箱", "zhangsanxx"),
    ("需求特征", "核心需求", "需要一套能整合多渠道数据的营销工具"),
    ("", "预算范围", "8-10万"),
    ("", "决策周期", "2-3个月"),
    ("", "关键决策因素", "服务响应速度与售后支持"),
    ("交易记录", "历史合作次数", "0(首次合作)"),
    ("", "历史合作金额", "0"),
    ("", "最近合作时间", "无"),
    ("", "合作状态", "潜在客户(未合作)"),
    ("跟进记录", "最近跟进时间", "2023-10-15"),
    ("", "跟进内容", "发送产品方案,客户表示需内部讨论"),
    ("", "跟进结果", "有意向,下周给初步反馈"),
    ("", "下一步计划", "10月20日电话跟进反馈"),
    ("分析标签", "客户价值等级", "中价值(预算匹配,需求明确)"),
    ("", "需求优先级", "高(近期有采购计划)"),
    ("", "风险提示", "无明显风险"),
]


def write_rows(path: Path, rows: Sequence[Sequence[Any]], *, sheet: str = "客户需求记录") -> Path:
    """A workbook with one sheet of rows."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


def write_records(path: Path, rows: Sequence[Sequence[Any]] = tuple(S0_ROWS)) -> Path:
    """A record sheet with its sixteen headers."""
    return write_rows(path, [RECORD_HEADERS, *rows])


def record(**cells: Any) -> list[Any]:
    """One row of the record sheet; what is not named is as in the first sample row."""
    return [cells.get(header, value) for header, value in zip(RECORD_HEADERS, S0_ROWS[0], strict=True)]


def table_of(path: Path, sheet: str, first_header: str) -> list[dict[str, Any]]:
    """The rows below the header row that opens with ``first_header``, up to the first blank row."""
    rows = list(openpyxl.load_workbook(path, data_only=True)[sheet].iter_rows(values_only=True))
    start = next(i for i, row in enumerate(rows) if row and row[0] == first_header)
    headers = [header for header in rows[start] if header is not None]
    found = []
    for row in rows[start + 1 :]:
        if not any(cell is not None for cell in row):
            break
        found.append(dict(zip(headers, row, strict=False)))
    return found
