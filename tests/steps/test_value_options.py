"""Options of the value tag and the value score, each by a case worked by hand (C-19, ANALYTICS §2, §3)."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

import crmsheet as crm
from crmsheet.views.layout import column
from crmsheet.views.requirements import requirement_lines

AS_OF = date(2026, 11, 20)
RULES = crm.Rules.load()


def with_rules(section: str, **changes: Any) -> crm.Rules:
    part = getattr(RULES, section).model_copy(update=changes)
    return RULES.model_copy(update={section: part})


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("target", [0.0, 28.906, 100.0, 100.0]),  # 100 · ln(1 + 10万/10万) / ln 11
        ("linear", [0.0, 10.0, 100.0, 100.0]),  # of 100万
        ("minmax", [0.0, 5.0, 50.0, 100.0]),  # of 200万
        ("percentile", [12.5, 37.5, 62.5, 87.5]),  # (rank − ½) ÷ 4
    ],
)
def test_money_is_scored_as_the_rules_say(method: str, expected: list[float]) -> None:
    customers = pd.DataFrame({"amount_total": [0.0, 1e5, 1e6, 2e6], "customer_id": list("ABCD")})
    scored = crm.score_value(customers, with_rules("value_score", money=method))
    np.testing.assert_allclose(scored["historical_score"], expected, atol=0.001)


def test_minmax_of_equal_amounts_is_zero() -> None:
    customers = pd.DataFrame({"amount_total": [5.0, 5.0], "customer_id": list("AB")})
    assert crm.score_value(customers, with_rules("value_score", money="minmax"))["value_score"].tolist() == [
        0,
        0,
    ]


def test_missing_indicators_may_count_as_zero_and_stay_known_as_missing() -> None:
    customers = pd.DataFrame({"amount_total": [1e6], "profit_total": [np.nan], "customer_id": ["A"]})
    plain = crm.score_value(customers, RULES).iloc[0]
    zero = crm.score_value(customers, with_rules("value_score", missing="zero")).iloc[0]
    assert plain["value_score"] == pytest.approx(100.0)
    assert zero["value_score"] == pytest.approx(
        0.4 * 60.0
    )  # 60 of 100 points of the one dimension of weight 40
    assert plain["completeness"] == zero["completeness"] == pytest.approx(0.24)


@pytest.mark.parametrize(
    ("first", "amount", "tag", "reason"),
    [
        ("2026-08-21", 30000.0, "high", "合作 3 个月成交 3万，折算12个月 12万 → 高价值"),  # 91 days: 3 months
        ("2026-11-20", 3000.0, "low", "合作 1 个月成交 3000元，折算12个月 3.6万 → 低价值"),
        ("2025-11-20", 60000.0, "medium", "近12个月成交 6万 → 中价值"),  # as old as the window: as it is
    ],
)
def test_a_new_customer_may_be_scaled_up_to_the_window(
    first: str, amount: float, tag: str, reason: str
) -> None:
    last = pd.Timestamp("2026-11-20")
    customers = pd.DataFrame(
        {
            "amount_12m": [amount],
            "order_count": [2.0],
            "first_order": [pd.Timestamp(first)],
            "last_order": [last],
            "recency_days": [0.0],
        }
    )
    tagged = crm.tag_value(customers, with_rules("value_tag", annualise=True)).iloc[0]
    assert (tagged["value_tag"], tagged["value_tag_reason"]) == (tag, reason)


def test_the_year_may_be_the_calendar_year() -> None:
    orders = pd.DataFrame(
        {
            "customer": ["A", "A", "B"],
            "amount": [90000.0, 20000.0, 70000.0],
            "order_date": pd.to_datetime(["2025-12-31", "2026-01-01", "2026-11-20"]),
        }
    )
    customers = pd.DataFrame({"customer_id": ["A", "B", "C"]}, index=["A", "B", "C"])
    rules = with_rules("value_tag", year="calendar")
    tagged = crm.tag_value(crm.add_order_facts(customers, orders, rules, AS_OF), rules)
    assert tagged["value_tag"].tolist() == ["low", "medium", "none"]
    assert tagged["value_tag_reason"].tolist()[0] == "今年成交 2万 → 低价值"
    trailing = crm.tag_value(crm.add_order_facts(customers, orders, RULES, AS_OF), RULES)
    assert trailing["value_tag"].tolist() == ["high", "medium", "none"]


def test_equal_ice_scores_rank_by_confidence_then_customer_then_age() -> None:
    records = pd.DataFrame(
        {
            "customer_id": ["C2024001", "C2024001", "C2024002", "C2024001"],
            "customer_name": ["甲测试有限公司", "甲测试有限公司", "乙测试有限公司", "甲测试有限公司"],
            "explicit_needs": ["较新", "较早", "大客户的", "更有把握"],
            "impact": [6, 6, 6, 4],
            "confidence": [5, 5, 5, 7],
            "ease": [4, 4, 4, 4],
            "raised_on": ["2026-11-01", "2026-09-01", "2026-11-10", "2026-11-10"],
            "status": ["跟进中"] * 4,
        }
    )
    orders = pd.DataFrame({"customer_id": ["C2024002"], "order_date": ["2026-10-01"], "amount": [900000]})
    result = crm.analyze(crm.Tables.from_frames(records=records, orders=orders), RULES, AS_OF)
    columns = (column(RULES.labels, "requirement"),)
    assert requirement_lines(result, columns)["requirement"].tolist() == [
        "更有把握",
        "大客户的",
        "较早",
        "较新",
    ]


@pytest.mark.parametrize("stated", [50000.0, 80000.0, 110000.0])
def test_totals_may_be_stated_net_without_refunded_orders_or_gross(stated: float) -> None:
    orders = pd.DataFrame(
        {
            "customer_id": ["C2024001"] * 2,
            "order_date": ["2026-03-01", "2026-04-01"],
            "amount": [80000, 30000],
            "is_refund": ["否", "是"],
        }
    )
    profiles = pd.DataFrame(
        {"customer_id": ["C2024001"], "customer_name": ["甲测试有限公司"], "deal_amount": [stated]}
    )
    issues = crm.clean(crm.Tables.from_frames(profiles=profiles, orders=orders), RULES, as_of=AS_OF).issues
    assert "totals_differ" not in set(issues["code"])
    wrong = profiles.assign(deal_amount=200000.0)
    issues = crm.clean(crm.Tables.from_frames(profiles=wrong, orders=orders), RULES, as_of=AS_OF).issues
    assert "totals_differ" in set(issues["code"])
