"""Rows that are divided among files, or among buckets, say what they say in one workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import crmsheet as crm
from crmsheet.batch.executors import Serial
from crmsheet.batch.files import find_sources
from crmsheet.batch.options import Options
from crmsheet.batch.result import BatchResult
from crmsheet.batch.run import Run
from crmsheet.batch.setup import Setup
from crmsheet.model import Setting
from crmsheet.rules import Rules
from tests.batch.workbooks import AS_OF, company, record, write_book

Sheets = dict[str, list[dict[str, Any]]]
NAME, OTHER = "北京恒达科技有限公司", "上海远景商贸有限公司"


def run(folder: Path, *files: Sheets, rules: Rules | None = None, rows: int = 10_000) -> BatchResult:
    """A batch of workbooks of these sheets, in buckets of so many rows."""
    for number, sheets in enumerate(files):
        write_book(folder / "in" / f"{number}.xlsx", **sheets)
    options = Options(Serial(), rows_per_bucket=rows)
    setup = Setup(rules or Rules.load(), AS_OF)
    return Run(folder / f"out{rows}", setup, options, Serial()).all(find_sources(folder / "in"), [])


def facts(result: BatchResult, table: str, columns: Sequence[str]) -> pd.DataFrame:
    """These columns of a table, in one order."""
    return result.table(table)[list(columns)].sort_values(list(columns)).reset_index(drop=True)


def same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    loose = dict.fromkeys(("check_dtype", "check_column_type", "check_index_type", "check_names"), False)
    pd.testing.assert_frame_equal(found, expected, **loose)


def test_rows_that_give_a_name_alone_are_of_the_customer_of_another_file(tmp_path: Path) -> None:
    sales: Sheets = {"records": [record(1, NAME)]}
    others: Sheets = {
        "records": [record(2, OTHER)],
        "orders": [
            {
                "customer_name": NAME,
                "order_id": f"D{n}",
                "order_date": AS_OF - timedelta(n),
                "amount": 50_000.0,
            }
            for n in range(1, 5)
        ],
        "feedback": [{"customer_name": NAME, "given_on": AS_OF, "satisfaction": 1, "complaint": "投诉"}],
        "interactions": [{"customer_name": NAME, "contacted_on": AS_OF, "contact_method": "拜访"}],
    }
    together: Sheets = {**others, "records": [*sales["records"], *others["records"]]}
    columns = ("customer", "amount_12m", "tier", "complaint_risk", "last_contact", "due")
    one, two = run(tmp_path / "one", together), run(tmp_path / "two", sales, others)
    same(facts(two, "customers", columns), facts(one, "customers", columns))
    assert two.table("customers")["amount_12m"].sum() == 200_000
    assert set(two.table("interactions")["customer"]) == {"C202600001"} and two.unknown_orders == 0


def test_a_name_that_several_ids_have_leads_to_none_of_them(tmp_path: Path) -> None:
    order = {"customer_name": NAME, "order_id": "D1", "order_date": AS_OF, "amount": 1.0}
    two: Sheets = {"records": [record(1, NAME), record(2, NAME)]}
    result = run(tmp_path, two, {"records": [record(3, OTHER)], "orders": [order]})
    assert result.table("orders")["customer"].str.startswith("~").all() and result.unknown_orders == 1


def test_a_profile_adds_no_need_where_the_records_of_another_file_name_some(tmp_path: Path) -> None:
    solved: Sheets = {"records": [record(1, NAME, status="已解决", solved_on=AS_OF)]}
    profile = {
        "customer_id": "C202600001",
        "customer_name": NAME,
        "company_size": "1-50人",
        "core_need": "支持Excel导出",
    }
    silent = {**profile, "customer_id": "C202600002", "customer_name": OTHER, "core_need": "单点登录"}
    customers = (
        run(tmp_path, solved, {"profiles": [profile, silent]}).table("customers").set_index("customer")
    )
    assert customers["need_count"].to_dict() == {"C202600001": 1, "C202600002": 1}
    assert customers["open_need_count"].to_dict() == {"C202600001": 0, "C202600002": 1}


def test_quantiles_are_those_of_all_buyers_whether_a_sheet_tells_of_them_or_not(tmp_path: Path) -> None:
    orders = [
        {
            "customer_id": f"C2026{n:05d}", "order_id": f"D{n}", "order_date": AS_OF - timedelta(7 * n),
            "amount": 1_000.0 * n,
        }
        for n in range(40)
    ]  # fmt: skip
    sheets: Sheets = {"records": [record(n, company(n)) for n in range(20)], "orders": orders}
    rules = Rules.load(settings=[Setting("rfm.method", "quantile", "", "")])
    alone = crm.analyze_workbook(write_book(tmp_path / "alone.xlsx", **sheets), as_of=AS_OF, rules=rules)
    columns = ["recency_score", "frequency_score", "monetary_score", "tier"]
    for rows in (10_000, 10):
        found = run(tmp_path, sheets, rules=rules, rows=rows).table("customers").set_index("customer")
        expected = alone.customers[columns]
        same(found[columns].reindex(expected.index), expected)


@pytest.mark.parametrize("rows", [10_000, 1])
def test_tasks_are_whosever_they_say_and_count_for_all_requirements_of_their_number(
    tmp_path: Path, rows: int
) -> None:
    """Where a team numbers the requirements of each customer anew, one number stands for several."""
    numbered = [record(n, company(n), requirement_id="R-3") for n in range(1, 7)]
    task = {
        "requirement_id": "R-3", "customer_id": "C202600009", "solution": "基础版", "task": "上线", "owner": "王芳",
        "starts_on": AS_OF - timedelta(9), "ends_on": AS_OF + timedelta(9), "status": "进行中",
    }  # fmt: skip
    sheets: Sheets = {"records": numbered, "tasks": [task, {**task, "customer_id": None, "starts_on": None}]}
    alone = crm.analyze_workbook(
        write_book(tmp_path / "alone.xlsx", **sheets), as_of=AS_OF, rules=Rules.load()
    )
    result = run(tmp_path, sheets, rows=rows)
    columns = ["customer", "requirement_id", "stage", "stage_since", "stage_days"]
    expected = alone.requirements[columns].sort_values(columns).reset_index(drop=True)
    same(facts(result, "requirements", columns), expected)
    assert set(expected["stage"]) == {"execute"}
    assert sorted(result.table("tasks")["customer"]) == sorted(alone.tasks["customer"])
    assert result.balanced
