"""Values become cells: never formulas, never characters or numbers that Excel refuses."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from designs import streamed
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from crmsheet.book.cell_values import LONGEST_TEXT, CellWriter, cut, escape, serial, utf16_length
from crmsheet.book.cells import ROWS_AT_ONCE, SheetRows, fixed_rows, sheet_data
from crmsheet.book.design import Body, Coded, Formula
from crmsheet.book.lint import findings
from crmsheet.book.workbook import Workbook


def _spelled(rows: SheetRows) -> bytes:
    return b"".join(sheet_data(rows, CellWriter()))


@pytest.mark.parametrize(
    ("value", "tail"),
    [
        ("文", ' t="inlineStr"><is><t>文</t></is></c>'),
        ("", ""),
        (" a", ' t="inlineStr"><is><t xml:space="preserve"> a</t></is></c>'),
        ("a\nb", ' t="inlineStr"><is><t xml:space="preserve">a\nb</t></is></c>'),
        ("=1+1", ' t="inlineStr"><is><t>=1+1</t></is></c>'),
        ("a\x0bb\r", ' t="inlineStr"><is><t xml:space="preserve">a_x000B_b_x000D_</t></is></c>'),
        ("_x0041_", ' t="inlineStr"><is><t>_x005F_x0041_</t></is></c>'),
        ("_x00zz_ _x41_", ' t="inlineStr"><is><t>_x00zz_ _x41_</t></is></c>'),
        ("\ud800", ' t="inlineStr"><is><t>_xD800_</t></is></c>'),
        ("\ufffe", ' t="inlineStr"><is><t>_xFFFE_</t></is></c>'),
        (3, "><v>3</v></c>"),
        (-2.5, "><v>-2.5</v></c>"),
        (1e300, "><v>1e+300</v></c>"),
        (True, ' t="b"><v>1</v></c>'),
        (False, ' t="b"><v>0</v></c>'),
        (Decimal("1.10"), "><v>1.1</v></c>"),
        (None, ""),
        (math.nan, ""),
        (math.inf, ""),
        (pd.NaT, ""),
        (pd.NA, ""),
        (np.float64(2.5), "><v>2.5</v></c>"),
        (np.int64(7), "><v>7</v></c>"),
        (np.bool_(1), ' t="b"><v>1</v></c>'),
        (np.str_("甲"), ' t="inlineStr"><is><t>甲</t></is></c>'),
        (np.datetime64("2024-01-01"), "><v>45292</v></c>"),
        (np.datetime64("NaT"), ""),
        (pd.Timestamp("2024-01-01 12:00"), "><v>45292.5</v></c>"),
        (dt.date(2024, 1, 1), "><v>45292</v></c>"),
        (dt.datetime(2024, 1, 1, 6), "><v>45292.25</v></c>"),
        (dt.datetime(2024, 1, 1, tzinfo=dt.UTC), "><v>45292</v></c>"),
        (dt.time(12), "><v>0.5</v></c>"),
        (dt.timedelta(days=1, hours=12), "><v>1.5</v></c>"),
        (dt.date(1850, 1, 1), ' t="inlineStr"><is><t>1850-01-01</t></is></c>'),
        (10**15, ' t="inlineStr"><is><t>1000000000000000</t></is></c>'),
        (-(10**15) + 1, "><v>-999999999999999</v></c>"),
        (Formula("=SUM(A1:A3)", 6), "><f>SUM(A1:A3)</f><v>6</v></c>"),
        (Formula('IF(A1<2,"a&b","")', "a&b"), ' t="str"><f>IF(A1&lt;2,"a&amp;b","")</f><v>a&amp;b</v></c>'),
        (Formula("TRUE()", value=True), ' t="b"><f>TRUE()</f><v>1</v></c>'),
        (Formula("NOW()"), "><f>NOW()</f></c>"),
        (Formula("A1", dt.date(2024, 1, 1)), "><f>A1</f><v>45292</v></c>"),
        ([1, 2], ' t="inlineStr"><is><t>[1, 2]</t></is></c>'),
    ],
)
def test_each_value_is_spelled_for_excel(value: object, tail: str) -> None:
    assert CellWriter().tail(value) == tail


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (dt.date(1900, 1, 1), 1),
        (dt.date(1900, 2, 28), 59),
        (dt.date(1900, 3, 1), 61),
        (dt.date(1999, 12, 31), 36525),
        (dt.date(2024, 2, 29), 45351),
    ],
)
def test_days_are_counted_as_excel_counts(day: dt.date, number: int) -> None:
    assert serial(day) == number
    if day.year > 1903:
        assert serial(day, date1904=True) == number - 1462


def test_texts_are_cut_only_at_excels_limit_and_counted() -> None:
    writer = CellWriter()
    writer.tail("长" * LONGEST_TEXT)
    assert writer.shortened == 0
    tail = writer.tail("𠀀" * 20_000)
    assert writer.shortened == 1
    assert utf16_length(cut("𠀀" * 20_000)) == LONGEST_TEXT - 1
    assert "�" not in tail
    assert cut("x" * LONGEST_TEXT) == "x" * LONGEST_TEXT


@given(st.text())
def test_escaped_text_is_xml_and_comes_back(text: str) -> None:
    element = etree.fromstring(f"<t>{escape(text)}</t>".encode())
    shown = openpyxl.utils.escape.unescape(element.text or "")
    assert shown.replace("\r\n", "\n") == text.replace("\r\n", "\n") or "\r" in text


CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=True),
    st.text(max_size=20),
    st.dates(dt.date(1901, 1, 1)),
    st.builds(Formula, st.just("1+1"), st.integers(0, 9)),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=12))
def test_a_column_may_mix_anything_and_the_sheet_has_no_fault(rows: list[list[object]]) -> None:
    book = Workbook.blank()
    book.put_sheet("mixed", "混合", streamed(*zip(*rows, strict=True)))
    assert list(findings(book._package)) == []


def test_one_true_and_1_stay_apart(tmp_path: Path) -> None:
    book = Workbook.blank()
    book.put_sheet("mixed", "混合", streamed([1, True, 1.0, 0, False]))
    book.save(tmp_path / "out.xlsx")
    values = [
        row[0].value for row in openpyxl.load_workbook(tmp_path / "out.xlsx")["混合"].iter_rows(min_row=2)
    ]
    assert [type(value) for value in values] == [int, bool, float, int, bool]


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1, 2], index=[5, 9]),
        np.array([1, 2]),
        (1, 2),
        pd.array([1, 2], dtype="Int64"),
        pd.Series([1, 2], dtype="category"),
    ],
)
def test_columns_may_be_any_sequence(column: object) -> None:
    rows = _spelled(SheetRows(bodies=[Body(1, (column,))]))  # type: ignore[arg-type]
    assert b'<c r="A1"><v>1</v></c>' in rows
    assert b'<c r="A2"><v>2</v></c>' in rows


def test_columns_of_different_length_are_misuse() -> None:
    with pytest.raises(ValueError, match="length|shorter|longer|argument"):
        _spelled(SheetRows({}, [Body(1, ([1, 2], [1]))], {}))


def test_blank_cells_keep_their_columns_format() -> None:
    fixed = fixed_rows(b'<row r="2"><c r="A2" s="4"/><c r="B2"/></row>')
    rows = _spelled(SheetRows(fixed, [Body(2, ([None, 1], [None, 2]))], {}))
    assert b'<row r="2"><c r="A2" s="4"/></row>' in rows
    assert b'<row r="3"><c r="A3" s="4"><v>1</v></c><c r="B3"><v>2</v></c></row>' in rows


def test_rows_take_their_heights() -> None:
    fixed = fixed_rows(b'<row r="2" ht="33" customHeight="1"><c r="A2" s="4"/></row>')
    same = _spelled(SheetRows(fixed, [Body(2, ([1],))], {}))
    each = _spelled(SheetRows(fixed, [Body(2, ([1, 2],), row_height=[20, 40.5])], {}))
    assert b'<row r="2" ht="33" customHeight="1">' in same
    assert b'<row r="2" ht="20" customHeight="1">' in each
    assert b'<row r="3" ht="40.5" customHeight="1">' in each


def test_fixed_cells_right_of_a_body_stay_and_those_under_it_go() -> None:
    fixed = fixed_rows(
        b'<row r="2"><c r="A2" s="1"/><c r="D2"><v>9</v></c></row><row r="3"><c r="A3"><v>0</v></c></row>'
    )
    rows = _spelled(SheetRows(fixed, [Body(2, ([1, 2],))], {3: {5: b'<c r="E3"/>'}}))
    assert b'<c r="A2" s="1"><v>1</v></c><c r="D2"><v>9</v></c>' in rows
    assert b'<row r="3"><c r="A3" s="1"><v>2</v></c><c r="E3"/></row>' in rows


def test_long_bodies_have_no_seam() -> None:
    count = ROWS_AT_ONCE * 2 + 5
    rows = _spelled(SheetRows({}, [Body(1, (list(range(count)),))], {}))
    assert rows.count(b"<row ") == rows.count(b"</row>") == count
    assert rows.endswith(b'<c r="A%d"><v>%d</v></c></row></sheetData>' % (count, count - 1))


def test_an_empty_body_keeps_the_pattern_row() -> None:
    fixed = fixed_rows(b'<row r="2"><c r="A2" s="4"/></row>')
    assert b'<row r="2"><c r="A2" s="4"/></row>' in _spelled(SheetRows(fixed, [Body(2, ([],))]))


def test_overlapping_bodies_are_misuse() -> None:
    design = streamed([1, 2, 3])
    twice = type(design)(design.package, (*design.bodies, Body(3, ([1],))))
    with pytest.raises(ValueError, match="overlap"):
        Workbook.blank().put_sheet("a", "a", twice)


def test_text_that_needs_care_is_spelled_alike_alone_and_among_thousands() -> None:
    odd = [
        "a&b",
        "<i>",
        " a",
        "a ",
        "a\nb",
        "_x0041_",
        "全角\u3000",
        "",
        "a\u241eb",
        "\x0b",
        "\ufffe",
        "𠀀",
        "'",
    ]
    plain = [f"客户{n}" for n in range(5)]
    for texts in (plain, odd, plain + odd):
        alone = [CellWriter().tail(text) for text in texts]
        spelled = _spelled(SheetRows(bodies=[Body(1, (texts,))])).decode()
        cells = [f'<c r="A{n}"{tail}' if tail else "" for n, tail in enumerate(alone, start=1)]
        rows = [f'<row r="{n}">{cell}</row>' for n, cell in enumerate(cells, start=1)]
        assert spelled == f"<sheetData>{''.join(rows)}</sheetData>"


@given(st.lists(st.sampled_from(["甲", "", None, 1.5, True, dt.date(2024, 1, 1)]), min_size=1))
def test_a_coded_column_is_written_like_the_plain_one(values: list[object]) -> None:
    distinct = list(dict.fromkeys(values))
    coded = Coded(distinct, np.array([distinct.index(value) for value in values]))
    assert coded == values
    assert _spelled(SheetRows(bodies=[Body(1, (coded,))])) == _spelled(SheetRows(bodies=[Body(1, (values,))]))
