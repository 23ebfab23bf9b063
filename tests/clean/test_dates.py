"""Date cells against lists with known answers, the action that is left, and the laws every reading keeps."""

from __future__ import annotations

import time
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.clean.date_patterns import TABLE
from crmsheet.clean.dates import date_fault, parse_date
from crmsheet.clean.numerals import fold

CASES = Path(__file__).parents[1] / "cases"
MONDAY = date(2024, 3, 18)
Prefer = Literal["past", "future"]

# What people type: marks, digits, numerals and words of dates, so that random text is often nearly a date.
PIECES = [
    "2024",
    "24",
    "3",
    "15",
    "31",
    "2月30日",
    "三",
    "十五",
    "年",
    "月",
    "日",
    "号",
    "-",
    "/",
    ".",
    "至",
    "~",
    "（",
    "）",
]
WORDS = [
    "下周",
    "周五",
    "月底",
    "前",
    "内",
    "3天后",
    "明天",
    "上午10点",
    "Q2",
    "半年",
    "每",
    "，",
    "回访",
    "Mar ",
    "民国113年",
    "T",
    "*",
    "万",
    "个",
    " ",
    "１",
]
typed = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES + WORDS), max_size=9).map("".join))


def rows(name: str) -> list[dict[str, str]]:
    head, *lines = (CASES / name).read_text(encoding="utf-8").rstrip("\n").split("\n")
    return [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in lines]


def iso(text: object, base: date = MONDAY, prefer: Prefer = "past") -> str:
    reading = parse_date(text, base=base, prefer=prefer)
    return reading.iso if reading else ""


