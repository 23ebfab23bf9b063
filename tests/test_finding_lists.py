"""How findings are told: in reading order, once per cell, and with proposals only where nothing speaks against them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import crmsheet as crm
from tests.workbooks import record, write_records


def test_findings_of_a_row_are_read_from_left_to_right(tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx", [record(最近接触时间="待定", 职位="待定", 所属行业="互联网")])
    cells = crm.check(path, as_of="2026-11-20")["cell"].tolist()
    assert cells == sorted(cells, key=lambda cell: (len(cell), cell))
    assert cells.count("G2") == 1  # a word instead of a required value is one finding, not two


def test_a_second_profile_of_one_customer_is_a_hint() -> None:
    profiles = pd.DataFrame(
        {
            "customer_id": ["C2024001", "C2024001", "C2024001"],
            "customer_name": ["星河科技有限公司", "星河科技有限公司", "大洋化工有限公司"],
        }
    )
    issues = crm.analyze(crm.Tables.from_frames(profiles=profiles), crm.Rules.load(), "2026-11-20").issues
    found = issues[issues["column"] == "customer_id"]
    assert found[["row", "code", "severity"]].values.tolist() == [
        [3, "profile_repeated", "hint"],
        [4, "id_repeated", "error"],
    ]


def test_the_total_of_doubtful_orders_is_told_but_not_proposed() -> None:
    profiles = pd.DataFrame({"customer_id": ["C2024001", "C2024002"], "customer_name": ["甲公司", "乙公司"]})
    orders = pd.DataFrame(
        {
            "customer_id": ["C2024001", "C2024001", "C2024002"],
            "order_date": ["2026-05-06", "2026-05-06", "2026-05-06"],
            "amount": [500.0, 500.0, 800.0],
        }
    )
    tables = crm.Tables.from_frames(profiles=profiles.assign(deal_amount=[70.0, 70.0]), orders=orders)
    issues = crm.analyze(tables, crm.Rules.load(), "2026-11-20").issues
    found = issues[issues["code"] == "totals_differ"].set_index("row")
    assert found["suggestion"].to_dict() == {2: "", 3: "800"}
    assert "1000（其中有存疑的订单" in found.at[2, "message"]


def deals_of_three(**orders: object) -> crm.Tables:
    told = {
        "deal_count": [9, None, 0],
        "deal_amount": [900000, 5000, 0],
        "last_deal": ["2026-10-20", None, None],
    }
    ids = {
        "customer_id": ["C2024001", "C2024002", "C2024003"],
        "customer_name": ["甲公司", "乙公司", "丙公司"],
    }
    order = {"order_date": ["2026-10-01"], "amount": [5000], "customer_id": ["C2024002"], **orders}
    return crm.Tables.from_frames(profiles=pd.DataFrame({**ids, **told}), orders=pd.DataFrame(order))


def test_deals_of_a_customer_without_orders_are_believed_and_pointed_at() -> None:
    result = crm.analyze(deals_of_three(), crm.Rules.load(), "2026-11-20")
    found = result.issues[result.issues["code"] == "deals_without_orders"]
    assert found[["row", "column", "severity"]].values.tolist() == [[2, "deal_count", "warning"]]
    bought = result.customers[["order_count", "amount_total", "status_tag", "tier"]]
    assert bought.values.tolist() == [
        [9.0, 900000.0, "customer", "unrated"],
        [1.0, 5000.0, "customer", "potential"],
        [0.0, 0.0, "prospect", "prospect"],
    ]
    assert result.customers["amount_12m"].fillna(-1).tolist() == [-1, 5000, 0]


def test_an_order_that_names_its_customer_only_by_name_is_his() -> None:
    tables = deals_of_three(customer_id=[None], customer_name=["甲公司"])
    issues = crm.analyze(tables, crm.Rules.load(), "2026-11-20").issues
    assert issues.loc[issues["code"] == "deals_without_orders", "row"].tolist() == [3]
