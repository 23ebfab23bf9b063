"""Value tags, tiers, ICE and priorities by their tables of cases."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crmsheet.errors import UnknownColumn
from crmsheet.rules import Rules
from crmsheet.steps import (
    add_open_needs,
    assign_tiers,
    plan_followups,
    score_ice,
    score_value,
    suggest_priority,
    tag_requirements,
    tag_status,
    tag_value,
)
from crmsheet.workdays import Calendar

RULES = Rules.load()
REFERENCE = Path(__file__).parent.parent / "reference"
AS_OF = date(2026, 11, 20)


def _rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


def _customer(**facts: object) -> pd.DataFrame:
    return pd.DataFrame([facts])


SCORE = {"高": 3.0, "中": 2.0, "低": 1.0}


@pytest.mark.parametrize(
    "cell", _rows("rfm27_proposed.csv"), ids=lambda cell: f"{cell['R']}{cell['F']}{cell['M']}"
)
def test_the_27_cells_are_as_proposed(cell: dict[str, str]) -> None:
    customer = _customer(
        recency_score=SCORE[cell["R"]],
        frequency_score=SCORE[cell["F"]],
        monetary_score=SCORE[cell["M"]],
        recency_days=100.0,
        frequency=3.0,
        monetary=60000.0,
        order_count=3.0,
        first_order=pd.Timestamp("2020-01-01"),
    )
    graded = assign_tiers(customer, RULES, AS_OF).iloc[0]
    assert RULES.tiers[graded["tier"]].label == cell["tier"]
    assert cell["tier"] in graded["tier_reason"]


@pytest.mark.parametrize("row", _rows("followup_due_examples.csv"), ids=lambda row: row["last_contact"])
@pytest.mark.parametrize("roll", ["preceding", "following"])
def test_due_dates_over_chinese_holidays(row: dict[str, str], roll: str) -> None:
    rules = RULES.model_copy(update={"followup": RULES.followup.model_copy(update={"roll": roll})})
    tier = next(code for code, tier in RULES.tiers.items() if tier.label == row["tier"])
    customer = _customer(tier=tier, last_contact=pd.Timestamp(row["last_contact"]))
    day = pd.Timestamp(row["last_contact"]).date()
    planned = plan_followups(customer, rules, day, Calendar.around(day)).iloc[0]
    assert f"{planned['due']:%Y-%m-%d}" == row[f"due_{roll}"]


@pytest.mark.parametrize(
    ("amount", "count", "tag"),
    [
        (100_000.0, 2.0, "high"),
        (99_999.99, 2.0, "medium"),
        (50_000.0, 1.0, "medium"),
        (49_999.0, 1.0, "low"),
        (0.0, 3.0, "low"),
        (-500.0, 1.0, "low"),
        (0.0, 0.0, "none"),
        (np.nan, np.nan, ""),
    ],
)
def test_value_tag_intervals_are_half_open(amount: float, count: float, tag: str) -> None:
    assert tag_value(_customer(amount_12m=amount, order_count=count), RULES)["value_tag"].iloc[0] == tag


@pytest.mark.parametrize(
    ("days", "count", "notes", "tag"),
    [
        (0.0, 2.0, None, "customer"),
        (90.0, 2.0, None, "customer"),
        (91.0, 2.0, None, "warning"),
        (180.0, 2.0, None, "warning"),
        (181.0, 2.0, None, "risk"),
        (365.0, 2.0, None, "risk"),
        (366.0, 2.0, None, "lost"),
        (np.nan, 0.0, None, "prospect"),
        (np.nan, 0.0, "近期有采购计划", "intent"),
        (np.nan, 0.0, "目前无采购计划", "prospect"),
        (np.nan, np.nan, "客户有意向", "intent"),
        (np.nan, np.nan, "例行回访", ""),
    ],
)
def test_status_follows_the_churn_ladder(days: float, count: float, notes: str | None, tag: str) -> None:
    customer = _customer(recency_days=days, order_count=count, contact_notes=notes)
    assert tag_status(customer, RULES)["status_tag"].iloc[0] == tag


BASE = {
    "recency_score": 3.0,
    "frequency_score": 1.0,
    "monetary_score": 1.0,
    "recency_days": 20.0,
    "frequency": 1.0,
    "monetary": 900.0,
    "order_count": 1.0,
}


@pytest.mark.parametrize(
    ("facts", "tier"),
    [
        ({**BASE, "first_order": pd.Timestamp("2026-10-31")}, "potential"),  # new customer
        ({**BASE, "first_order": pd.Timestamp("2026-05-20")}, "potential"),  # exactly six months ago
        ({**BASE, "first_order": pd.Timestamp("2026-05-19")}, "low_value"),
        (
            {
                **BASE,
                "first_order": pd.Timestamp("2026-10-31"),
                "frequency_score": 3.0,
                "monetary_score": 3.0,
            },
            "high_value",
        ),
        ({**BASE, "first_order": pd.NaT, "manual_tier": "churn_risk"}, "churn_risk"),
        ({"order_count": 0.0}, "prospect"),
        ({"order_count": 0.0, "intent": True}, "potential"),
        ({"order_count": np.nan}, "unrated"),
        ({"order_count": np.nan, "churn_stage": "risk", "recency_days": 200.0}, "churn_risk"),
    ],
)
def test_tiers_beside_the_table(facts: dict[str, object], tier: str) -> None:
    blank = {"recency_score": np.nan, "frequency_score": np.nan, "monetary_score": np.nan}
    graded = assign_tiers(_customer(**{**blank, **facts}), RULES, AS_OF).iloc[0]
    assert graded["tier"] == tier
    assert graded["tier_reason"]


def test_lost_customers_who_mattered_are_to_be_won_back() -> None:
    lapsed = {**BASE, "recency_score": 1.0, "first_order": pd.Timestamp("2020-01-01")}
    customers = pd.DataFrame([{**lapsed, "monetary_score": 3.0}, lapsed])
    assert assign_tiers(customers, RULES, AS_OF)["win_back"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("points", "method", "ice"),
    [
        ((9, 6, 3), "mean", 6.0),
        ((9, 6, 3), "product", 162.0),
        ((8, 8, 8), "geomean", 8.0),
        ((9, None, 3), "mean", None),
        ((9, None, 3), "product", None),
        ((None, None, None), "geomean", None),
    ],
)
def test_ice_methods(points: tuple[float | None, ...], method: str, ice: float | None) -> None:
    rules = RULES.model_copy(update={"ice": RULES.ice.model_copy(update={"method": method})})
    table = pd.DataFrame([dict(zip(("impact", "confidence", "ease"), points, strict=True))], dtype="float64")
    scored = score_ice(table, rules)["ice"].iloc[0]
    assert np.isnan(scored) if ice is None else scored == pytest.approx(ice)


@pytest.mark.parametrize(
    ("facts", "suggested", "final"),
    [
        ({"ice": 3.0, "affects_renewal": True}, "high", "high"),
        ({"ice": 3.0, "urgency": "high", "tier": "high_value"}, "high", "high"),
        ({"ice": 3.0, "urgency": "high", "tier": "potential"}, "medium", "medium"),
        ({"ice": 7.0}, "high", "high"),
        ({"ice": 6.99}, "medium", "medium"),
        ({"ice": 4.0}, "medium", "medium"),
        ({"ice": 3.99}, "low", "low"),
        ({"ice": np.nan}, "medium", "medium"),
        ({"ice": 9.0, "priority": "low"}, "high", "low"),
        ({"ice": 9.0, "priority": "low", "manual_priority": "medium"}, "high", "medium"),
    ],
)
def test_a_person_decides_and_the_program_suggests(
    facts: dict[str, object], suggested: str, final: str
) -> None:
    row = suggest_priority(_customer(**facts), RULES).iloc[0]
    assert (row["suggested_priority"], row["final_priority"]) == (suggested, final)
    assert row["overridden"] == (suggested != final)


def test_value_score_of_a_known_customer() -> None:
    """ANALYTICS §3: 100,000 yuan against a target of 100,000 and a cap of 10 gives 28.9 points."""
    customer = _customer(customer_id="C1", amount_total=100_000.0, profit_total=np.nan, influence=5.0)
    scored = score_value(customer, RULES).iloc[0]
    assert scored["historical_score"] == pytest.approx(28.9, abs=0.05)
    assert scored["potential_score"] == 100
    assert scored["value_score"] == pytest.approx((40 * 28.906 + 40 * 100) / 80, abs=0.01)
    assert scored["completeness"] == pytest.approx(0.4 * 0.6 + 0.4 * 0.3)


def test_ranks_break_ties_by_amount_then_id() -> None:
    customers = pd.DataFrame(
        {"customer_id": ["C3", "C2", "C1"], "amount_total": [5e6, 9e6, 9e6], "profit_total": np.nan}
    )
    assert score_value(customers, RULES)["value_rank"].tolist() == [3.0, 2.0, 1.0]


def test_plans_and_cadence() -> None:
    day = date(2026, 11, 20)  # a Friday
    last = pd.Timestamp("2026-11-02")
    customers = pd.DataFrame(
        {
            "tier": ["potential"] * 4 + ["high_value"],
            "last_contact": [last, last, last, pd.NaT, last],
            "next_date": pd.to_datetime(["2026-11-10", "2026-12-30", "2026-11-01", None, None]),
        }
    )
    planned = plan_followups(customers, RULES, day, Calendar.around(day))
    assert planned["due"].dt.strftime("%m-%d").tolist() == ["11-10", "11-16", "11-16", "11-20", "12-02"]
    assert planned["late_plan"].tolist() == [False, True, False, False, False]
    assert planned["overdue_days"].tolist() == [8, 4, 4, 0, 0]
    assert planned["reminder"].tolist() == ["overdue", "overdue", "overdue", "today", "later"]
    assert planned["ageing"].tolist() == ["8-14", "4-7", "4-7", "today", "not_due"]


@pytest.mark.parametrize(
    ("roll", "next_date", "due", "late"),
    [
        ("preceding", "2026-12-17", "2026-12-17", False),
        ("preceding", "2026-12-19", "2026-12-19", False),  # a day before the 20th, a Sunday moved to the 18th
        ("preceding", "2026-12-20", "2026-12-20", False),
        ("preceding", "2026-12-21", "2026-12-18", True),
        ("following", "2026-12-20", "2026-12-20", False),
        ("following", "2026-12-21", "2026-12-21", False),
        ("following", "2026-12-22", "2026-12-21", True),
        ("none", "2026-12-20", "2026-12-20", False),
        ("none", "2026-12-21", "2026-12-20", True),
    ],
)
def test_a_plan_is_late_only_after_the_day_of_the_cadence_itself(
    roll: str, next_date: str, due: str, *, late: bool
) -> None:
    day = date(2026, 11, 20)
    rules = RULES.model_copy(update={"followup": RULES.followup.model_copy(update={"roll": roll})})
    customers = pd.DataFrame(
        {
            "tier": ["high_value"],
            "last_contact": [pd.Timestamp(day)],
            "next_date": pd.to_datetime([next_date]),
        }
    )
    planned = plan_followups(customers, rules, day, Calendar.around(day))
    assert planned[["due", "late_plan"]].values.tolist() == [[pd.Timestamp(due), late]]


def test_the_most_pressing_open_need_is_shown() -> None:
    needs = pd.DataFrame(
        {
            "customer": ["a", "a", "a", "b"],
            "requirement": ["solved", "later", "first", "only"],
            "final_priority": ["high", "medium", "medium", "low"],
            "ice": [9.0, 3.0, 8.0, np.nan],
            "status": ["done", "todo", "doing", "paused"],
        }
    )
    customers = add_open_needs(pd.DataFrame(index=["a", "b", "c"]), needs)
    assert customers["top_need"].tolist()[:1] == ["first"]
    assert customers["open_need_count"].tolist() == [2, 0, 0]
    assert customers["need_count"].tolist() == [3, 1, 0]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(UnknownColumn, match="requirement"):
        tag_requirements(pd.DataFrame({"text": []}), RULES)
