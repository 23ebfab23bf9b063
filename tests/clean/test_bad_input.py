"""What holds for every reader: the promised names and types, any value survived, any text read in linear time."""

from __future__ import annotations

import dataclasses
import inspect
import math
import time
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsheet.clean import amounts, companies, contacts, dates, headers, industry, privacy, regions, text
from crmsheet.needs import read_need, read_sentiment
from crmsheet.requirements import split_requirements
from crmsheet.rules import Rules
from crmsheet.steps import classify_requirements, score_sentiment, tag_requirements

DAY = date(2024, 3, 18)
RULES = Rules.load()
READERS: dict[str, Callable[[Any], Any]] = {
    "parse_date": lambda cell: dates.parse_date(cell, base=DAY),
    "parse_plan": lambda cell: dates.parse_date(cell, base=DAY, prefer="future"),
    "parse_money": amounts.parse_money,
    "parse_money_hint": lambda cell: amounts.parse_money(cell, unit_hint="万元"),
    "parse_headcount": amounts.parse_headcount,
    "parse_duration": lambda cell: amounts.parse_duration(cell, unit_hint="月"),
    "classify_phone": contacts.classify_phone,
    "classify_email": contacts.classify_email,
    "classify_person": contacts.classify_person,
    "find_sensitive": privacy.find_sensitive,
    "mask": privacy.mask,
    "classify_industry": industry.classify_industry,
    "locate_address": lambda cell: regions.locate(cell, kind="address"),
    "locate_company": lambda cell: regions.locate(cell, kind="company"),
    "locate_cell": lambda cell: regions.locate(cell, kind="cell"),
    "parse_company": companies.parse_company,
    "normalize_text": text.normalize_text,
    "recognize_headers": lambda cell: headers.recognize_headers([cell]),
}
# These read the text of one requirement or talk, never another value.
TEXT_READERS: dict[str, Callable[[str], Any]] = {
    "split_requirements": split_requirements,
    "read_need": lambda cell: read_need(cell, RULES.lexicons),
    "read_sentiment": lambda cell: read_sentiment(cell, RULES.lexicons),
}
ODD = [
    None, math.nan, math.inf, -math.inf, True, False, 0, -1, 10**400, 1e300, 45366, 45366.5, Decimal("8.5"),
    Decimal("NaN"), DAY, datetime(2024, 3, 18, 9, 30), pd.NA, pd.NaT, pd.Timestamp("2024-03-18"), np.float64(8),
    np.bool_(1), np.int64(45366), np.datetime64("2024-03-18"), np.str_("10万"), b"10", [], {}, (), object(),
]  # fmt: skip
# Runs of what the readers' patterns look for: digits, separators, brackets, numerals, forms, labels, marks.
TIME_LIMIT = 0.2
HOSTILE = [
    "1", "12 ", "1-", "1.", "1,", "1/", "1:", "万", "1万", "亿", "一", "零", "十", "三八", "有限", "有限公司", "公司",
    "(", ")", "（", "）", "((1", "[", "【", "-", "--", "~", "*", "x", "a", "a@", "a.", "@", "@qq.com", "+86", "京A",
    "13800138000", "6222020200012345670 ", "110101199003071233", "微信", "微信a", "QQ", "住", "号", "单元1", "张",
    "张*",
    "2024-", "2024-03-15", "3月", "日", "下周", "第1", "每", "北京", "省", "南京东路", "、", "；", "\n", " ", "\t",
    "<",
    "<p ", "&", "&amp;", "業(yè)", "é", "Ã", "鍖", "\u200b", "\u0301", "👨\u200d", "_x000D_", "'", "“", "•", "不",
    "不需要", "价格", "培训", "支持", "制造业-", "服务/", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
def test_no_value_of_a_cell_raises(reader: str) -> None:
    raised = {}
    for value in ODD:
        try:
            READERS[reader](value)
        except Exception as error:
            raised[f"{type(value).__name__} {value!r:.60}"] = repr(error)
    assert not raised


@pytest.mark.parametrize("reader", [*READERS, *TEXT_READERS])
@settings(max_examples=60, deadline=None)
@given(
    cell=st.text(max_size=200)
    | st.text(alphabet="0123456789-./年月日万亿元人()（）*@省市有限公司微信住号不", max_size=60)
)
def test_any_text_is_survived(reader: str, cell: str) -> None:
    (READERS | TEXT_READERS)[reader](cell)


@pytest.mark.parametrize("reader", [*READERS, *TEXT_READERS])
def test_a_cell_of_100_kb_takes_linear_time(reader: str) -> None:
    """All hostile runs within 100 ms each; doubled for other work on the machine. Quadratic would be minutes."""
    read = (READERS | TEXT_READERS)[reader]
    read("1")
    slow = {piece: spent for piece in HOSTILE if (spent := _least_seconds(read, piece)) > TIME_LIMIT}
    assert not slow


def _least_seconds(read: Callable[[Any], Any], piece: str) -> float:
    """Of up to three cells, each new to the reader's cache: a collection of garbage may fall into any one of them."""
    times: list[float] = []
    for mark in ("", "甲", "乙"):
        cell = mark + piece * (100_000 // len(piece.encode("utf-8", "surrogatepass")))
        started = time.process_time()
        read(cell)
        times.append(time.process_time() - started)
        if times[-1] <= TIME_LIMIT:
            break
    return min(times)


SIGNATURES: list[tuple[Callable[..., Any], str]] = [
    (dates.parse_date, "(text, *, base, prefer='past'"),
    (amounts.parse_money, "(text, *, unit_hint='')"),
    (amounts.parse_headcount, "(text, *, unit_hint='')"),
    (amounts.parse_duration, "(text, *, unit_hint='')"),
    (contacts.classify_phone, "(text)"),
    (contacts.classify_email, "(text)"),
    (contacts.classify_person, "(text)"),
    (privacy.find_sensitive, "(text)"),
    (privacy.mask, "(text)"),
    (industry.classify_industry, "(text, *, mapping=None)"),
    (regions.locate, "(text, *, kind)"),
    (companies.parse_company, "(name)"),
    (companies.find_duplicates, "(customers, rules"),
    (text.normalize_text, "(text)"),
    (tag_requirements, "(requirements, rules)"),
    (classify_requirements, "(requirements, rules)"),
    (score_sentiment, "(contacts, rules"),
    (headers.recognize_headers, "(headers"),
]


@pytest.mark.parametrize(
    ("function", "promised"), SIGNATURES, ids=lambda value: getattr(value, "__name__", "")
)
def test_signatures_are_as_promised(function: Callable[..., Any], promised: str) -> None:
    signature = inspect.signature(function)
    bare = signature.replace(
        parameters=[one.replace(annotation=inspect.Parameter.empty) for one in signature.parameters.values()],
        return_annotation=inspect.Signature.empty,
    )
    assert str(bare).startswith(promised)


READINGS: list[tuple[Any, tuple[str, ...]]] = [
    (dates.parse_date("10月20日电话回访", base=DAY), ("iso", "start", "end", "rest", "assumed")),
    (amounts.parse_money("8-10万"), ("low", "high", "unit", "assumed")),
    (contacts.classify_phone("010-62345678"), ("kind", "normalized", "area")),
    (contacts.classify_email("a@b.com"), ("kind", "normalized")),
    (contacts.classify_person("张*"), ("kind",)),
    (privacy.find_sensitive("手机13800138000")[0], ("kind", "text", "start", "end")),
    (industry.classify_industry("软件"), ("section", "division", "certain")),
    (regions.locate("杭州", kind="cell"), ("province", "city")),
    (companies.parse_company("北京恒达科技有限公司"), ("region", "brand", "trade", "legal_form", "branch")),
    (headers.recognize_headers(["客户名称"])[0], ("field", "certain", "suggestion")),
]


@pytest.mark.parametrize(("reading", "names"), READINGS, ids=lambda value: type(value).__name__)
def test_readings_are_frozen_and_hold_what_is_promised(reading: Any, names: tuple[str, ...]) -> None:
    assert dataclasses.is_dataclass(reading)
    for name in names:
        getattr(reading, name)
    with pytest.raises((dataclasses.FrozenInstanceError, AttributeError, TypeError)):
        setattr(reading, names[0], "x")


def test_steps_add_the_promised_columns() -> None:
    needs = pd.DataFrame({"requirement": ["希望价格优惠，售后及时", "必须支持导出"]})
    assert tag_requirements(needs, RULES)["requirement_tags"].tolist() == [
        ("price", "service"),
        ("function",),
    ]
    classified = classify_requirements(needs, RULES)
    assert classified["requirement_types"].map(set).tolist() == [{"service", "budget"}, {"function"}]
    assert classified["rigidity"].tolist() == ["flexible", "rigid"]
    talks = pd.DataFrame({"contact_notes": ["客户很满意", "售后没人管"]})
    assert score_sentiment(talks, RULES)["sentiment"].tolist() == ["positive", "negative"]


def test_a_value_is_read_once() -> None:
    cell = "2024年3月15日上午电话回访张经理"
    assert dates.parse_date(cell, base=DAY) is dates.parse_date(cell, base=DAY)
    assert contacts.classify_phone("021-5432 1234") is contacts.classify_phone("021-5432 1234")
    assert companies.parse_company("北京恒达科技") is companies.parse_company("北京恒达科技")
