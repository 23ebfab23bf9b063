"""Cell functions: what each answers, and that it is the answer of the step or reader in Python."""

from __future__ import annotations

import math
import re
from datetime import datetime
from decimal import Decimal
from itertools import cycle, product
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import crmsheet as crm
from crmsheet.data import speaking
from crmsheet.excel.docs import function_table
from crmsheet.excel.functions import FUNCTIONS, NOT_AVAILABLE, Function, function
from crmsheet.rules import Rules

RULES = Rules.load()
LABELS = RULES.labels
DAY = datetime(2024, 3, 18)

CASES: list[tuple[str, tuple[Any, ...], Any]] = [
    # Cells in a currency format come from Excel as decimals.
    ("CRM_CLV", (Decimal(5000), 4), 60_000.0),
    ("CRM_ICE", (Decimal(8), 6, [[Decimal(4)]]), 6.0),
    ("CRM_VALUE_TAG", ([[Decimal("100000.5")], [Decimal("0.5")]],), [["高价值"], ["低价值"]]),
    ("CRM_AMOUNT", (Decimal("5000.25"),), 5000.25),
    ("CRM_ICE", (8, 6, 4), 6.0),
    ("CRM_ICE", ("高", "中", 4), 17 / 3),
    ("CRM_ICE", (8, None, 4), NOT_AVAILABLE),
    ("CRM_ICE", (None, None, None), ""),
    ("CRM_ICE", (8, 6, 11), "易用“11”应为 1 到 10 的分数"),
    ("CRM_ICE", ([[8], [None]], 6, 4), [[6.0], [NOT_AVAILABLE]]),
    ("CRM_PRIORITY", (8, 7, 6), "高"),
    ("CRM_PRIORITY", (1, 1, 1), "低"),
    ("CRM_PRIORITY", (1, 1, 1, "高", "高价值"), "高"),
    ("CRM_PRIORITY", (1, 1, 1, None, None, "是"), "高"),
    ("CRM_PRIORITY", (9, 9, 9, None, None, None, "中"), "中"),
    ("CRM_PRIORITY", (8, None, None, None, None, None, "高"), "高"),
    ("CRM_PRIORITY", (None, None, None, None, None, None, "低"), "低"),
    ("CRM_PRIORITY", (8, None, None), "中"),
    ("CRM_PRIORITY", (None, None, None, None, None, "是"), "高"),
    ("CRM_PRIORITY", (None, None, None, None, "高价值"), ""),
    ("CRM_TAGS", ("预算控制在10万元以内",), "价格敏感型"),
    ("CRM_TAGS", ([["预算有限", "待确认"]],), [["价格敏感型", ""]]),
    ("CRM_SENTIMENT", ("客户对售后很不满意",), "不满"),
    ("CRM_VALUE_TAG", (100_000,), "高价值"),
    ("CRM_VALUE_TAG", (49_999.99,), "低价值"),
    ("CRM_VALUE_TAG", ("5万",), "中价值"),
    ("CRM_VALUE_TAG", ("很多",), "“很多”不是一个数"),
    ("CRM_RFM_TIER", (12, 5, 182_000), "高价值"),
    ("CRM_RFM_TIER", (None, 0, None), "未成交"),
    ("CRM_RFM_TIER", (12, None, 5), NOT_AVAILABLE),
    ("CRM_TIER", ([[12, 5, 182_000], [None, None, None]],), [["高价值"], [""]]),
    ("CRM_TIER", ([[12, 5, 182_000, "低价值"]],), "低价值"),
    ("CRM_CLV", (5_000, 4, 0.3), 18_000.0),
    ("CRM_NEXT_DATE", ("10月20日电话回访", datetime(2023, 10, 15)), datetime(2023, 10, 20)),
    ("CRM_NEXT_DATE", ("下周三拜访", DAY), datetime(2024, 3, 27)),
    ("CRM_NEXT_DATE", ("下周三拜访",), NOT_AVAILABLE),
    ("CRM_NEXT_DATE", ("2024-05-06 电话",), datetime(2024, 5, 6)),
    ("CRM_DUE", ("高价值", DAY), datetime(2024, 4, 18)),
    ("CRM_DUE", ("高价值", DAY, DAY, "2024-03-20 回访"), datetime(2024, 3, 20)),
    ("CRM_DUE", ("高价值", None), NOT_AVAILABLE),
    ("CRM_DUE", ("高价值", None, DAY), DAY),
    (
        "CRM_DUE",
        ("高价值", DAY, datetime(9999, 12, 31)),
        "“9999-12-31”不是有效日期，请写成 2026-11-20 这样的格式",
    ),
    (
        "CRM_DUE",
        ("高价值", datetime(9999, 12, 31), DAY),
        "“9999-12-31”不是有效日期，请写成 2026-11-20 这样的格式",
    ),
    ("CRM_CLV", (100, -4), "“-4”不能是负数"),
    ("CRM_CLV", (5_000, 4, "30%"), 18_000.0),
    ("CRM_CLV", (100, 4, 30), "毛利率“30”应在 0 到 1 之间，30% 写成 0.3"),
    # What refunds leave is an amount like another, the lowest; days and orders below zero are slips.
    ("CRM_VALUE_TAG", (-5_000,), "低价值"),
    ("CRM_VALUE_TAG", (float("inf"),), "“inf”不是一个数"),
    ("CRM_RFM_TIER", (12, 5, -1), "潜力"),
    ("CRM_RFM_TIER", (-12, 5, 182_000), "“-12”不能是负数"),
    ("CRM_TIER", ([[12, -5, 182_000]],), "“-5”不能是负数"),
    ("CRM_DUE", ("高价值", "下周三", DAY), "“下周三”不是有效日期，请写成 2026-11-20 这样的格式"),
    ("CRM_DUE", ("上帝", DAY), "客户分层“上帝”认不出来，应为：高价值/潜力/流失风险/低价值/未成交/未分层"),
    ("CRM_INDUSTRY", (DAY,), NOT_AVAILABLE),
    ("CRM_AMOUNT", ("长" * 40_000,), NOT_AVAILABLE),
    ("CRM_WORKDAYS", (datetime(2025, 9, 26), "2025-09-30"), 3.0),
    ("CRM_WORKDAYS", (45926, 45930, [[45929]]), 2.0),  # Excel's numbers of 2025-09-26, -30 and -29
    ("CRM_WORKDAYS", ("abc", "2025-09-30"), "“abc”不是有效日期，请写成 2026-11-20 这样的格式"),
    ("CRM_WORKDAYS", (45926, 45930, [["abc"]]), "“abc”不是有效日期，请写成 2026-11-20 这样的格式"),
    ("CRM_WORKDAYS", (45926, 45930, [["#N/A"]]), "“#N/A”不是有效日期，请写成 2026-11-20 这样的格式"),
    ("CRM_WORKDAYS", (45926, 45930, [["日期"], [45929], [None]]), 2.0),
    ("CRM_INDUSTRY", (1.1e17,), NOT_AVAILABLE),
    ("CRM_INDUSTRY", (65.0,), "信息传输、软件和信息技术服务业"),
    ("CRM_AMOUNT", ("8.5万元",), 85_000.0),
    ("CRM_AMOUNT", ("8-10万",), "区间 80000–100000 元，不是一个金额"),
    ("CRM_AMOUNT", ("面议",), NOT_AVAILABLE),
    ("CRM_PHONE_KIND", ("138****5678",), "打码手机"),
    ("CRM_PHONE_KIND", ([[True], ["😀"], ["待定"]],), [["不是有效电话"], ["不是有效电话"], ["未填"]]),
    ("CRM_SENSITIVE", ("身份证110101199003071233, 138-0013-8000",), "身份证号、手机号"),
    ("CRM_SENSITIVE", ("没有什么",), ""),
    ("CRM_MASK", ("电话 138-0013-8000",), "电话 138****8000"),
    ("CRM_MASK", (12.5,), 12.5),
    ("CRM_INDUSTRY", ("互联网行业",), "信息传输、软件和信息技术服务业"),
    ("CRM_INDUSTRY", ("没听说过的行当",), NOT_AVAILABLE),
    ("CRM_INDUSTRY", ([["12/13/2024"], ["2024-03-18"], ["50%"], ["12:30"]],), [[NOT_AVAILABLE]] * 4),
    ("CRM_INDUSTRY", ("64、65",), "信息传输、软件和信息技术服务业"),
    ("CRM_REGION", ("昆山沪光汽车电器股份有限公司",), "江苏省 苏州市"),
    ("CRM_REGION", ([["粤"], ["某处"]],), [["广东省"], [NOT_AVAILABLE]]),
    ("CRM_COMPANY_KEY", ("恒达（北京）科技有限公司",), "北京恒达科技"),
    (
        "CRM_CHECK",
        ([["客户名称"], ["甲科技有限公司"]],),
        "区域里的标题认得出 客户名称，还不够检查：要有客户编号或客户名称，再加至少两列，例如跟进状态、负责人",
    ),
    ("CRM_CHECK", ([["a", "b"], [1, 2]],), "区域里没有标题行：第一行应有“客户名称”等标题"),
    (
        "CRM_CHECK",
        ([["客户编号", "客户名称", "跟进状态", "负责人"], ["c2024001", "甲科技有限公司", "跟进中", "李*"]],),
        [["检查结果"], ["客户编号“c2024001”应写成“C2024001”"]],
    ),
]


