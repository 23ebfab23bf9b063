"""Tables are found wherever their header stands, and only data becomes data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sheets import RECORD, RECORD_HEADERS, recognized, write_book

from crmsheet.book.raw import CellError, RawBook, RawSheet
from crmsheet.book.read import read_book
from crmsheet.book.save import Fingerprint
from crmsheet.data import speaking
from crmsheet.errors import NoCustomerTable, SheetTooLarge
from crmsheet.fields import SHEETS
from crmsheet.model import Tables
from crmsheet.recognize import recognize
from crmsheet.recognize.kinds import NEEDS
from crmsheet.recognize.seen import nearest_header

RECORD_CODES = [field.code for field in SHEETS["records"].fields if not field.extra]
PROFILE_HEADERS = ["客户名称", "所属行业", "企业规模", "主联系人", "联系电话", "核心需求", "预算范围"]
PROFILE = [
    "星河科技有限公司",
    "信息技术服务业",
    "100-500人",
    "*经理",
    "010-0012 3456",
    "需要营销工具",
    "8-10万",
]


def notes(tables: Tables) -> dict[str, Any]:
    return {note.code: note.facts for note in tables.notes}


def rows_of(tables: Tables, code: str = "records") -> list[int]:
    return list(tables[code].index)


def test_the_sixteen_columns_are_read_as_typed(tmp_path: Path) -> None:
    tables = recognized(tmp_path, {"Sheet1": [RECORD_HEADERS, RECORD]})
    assert list(tables["records"].columns) == RECORD_CODES
    assert tables["records"].loc[2].tolist() == list(RECORD)
    table = tables.tables["records"]
    assert (table.sheet, table.header_row, table.cell(2, "owner")) == ("Sheet1", 1, "N2")
    assert not tables.notes


@pytest.mark.parametrize(
    "above",
    [
        [["客户需求与关系管理记录表"]],
        [[], ["客户需求与关系管理记录表"], [], ["填表日期：2024-03-01", None, None, "部门：销售部"]],
        [[]] * 15,
    ],
    ids=["title", "title and more", "blank rows"],
)
def test_the_header_may_stand_below_other_lines(tmp_path: Path, above: list[list[Any]]) -> None:
    tables = recognized(tmp_path, {"Sheet1": [*above, RECORD_HEADERS, RECORD]})
    assert tables.tables["records"].header_row == len(above) + 1
    assert rows_of(tables) == [len(above) + 2]


def test_columns_may_stand_in_any_order_and_away_from_the_corner(tmp_path: Path) -> None:
    headers = [None, None, *reversed(RECORD_HEADERS)]
    tables = recognized(tmp_path, {"Sheet1": [[], headers, [None, None, *reversed(RECORD)]]})
    assert tables["records"].loc[3].tolist() == list(RECORD)
    assert tables.tables["records"].letters["customer_id"] == "R"


def test_two_header_lines_are_read_together(tmp_path: Path) -> None:
    upper = ["客户", None, "联系信息", None, "跟进", None]
    lower = ["编号", "名称", "对接人", "电话", "时间", "方式"]
    rows = [upper, lower, ["C1", "甲", "张*", "010-1", "2024-1-2", "电话"]]
    tables = recognized(
        tmp_path,
        {"S": rows},
        {"S": lambda s: [s.merge_range(area, text) for area, text in
                         (("A1:B1", "客户"), ("C1:D1", "联系信息"), ("E1:F1", "跟进"))]},
    )  # fmt: skip
    assert tables.tables["records"].header_row == 2
    assert list(tables["records"].columns) == [
        "customer_id", "customer_name", "contact", "phone", "last_contact", "contact_method",
    ]  # fmt: skip


def test_a_group_line_above_the_header_changes_nothing(tmp_path: Path) -> None:
    groups = ["客户主体", None, None, "关键联系人", None, None, "互动"]
    tables = recognized(tmp_path, {"S": [groups, RECORD_HEADERS, RECORD]})
    assert list(tables["records"].columns) == RECORD_CODES
    assert tables.tables["records"].header_row == 2


def test_a_header_in_two_languages_is_no_data(tmp_path: Path) -> None:
    english = ["Customer ID", "Customer Name", "Industry", "Contact"]
    tables = recognized(tmp_path, {"S": [RECORD_HEADERS[:4], english, RECORD[:4]]})
    assert rows_of(tables) == [3]


def test_traditional_and_alias_headers_are_understood(tmp_path: Path) -> None:
    headers = ["客戶編號", "公司名稱", "行業", "聯絡人", "職稱", "電話", "Last Contact Date", "需求優先級"]
    tables = recognized(tmp_path, {"S": [headers, RECORD[:8]]})
    found = next(iter(tables.tables.values()))
    assert list(found.raw.columns) == [
        "customer_id", "customer_name", "industry", "contact",
        "job_title", "phone", "last_contact", "priority",
    ]  # fmt: skip
    assert found.headers["customer_name"] == "公司名稱"


def test_the_users_own_columns_stay_under_their_headers(tmp_path: Path) -> None:
    headers = [*RECORD_HEADERS, "校区类型", "年费", "年费", None]
    tables = recognized(tmp_path, {"S": [headers, [*RECORD, "甲", 1, 2, "悬空"]]})
    assert list(tables["records"].columns) == [*RECORD_CODES, "校区类型", "年费", "年费 (2)", "T"]
    assert tables.tables["records"].letters["年费 (2)"] == "S"


def test_of_two_columns_for_one_field_the_standard_header_wins(tmp_path: Path) -> None:
    tables = recognized(tmp_path, {"S": [["手机号", *RECORD_HEADERS], ["139", *RECORD]]})
    assert tables["records"].at[2, "phone"] == "1395678"
    assert tables["records"].at[2, "手机号"] == "139"


def test_a_second_meaning_is_used_when_the_first_is_taken(tmp_path: Path) -> None:
    tables = recognized(tmp_path, {"S": [[*RECORD_HEADERS, "紧急程度"], [*RECORD, "高"]]})
    assert tables["records"].at[2, "urgency"] == "高"


def test_customer_fields_of_the_other_sheet_keep_their_meaning(tmp_path: Path) -> None:
    tables = recognized(tmp_path, {"S": [[*RECORD_HEADERS, "区域", "邮箱"], [*RECORD, "华东", "a@b.cn"]]})
    assert tables["records"].loc[2, ["region", "email"]].tolist() == ["华东", "a@b.cn"]


# Rows


@pytest.mark.parametrize(
    "label",
    [
        "合计", "总计：", "小 计", "合計", "Total", "华东小计", "总计：3家", "合计 3 家", "合计：7 家", "共计3家客户",
        "合计(3家)", "合计：共 3 条", "总计￥1,200.50元", "合计：12.5万元", "Total: 3 customers",
    ],
)  # fmt: skip
def test_totals_are_no_customers(tmp_path: Path, label: str) -> None:
    rows = [RECORD_HEADERS, RECORD, [label, None, None, 12], RECORD, [None, label, None, None, 3]]
    tables = recognized(tmp_path, {"S": rows})
    assert rows_of(tables) == [2, 4]
    assert notes(tables)["total_row"] == {"sheet": "S", "row": "3, 5"}


def test_a_customer_whose_name_begins_like_a_total_is_one(tmp_path: Path) -> None:
    rows = [
        RECORD_HEADERS,
        ["C1", "合计科技有限公司", "制造业"],
        ["C3", "汇总360科技", "制造业"],
        ["C2", "Total", "能源", "王*", "经理", "021"],
    ]
    assert rows_of(recognized(tmp_path, {"S": rows})) == [2, 3, 4]


def test_blank_rows_and_what_is_signed_below_are_left_out(tmp_path: Path) -> None:
    rows = [
        RECORD_HEADERS,
        RECORD,
        [],
        ["  "],
        RECORD,
        [],
        ["制表人：李*", None, "审核：王*"],
        ["注：金额单位为万元"],
    ]
    tables = recognized(tmp_path, {"S": rows})
    assert rows_of(tables) == [2, 5]
    assert notes(tables)["footer_row"]["row"] == "7, 8"


def test_rows_numbered_or_calculated_ahead_are_blank(tmp_path: Path) -> None:
    headers = ["序号", *RECORD_HEADERS, "ICE"]
    rows = [headers, [1, *RECORD], *([number] for number in range(2, 30))]

    def formulas(sheet: Any) -> None:
        for row in range(1, 29):
            sheet.write_formula(row, 17, f"=A{row + 1}*2", None, row * 2)

    assert rows_of(recognized(tmp_path, {"S": rows}, {"S": formulas})) == [2]


def test_a_header_printed_again_is_no_customer(tmp_path: Path) -> None:
    tables = recognized(tmp_path, {"S": [RECORD_HEADERS, RECORD, RECORD_HEADERS, RECORD]})
    assert rows_of(tables) == [2, 4]
    assert notes(tables)["repeated_header"]["row"] == "3"


def test_hidden_rows_and_columns_are_data(tmp_path: Path) -> None:
    def hide(sheet: Any) -> None:
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_column("C:F", None, None, {"hidden": True})

    tables = recognized(tmp_path, {"S": [RECORD_HEADERS, RECORD]}, {"S": hide})
    assert tables["records"].loc[2].tolist() == list(RECORD)


def test_a_name_merged_over_several_rows_holds_for_each_but_an_amount_does_not(tmp_path: Path) -> None:
    headers = ["客户编号", "客户名称", "联系人", "历史合作金额", "所属行业", "核心需求"]
    rows = [headers, ["C1", "甲", "张*", 5, "制造业", "一"], [None] * 5 + ["二"], [None] * 5 + ["三"]]

    def merge(sheet: Any) -> None:
        for letter, value in zip("ABD", ["C1", "甲", 5], strict=True):
            sheet.merge_range(f"{letter}2:{letter}4", value)

    tables = recognized(tmp_path, {"S": rows}, {"S": merge})
    assert tables["profiles"]["customer_name"].tolist() == ["甲", "甲", "甲"]
    assert tables["profiles"]["deal_amount"].tolist() == [5, None, None]
    assert notes(tables)["merged_cells"]["count"] == 2


def test_a_header_without_rows_is_an_empty_table(tmp_path: Path) -> None:
    tables = recognized(tmp_path, {"S": [RECORD_HEADERS]})
    assert tables["records"].shape == (0, 16)


def test_kinds_of_cells_survive(tmp_path: Path) -> None:
    day = dt.date(2024, 3, 15)

    def error(sheet: Any) -> None:
        sheet.write_formula("C2", "=NA()", None, "#N/A")
        sheet.write_formula("D2", "=1+1", None, "")

    tables = recognized(
        tmp_path, {"S": [RECORD_HEADERS, ["007", "甲", None, None, None, 1395678, day]]}, {"S": error}
    )
    row = tables["records"].loc[2]
    assert (row["customer_id"], row["phone"], row["last_contact"]) == ("007", 1395678, day)
    assert isinstance(row["industry"], CellError)
    assert row["contact"] is None
    assert tables["records"].dtypes.eq(object).all()


def test_formulas_without_a_value_are_named(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.xlsx", {"S": [RECORD_HEADERS, RECORD]})
    book = read_book(path)
    sheet = book.sheets[0]
    uncached = RawSheet(sheet.name, sheet.rows, formulas={(2, 12)}, uncached={(2, 12)})
    tables = recognize(RawBook(path, "xlsx", (uncached,), book.fingerprint))
    assert notes(tables)["formula_without_value"] == {"sheet": "S", "count": 1, "cell": "L2"}


def test_formulas_that_nobody_reads_need_no_value(tmp_path: Path) -> None:
    rows = [["← 总览"], [*RECORD_HEADERS, "ICE 得分"], [*RECORD, None]]
    path = write_book(tmp_path / "a.xlsx", {"S": rows})
    book = read_book(path)
    places = {(1, 1), (3, len(RECORD_HEADERS) + 1)}  # the link in the title, and a column of our own
    sheet = RawSheet(book.sheets[0].name, book.sheets[0].rows, formulas=places, uncached=places)
    assert "formula_without_value" not in notes(recognize(RawBook(path, "xlsx", (sheet,), book.fingerprint)))


def test_a_misspelt_header_is_suggested_not_used(tmp_path: Path) -> None:
    tables = recognized(
        tmp_path, {"S": [["客户名称", "联系人", "电话", "当前状太"], ["甲", "张*", "1", "跟进中"]]}
    )
    assert notes(tables)["header_suggested"] == {"sheet": "S", "header": "当前状太", "near": "当前状态"}
    assert "status" not in next(iter(tables.tables.values())).raw


# No customers


def test_without_a_customer_table_the_error_says_what_was_seen(tmp_path: Path) -> None:
    sheets = {"库存": [["物料", "数量"], ["a", 1]], "空": [], "名单": [["客户各称", "手机"], ["甲", "1"]]}
    with pytest.raises(NoCustomerTable) as caught:
        recognized(tmp_path, sheets)
    assert all(
        word in str(caught.value)
        for word in ("库存", "物料", "空", "名单", "客户各称", "客户名称", "联系方式")
    )
    assert [sheet.name for sheet in caught.value.sheets] == list(sheets)


def test_what_was_seen_is_told_in_the_language_spoken(tmp_path: Path) -> None:
    sheets = {"Stock": [["Item", "Number"], ["a", 1]], "Empty": [], "People": [["Client nam", "Mobile"]]}
    with speaking("en"), pytest.raises(NoCustomerTable) as caught:
        recognized(tmp_path, sheets)
    assert str(caught.value).isascii() and 'Client nam (like "Customer name")' in str(caught.value)


def test_a_log_that_names_nobody_is_no_customer_table(tmp_path: Path) -> None:
    log = [["客户编号", "接触时间", "接触方式", "沟通要点"], ["C2024001", "2026-01-02", "电话", "报价"]]
    with pytest.raises(NoCustomerTable):
        recognized(tmp_path, {"互动记录": log})


@pytest.mark.parametrize(
    "rows", [[], [[None]], [["客户名称"]], [["客户名称"], ["甲"]], [["客户名称", "电话"]]]
)
def test_too_little_is_no_customer_table(tmp_path: Path, rows: list[list[Any]]) -> None:
    with pytest.raises(NoCustomerTable):
        recognized(tmp_path, {"客户需求记录": rows})


def test_a_sheet_too_large_matters_only_when_nothing_else_is_there(tmp_path: Path) -> None:
    large = RawSheet("大", [], oversize=(1_048_576, 16_384))
    mark = Fingerprint(0, "")
    with pytest.raises(SheetTooLarge, match="16384"):
        recognize(RawBook(tmp_path / "a.xlsx", "xlsx", (large,), mark))
    small = RawSheet("小", [list(RECORD_HEADERS), list(RECORD)])
    tables = recognize(RawBook(tmp_path / "a.xlsx", "xlsx", (large, small), mark))
    assert notes(tables)["sheet_too_large"] == {"sheet": "大", "rows": 1_048_576, "columns": 16_384}


@pytest.mark.parametrize(
    ("typed", "nearest"), [("公司名", "客户名称"), ("客户各称", "客户名称"), ("温度", "")]
)
def test_the_nearest_standard_header_is_told(typed: str, nearest: str) -> None:
    assert nearest_header(typed) == nearest


# Laws

cells = st.one_of(
    st.none(), st.text(max_size=8), st.integers(), st.sampled_from([*RECORD_HEADERS, "合计", "小计"])
)


@given(st.lists(st.lists(cells, min_size=4, max_size=4), max_size=30))
@settings(max_examples=150, deadline=None)
def test_any_cells_end_in_tables_or_in_the_error_about_none(rows: list[Sequence[Any]]) -> None:
    sheet = RawSheet("S", [list(row) for row in rows])
    before = [list(row) for row in rows]
    try:
        tables = recognize(RawBook(Path("a.xlsx"), "xlsx", (sheet,), Fingerprint(0, "")))
    except NoCustomerTable:
        return
    assert sheet.rows == before
    for table in tables.tables.values():
        assert table.raw.index.is_unique
        assert table.raw.columns.is_unique
        assert set(table.raw.columns) == set(table.letters) == set(table.headers)


@given(
    st.lists(
        st.sampled_from([None, *RECORD_HEADERS]), min_size=16, max_size=16, unique_by=lambda h: h or object()
    )
)
@settings(max_examples=60, deadline=None)
def test_every_data_cell_stands_where_its_letter_and_row_say(headers: list[str | None]) -> None:
    rows = [["标题"] + [None] * 15, headers, [f"{n}" for n in range(16)], [f"{n + 16}" for n in range(16)]]
    try:
        tables = recognize(RawBook(Path("a.xlsx"), "xlsx", (RawSheet("S", rows),), Fingerprint(0, "")))
    except NoCustomerTable:
        return
    for table in tables.tables.values():
        for row in table.raw.index:
            for name, letter in table.letters.items():
                assert table.raw.at[row, name] == rows[row - 1][ord(letter) - 65]


def test_every_table_that_is_asked_for_has_fields_of_that_sheet() -> None:
    for code, groups in NEEDS.items():
        own = {field.code for field in SHEETS[code].fields}
        assert all(group <= own for group in groups if group != NEEDS["records"][0]), code
