"""What a workbook's checks keep out but a caller may hand in: times of day, days to come, numbers off their scale."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from crmsheet import steps
from crmsheet.expressions import Spelling
from crmsheet.model import Setting
from crmsheet.row_rules import PRIORITY
from crmsheet.rules import Rules
from crmsheet.tables.facts import Facts
from crmsheet.tables.rates import measure_rates
from crmsheet.tables.trends import monthly_needs, monthly_sales
from crmsheet.workdays import Calendar

RULES = Rules.load()
AS_OF = date(2026, 11, 20)
CALENDAR = Calendar.around(AS_OF)
PRODUCT = Rules.load(settings=[Setting("ice.method", "product", "", "")])


def _at(*moments: str | None) -> list[pd.Timestamp]:
    return [pd.Timestamp(moment) for moment in moments]


def test_a_plan_by_the_clock_is_as_early_as_its_day() -> None:
    table = pd.DataFrame({"tier": "churn_risk", "last_contact": _at("2026-11-13 15:30")})
    planned = table.assign(next_date=_at("2026-11-16 18:00"))
    row = steps.plan_followups(planned, RULES, AS_OF, CALENDAR).iloc[0]
    assert (row["due"], row["late_plan"]) == (pd.Timestamp("2026-11-16"), False)
    again = table.assign(next_date=_at("2026-11-13 18:00"))  # the same day: no plan for a next time
    row = steps.plan_followups(again, RULES, AS_OF, CALENDAR).iloc[0]
    assert (row["due"], row["late_plan"]) == (pd.Timestamp("2026-11-20"), False)


def test_a_contact_in_the_future_is_none() -> None:
    table = pd.DataFrame({"tier": "churn_risk", "last_contact": _at("2026-11-21", "2026-11-20 23:59")})
    planned = steps.plan_followups(table, RULES, AS_OF, CALENDAR)
    assert planned["never_contacted"].tolist() == [True, False]
    assert planned["reminder"].tolist() == ["today", "later"]
    assert steps.check_updates(table, RULES, AS_OF)["update_due"].tolist() == [True, False]


def test_a_need_solved_in_the_morning_it_was_raised_is_no_day_old() -> None:
    need = {"raised_on": _at("2026-11-02 10:00"), "solved_on": _at("2026-11-02 09:00"), "status": "done"}
    promised = pd.DataFrame({**need, "promised_on": _at("2026-11-02")})
    row = steps.age_requirements(promised, None, RULES, AS_OF, CALENDAR).iloc[0]
    assert (row["age_days"], row["promise"]) == (0, "kept")


def test_nothing_was_solved_or_bought_on_a_day_to_come() -> None:
    needs = {"raised_on": _at("2026-11-02", "2026-11-02"), "solved_on": _at("2027-01-01", "2027-01-01")}
    aged = steps.age_requirements(
        pd.DataFrame({**needs, "status": ["doing", "done"]}), None, RULES, AS_OF, CALENDAR
    )
    assert aged["stage"].tolist() == ["analyse", "review"]
    assert aged["age_days"].fillna(-1).tolist() == [18, -1]  # done, but nobody knows when
    deals = pd.DataFrame({"last_deal": _at("2027-01-01", "2026-11-20 15:00"), "deal_count": [np.nan, 2]})
    facts = steps.add_order_facts(deals, None, RULES, AS_OF)
    assert facts["recency_days"].fillna(-1).tolist() == [-1, 0]
    assert facts["order_count"].fillna(-1).tolist() == [-1, 2]


def test_a_task_ends_with_the_day_and_not_at_midnight() -> None:
    days = {
        "starts_on": _at("2026-11-19 08:00"),
        "ends_on": _at("2026-11-19"),
        "finished_on": _at("2026-11-19 19:00"),
    }
    row = steps.track_tasks(pd.DataFrame(days), RULES, AS_OF, CALENDAR).iloc[0]
    assert (row["task_state"], row["bar_days"]) == ("done", 1)


def test_all_of_today_has_happened() -> None:
    customers = pd.DataFrame(
        {"tier": ["high_value"], "order_count": [5.0], "recency_days": [0.0]}, index=["A"]
    )
    log = pd.DataFrame({"customer": "A", "contacted_on": _at("2026-11-20 15:00"), "executive_visit": True})
    visited = steps.plan_visits(customers, log, RULES, AS_OF, CALENDAR)
    assert visited["last_executive_visit"].tolist() == _at("2026-11-20")
    answers = pd.DataFrame({"customer": "A", "given_on": _at("2026-11-20 15:00"), "complaint": "发错货"})
    judged = steps.flag_complaint_risk(customers, None, answers, RULES, AS_OF)
    assert judged["complaint_risk"].tolist() == ["high"]
    old = customers.assign(first_order=_at("2025-11-20 10:00"))  # a year ago to the day
    assert steps.stage_lifecycle(old, RULES, AS_OF)["lifecycle"].tolist() == ["loyal"]


def test_orders_and_needs_of_today_are_in_the_rates_and_months() -> None:
    orders = pd.DataFrame(
        {"customer": "A", "amount": 100.0, "order_date": _at("2026-06-01", "2026-11-20 15:00")}
    )
    prepared = steps.prepare_orders(orders.assign(customer_id="A"), as_of=AS_OF)
    needs = pd.DataFrame(
        {"requirement_id": ["R1"], "solved_on": _at("2026-11-20 15:00"), "promised_on": _at("2026-11-20")}
    )
    rates = measure_rates(Facts.of(pd.DataFrame(index=["A"]), needs, prepared, {}), RULES, AS_OF)
    assert rates.loc[["repurchase", "average_order", "on_time"], "rate_value"].tolist() == [1, 100, 1]
    assert monthly_sales(prepared, AS_OF, months=1)["amount"].tolist() == [100]
    assert monthly_needs(needs, AS_OF, months=1)["solved"].tolist() == [1]


def test_a_second_too_late_is_said_so() -> None:
    moments = {"contacted_on": _at("2026-11-02 16:00"), "entered_on": _at("2026-11-03 16:00:01")}
    assert "24 小时 1 分" in steps.check_entry_delay(pd.DataFrame(moments), RULES)["entry_reason"].iloc[0]


@pytest.mark.parametrize("method", ["mean", "product", "geomean"])
@pytest.mark.parametrize("points", [0.0, 0.5, 10.5, 11.0, -1.0, np.inf])
def test_points_off_the_scale_are_no_points(points: float, method: str) -> None:
    rules = Rules.load(settings=[Setting("ice.method", method, "", "")])
    row = steps.score_ice(pd.DataFrame({"impact": [points], "confidence": 5.0, "ease": 5.0}), rules).iloc[0]
    assert np.isnan(row["ice"])
    assert row["ice_state"] == "incomplete"


@pytest.mark.parametrize(
    ("points", "level"),
    [
        ((2, 2, 2), "low"),
        ((3, 4, 5), "low"),
        ((4, 4, 4), "medium"),
        ((7, 7, 6), "medium"),
        ((7, 7, 7), "high"),
    ],
)
def test_a_product_is_held_against_bounds_of_its_own_scale(points: tuple[float, ...], level: str) -> None:
    table = pd.DataFrame([points], columns=["impact", "confidence", "ease"], dtype="float64")
    assert steps.suggest_priority(steps.score_ice(table, PRODUCT), PRODUCT)[
        "suggested_priority"
    ].tolist() == [level]


@pytest.mark.parametrize(("rules", "bar"), [(RULES, ">=7)"), (PRODUCT, ">=7^3)")])
def test_the_formula_has_the_same_bounds(rules: Rules, bar: str) -> None:
    cells = {name: name for name in ("urgency", "affects_renewal", "tier", "ice")}
    assert f"t[[#This Row],[ice]]{bar}" in PRIORITY.formula(Spelling("t", cells, rules))


def test_reasons_say_where_refunds_and_losses_count_as_nothing() -> None:
    customers = pd.DataFrame(
        {
            "amount_12m": [-200.0, 99_960],
            "order_count": [1.0, 3],
            "net_refund": [True, False],
            "amount_total": [-200.0, 99_960],
            "profit_total": [-50.0, 20_000],
        }
    )
    tagged = steps.tag_value(customers, RULES)["value_tag_reason"].tolist()
    assert tagged == [
        "近12个月成交 -200元 → 低价值（净退款：退的不少于买的）",
        "近12个月成交 9.996万 → 中价值",
    ]
    told = steps.score_value(customers, RULES)["value_reason"].tolist()
    assert told[0].endswith("；累计净额为负，按 0 分计；利润为负，按 0 分计")
    assert "为负" not in told[1]


def test_a_need_of_nobody_is_asked_by_nobody() -> None:
    needs = pd.DataFrame({"customer": ["A", "", None], "requirement": "Excel导出", "tier": "potential"})
    assert steps.score_demand(needs, RULES)["waiting_customers"].tolist() == [1, 1, 1]


def test_the_core_share_is_no_victim_of_binary_fractions() -> None:
    rules = Rules.load(settings=[Setting("value_score.core_share", 0.07, "", "")])  # 0.07 × 100 > 7 in binary
    customers = pd.DataFrame({"amount_total": np.arange(1.0, 101)})
    assert int(steps.score_value(customers, rules)["is_core"].sum()) == 7


def test_a_refund_of_as_much_on_the_same_day_repeats_nothing() -> None:
    rows = pd.DataFrame(
        {
            "customer_id": "A",
            "order_date": _at(*["2026-03-01"] * 3),
            "amount": 100.0,
            "is_refund": [None, True, True],
        }
    )
    assert steps.prepare_orders(rows, as_of=AS_OF)["duplicate_of_row"].tolist() == [False, False, True]


def test_columns_that_are_missing_throughout_are_blank_of_any_kind() -> None:
    nothing = pd.DataFrame(
        {name: [np.nan] for name in ("customer_id", "amount_total", "customer", "tier", "requirement")}
    )
    assert steps.score_value(nothing, RULES)["value_rank"].isna().all()
    assert steps.score_demand(nothing, RULES)["need_key"].tolist() == [""]