@pytest.mark.parametrize(("name", "cells", "expected"), CASES)
def test_what_a_function_answers(name: str, cells: tuple[Any, ...], expected: Any) -> None:
    found = function(name)(*cells)
    assert found == (pytest.approx(expected) if isinstance(expected, float) else expected)


def test_a_priority_is_that_of_the_step_whatever_is_filled() -> None:
    given = list(product([None, 2.0, 9.0], [None, 9.0], [None, "high"], [True, False], [None, "low"]))
    rows = pd.DataFrame(given, columns=["impact", "ease", "urgency", "affects_renewal", "manual_priority"])
    scored = crm.score_ice(rows.assign(confidence=rows["impact"], tier="high_value"), RULES)
    steps = crm.suggest_priority(scored, RULES)["final_priority"]
    level = {code: LABELS.choice("level", code) for code in ("high", "medium", "low")}
    cells = [
        (score, score, ease, level.get(urgency), "高价值", "是" if renews else None, level.get(manual))
        for score, ease, urgency, renews, manual in given
    ]
    found = function("CRM_PRIORITY")(*([[cell] for cell in column] for column in zip(*cells, strict=True)))
    expected = [level[step] if any(row) else "" for step, row in zip(steps, given, strict=True)]
    assert [row[0] for row in found] == expected


