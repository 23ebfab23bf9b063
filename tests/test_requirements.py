"""Splitting the cells of needs into requirements."""

from __future__ import annotations

import time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.requirements import explode_requirements, split_requirements


@pytest.mark.parametrize(
    ("cell", "pieces"),
    [
        ("支持实时数据监控、API接口开放", ("支持实时数据监控", "API接口开放")),
        ("担忧后期运维成本高,希望提供技术培训", ("担忧后期运维成本高,希望提供技术培训",)),
        ("报表导出；自定义字段;权限", ("报表导出", "自定义字段", "权限")),
        ("第一行\n第二行\r\n第三行", ("第一行", "第二行", "第三行")),
        ("支持“导入、导出”两种方式、权限", ("支持“导入、导出”两种方式", "权限")),
        ("对接系统（ERP、OA）；单点登录", ("对接系统（ERP、OA）", "单点登录")),
        ("1、导出 2、导入", ("导出", "导入")),
        ("1.导出；2.导入", ("导出", "导入")),
        ("①支持导出②支持API", ("支持导出", "支持API")),
        ("(1)导出(2)导入", ("导出(2)导入",)),
        ("系统要在3.5秒内打开", ("系统要在3.5秒内打开",)),
        ("、；、", ()),
        ("重复、重复", ("重复",)),
        ("未闭合“引号、后面", ("未闭合“引号", "后面")),
    ],
)
def test_cells_are_split_as_people_list_things(cell: str, pieces: tuple[str, ...]) -> None:
    assert split_requirements(cell) == pieces


@given(st.text(max_size=200))
def test_splitting_survives_anything_and_invents_nothing(cell: str) -> None:
    for piece in split_requirements(cell):
        assert piece in cell and piece == piece.strip()


@pytest.mark.parametrize("part", ["“", "（", "1、", "(", "、", "•"])
def test_splitting_takes_linear_time(part: str) -> None:
    start = time.perf_counter()
    split_requirements(part * 16_000)
    assert time.perf_counter() - start < 1


def _records(**columns: list[object]) -> dict[str, pd.DataFrame]:
    frame = pd.DataFrame(columns, index=range(2, 2 + len(next(iter(columns.values())))))
    return {"records": frame}


def test_requirements_know_their_row_and_number() -> None:
    needs = explode_requirements(
        _records(
            customer=["C1", "C2", "C1"], explicit_needs=["a、b", "c", None], implicit_needs=["d", None, "e"]
        )
    )
    assert needs["requirement"].tolist() == ["a", "b", "d", "c", "e"]
    assert needs["requirement_id"].tolist() == ["C1-01", "C1-02", "C1-03", "C2-01", "C1-04"]
    assert needs["row"].tolist() == [2, 2, 2, 3, 4]
    assert needs["orientation"].tolist() == ["explicit", "explicit", "implicit", "explicit", "implicit"]


def test_typed_numbers_stay() -> None:
    needs = explode_requirements(
        _records(customer=["C1", "C1"], explicit_needs=["a、b", "c"], requirement_id=["X-7", None])
    )
    assert needs["requirement_id"].tolist() == ["X-7", "X-7-2", "C1-03"]


def test_no_needs_give_an_empty_table_with_its_columns() -> None:
    assert list(explode_requirements({})["requirement"]) == []
