"""Exports of other systems become workbooks; what was understood is remembered and can be corrected."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import crmsheet as crm
from crmsheet.errors import FileUnreadable, NoCustomerTable, TargetExists, UsageError
from crmsheet.exchange import import_export
from tests.workbooks import write_rows

HUBSPOT = (
    [
        "Record ID",
        "First Name",
        "Last Name",
        "Email",
        "Associated Company",
        "Lifecycle Stage",
        "Favourite Color",
    ],
    ["101", "Ann", "Lee", "ann@example.com", "Cloudfield Test Ltd", "Customer", "blue"],
    ["102", "三", "张", None, "杭州云帆测试有限公司", "Lead", None],
)
DEALS = (
    ["Record ID", "Deal Name", "Deal Stage", "Close Date", "Amount", "Deal owner", "Associated Company"],
    ["1", "年度合同", "Closed Won", "2026-03-05", "50000", "周*", "杭州云帆测试有限公司"],
    ["2", "报表模块", "Presentation Scheduled", None, "8000", "吴*", "宁波海川测试有限公司"],
)
SALESFORCE = (  # a report opens with its title
    ["Opportunities this quarter"],
    [],
    ["Opportunity Name", "Account Name", "Stage", "Amount", "Close Date", "Opportunity Owner"],
    ["扩容", "苏州木禾测试有限公司", "Closed Won", "12000", "2026-05-06", "周*"],
)
XIAOKE = (
    ["客户名称", "客户级别", "成交状态", "负责人", "最后跟进时间", "客户编码"],
    ["杭州云帆测试有限公司", "重要客户", "已成交", "周*", "2026-03-05", "KH-1"],
)
JIANDAOYUN = (
    ["客户名称", "跟进时间", "跟进方式", "跟进内容", "提交人", "提交时间"],
    ["杭州云帆测试有限公司", "2026-03-05", "电话", "谈了报价", "周*", "2026-03-05 18:00"],
)
GENERIC = (["公司", "联系人", "手机", "行业"], ["杭州云帆测试有限公司", "张*", "0571-88123456", "互联网"])


def csv_file(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.mark.parametrize(
    ("rows", "source", "counts", "table", "cells"),
    [
        (HUBSPOT, "HubSpot contacts", {"profiles": 2}, "profiles",
         {"customer_name": "Cloudfield Test Ltd", "contact": "Lee Ann", "cooperation": "合作中", "Record ID": 101}),
        (DEALS, "HubSpot deals", {"orders": 1, "records": 1}, "orders",
         {"customer_name": "杭州云帆测试有限公司", "order_id": 1, "product": "年度合同", "Deal owner": "周*"}),
        (DEALS, "HubSpot deals", {"orders": 1, "records": 1}, "records",
         {"explicit_needs": "报表模块", "status": "跟进中", "owner": "吴*", "deal_amount": 8000}),
        (SALESFORCE, "Salesforce opportunities", {"orders": 1}, "orders", {"product": "扩容"}),
        (XIAOKE, "纷享销客客户", {"profiles": 1}, "profiles",
         {"value_level": "高", "cooperation": "合作中", "owner": "周*"}),
        (JIANDAOYUN, "简道云跟进记录", {"interactions": 1}, "interactions",
         {"contact_notes": "谈了报价", "owner": "周*", "contact_method": "电话"}),
        (GENERIC, "按表头识别", {"profiles": 1}, "profiles", {"contact": "张*"}),
    ],
)  # fmt: skip
def test_an_export_is_known_by_its_headers(
    tmp_path: Path, rows: Any, source: str, counts: dict[str, int], table: str, cells: dict[str, Any]
) -> None:
    result = import_export(csv_file(tmp_path / "导出.csv", rows), tmp_path / "客户.xlsx")
    if source == "按表头识别":
        assert result.rows in ({"profiles": 1}, {"records": 1})
        table = next(iter(result.rows))
    else:
        assert (result.source, dict(result.rows)) == (source, counts)
    tables = read_tables(tmp_path / "客户.xlsx")
    first = tables[table].iloc[0].to_dict()
    assert {name: _plain(first[name]) for name in cells} == cells


def read_tables(path: Path) -> Any:
    from crmsheet.book.read import read_book

    book = read_book(path)
    try:
        return crm.read_workbook(path)
    except NoCustomerTable:  # a log or a list of orders alone is read beside customers only
        from crmsheet.recognize.workbook import _candidates

        found = [c for sheet in book.sheets for c in _candidates(sheet)]
        return {c.fit.code: c.read()[0].raw for c in reversed(found)}


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return int(value) if isinstance(value, str) and value.isdigit() else value


def test_chinese_names_are_joined_without_a_space(tmp_path: Path) -> None:
    import_export(csv_file(tmp_path / "导出.csv", HUBSPOT), tmp_path / "客户.xlsx")
    assert crm.read_workbook(tmp_path / "客户.xlsx")["profiles"]["contact"].tolist() == ["Lee Ann", "张三"]


def test_the_mapping_is_remembered_and_a_correction_counts(tmp_path: Path) -> None:
    export = csv_file(tmp_path / "导出.csv", HUBSPOT)
    result = import_export(export, tmp_path / "一.xlsx")
    assert result.own == ("Record ID", "Favourite Color")
    assert result.mapping is not None
    remembered = tomllib.loads(result.mapping.read_text(encoding="utf-8"))["source"][0]
    assert remembered["columns"]["Associated Company"] == "customer_name"
    assert remembered["columns"]["Favourite Color"] == ""
    text = result.mapping.read_text(encoding="utf-8").replace(
        '"Favourite Color" = ""', '"Favourite Color" = "risk"'
    )
    result.mapping.write_text(text, encoding="utf-8")
    again = import_export(export, tmp_path / "二.xlsx", mapping=result.mapping)
    assert again.own == ("Record ID",)
    assert crm.read_workbook(tmp_path / "二.xlsx")["profiles"]["risk"].tolist() == ["blue", None]


def test_what_a_table_is_can_be_said(tmp_path: Path) -> None:
    rows = (["甲", "日期", "金额"], ["杭州云帆测试有限公司", "2026-03-05", 100])
    export = write_rows(tmp_path / "导出.xlsx", rows, sheet="Sheet1")
    with pytest.raises(NoCustomerTable):
        import_export(export, tmp_path / "一.xlsx")
    result = import_export(export, tmp_path / "一.xlsx", table="订单记录")
    assert (dict(result.rows), result.own) == ({"orders": 1}, ("甲",))
    with pytest.raises(UsageError, match="订单记录"):
        import_export(export, tmp_path / "二.xlsx", table="订单纪录")


@pytest.mark.parametrize(
    ("mapping", "error"),
    [
        ("[tier]\nmine = 1", UsageError),  # rules, or another program's settings
        ("[[source]]\nname = 'x'\ntable = 'order'\nmarks = ['a']\n", UsageError),
        ("[[source]]\nname = 'x'\ntable = 'orders'\nmarks = ['a']\ncolumns = {a = 'amout'}\n", UsageError),
        ("[[source]]\nname = 'x'\n", UsageError),
        ("[[source", FileUnreadable),
    ],
)
def test_a_wrong_mapping_is_refused_and_nothing_written(
    tmp_path: Path, mapping: str, error: type[Exception]
) -> None:
    (tmp_path / "m.toml").write_text(mapping, encoding="utf-8")
    export = csv_file(tmp_path / "导出.csv", HUBSPOT)
    with pytest.raises(error, match=r"m\.toml"):
        import_export(export, tmp_path / "一.xlsx", mapping=tmp_path / "m.toml")
    assert not (tmp_path / "一.xlsx").exists()


def test_an_existing_workbook_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "一.xlsx").write_bytes(b"mine")
    with pytest.raises(TargetExists):
        import_export(csv_file(tmp_path / "导出.csv", HUBSPOT), tmp_path / "一.xlsx")


def test_no_cell_of_an_export_becomes_a_formula(tmp_path: Path) -> None:
    import openpyxl

    rows = (HUBSPOT[0], ["1", "=1+1", "", "", '=HYPERLINK("http://example.com")', "", "@SUM(A1)"])
    import_export(csv_file(tmp_path / "导出.csv", rows), tmp_path / "一.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "一.xlsx")["客户信息"]
    texts = [cell for row in sheet.iter_rows(min_row=5, max_row=5) for cell in row if cell.value is not None]
    assert '=HYPERLINK("http://example.com")' in [cell.value for cell in texts]
    assert all(cell.data_type != "f" for cell in texts)