@pytest.mark.parametrize("days", [5, 120, 400])
@pytest.mark.parametrize("count", [1, 3, 9])
@pytest.mark.parametrize("amount", [100, 60_000, 500_000])
def test_the_tier_is_that_of_a_refresh(days: int, count: int, amount: int) -> None:
    dates = pd.date_range(end=pd.Timestamp("2026-11-20") - pd.Timedelta(days=days), periods=count, freq="D")
    orders = pd.DataFrame(
        {"customer": "A", "customer_id": "A", "order_date": dates, "amount": amount / count}
    )
    day = datetime(2026, 11, 20).date()
    facts = crm.add_order_facts(pd.DataFrame(index=["A"]), crm.prepare_orders(orders, as_of=day), RULES, day)
    # A first order of a few weeks ago makes a new customer, which days, count and amount cannot tell.
    tier = crm.assign_tiers(facts.assign(first_order=pd.NaT), RULES, day).iloc[0]
    told = function("CRM_RFM_TIER")(
        facts["recency_days"].iloc[0], facts["frequency"].iloc[0], facts["monetary"].iloc[0]
    )
    assert told == RULES.tiers[tier["tier"]].label


MOST_LETTERS = 32_767  # of a cell
ODD: list[Any] = [
    "", None, " ", "#N/A", "#GETTING_DATA", -1, -0.5, 0, 1e300, -1e300, float("inf"), 1e-300, 2_958_466, 10**20,
    True, False, DAY, datetime(1900, 1, 1), datetime(9999, 12, 31), "乱码\x00", "=1+1", "x" * 40_000, "是", "-5万",
    "１２３", "'5", "，", "下周三", "2024-02-30", "12/13/2024",
]  # fmt: skip
GOOD = {
    "impact": 8, "confidence": 6, "ease": 4, "days": 12, "count": 5, "amount": 182_000, "average_purchase": 5_000,
    "purchases_per_year": 4, "plan": "2024-05-06 电话", "last_contact": DAY, "tier": "高价值", "as_of": DAY,
    "start": DAY, "end": DAY,
}  # fmt: skip


@pytest.mark.parametrize("one", FUNCTIONS, ids=lambda one: one.name)
def test_every_function_says_what_it_does_and_never_raises(one: Function) -> None:
    assert set(one.words) == {"about", "english", "example", *(argument.name for argument in one.arguments)}
    assert one.words["english"].isascii() and len(one.words["english"]) <= 255
    assert all(len(text) <= 255 for text in one.words.values())
    assert f"{one.name}(" in one.words["example"]
    count = len(one.arguments)
    column = [[odd] for odd in ODD]
    for place in range(count):
        cells = [GOOD.get(argument.name) for argument in one.arguments]
        cells[place] = column
        found = one(*cells)
        for (answer,) in found if isinstance(found, list) else [[found]]:
            assert answer is not None and not math.isnan(answer if isinstance(answer, float) else 0)
            assert not isinstance(answer, str) or len(answer) <= MOST_LETTERS
            assert "Traceback" not in str(answer)
    shape = [["x", 1, None], [2, 3, 4]]
    found = one(*[shape] * count)
    assert isinstance(found, str) or len(found) in (1, 2)


