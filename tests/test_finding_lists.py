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
