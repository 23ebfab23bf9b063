"""Customers entered twice: shown with what a merge would do, merged only when marked, and taken back."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

import crmsheet as crm
from crmsheet.app import undo_repairs
from crmsheet.clean.company_match import _REASONS, _SCORE
from crmsheet.clean.duplicate_evidence import KINDS
from crmsheet.labels import Labels
from tests.test_repairs import entries, log_of
from tests.workbooks import RECORD_HEADERS, record, table_of, write_records

DAY = "2026-11-20"


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [
        record(客户编号="C2024001", 客户名称="北京星河科技有限公司", 联系方式=None, 职位="采购总监"),
        record(
            客户编号="C2024002",
            客户名称="北京星河科技有限责任公司",
            联系方式="010-62345678",
            职位="总经理",
            对接人=None,
            所属行业=None,
        ),
        record(客户编号="C2024003", 客户名称="上海星河科技有限公司"),
        record(客户编号="C2024004", 客户名称="远山贸易有限公司"),
    ]
    path = write_records(tmp_path_factory.mktemp("merges") / "a.xlsx", rows)
    workbook = openpyxl.load_workbook(path)
    orders = workbook.create_sheet("订单记录")
    orders.append(["订单编号", "客户编号", "客户名称", "订单日期", "订单金额"])
    orders.append(["D1", "C2024002", "北京星河科技有限责任公司", "2026-03-01", 5000])
    workbook.save(path)
    crm.refresh(path, as_of=DAY)
    return path


@pytest.fixture
def book(refreshed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(refreshed, tmp_path / "a.xlsx"))


def proposals(path: Path) -> list[dict[str, object]]:
    return table_of(path, "重复客户", "组号")


def mark(path: Path, word: str) -> None:
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["重复客户"]
    header = next(row for row in sheet.iter_rows() if row[0].value == "组号")
    at = {cell.value: cell.column for cell in header}
    sheet.cell(header[0].row + 1, at["采纳"]).value = word
    workbook.save(path)


def test_a_pair_says_what_is_kept_taken_and_apart(book: Path) -> None:
    line = proposals(book)[0]
    assert {line["保留编号"], line["并入编号"]} == {"C2024001", "C2024002"}
    assert line["判断"] == "疑似同一家" and line["理由"] == "名称写法不同"
    assert "职位" in str(line["不一致（保留前者）"])
    merged = [one for one in proposals(book) if one["判断"] == "疑似同一家"]
    assert len(merged) == 1, "namesakes in other cities stay apart"
    assert "possible_duplicate" in set(crm.check(book, as_of=DAY)["code"])


def test_nothing_is_merged_by_refresh_or_without_a_mark(book: Path) -> None:
    before = entries(book)
    mark(book, "是")
    crm.refresh(book, as_of=DAY)
    assert entries(book) == before
    assert proposals(book)[0]["采纳"] == "是"


def test_a_marked_merge_moves_every_row_and_deletes_none(book: Path) -> None:
    line = proposals(book)[0]
    keep, other = line["保留编号"], line["并入编号"]
    mark(book, "是")
    before = entries(book)
    result = crm.clean_workbook(book, accept="marked", as_of=DAY)
    sheet = openpyxl.load_workbook(book)
    ids = [sheet["客户需求记录"].cell(row, 1).value for row in range(2, 6)]
    assert ids.count(keep) == 2 and other not in ids
    assert sheet["订单记录"]["B2"].value == keep and sheet["订单记录"]["C2"].value == line["保留客户"]
    assert len(result.customers) == 3
    assert result.customers.loc[keep, "amount_total"] == 5000
    assert {entry["规则"] for entry in log_of(book)} == {"合并客户"}
    undo_repairs(book, as_of=DAY)
    assert entries(book) == before
    assert openpyxl.load_workbook(book)["订单记录"]["B2"].value == "C2024002"


def test_blanks_of_the_kept_customer_are_filled(book: Path) -> None:
    assert "联系方式：010-62345678" in str(proposals(book)[0]["会补上"])
    mark(book, "是")
    crm.clean_workbook(book, accept="marked", as_of=DAY)
    sheet = openpyxl.load_workbook(book)["客户需求记录"]
    phone = RECORD_HEADERS.index("联系方式") + 1
    assert [sheet.cell(row, phone).value for row in (2, 3)] == ["010-62345678"] * 2


def test_a_no_is_remembered_and_no_longer_reported(book: Path) -> None:
    mark(book, "否")
    for _ in range(2):
        crm.refresh(book, as_of=DAY)
        last = proposals(book)[-1]
        assert (last["判断"], last["采纳"]) == ("已忽略", "否")
    assert "possible_duplicate" not in set(crm.check(book, as_of=DAY)["code"])


def test_masked_names_without_id_are_not_one_customer(tmp_path: Path) -> None:
    rows = [record(客户编号=None, 客户名称="XX科技有限公司", 沟通要点=text) for text in ("甲", "乙")]
    result = crm.refresh(write_records(tmp_path / "a.xlsx", rows), as_of=DAY)
    assert len(result.customers) == 2


def test_every_reason_is_worded() -> None:
    words = Labels.load().words["choices"]["duplicate_reason"]
    reasons = {_REASONS.get(code, code) for code in _SCORE if code != "equal"} | set(KINDS)
    assert {*reasons, "same_name", "variant", "ambiguous_place"} <= set(words)


def test_many_customers_are_not_compared_on_refresh(tmp_path: Path) -> None:
    rules = tmp_path / "r.toml"
    rules.write_text("[duplicates]\non_refresh_up_to = 1\n", encoding="utf-8")
    result = crm.refresh(write_records(tmp_path / "a.xlsx"), as_of=DAY, rules=rules)
    assert result.merges is None and "重复客户" not in result.sheets
    assert any("重复客户" in note for note in result.summary()["notes"])
