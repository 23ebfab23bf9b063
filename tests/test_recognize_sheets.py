"""Which sheet is which standard sheet; forms, settings, holidays and snapshots."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sheets import RECORD, RECORD_HEADERS, recognized

from crmsheet.book.read import read_book
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels
from crmsheet.model import Note, Setting
from crmsheet.recognize import recognize

CUSTOMERS = [RECORD_HEADERS, RECORD]
PROFILE_FORM = [
    ["营销团队客户信息收集与分析表"],
    ["大类", "字段名称", "填写说明", "示例"],
    ["客户基础信息", "客户名称", "企业全称", "(..)科技有限公司"],
    [None, "所属行业", "按国家统计局标准分类", "信息技术服务业"],
    [None, "企业规模", "员工人数/营收", "100-500人,营收5000万-1亿"],
    ["联系信息", "主联系人", "关键对接人", "*经理"],
    [None, "联系人职位", "采购总监/CEO", "采购部经理"],
    [None, "联系电话", "常用办公电话", "1385678"],
    ["需求特征", "核心需求", "一句话", "需要一套能整合多渠道数据的营销工具"],
    ["跟进记录", "最近跟进时间", "日期", "2023-10-15"],
]
LABELS = Labels.load()


@pytest.mark.parametrize("code", [code for code in SHEETS if code != "holidays"])
def test_each_standard_sheet_is_known_by_its_headers_alone(tmp_path: Path, code: str) -> None:
    headers = [LABELS.field(field.code, code) for field in SHEETS[code].fields]
    tables = recognized(tmp_path, {"Sheet1": CUSTOMERS, "Sheet2": [headers, ["x"] * len(headers)]})
    expected = {"records", code}
    assert set(tables.tables) == expected
    if code != "records":
        assert list(tables[code].columns) == [field.code for field in SHEETS[code].fields]
        assert tables.tables[code].sheet == "Sheet2"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        (["客户编号", "下单日期", "金额", "产品"], "orders"),
        (["客户名称", "订单号", "成交日期", "成交金额", "毛利"], "orders"),
        (["Customer", "Order Date", "Amount"], "orders"),
        (["客户编号", "拜访时间", "拜访方式", "参会人员", "沟通内容", "客户情绪"], "interactions"),
        (["客户", "跟进时间", "跟进方式", "跟进内容", "填写时间", "参与人"], "interactions"),
        (["客户名称", "合同编号", "合同到期日", "合同金额", "是否续签"], "contracts"),
        (["客户编号", "评价日期", "满意度（1-5）", "投诉内容"], "feedback"),
        (["需求编号", "任务名称", "责任人", "开始时间", "截止时间", "交付物"], "tasks"),
        (["客户名称", "行业", "公司规模", "联系人", "电话", "邮箱", "地址"], "profiles"),
    ],
)
def test_other_tables_are_known_by_what_they_are_about(tmp_path: Path, headers: list[str], code: str) -> None:
    tables = recognized(tmp_path, {"客户需求记录": CUSTOMERS, "Sheet2": [headers, ["x"] * len(headers)]})
    assert set(tables.tables) == {"records", code}
    assert len([c for c in tables[code].columns if c in {f.code for f in SHEETS[code].fields}]) == len(
        headers
    )


def test_a_sheets_name_breaks_ties(tmp_path: Path) -> None:
    headers = ["客户编号", "客户名称", "对接人", "联系方式", "负责人"]
    rows = [headers, ["C1", "甲", "张*", "010", "李*"]]
    assert set(recognized(tmp_path, {"客户资料": rows}).tables) == {"profiles"}
    assert set(recognized(tmp_path, {"需求记录": rows}).tables) == {"records"}


def test_a_log_is_read_as_customers_when_there_are_no_others(tmp_path: Path) -> None:
    rows = [
        ["客户编号", "客户名称", "接触时间", "接触方式", "参与人员", "沟通要点"],
        ["C1", "甲", "2024-1-2", "电话", "李*", "x"],
    ]
    assert set(recognized(tmp_path, {"互动记录": rows}).tables) == {"records"}
    assert set(recognized(tmp_path, {"互动记录": rows, "客户": CUSTOMERS}).tables) == {
        "records",
        "interactions",
    }


def test_of_two_alike_the_better_is_read_and_the_other_named(tmp_path: Path) -> None:
    tables = recognized(tmp_path, {"张三": CUSTOMERS, "客户需求记录": CUSTOMERS, "李四": CUSTOMERS})
    assert tables.tables["records"].sheet == "客户需求记录"
    found = [note.facts["sheet"] for note in tables.notes if note.code == "sheet_not_read"]
    assert found == ["张三", "李四"]


def test_a_filled_sheet_is_better_than_an_empty_one_of_the_standard_name(tmp_path: Path) -> None:
    tables = recognized(tmp_path, {"客户需求记录": [RECORD_HEADERS], "张三": CUSTOMERS})
    assert tables.tables["records"].sheet == "张三"


@pytest.mark.parametrize("name", ["使用说明", "填写说明", "字段说明", "客户分层"])
def test_sheets_that_explain_or_analyse_are_no_customers(tmp_path: Path, name: str) -> None:
    tables = recognized(tmp_path, {"客户": CUSTOMERS, name: PROFILE_FORM})
    assert set(tables.tables) == {"records"}
    assert not tables.notes


def test_own_analysis_sheets_are_no_tables(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("客户", "总览", "历史"):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(
                CUSTOMERS if name != "历史" else [["as_of", "tier"], ["2026-01-01", "高"]]
            ):
                sheet.write_row(number, 0, ["" if value is None else value for value in row])
        book.define_name("_crm.tiers", "='总览'!$A$1")
        book.define_name("_crm.snapshots", "='历史'!$A$1")
    tables = recognize(read_book(path))
    assert tables.tables["records"].sheet == "客户"
    assert not tables.notes
    assert tables.earlier("snapshots").to_dict("list") == {
        "row": [2],
        "as_of": ["2026-01-01"],
        "tier": ["高"],
    }


# Forms


def test_a_form_down_the_page_is_one_customer_per_column(tmp_path: Path) -> None:
    tables = recognized(tmp_path, {"Sheet1": PROFILE_FORM})
    table = tables.tables["profiles"]
    assert table.vertical
    assert list(table.raw.index) == [4]
    assert table.raw.at[4, "customer_name"] == "(..)科技有限公司"
    assert table.raw.at[4, "last_contact"] == "2023-10-15"
    assert table.cell(4, "phone") == "D8"
    assert table.headers["contact"] == "主联系人"


def test_an_example_is_no_customer_beside_real_ones(tmp_path: Path) -> None:
    names = ["星河科技有限公司", "云帆机械有限公司"]
    rows = [[*row, *["填写内容", "客户二"]] if "示例" in row else [*row, *names] for row in PROFILE_FORM[1:]]
    tables = recognized(tmp_path, {"Sheet1": [PROFILE_FORM[0], *rows]})
    assert tables["profiles"]["customer_name"].to_dict() == {5: names[0], 6: names[1]}
    assert [note.facts["column"] for note in tables.notes if note.code == "example_column"] == ["D"]


def test_a_plain_form_needs_no_title_line(tmp_path: Path) -> None:
    rows = [
        ["客户名称", "甲"],
        ["所属行业", "制造业"],
        ["主联系人", "*经理"],
        ["联系电话", "010"],
        ["校区类型", "分校"],
    ]
    tables = recognized(tmp_path, {"Sheet1": rows})
    assert tables["profiles"].loc[2].to_dict() == {
        "customer_name": "甲", "industry": "制造业", "contact": "*经理", "phone": "010", "校区类型": "分校",
    }  # fmt: skip


# Settings and holidays


def test_settings_are_the_lines_with_a_value(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["配置：改“值”这一列"],
        ["键", "名称", "值", "单位", "默认", "范围", "说明"],
        ["as_of", "基准日", dt.date(2026, 1, 1)],
        ["RFM"],
        ["rfm.recency_high_days", "R 高", 60, "天", 90],
        ["rfm.method", "方法", None, None, "thresholds"],
        [None, None, 5],
    ]
    tables = recognized(tmp_path, {"客户": CUSTOMERS, "配置": rows})
    assert tables.settings == (
        Setting("as_of", dt.date(2026, 1, 1), "配置", "C3"),
        Setting("rfm.recency_high_days", 60, "配置", "C5"),
        Setting("", 5, "配置", "C7", Note("setting_without_key", {"cell": "A7", "key": ""})),
    )


def test_holidays_are_days_off_or_working_days(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["日期", "休/班", "说明"],
        [dt.date(2026, 10, 1), "休", "国庆节"],
        ["2026年10月10日", "班", "调休"],
        ["2026/10/2", None],
        ["国庆", "休"],
        ["2026-02-30", "休"],
    ]
    tables = recognized(tmp_path, {"客户": CUSTOMERS, "节假日": rows})
    assert tables.holidays == {
        dt.date(2026, 10, 1): True, dt.date(2026, 10, 2): True, dt.date(2026, 10, 10): False,
    }  # fmt: skip
    assert [note.facts["cell"] for note in tables.notes] == ["A5", "A6"]


def test_a_text_file_is_recognised_like_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "客户.csv"
    lines = [",".join(RECORD_HEADERS), ",".join(f'"{value or ""}"' for value in RECORD)]
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    tables = recognize(read_book(path))
    assert tables["records"].loc[2].tolist() == list(RECORD)


NOTES = """total_row footer_row repeated_header merged_cells header_suggested example_column
    formula_without_value sheet_not_read sheet_too_large holiday_not_read other_table"""


@pytest.mark.parametrize("code", NOTES.split())
def test_every_note_can_be_worded(code: str) -> None:
    names = [
        "sheet",
        "row",
        "count",
        "cell",
        "label",
        "column",
        "rows",
        "columns",
        "header",
        "near",
        "value",
        "read",
    ]
    assert "{" not in LABELS.phrase(f"note.{code}", **dict.fromkeys(names, "x"))
