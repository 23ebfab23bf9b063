"""What a notebook shows: results and tables in Chinese words, reports in a frame, names as text."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

import crmsheet as crm
from crmsheet.report.model import Report
from tests.report.teams import bare_result, hostile_result, sample_result

RESULT = sample_result()


def test_a_result_shows_its_tables_in_words() -> None:
    html = RESULT._repr_html_()
    assert all(word in html for word in ("跟进清单", "客户分层", "需求优先级", "分层依据", "高价值"))
    assert "high_value" not in html and "customer_name" not in html
    assert f"<b>{len(RESULT.customers)}</b>" in html
    cells = re.findall(r"<td>(.*?)</td>", html)
    assert not {"None", "NaN", "NaT", "nan"} & set(cells) and not [
        cell for cell in cells if cell.endswith(".0")
    ]


@pytest.mark.parametrize("result", [bare_result(), hostile_result()], ids=["bare", "hostile"])
def test_any_result_can_be_shown(result: crm.Result) -> None:
    html = result._repr_html_()
    assert "<script>window" not in html and "<img" not in html


def test_a_report_is_shown_in_a_frame_or_written(tmp_path: Path) -> None:
    shown = hostile_result().report()
    assert isinstance(shown, Report)
    html = shown._repr_html_()
    assert html.startswith("<iframe srcdoc=") and html.count("<") == 2  # the page itself is an attribute
    path = bare_result().report(tmp_path / "报告.html", period="2026Q3")
    assert "2026年第三季度" in path.read_text(encoding="utf-8")


def test_tables_in_words_keep_their_rows_and_numbers() -> None:
    for table in (RESULT.customers, RESULT.requirements, RESULT.orders, RESULT.issues, RESULT.followups):
        before = table.copy()
        words = crm.label_table(table)
        assert len(words) == len(table) and words.columns.is_unique
        pd.testing.assert_frame_equal(table, before)
        everything = crm.label_table(table, everything=True)
        assert everything.shape == table.shape
    words = crm.label_table(RESULT.customers)
    assert words["近12个月成交"].tolist() == RESULT.customers["amount_12m"].tolist()
    assert set(words["客户分层"]) <= {tier.label for tier in RESULT.rules.tiers.values()}


def test_no_code_is_left_where_there_is_a_word() -> None:
    for table in (RESULT.customers, RESULT.requirements):
        words = crm.label_table(table)
        left = {
            (name, value)
            for name in words
            for value in words[name].dropna().unique()
            if isinstance(value, str)
            and value in {"high", "medium", "low", "todo", "doing", "done", "churn_risk"}
        }
        assert left == set()
