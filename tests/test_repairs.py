"""What people mark on the quality sheet: applied once, remembered, honoured for good, and taken back."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import crmsheet as crm
from crmsheet.app import undo_repairs
from tests.workbooks import RECORD_HEADERS, record, table_of, write_records

DAY = "2026-11-20"
ENTRY = "客户需求记录"


def mark(path: Path, marks: Mapping[str, str], *, instead: Mapping[str, Any] | None = None) -> None:
    """Write into 采纳 (and 建议改为) beside the findings of these cells."""
    book = openpyxl.load_workbook(path)
    sheet = book["数据质量"]
    header = next(row for row in sheet.iter_rows() if row[0].value == "程度")
    at = {cell.value: cell.column - 1 for cell in header}
    for row in sheet.iter_rows(min_row=header[0].row + 1):
        cell = shown(row[at["刷新时位置"]].value)
        if cell in marks:
            row[at["采纳"]].value = marks[cell]
        if instead and cell in instead:
            row[at["建议改为"]].value = instead[cell]
    book.save(path)


def shown(cell: object) -> str:
    """The address a link shows."""
    return str(cell or "").rsplit('"', 2)[-2] if str(cell).startswith("=") else str(cell or "")


def entries(path: Path) -> dict[str, Any]:
    sheet = openpyxl.load_workbook(path)[ENTRY]
    return {
        cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None
    }


def log_of(path: Path) -> list[dict[str, Any]]:
    return table_of(path, "清洗日志", "日期")


def findings(path: Path) -> list[dict[str, Any]]:
    return table_of(path, "数据质量", "程度")


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [
        record(客户编号="C2024001", 联系方式="13800138000", 当前状态="处理中"),
        record(客户编号="C2024002", 客户名称="星河科技有限公司", 当前状态="处理中", 最近接触时间="2024/3/1"),
        record(客户编号="C2024003", 客户名称="远山科技有限公司", 所属行业="互联网"),
    ]
    path = write_records(tmp_path_factory.mktemp("repairs") / "a.xlsx", rows)
    crm.refresh(path, as_of=DAY)
    return path


@pytest.fixture
def book(refreshed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(refreshed, tmp_path / "a.xlsx"))


def test_yes_is_applied_on_the_next_refresh_with_backup_and_log(book: Path) -> None:
    mark(book, {"F2": "是", "G3": "是"})
    before = entries(book)
    result = crm.refresh(book, as_of=DAY)
    after = entries(book)
    assert {cell for cell in after if after[cell] != before.get(cell)} == {"F2", "G3"}
    assert (after["F2"], after["G3"]) == ("138****8000", datetime(2024, 3, 1))
    assert entries(book.with_name("a.bak.xlsx")) == before
    log = {line["位置"]: line for line in log_of(book)}
    assert (log["F2"]["改前"], log["F2"]["改后"], log["F2"]["规则"]) == (
        "13800138000",
        "138****8000",
        "个人手机号",
    )
    assert log["F2"]["编号"] == "C2024001" and log["F2"]["日期"]
    assert result.summary()["repaired"] == 2
    again = crm.refresh(book, as_of=DAY)
    assert again.summary()["repaired"] == 0 and len(log_of(book)) == 2


def test_a_mark_counts_only_for_the_value_that_was_judged(book: Path) -> None:
    mark(book, {"F2": "是"})
    workbook = openpyxl.load_workbook(book)
    workbook[ENTRY]["F2"] = "13900139000"
    workbook.save(book)
    assert crm.refresh(book, as_of=DAY).summary()["repaired"] == 0
    assert entries(book)["F2"] == "13900139000"


def test_a_card_number_is_told_masked_and_its_mark_still_finds_it(tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx", [record(备注="打款卡号 6222020200012345670，户名张三")])
    issues = crm.refresh(path, as_of=DAY).issues
    assert "sensitive_card" in set(issues["code"])
    told = " ".join(str(value) for line in findings(path) for value in line.values())
    assert "6222020200012345670" not in told and "622202*********5670" in told
    assert "6222020200012345670" not in issues.to_csv()
    mark(path, {"P2": "是"})
    crm.refresh(path, as_of=DAY)
    assert "622202*********5670" in entries(path)["P2"]
    undo_repairs(path, as_of=DAY)
    assert "6222020200012345670" in entries(path)["P2"]


def test_no_stays_silenced_and_out_of_the_counts(book: Path) -> None:
    before = crm.refresh(book, as_of=DAY).summary()["issues"]["hint"]
    mark(book, {"M2": "否"})
    for _ in range(2):
        result = crm.refresh(book, as_of=DAY)
        assert result.summary()["issues"]["hint"] == before - 1
        assert result.summary()["silenced"] == 1
        assert "M2" not in set(result.issues["cell"])
        line = next(line for line in findings(book) if shown(line["刷新时位置"]) == "M2")
        assert (line["采纳"], line["程度"]) == ("否", "已忽略")
    assert entries(book)["M2"] == "处理中"


def test_marks_find_their_rows_after_sorting(book: Path) -> None:
    mark(book, {"F2": "是", "M3": "否"})
    workbook = openpyxl.load_workbook(book)
    sheet = workbook[ENTRY]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    for place, row in enumerate(reversed(rows), start=2):
        for column, value in enumerate(row, start=1):
            sheet.cell(place, column).value = value
    workbook.save(book)
    result = crm.refresh(book, as_of=DAY)
    after = entries(book)
    assert after["F4"] == "138****8000"
    assert set(result.silenced["cell"]) == {"M3"} and "M4" in set(result.issues["cell"])


def test_always_becomes_a_mapping_that_later_runs_honour(book: Path) -> None:
    mark(book, {"M2": "始终", "C4": "始终"})
    crm.refresh(book, as_of=DAY)
    after = entries(book)
    assert (after["M2"], after["M3"], after["C4"]) == ("跟进中", "跟进中", "互联网和相关服务")
    lines = {line["键"]: line["值"] for line in table_of(book, "配置", "键")}
    assert lines == {
        "mapping.values": "当前状态:处理中=跟进中",
        "mapping.industry": "互联网=互联网和相关服务",
    }
    workbook = openpyxl.load_workbook(book)
    workbook[ENTRY].append([workbook[ENTRY].cell(2, n).value for n in range(1, 17)])
    sheet = workbook[ENTRY]
    sheet["A5"], sheet["M5"], sheet["C5"] = "C2024009", "处理中", "互联网"
    workbook.save(book)
    result = crm.refresh(book, as_of=DAY)
    assert (entries(book)["M5"], entries(book)["C5"]) == ("跟进中", "互联网和相关服务")
    assert result.summary()["repaired"] == 2


def test_always_on_the_template_is_a_line_of_its_settings(tmp_path: Path) -> None:
    from crmsheet.templates import new_workbook

    path = tmp_path / "t.xlsx"
    new_workbook(path)
    workbook = openpyxl.load_workbook(path)
    sheet = workbook[ENTRY]
    header = next(row for row in sheet.iter_rows() if row[0].value == RECORD_HEADERS[0])[0].row
    for column, value in enumerate(record(最近接触时间="2026/3/1"), start=1):
        sheet.cell(header + 1, column).value = value
    workbook.save(path)
    crm.refresh(path, as_of=DAY)
    mark(path, {f"G{header + 1}": "始终"})
    crm.refresh(path, as_of=DAY)
    lines = {line["键"]: line["值"] for line in table_of(path, "配置", "类别")}
    assert lines["cleaning.always"] == "日期格式"
    assert entries(path)[f"G{header + 1}"] == datetime(2026, 3, 1)


def test_a_value_typed_over_the_proposal_is_taken(book: Path) -> None:
    mark(book, {"C4": "是"}, instead={"C4": "制造业"})
    crm.refresh(book, as_of=DAY)
    assert entries(book)["C4"] == "制造业"


def test_undo_restores_the_latest_run_as_it_was_typed(book: Path) -> None:
    start = entries(book)
    mark(book, {"F2": "是"})
    crm.refresh(book, as_of=DAY)
    middle = entries(book)
    crm.clean_workbook(book, as_of=DAY)
    assert entries(book) != middle
    undo_repairs(book, as_of=DAY)
    assert entries(book) == middle
    undo_repairs(book, as_of=DAY)
    assert entries(book) == start
    assert all(line["撤销时间"] for line in log_of(book))
    result = undo_repairs(book, as_of=DAY)
    assert [note.code for note in result.notes][:1] == ["nothing_to_undo"]


def test_undo_keeps_what_people_refused(book: Path) -> None:
    mark(book, {"F2": "是", "G3": "否"})
    silenced = len(crm.refresh(book, as_of=DAY).silenced)
    assert silenced
    assert len(undo_repairs(book, as_of=DAY).silenced) == silenced


def test_a_plan_keeps_what_is_to_be_done_behind_its_day(tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx", [record(最近接触时间="2026-11-10", 下次跟进计划="下周三回访")])
    crm.refresh(path, as_of=DAY)
    mark(path, {"O2": "是"})
    result = crm.refresh(path, as_of=DAY)
    typed = entries(path)["O2"]
    assert typed.endswith("回访") and typed[:4] == "2026"
    assert result.customers["next_action"].tolist() == ["回访"]


def test_undo_leaves_what_was_changed_since_and_names_it(book: Path) -> None:
    mark(book, {"F2": "是", "G3": "是"})
    crm.refresh(book, as_of=DAY)
    workbook = openpyxl.load_workbook(book)
    workbook[ENTRY]["F2"] = "010-62345678"
    workbook.save(book)
    result = undo_repairs(book, as_of=DAY)
    after = entries(book)
    assert (after["F2"], after["G3"]) == ("010-62345678", "2024/3/1")
    assert any("F2" in note and "138****8000" in note for note in result.summary()["notes"])


def test_a_formula_is_not_overwritten_but_named(tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx", [record(当前状态="处理中")])
    crm.refresh(path, as_of=DAY)
    mark(path, {"M2": "是"})
    workbook = openpyxl.load_workbook(path)
    workbook[ENTRY]["M2"] = '="处理"&"中"'
    workbook.save(path)
    result = crm.refresh(path, as_of=DAY)
    assert entries(path)["M2"] == '="处理"&"中"'
    assert result.summary()["repaired"] == 0


def test_a_word_that_decides_nothing_is_pointed_out_and_stays_until_it_is_replaced(book: Path) -> None:
    mark(book, {"F2": "改吧", "G3": "是", "M2": "否"})
    typed_at = cell_of_mark(book, "改吧")
    for _ in range(2):  # the word is told again until somebody replaces it
        result = crm.refresh(book, as_of=DAY)
        issue = result.issues[result.issues["code"] == "mark_unknown"].to_dict("records")
        assert len(issue) == 1
        assert (issue[0]["sheet"], issue[0]["cell"], issue[0]["value"]) == ("数据质量", typed_at, "改吧")
        assert "F2" in issue[0]["message"] and "是/否/始终" in issue[0]["message"]
        assert entries(book)["F2"] == "13800138000"
        assert any(line["规则"] == "采纳写法不对" for line in findings(book))
        typed_at = cell_of_mark(book, "改吧")
    assert set(result.silenced["cell"]) == {"M2"} and entries(book)["G3"] == datetime(2024, 3, 1)
    mark(book, {"F2": "√"})
    result = crm.refresh(book, as_of=DAY)
    assert entries(book)["F2"] == "138****8000" and "mark_unknown" not in set(result.issues["code"])


def cell_of_mark(path: Path, word: str) -> str:
    sheet = openpyxl.load_workbook(path)["数据质量"]
    return next(cell.coordinate for row in sheet.iter_rows() for cell in row if cell.value == word)
