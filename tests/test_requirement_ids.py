"""Numbers of requirements outlive whatever people do to the rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crmsheet as crm
from crmsheet.requirement_ids import REMEMBERED, number_requirements, remember_numbers

AS_OF = date(2026, 11, 20)


def _needs(*texts: str, customer: str = "C1", **more: object) -> pd.DataFrame:
    rows = {
        "customer": customer,
        "requirement": list(texts),
        "sheet": "records",
        "row": range(2, 2 + len(texts)),
    }
    return pd.DataFrame({**rows, **more})


def _after(first: pd.DataFrame, *later: pd.DataFrame) -> list[list[str]]:
    """The numbers of each run, every run remembering the ones before."""
    book, told = pd.DataFrame(), []
    for needs in (first, *later):
        numbered = needs.assign(requirement_id=number_requirements(needs, book))
        book = remember_numbers(numbered, book)
        told.append(numbered["requirement_id"].tolist())
    return told


THREE = _needs("支持实时数据监控", "开放API接口", "提供技术培训")


@pytest.mark.parametrize(
    ("what", "later", "numbers"),
    [
        ("sorted", _needs("提供技术培训", "支持实时数据监控", "开放API接口"), ["C1-03", "C1-01", "C1-02"]),
        ("inserted above", _needs("降价", *THREE["requirement"]), ["C1-04", "C1-01", "C1-02", "C1-03"]),
        ("one gone", _needs("支持实时数据监控", "提供技术培训"), ["C1-01", "C1-03"]),
        ("one reworded", _needs("支持实时的数据监控大屏", "开放API接口", "提供技术培训"), ["C1-01", "C1-02", "C1-03"]),
        ("one replaced", _needs("支持实时数据监控", "上门服务", "提供技术培训"), ["C1-01", "C1-04", "C1-03"]),
        ("two alike", _needs("开放API接口", "开放API接口"), ["C1-02", "C1-04"]),
        ("another customer", _needs("开放API接口", customer="C2"), ["C2-01"]),
    ],
)  # fmt: skip
def test_numbers_stay_with_their_text(what: str, later: pd.DataFrame, numbers: list[str]) -> None:
    assert _after(THREE, later)[1] == numbers, what


def test_a_number_that_is_gone_is_never_given_again_and_comes_back_with_its_text() -> None:
    runs = _after(THREE, _needs("开放API接口"), _needs("开放API接口", "上门服务"), THREE)
    assert runs[2] == ["C1-02", "C1-04"]
    assert runs[3] == ["C1-01", "C1-02", "C1-03"]


def test_typed_numbers_win_and_push_the_others_on() -> None:
    typed = _needs("开放API接口", "上门服务", requirement_id=["C1-07", None])
    assert _after(THREE, typed)[1] == ["C1-07", "C1-08"]
    assert _after(_needs("上门服务", requirement_id=["X-9"]))[0] == ["X-9"]


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.lists(st.sampled_from(["导出", "导入", "接口", "培训", "导出报表", "降价"]), max_size=6),
        max_size=5,
    )
)
def test_numbers_of_one_run_are_distinct_and_old_texts_keep_theirs(runs: list[list[str]]) -> None:
    book = pd.DataFrame()
    for texts in runs:
        needs = _needs(*texts)
        ids = number_requirements(needs, book)
        assert ids.is_unique
        again = number_requirements(needs, remember_numbers(needs.assign(requirement_id=ids), book))
        assert again.tolist() == ids.tolist()
        book = remember_numbers(needs.assign(requirement_id=ids), book)
        assert book["requirement_id"].is_unique and list(book) == list(REMEMBERED)


def test_numbers_survive_a_second_refresh_of_a_sorted_workbook(tmp_path: Path) -> None:
    path = tmp_path / "team.xlsx"
    header = ["客户编号", "客户名称", "最近接触时间", "显性需求"]
    rows = [
        ["C2026001", "青禾科技有限公司", date(2026, 11, 2), "支持导出、开放接口"],
        ["C2026002", "北岸制造有限公司", date(2026, 11, 3), "提供培训"],
        ["C2026001", "青禾科技有限公司", date(2026, 11, 9), "缩短交期"],
    ]
    book = openpyxl.Workbook()
    book.active.title = "客户需求记录"
    for row in (header, *rows):
        book.active.append(row)
    book.save(path)
    first = _numbers(crm.refresh(path, as_of=AS_OF, backup=False))
    sheet = (book := openpyxl.load_workbook(path))["客户需求记录"]
    for place, row in enumerate(
        (rows[2], ["C2026001", "青禾科技有限公司", None, "降价"], rows[1], rows[0]), start=2
    ):
        for column, cell in enumerate(row, start=1):
            sheet.cell(place, column).value = cell
    book.save(path)
    second = _numbers(crm.refresh(path, as_of=AS_OF, backup=False))
    assert first == {"支持导出": "C2026001-01", "开放接口": "C2026001-02", "提供培训": "C2026002-01",
                     "缩短交期": "C2026001-03"}  # fmt: skip
    assert second == {**first, "降价": "C2026001-04"}
    assert openpyxl.load_workbook(path)["需求编号簿"].sheet_state == "hidden"


def _numbers(result: crm.Result) -> dict[str, str]:
    needs = result.requirements
    return dict(zip(needs["requirement"], needs["requirement_id"], strict=True))
