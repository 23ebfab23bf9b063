"""Whose a row is: what leads to no customer is an error, said once, and counts nowhere."""

from __future__ import annotations

import pandas as pd
import pytest

import crmsheet as crm

DAY = "2026-11-20"
KNOWN = {
    "customer_id": ["C2024001", "C2024002", "C2024003"],
    "customer_name": ["甲公司", "同名公司", "同名公司"],
}
WAITING = ("placeholder_required", "placeholder_needed")


def findings(**tables: pd.DataFrame) -> list[list[object]]:
    known = pd.DataFrame({**KNOWN, "explicit_needs": "接口"})
    analyzed = crm.analyze(crm.Tables.from_frames(**{"records": known, **tables}), crm.Rules.load(), DAY)
    told = ["row_of_nobody", "name_unknown", "missing_required", "id_unknown", "placeholder", *WAITING]
    issues = analyzed.issues
    of_customer = issues["column"].isin(["customer_id", "customer_name"]) & issues["code"].isin(told)
    return issues.loc[of_customer, ["row", "column", "code", "severity"]].values.tolist()


@pytest.mark.parametrize(
    ("who", "name", "expected"),
    [
        (None, None, [["customer_id", "row_of_nobody", "error"]]),
        ("待确认", "待确认", [["customer_id", "row_of_nobody", "error"]]),
        ("C2024001", None, []),
        ("待确认", "甲公司", [["customer_id", "placeholder_needed", "warning"]]),
        (None, "甲公司", [["customer_id", "missing_required", "warning"]]),
        (
            None,
            "戊公司",
            [["customer_id", "missing_required", "warning"], ["customer_name", "name_unknown", "error"]],
        ),
        (
            None,
            "同名公司",
            [["customer_id", "missing_required", "warning"], ["customer_name", "name_unknown", "error"]],
        ),
        ("C1999999", None, [["customer_id", "id_unknown", "error"]]),
    ],
)
def test_an_order_that_leads_to_nobody_is_an_error(who: object, name: object, expected: list[object]) -> None:
    order = {"customer_id": [who], "customer_name": [name], "order_date": ["2026-09-05"], "amount": [500000]}
    assert [one[1:] for one in findings(orders=pd.DataFrame(order).astype(object))] == expected


def test_a_need_of_nobody_is_an_error_and_one_with_a_name_is_not() -> None:
    who = {"customer_id": [None, "待确认", None], "customer_name": [None, "待确认", "丁公司"]}
    rows = findings(records=pd.DataFrame({**who, "explicit_needs": "退款"}).astype(object))
    assert [row for row in rows if row[2] == "row_of_nobody"] == [
        [2, "customer_id", "row_of_nobody", "error"],
        [3, "customer_id", "row_of_nobody", "error"],
    ]
    assert {row[0] for row in rows if row[2] == "missing_required"} == {4}


def test_what_lies_in_the_future_has_not_happened() -> None:
    later = "2027-11-09"
    records = pd.DataFrame({**KNOWN, "explicit_needs": "接口"}).iloc[:1]
    task = {
        "requirement_id": ["C2024001-01"],
        "task": ["开发"],
        "ends_on": ["2026-11-12"],
        "starts_on": ["2026-11-02"],
    }
    tables = crm.Tables.from_frames(
        records=records,
        profiles=pd.DataFrame({**KNOWN, "founded": ["2030-01-01", None, None]}),
        orders=pd.DataFrame({"customer_id": ["C2024001"], "order_date": ["2026-09-05"], "amount": [800]}),
        tasks=pd.DataFrame({**task, "finished_on": [later], "accepted_on": [later], "confirmed_on": [later]}),
        contracts=pd.DataFrame(
            {"customer_id": ["C2024001"], "due_on": ["2026-11-15"], "renewed_on": ["2026-11-30"]}
        ),
    )
    result = crm.analyze(tables, crm.Rules.load(), DAY)
    future = result.issues[result.issues["code"] == "date_future"]
    assert sorted(future["column"]) == ["accepted_on", "confirmed_on", "finished_on", "founded", "renewed_on"]
    assert "order_before_founded" not in set(result.issues["code"])
    assert result.customers.at["C2024001", "amount_total"] == 800
    assert result.tasks["task_state"].tolist() == ["overdue"]
    assert result.tasks["accepted_on"].isna().all()
    assert result.facts.contracts["renewed_on"].isna().all()


def test_a_customer_who_gave_everything_back_says_so() -> None:
    orders = {"customer_id": ["C2024001"] * 2, "order_id": ["D1"] * 2, "amount": [5000, -5000]}
    days = {"order_date": ["2026-10-01", "2026-10-09"]}
    tables = crm.Tables.from_frames(
        records=pd.DataFrame({**KNOWN, "explicit_needs": "接口"}), orders=pd.DataFrame({**orders, **days})
    )
    customers = crm.analyze(tables, crm.Rules.load(), DAY).customers
    assert customers["status_label"].tolist() == ["合作客户（净退款）", "潜在客户", "潜在客户"]
    assert customers["tier_reason"].str.contains("净退款").tolist() == [True, False, False]