FULL_WIDTH = str.maketrans("0123456789,.-~()/:", "０１２３４５６７８９，．－～（）／：")
SPELLINGS = {
    "full width": lambda cell: cell.translate(FULL_WIDTH),
    "invisible": lambda cell: cell[:1] + "\u200b" + cell[1:] + "\ufeff",
    "blanks": lambda cell: "\u00a0" + cell + "\u3000\n",
    "full stop": lambda cell: cell + "。",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spelling_does_not_change_the_date(spelling: str) -> None:
    wrong = []
    for row in rows("dates.tsv"):
        prefer: Prefer = "future" if row["prefer"] == "future" else "past"
        cell = SPELLINGS[spelling](row["input"])
        got = iso(cell, date.fromisoformat(row["base"]), prefer)
        if got not in row["expected"].split("|"):
            wrong.append((cell, row["expected"], got))
    assert not wrong, wrong


ACTIONS = {
    "2024-03-20提供技术方案": "提供技术方案",
    "10月20日电话回访": "电话回访",
    "2024年3月25日前发送报价": "发送报价",
    "计划2024-04-01上门拜访": "上门拜访",
    "4/2上午10点演示2.0版本": "演示2.0版本",
    "【3-22】寄样品3-5件": "寄样品3-5件",
    "有意向，下周给初步反馈": "有意向，给初步反馈",
    "客户要求5月10号前上线": "客户要求上线",
    "3月25日（周一）拜访": "拜访",
    "周三（3月20日）拜访": "拜访",
    "已于3月10日发出报价": "已发出报价",
    "等通知，最晚3月29日": "等通知",
    "3月25日前往客户处": "前往客户处",
    "3月25日内部评审": "内部评审",
    "下週給報價": "給報價",
    "3月15日后续跟进": "后续跟进",
    "拜访：2024-03-25 14:00-15:30": "拜访",
    "２０２４年３月２５日回訪": "回訪",
    "2024-03-15 14:30:00": "",
    "“2024-03-15”": "",
}


@pytest.mark.parametrize(("cell", "action"), ACTIONS.items())
def test_the_action_is_what_is_left(cell: str, action: str) -> None:
    reading = parse_date(cell, base=MONDAY, prefer="future")
    assert reading is not None
    assert reading.rest == action


def test_workdays_follow_the_calendar_that_is_given() -> None:
    def is_workday(day: date) -> bool:
        return day.weekday() < 5 and day != date(2024, 4, 4)

    base = date(2024, 4, 2)
    assert iso("3个工作日内", base, "future") == "2024-04-05"
    reading = parse_date("3个工作日内", base=base, prefer="future", is_workday=is_workday)
    assert reading is not None
    assert (reading.iso, reading.assumed) == ("2024-04-08", ("relative",))
    assert parse_date("3个工作日内", base=base, is_workday=lambda _: False) is None


def test_the_time_of_day_is_kept_beside_the_day() -> None:
    reading = parse_date("3月25日上午10:00线上会议", base=MONDAY, prefer="future")
    assert reading is not None
    assert (reading.iso, reading.time, reading.rest) == ("2024-03-25", "上午10:00", "线上会议")


ASSUMED = {
    "2024-03-15": (),
    "45366": (),
    "3月15日": ("year",),
    "周五": ("week",),
    "10号": ("month",),
    "上周五": ("relative",),
    "24-3-15": ("century",),
    "03/04/2024": ("day_month_order",),
    "民国113年3月15日": (),
    "113年3月15日": ("era",),
    "2024年3月15日（周四）": ("weekday",),
    "3个工作日前": ("relative", "weekdays"),
    "2024-03-20至2024-03-15": ("reversed",),
}


@pytest.mark.parametrize(("cell", "assumed"), ASSUMED.items())
def test_what_was_inferred_is_said(cell: str, assumed: tuple[str, ...]) -> None:
    reading = parse_date(cell, base=MONDAY)
    assert reading is not None
    assert reading.assumed == assumed


SPANS = {
    "3月15-20日": ("2024-03-15", "2024-03-20"),
    "2024/3/15~3/18": ("2024-03-15", "2024-03-18"),
    "12月28日-1月3日": ("2023-12-28", "2024-01-03"),
    "2024年2月": ("2024-02-01", "2024-02-29"),
    "3月上旬": ("2024-03-01", "2024-03-10"),
    "2月下旬": ("2024-02-21", "2024-02-29"),
    "2024年第一季度": ("2024-01-01", "2024-03-31"),
    "去年下半年": ("2023-07-01", "2023-12-31"),
    "上周": ("2024-03-11", "2024-03-15"),
    "上周末": ("2024-03-16", "2024-03-17"),
    "1-3月": ("2024-01-01", "2024-03-31"),
    "2月底至3月初": ("2024-02-29", "2024-03-01"),
    "20240315-20240320": ("2024-03-15", "2024-03-20"),
}


@pytest.mark.parametrize(("cell", "span"), SPANS.items())
def test_the_span_covers_all_days_that_are_meant(cell: str, span: tuple[str, str]) -> None:
    reading = parse_date(cell, base=MONDAY)
    assert reading is not None
    assert (reading.start.isoformat(), reading.end.isoformat()) == span


FAULTS = {
    "2024-02-30": "impossible",
    "13月5日": "impossible",
    "2024-02-30提供方案": "impossible",
    "3月15-32日": "impossible",
    "2204-03-15": "out_of_range",
    "1900-01-01": "out_of_range",
    "1970-01-01": "out_of_range",
    "15/3": "ambiguous",
    "待定": None,
    "2024-03-l5": None,
    "2024-03-15": None,
    "每周一": None,
    "3-5件": None,
    "": None,
}


@pytest.mark.parametrize(("cell", "fault"), FAULTS.items())
def test_a_date_that_is_none_says_why(cell: str, fault: str | None) -> None:
    assert date_fault(cell) == fault
    assert parse_date(cell, base=MONDAY) is None or fault is None


def test_29_february_is_not_moved_to_a_leap_year() -> None:
    assert iso("2月29日", date(2025, 3, 18)) == ""
    assert date_fault("2月29日", base=date(2025, 3, 18)) == "impossible"
    assert iso("2月29日", date(2024, 1, 5), "future") == "2024-02-29"


SAME_DAY: list[object] = [
    45366,
    45366.0,
    45366.6,
    20240315,
    "45366",
    np.int64(45366),
    Decimal("45366"),
    date(2024, 3, 15),
    datetime(2024, 3, 15, 14, 30),
    pd.Timestamp("2024-03-15"),
    np.datetime64("2024-03-15"),
]


@pytest.mark.parametrize("value", SAME_DAY)
def test_typed_values_are_read_as_the_text_is(value: object) -> None:
    assert iso(value) == "2024-03-15"


def test_a_number_that_may_have_lost_a_zero_says_so() -> None:
    reading = parse_date(3.1, base=MONDAY)
    assert reading is not None
    assert "decimal" in reading.assumed


@pytest.mark.parametrize(
    "value", [None, float("nan"), float("inf"), True, pd.NaT, pd.NA, 0, -1, 10**400, b"", [], {}]
)
def test_other_values_are_no_date(value: object) -> None:
    assert parse_date(value, base=MONDAY) is None
    assert date_fault(value) is None


@given(st.text(max_size=10_000), st.dates(), st.sampled_from(["past", "future"]))
def test_any_text_and_any_base_give_a_reading_or_none(text: str, base: date, prefer: Prefer) -> None:
    parse_date(text, base=base, prefer=prefer)


@given(typed, st.dates(), st.sampled_from(["past", "future"]))
def test_readings_keep_their_laws(text: str, base: date, prefer: Prefer) -> None:
    reading = parse_date(text, base=base, prefer=prefer)
    assert (reading is None) or (date_fault(text, base=base, prefer=prefer) is None)
    if reading is None:
        return
    again = parse_date(reading.iso, base=base, prefer=prefer)
    assert again is not None
    assert again.iso == reading.iso
    assert reading.start <= reading.end
    assert again.start <= reading.start
    assert len(reading.iso) != len("2024-03-15") or reading.iso == reading.start.isoformat()
    assert len(reading.rest) <= len(text)


@given(st.dates(date(1901, 1, 1), date(2099, 12, 31)))
def test_a_day_is_read_from_every_way_to_write_it(day: date) -> None:
    if day.isoformat() in TABLE["limits"]["placeholders"]:
        return
    for form in (
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%Y.%m.%d",
        "%Y年%m月%d日",
        "%Y%m%d",
        "%Y-%m-%d %H:%M:%S",
        "%d-%b-%Y",
    ):
        assert iso(day.strftime(form)) == day.isoformat(), form


@given(st.text(max_size=200))
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


HOSTILE = [
    "1",
    "2024-",
    "年",
    "3月",
    "十",
    " ",
    "((",
    "2024年",
    "每",
    "-",
    "1-",
    "、1",
    "周",
    "a1",
    "3.",
    "３月１５日，",
    "Mar ",
    "下",
    "\n",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_cell_of_100_kb_takes_no_time(piece: str) -> None:
    seconds = []
    for last in "xyz":  # the best of three different cells: a busy machine slows one, a slow parser all
        cell = piece * (100_000 // len(piece)) + last
        started = time.process_time()
        parse_date(cell, base=MONDAY)
        seconds.append(time.process_time() - started)
    assert min(seconds) < 0.1