def test_too_many_arguments_are_refused_in_words() -> None:
    with pytest.raises(crm.errors.UsageError, match="CRM_ICE 最多 3 个参数，现在有 4 个"):
        function("CRM_ICE")(8, 6, 4, 2)


def test_the_day_due_is_that_of_the_step_on_each_rows_own_day() -> None:
    """Rows of several years, with and without contact, plan and day: judged together as one by one."""
    contacts = [None, "2022-12-30", "2024-02-05", "2024-09-30", "2025-01-20", "2031-04-01"]
    given = list(
        product(contacts, [None, "2024-02-09", "2024-10-10", "2025-02-03"], [None, "2024-10-08 电话"])
    )
    tiers = cycle(["高价值", "潜力", "流失风险", "未成交", "低价值"])
    rows = [(tier, contact, as_of, plan) for tier, (contact, as_of, plan) in zip(tiers, given, strict=False)]
    columns = ([[cell] for cell in column] for column in zip(*rows, strict=True))
    assert [row[0] for row in function("CRM_DUE")(*columns)] == [function("CRM_DUE")(*row) for row in rows]


def test_a_column_of_contacts_takes_one_call_of_the_step_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    step = crm.steps.plan_followups
    monkeypatch.setattr(crm.steps, "plan_followups", lambda *given: calls.append(given) or step(*given))
    days = [[day.to_pydatetime()] for day in pd.date_range("2023-12-01", "2024-02-28")]
    assert len(function("CRM_DUE")("高价值", days)) == len(days) and len(calls) == 2


@pytest.mark.parametrize("one", FUNCTIONS, ids=lambda one: one.name)
def test_the_wizard_of_an_english_workbook_reads_english(one: Function) -> None:
    with speaking("en"):
        english = one.words
    assert english.keys() == one.words.keys()
    assert all(text.isascii() and len(text) <= 255 for text in english.values())
    assert english["about"] != one.words["about"] and english["example"].startswith("=")


def test_ranges_of_different_size_are_refused_in_words() -> None:
    found = function("CRM_ICE")([[1], [2]], [[1, 2]], 3)
    assert found.startswith("区域大小不一致") and "2×1" in found


def test_a_functions_rules_are_those_it_is_given() -> None:
    rules = Rules.load(None, settings=[crm.model.Setting("value_tag.high_at_least", 60_000, "配置", "C9")])
    assert function("CRM_VALUE_TAG")(60_000, rules=rules) == "高价值"
    assert function("CRM_VALUE_TAG")(60_000) == "中价值"


def test_the_docs_list_every_function_as_it_is() -> None:
    page = (Path(__file__).parents[2] / "docs" / "excel.md").read_text(encoding="utf-8")
    assert function_table() in page  # python -m crmsheet.excel.docs prints it


def test_the_manual_steps_expect_what_is_said() -> None:
    """The check list for a real Excel: its formulas, what it quotes of messages, how many functions there are."""
    page = (Path(__file__).parents[2] / "docs" / "excel.md").read_text(encoding="utf-8")
    steps = {
        int(number): (what, seen)
        for number, what, seen in re.findall(r"(?m)^\| (\d+) \| (.*) \| (.*) \|$", page)
    }
    assert list(steps) == list(range(1, 21))
    assert "=CRM_ICE(8,6,4)" in steps[16][0] and steps[16][1] == f"{function('CRM_ICE')(8, 6, 4):g}"
    day = function("CRM_NEXT_DATE")("下周三拜访", DAY)
    assert "DATE(2024,3,18)" in steps[17][0] and steps[17][1] == f"{day.year}/{day.month}/{day.day}"
    assert "=CRM_ICE(8,,4)` 得 #N/A" in steps[18][1] and function("CRM_ICE")(8, None, 4) == NOT_AVAILABLE
    assert f"{len(FUNCTIONS)} 个函数" in steps[19][1]
    said = [
        (9, LABELS.phrase("note.formulas_restored", sheet="", count=1)),
        (14, LABELS.phrase("excel_checked", counts="错误")),
    ]
    for number, text in said:
        (quoted,) = re.findall("弹出“(.*?)(?:…)?”", steps[number][1])
        assert quoted in text


@pytest.mark.parametrize("error", ["#VALUE!", "#REF!", "#N/A", "#SPILL!"])
@pytest.mark.parametrize(
    "one", [one for one in FUNCTIONS if len(one.arguments) == 1 and not one.arguments[0].whole]
)
def test_an_error_of_excel_is_never_read_as_text(one, error):
    assert one(error) in (NOT_AVAILABLE, LABELS.phrase("function_number", value=error))
    assert one([[error], [None]])[1] == [""]
