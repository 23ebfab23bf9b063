"""The order of calls: value times urgency; who is to be won back and who is not due yet stand behind."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from crmsheet.rules import Rules
from crmsheet.tables.call_list import call_order, contact_points

RULES = Rules.load()
DAY = date(2026, 11, 20)
# tier, need, workdays overdue, due day
CUSTOMERS = {
    "best, late": ("high_value", "high", 5, "2026-11-13"),
    "best, today": ("high_value", "high", 0, "2026-11-20"),
    "poor, very late": ("low_value", "low", 25, "2026-10-16"),
    "poor, today": ("low_value", "", 0, "2026-11-20"),
    "best, let wait too long": ("high_value", "high", 31, "2026-10-08"),
    "poor, let wait too long": ("low_value", "", 200, "2026-01-08"),
    "leaving": ("churn_risk", "high", 30, "2026-10-09"),
    "to be won back": ("churn_risk", "high", 31, "2026-10-08"),
    "best, not due": ("high_value", "high", 0, "2026-11-25"),
    "poor, not due": ("low_value", "", 0, "2026-11-23"),
    "nothing planned": ("high_value", "high", 0, None),
}


def customers() -> pd.DataFrame:
    columns = ["tier", "top_priority", "overdue_days", "due"]
    table = pd.DataFrame.from_dict(CUSTOMERS, orient="index", columns=columns).iloc[::-1]
    return table.assign(due=pd.to_datetime(table["due"]), value_rank=1.0)


def test_who_is_worth_most_and_can_wait_least_comes_first() -> None:
    table = customers()
    assert table.index[call_order(table, RULES, DAY)].tolist() == [
        "best, let wait too long", "best, late", "leaving", "best, today", "poor, let wait too long",
        "poor, very late", "poor, today", "to be won back", "poor, not due", "best, not due",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("setting", "value", "first", "then"),
    [
        ("stale_after_workdays", 365, "to be won back", "leaving"),
        ("stale_after_workdays", 365, "poor, let wait too long", "best, late"),
        ("doubles_after_workdays", 2, "poor, very late", "best, today"),
        ("high_need_weight", 1.0, "poor, very late", "best, today"),
    ],
)
def test_a_setting_changes_the_order(setting: str, value: float, first: str, then: str) -> None:
    table = customers()
    before = table.index[call_order(table, RULES, DAY)].tolist()
    rules = RULES.model_copy(update={"followup": RULES.followup.model_copy(update={setting: value})})
    after = table.index[call_order(table, rules, DAY)].tolist()
    assert before.index(first) > before.index(then)
    assert after.index(first) < after.index(then)


@pytest.mark.parametrize("tier", ["high_value", "potential", "low_value", "prospect", "unrated"])
def test_nobody_but_those_to_be_won_back_falls_for_being_late(tier: str) -> None:
    days = [0, 1, 29, 30, 31, 33, 90, 400]
    due = pd.date_range("2026-11-20", periods=len(days), freq="-1D")
    table = pd.DataFrame({"tier": tier, "top_priority": "high", "overdue_days": days, "due": due})
    assert table["overdue_days"].iloc[call_order(table, RULES, DAY)].tolist() == sorted(days, reverse=True)


def test_what_is_not_known_counts_once() -> None:
    bare = pd.DataFrame({"tier": ["of their own"], "due": [pd.Timestamp(DAY)]})
    assert contact_points(bare, RULES).tolist() == [1.0]
    assert call_order(bare, RULES, DAY).tolist() == [0]
    assert call_order(bare.iloc[:0], RULES, DAY).tolist() == []
