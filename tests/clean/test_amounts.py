"""Amounts of money, heads and time against lists with known answers, and the laws every reading keeps."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.clean.amounts import RangeReading, parse_duration, parse_headcount, parse_money
from crmsheet.clean.numerals import read_number

CASES = Path(__file__).parents[1] / "cases"
PARSERS = {"money": parse_money, "heads": parse_headcount, "duration": parse_duration}
PIECES = [
    "8",
    "10",
    "0.5",
    "100,000",
    "万",
    "亿",
    "千",
    "w",
    "-",
    "~",
    "到",
    "元",
    "¥",
    "$",
    "美元",
    "人",
    "个月",
    "年",
    "半",
]
WORDS = [
    "天",
    "工作日",
    "以内",
    "以上",
    "不超过",
    "约",
    "+",
    "几",
    "十",
    "三五",
    "1e5",
    "个",
    "来",
    "能",
    ".",
    "多",
    "预算",
    "（",
    "）",
    "，",
    "%",
    "套",
    " ",
]
typed = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES + WORDS), max_size=8).map("".join))


def rows(name: str) -> list[dict[str, str]]:
    head, *lines = (CASES / name).read_text(encoding="utf-8").rstrip("\n").split("\n")
    return [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in lines]


def expected(row: dict[str, str]) -> tuple[float | None, float | None, str] | None:
    low, high = (float(row[end]) if row[end] else None for end in ("low", "high"))
    return None if low is None and high is None else (low, high, row["unit"])


def bounds(reading: RangeReading | None) -> tuple[float | None, float | None, str] | None:
    return (reading.low, reading.high, reading.unit) if reading else None


FULL_WIDTH = str.maketrans("0123456789,.-~+<>()%", "０１２３４５６７８９，．－～＋＜＞（）％")
TRADITIONAL = str.maketrans("万亿个两内周后员余几", "萬億個兩內週後員餘幾")
SPELLINGS = {
    "full width": lambda cell: cell.translate(FULL_WIDTH),
    "traditional": lambda cell: cell.translate(TRADITIONAL),
    "invisible": lambda cell: cell[:1] + "\u200b" + cell[1:] + "\ufeff",
    "blanks": lambda cell: "\u00a0" + cell + "\u3000\n",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spelling_does_not_change_the_amount(spelling: str) -> None:
    wrong = []
    for row in rows("amounts.tsv"):
        cell = SPELLINGS[spelling](row["input"])
        got = bounds(PARSERS[row["kind"]](cell, unit_hint=row["unit_hint"]))
        if got != expected(row):
            wrong.append((cell, expected(row), got))
    assert not wrong, wrong


ASSUMED = {
    "8-10万": (),
    "100000": (),
    "10-8万": ("reversed",),
    "8-10": ("unit",),
    "5000-1亿": ("unit",),
    "约10万": ("approximate",),
    "十几万": ("approximate",),
    "近十万": ("approximate",),
}


@pytest.mark.parametrize(("cell", "assumed"), ASSUMED.items())
def test_what_was_inferred_is_said(cell: str, assumed: tuple[str, ...]) -> None:
    reading = parse_money(cell)
    assert reading is not None
    assert reading.assumed == assumed


def test_a_month_that_may_be_a_length_says_so() -> None:
    assert parse_duration("3月") == RangeReading(90.0, 90.0, "天", ("month_or_duration",))
    assert parse_duration("3个月") == RangeReading(90.0, 90.0, "天")


def test_one_cell_can_hold_heads_and_money() -> None:
    cell = "100-500人,营收5000万-1亿"
    assert bounds(parse_headcount(cell)) == (100, 500, "人")
    assert bounds(parse_money(cell)) == (5e7, 1e8, "CNY")
    assert parse_duration(cell) is None


def test_two_amounts_are_not_one() -> None:
    assert parse_money("首期5万，尾款5万") is None
    assert bounds(parse_money("10万（首付3万）")) == (1e5, 1e5, "CNY")


@pytest.mark.parametrize("value", [100000, 100000.0, np.float64(1e5), np.int64(100000), "100000"])
def test_numbers_are_read_as_the_text_is(value: object) -> None:
    assert bounds(parse_money(value)) == (1e5, 1e5, "CNY")
    assert bounds(parse_money(0)) == (0, 0, "CNY")


@pytest.mark.parametrize(
    "value", [None, float("nan"), float("inf"), True, pd.NaT, pd.NA, 10**400, b"", "", [], {}]
)
def test_other_values_are_no_amount(value: object) -> None:
    assert [parse(value) for parse in PARSERS.values()] == [None, None, None]


@given(st.text(max_size=10_000), st.text(max_size=10))
def test_any_text_gives_a_reading_or_none(text: str, unit: str) -> None:
    for parse in PARSERS.values():
        parse(text, unit_hint=unit)


@given(typed, st.sampled_from(["", "万元", "人", "月", "天"]))
def test_readings_keep_their_laws(text: str, unit: str) -> None:
    for parse in PARSERS.values():
        reading = parse(text, unit_hint=unit)
        if reading is None:
            continue
        assert reading.unit
        assert reading.low is not None or reading.high is not None
        if reading.low is not None and reading.high is not None:
            assert reading.low <= reading.high


@given(
    st.integers(1, 99_999_999),
    st.sampled_from(["{}元", "{:,}元", "¥{}", "人民币{:,}.00元", "约{}元", "（{}元）"]),
)
def test_yuan_are_read_from_every_way_to_write_them(amount: int, form: str) -> None:
    assert bounds(parse_money(form.format(amount))) == (amount, amount, "CNY")


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_a_range_shares_its_unit_and_rises(first: int, second: int) -> None:
    reading = parse_money(f"{first}万-{second}万")
    low, high = sorted((first, second))
    assert reading is not None
    assert (reading.low, reading.high) == (low * 1e4, high * 1e4)
    assert ("reversed" in reading.assumed) == (first > second)


def in_words(number: int) -> str:
    """``number`` below ten thousand in Chinese numerals."""
    digits, names, text = "零一二三四五六七八九", ["", "十", "百", "千"], ""
    for place, digit in enumerate(reversed(str(number))):
        text = (digits[int(digit)] + names[place] if digit != "0" else "零") + text
    while "零零" in text:
        text = text.replace("零零", "零")
    return text.strip("零") or "零"


@given(st.integers(0, 9999))
def test_numerals_are_read_back(number: int) -> None:
    assert read_number(in_words(number)) == number


HOSTILE = [
    "1",
    "万",
    "1万",
    "1-",
    "十",
    " ",
    "((",
    "每",
    "-",
    "1,",
    "1,111",
    "a1",
    "1*",
    "¥",
    "1.1",
    "人民币",
    "几",
    "5万到",
    "个",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_cell_of_100_kb_takes_no_time(piece: str) -> None:
    cell = piece * (100_000 // len(piece))
    started = time.process_time()
    for parse in PARSERS.values():
        parse(cell)
    assert time.process_time() - started < 0.2
