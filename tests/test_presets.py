"""The words of each source document, chosen on the settings sheet, reach every sheet that is written (C-07)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

import crmsheet as crm

AS_OF = date(2026, 11, 20)
TEAM = [  # customer, orders (day, amount)
    (
        "C2026001",
        "青禾科技有限公司",
        [("2024-01-05", 9e4), ("2026-10-05", 9e4), ("2026-10-25", 9e4)] * 2,
    ),  # high
    (
        "C2026002",
        "北岸制造有限公司",
        [("2024-01-05", 2e4), ("2026-07-05", 6e4), ("2026-07-25", 2e4)],
    ),  # medium
    ("C2026003", "南湖商贸有限公司", [("2024-01-05", 2e4), ("2026-11-05", 900.0)]),  # low
    ("C2026004", "东篱食品有限公司", [("2024-01-05", 9e4), ("2026-03-05", 6e4)]),  # at risk, worth the middle
    ("C2026005", "西岭物流有限公司", []),
]
# preset → words of the five tiers on 客户分层, and of the fourth customer's status
WORDS = {
    "standard": (["高价值", "潜力", "低价值", "流失风险", "未成交"], "濒临流失"),
    "S0": (["高价值客户", "潜力客户", "一般客户", "流失风险客户", "未成交"], "濒临流失"),
    "S2": (["高价值", "中价值", "低价值", "中价值（流失风险）", "潜在客户"], "流失客户"),
    "S3": (["VIP客户", "潜力客户", "普通客户", "潜力客户（流失风险）", "未成交"], "濒临流失"),
    "S4": (["高价值客户", "潜力客户", "低价值客户", "流失风险客户", "未成交"], "濒临流失"),
}


def _workbook(path: Path, preset: str) -> Path:
    book = openpyxl.Workbook()
    records = book.active
    records.title = "客户需求记录"
    records.append(["客户编号", "客户名称", "最近接触时间", "显性需求", "紧急度", "负责人"])
    orders = book.create_sheet("订单记录")
    orders.append(["客户编号", "订单日期", "订单金额"])
    for number, name, bought in TEAM:
        records.append([number, name, date(2026, 11, 2), "支持导出", "高", "李*"])
        for day, amount in bought:
            orders.append([number, date.fromisoformat(day), amount])
    settings = book.create_sheet("配置")
    settings.append(["名称", "值", "键"])
    settings.append(["用哪套说法", preset, "vocabulary.preset"])
    book.save(path)
    return path


def _column(path: Path, sheet: str, header: str) -> dict[str, str]:
    """The column by customer name."""
    rows = [
        list(row) for row in openpyxl.load_workbook(path, data_only=True)[sheet].iter_rows(values_only=True)
    ]
    place = next(i for i, row in enumerate(rows) if header in row and "客户名称" in row)
    name, column = rows[place].index("客户名称"), rows[place].index(header)
    return {str(row[name]): str(row[column]) for row in rows[place + 1 :] if row[name]}


@pytest.mark.parametrize("preset", WORDS)
def test_a_preset_on_the_settings_sheet_changes_the_written_words(preset: str, tmp_path: Path) -> None:
    path = _workbook(tmp_path / "team.xlsx", preset)
    result = crm.refresh(path, as_of=AS_OF, backup=False)
    assert result.rules.vocabulary.preset == preset
    words, status = WORDS[preset]
    expected = dict(zip((name for _, name, _ in TEAM), words, strict=True))
    told = result.customers.set_index("customer_name")
    assert told["tier"].tolist() == ["high_value", "potential", "low_value", "churn_risk", "prospect"]
    for sheet in ("客户分层", "跟进清单", "需求优先级"):
        assert expected.items() <= _column(path, sheet, "客户分层").items(), sheet
    assert _column(path, "客户分层", "状态标签")["东篱食品有限公司"] == status
    reasons = [*told["due_reason"], *told["visit_reason"], *result.requirements["priority_reason"]]
    assert not any("客户客户" in reason for reason in reasons)
