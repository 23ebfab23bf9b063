"""Per person and per field: how well the entry sheet is kept; and links that find a finding's row after sorting."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

import crmsheet as crm
from crmsheet.labels import Labels
from crmsheet.tables.entry_quality import measure_fields, measure_owners
from crmsheet.views.finding_links import with_links
from tests.workbooks import record, write_records

DAY = "2026-11-20"


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> crm.Result:
    rows = [
        record(客户编号=f"C20240{n:02}", 客户名称=f"星{chr(0x4E00 + n)}科技有限公司", 负责人="李*", 备注=None)
        for n in range(1, 11)
    ]
    rows.append(
        record(客户编号="C2024011", 客户名称="远山贸易有限公司", 负责人="王*", 当前状态=None, 备注=None)
    )
    rows.append(record(客户编号="C2024011", 客户名称="远山贸易有限公司", 负责人="王*", 当前状态="天上"))
    path = write_records(tmp_path_factory.mktemp("quality") / "a.xlsx", rows)
    return crm.refresh(path, as_of=DAY)


def test_owners_are_measured_by_rows_without_error_or_warning(result: crm.Result) -> None:
    lines = measure_owners(result.source, result.issues).set_index("owner")
    assert list(lines.index) == ["王*", "李*"]  # the worst first
    assert lines.loc["王*", ["rows", "errors", "quality_score"]].tolist() == [2, 1, 0.0]
    assert lines.loc["李*", "quality_score"] == 100
    assert 0 < lines.loc["李*", "blank_rate"] < 1


def test_fields_hardly_filled_are_named(result: crm.Result) -> None:
    lines = measure_fields(result.source).set_index("field")
    assert lines.loc["remark", "usefulness"] == "rare"
    assert lines.loc["customer_id", ["blank_rate", "usefulness"]].tolist() == [0.0, "used"]


def test_a_link_goes_by_a_cell_that_only_its_row_has(result: crm.Result) -> None:
    findings = result.issues[result.issues["column"] == "status"]
    linked = with_links(findings, result.source.source, "查看")
    by_row = linked.set_index("row")
    table = result.source.source.tables["records"].raw
    assert by_row.loc[13, "link_target"] == "M"
    key, letters = by_row.loc[13, "link_key"], by_row.loc[13, "link_letters"]
    column = next(
        name for name, place in result.source.source.tables["records"].letters.items() if place == letters
    )
    assert [row for row, value in table[column].items() if value == key] == [13]
    assert column != "customer_id"  # two rows have that one


def test_the_sheet_links_by_look_up_and_keeps_the_address_as_text(result: crm.Result) -> None:
    sheet = openpyxl.load_workbook(result.path)["数据质量"]
    header = next(row for row in sheet.iter_rows() if row[0].value == "程度")
    at = {cell.value: cell.column for cell in header}
    first = header[0].row + 1
    assert str(sheet.cell(first, at["刷新时位置"]).value)[0].isalpha()
    assert "MATCH(" in str(sheet.cell(first, at["跳转"]).value)
    titles = [cell.value for cell in sheet["A"]]
    assert any("谁的记录" in str(title) for title in titles)


def test_a_link_goes_to_the_cell_where_nothing_names_the_row() -> None:
    frame = pd.DataFrame({"customer_name": ["甲公司", "甲公司"], "status": ["天上", "天上"]})
    cleaned = crm.clean(crm.Tables.from_frames(records=frame), crm.Rules.load())
    linked = with_links(cleaned.issues, cleaned.source, "查看")
    assert set(linked["link_key"]) == {""}
    table = cleaned.source.tables["records"]
    assert (
        linked["link_target"].tolist()
        == (linked["column"].map(table.letters) + linked["row"].astype(str)).tolist()
    )
    assert set(linked["go"]) == {"查看"}


def test_every_note_of_the_writing_is_worded() -> None:
    words = Labels.load().words["phrases"]
    codes = (
        "rows_kept_below",
        "charts_in_doubt",
        "signature_invalid",
        "shared_workbook",
        "pivot_keeps_texts",
        "texts_shortened",
    )
    assert all(f"note.{code}" in words for code in codes)
