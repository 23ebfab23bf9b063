"""What-if: who would move under other rules, and why."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from crmsheet.compare import COLUMNS, compare_rules, list_setting_changes
from crmsheet.model import Setting, Tables
from crmsheet.rules import Rules

RULES = Rules.load()
AS_OF = date(2026, 11, 20)


def _rules(**settings: object) -> Rules:
    return Rules.load(
        settings=[Setting(key.replace("__", "."), value, "", "") for key, value in settings.items()]
    )


def _tables(*customers: tuple[str, str, float, int]) -> Tables:
    """Per customer: id, day of the last order, amount of each order, how many (a month apart, back from the last)."""
    records = [
        {
            "customer_id": one,
            "customer_name": f"上海{one}科技有限公司",
            "last_contact": "2026-11-02",
            "status": "todo",
            "owner": "张*",
        }
        for one, *_ in customers
    ]
    orders = [
        {"customer_id": one, "order_date": pd.Timestamp(last) - pd.DateOffset(months=i), "amount": amount}
        for one, last, amount, count in customers
        for i in range(count)
    ]
    return Tables.from_frames(records=pd.DataFrame(records), orders=pd.DataFrame(orders))


TABLES = _tables(
    ("C2020001", "2026-09-10", 60_000.0, 9),  # 71 days, 540,000: high value
    ("C2020002", "2026-11-10", 60_000.0, 9),
    ("C2020003", "2026-11-10", 100.0, 9),
)


def test_a_stricter_bound_moves_the_customers_beyond_it() -> None:
    moved = compare_rules(
        TABLES, RULES, _rules(rfm__monetary_high=1_000_000, rfm__monetary_medium=900_000), AS_OF
    )
    assert list(moved.columns) == list(COLUMNS)
    assert moved.index.tolist() == ["C2020001", "C2020002"]  # HHH → HHL
    assert moved[["before_label", "after_label", "direction"]].drop_duplicates().values.tolist() == [
        ["高价值", "潜力", "down"]
    ]


def test_falls_come_before_rises_and_say_why() -> None:
    other = _rules(
        rfm__recency_high_days=60,
        rfm__recency_medium_days=65,
        rfm__monetary_medium=500,
        rfm__monetary_high=600,
    )
    moved = compare_rules(TABLES, RULES, other, AS_OF)
    assert moved.index.tolist() == ["C2020001", "C2020003"]
    assert moved["direction"].tolist() == ["down", "up"]
    assert moved[["tier_before", "tier_after"]].values.tolist() == [
        ["high_value", "churn_risk"],
        ["potential", "high_value"],
    ]
    assert moved["why"].iloc[0].startswith("原来：R 71天(高) F 9次(高) M 54万(高) → 高价值；改后：R 71天(低)")


def test_the_same_rules_move_nobody() -> None:
    assert len(compare_rules(TABLES, RULES, RULES, AS_OF)) == 0


@pytest.mark.parametrize("size", [1, 2, 3])
def test_few_customers(size: int) -> None:
    tables = _tables(*[(f"C202000{i}", "2026-11-10", 100.0, 1) for i in range(size)])
    assert len(compare_rules(tables, RULES, _rules(rfm__frequency_high=9), AS_OF)) == 0


def test_differences_of_rules_are_listed() -> None:
    changes = list_setting_changes(RULES, _rules(rfm__recency_high_days=60, tiers__potential__label="重点"))
    assert changes["key"].tolist() == ["rfm.recency_high_days", "tiers.potential.label"]
    assert changes[["before", "after"]].values.tolist() == [[90, 60], ["潜力", "重点"]]
