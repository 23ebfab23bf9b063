"""Telephone, mail and name cells against lists with known answers, and the laws every reading keeps."""

from __future__ import annotations

import time
from datetime import date, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.clean.contacts import classify_email, classify_person, classify_phone
from crmsheet.clean.names import mask_name
from crmsheet.clean.phone_numbers import area_codes

READERS = (classify_phone, classify_email, classify_person)
ODD_CELLS = (
    None,
    float("nan"),
    float("inf"),
    True,
    False,
    0,
    -1,
    1e300,
    pd.NA,
    pd.NaT,
    date(2024, 3, 15),
    [],
    {},
    b"1",
)


@pytest.mark.parametrize(
    ("cell", "masked"),
    [
        ("张三", "张*"),
        ("欧阳娜娜", "欧阳**"),
        ("王小明", "王**"),
        ("张＊", "张*"),
        ("张经理", "张经理"),
        ("张三/李四", "张*/李*"),
        ("张三和李四", "张*和李*"),
        ("采购总监赵六", "采购总监赵*"),
        ("赵六经理", "赵*经理"),
        ("张三13800138000", "张*"),
        ("采购部（张三）", "张*"),
        ("张三丰*", "张**"),
        ("买买提·艾力", "买**·**"),
        ("John Smith", "J*"),
        ("采购部", None),
        ("待确认", None),
        ("13800138000", None),
    ],
)
def test_name_is_masked_as_a_team_writes_it(cell: str, masked: str | None) -> None:
    assert classify_person(cell).masked == masked


@pytest.mark.parametrize(
    ("cell", "rest"),
    [
        ("张三13800138000", "13800138000"),
        ("张三（经理）", "经理"),
        ("李四 a@qq.com", "a@qq.com"),
        ("张三", ""),
    ],
)
def test_what_stands_beside_a_name_is_kept(cell: str, rest: str) -> None:
    assert classify_person(cell).rest == rest


@pytest.mark.parametrize(
    ("cell", "kind", "normalized"),
    [
        (13800138000, "mobile", "13800138000"),
        (13800138000.0, "mobile", "13800138000"),
        (1395678, "garbled", ""),
        (1062345678, "fixed", "010-62345678"),
        ("13,800,138,000", "mobile", "13800138000"),
        ("1.38001E+10", "invalid", ""),
        (datetime(2024, 3, 15), "invalid", ""),
        (None, "empty", ""),
        (float("nan"), "empty", ""),
    ],
)
def test_damage_by_excel_is_undone_only_where_nothing_is_lost(
    cell: object, kind: str, normalized: str
) -> None:
    reading = classify_phone(cell)
    assert (reading.kind, reading.normalized) == (kind, normalized)


def test_a_restored_zero_is_named_as_assumed() -> None:
    assert classify_phone("75526001234").assumed == ("leading_zero",)
    assert classify_phone("0755-26001234").assumed == ()


def test_all_numbers_of_a_cell_are_classed() -> None:
    assert classify_phone("13800138000、010-62345678、待确认").kinds == ("mobile", "fixed")


def test_area_codes_are_complete_and_well_formed() -> None:
    codes = area_codes()
    assert len(codes) > 320
    assert all(code.startswith("0") and area.place and area.lengths <= {7, 8} for code, area in codes.items())
    assert [codes[code].place for code in ("010", "0755", "0898", "0991")] == [
        "北京",
        "深圳",
        "海南",
        "乌鲁木齐",
    ]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("cell", ODD_CELLS, ids=repr)
def test_no_cell_value_raises(reader: object, cell: object) -> None:
    assert callable(reader)
    assert reader(cell).kind


@pytest.mark.parametrize("reader", READERS)
@given(
    cell=st.one_of(
        st.text(max_size=200),
        st.floats(),
        st.integers(),
        st.text("0123456789*-+() 转xX@.张三和某经理", max_size=40),
    )
)
def test_no_text_raises(reader: object, cell: object) -> None:
    assert callable(reader)
    assert reader(cell).kind


@given(st.text("0123456789-+() ", max_size=20))
def test_a_normalized_number_reads_as_itself(cell: str) -> None:
    first = classify_phone(cell)
    if first.normalized and first.kind != "mixed":
        again = classify_phone(first.normalized)
        assert (again.kind, again.normalized) == (first.kind, first.normalized)


@given(st.text("0123456789*-", max_size=15).filter(lambda text: "*" in text.strip("*")))
def test_a_hidden_digit_is_never_made_up(cell: str) -> None:
    reading = classify_phone(cell)
    digits = "".join(filter(str.isdigit, reading.normalized))
    assert len(digits) <= sum(map(str.isdigit, cell))


@given(st.sampled_from(["张", "欧阳", "李", "司马"]), st.sampled_from(["三", "小明", "娜娜"]))
def test_a_masked_name_keeps_the_surname_only(surname: str, given_name: str) -> None:
    assert mask_name(surname + given_name) == surname + "*" * len(given_name)
    assert classify_person(mask_name(surname + given_name)).kind == "masked"


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "unit", ["1", "1 ", "*", "a@", "a.", "和", "张和", "x", "1-", "(", "经理", " ", "总部"]
)
def test_a_hostile_cell_takes_no_time(reader: object, unit: str) -> None:
    assert callable(reader)
    start = time.process_time()
    reader(unit * (100_000 // len(unit)))
    assert time.process_time() - start < 0.25  # 0.1 s on an idle machine
