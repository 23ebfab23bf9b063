"""Audits (R-061): what wants evidence, the draw's laws, and the list that keeps what people filled in."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import crmsheet as crm
from crmsheet.auditing import as_month, as_share, draw
from crmsheet.cli import app
from crmsheet.errors import UsageError
from crmsheet.tables.audit import count_audits, read_audits
from tests.workbooks import record, table_of, write_records

RULES = crm.Rules.load()
DAY = date(2026, 11, 20)
NOTES = "续约意愿较强，讨论明年的计划"


def with_rules(**values: Any) -> crm.Rules:
    return RULES.model_copy(update={"audit": RULES.audit.model_copy(update=values)})


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"budget_low": 1e6}, "预算 100万"),
        ({"budget_low": 5e5, "budget_high": 2e6}, "预算 200万"),
        ({"budget_low": 5e5, "budget_high": 999_999}, ""),
        ({"amount_12m": 1e5}, "近12个月成交 10万"),
        ({"amount_12m": 99_999}, ""),
        ({"top_priority": "high"}, "有高优先级的需求未解决"),
        ({"top_priority": "medium"}, ""),
        ({"manual_tier": "high_value", "computed_tier": "low_value"}, "人工定为高价值，高于系统分层"),
        ({"manual_tier": "high_value", "computed_tier": "prospect"}, "人工定为高价值，高于系统分层"),
        ({"manual_tier": "low_value", "computed_tier": "high_value"}, ""),
        ({"manual_tier": None, "computed_tier": "low_value"}, ""),
        ({"budget_low": 1e6, "top_priority": "high"}, "预算 100万；有高优先级的需求未解决"),
    ],
)
def test_what_wants_evidence(row: dict[str, Any], reason: str) -> None:
    flagged = crm.flag_evidence(pd.DataFrame([row]), RULES).iloc[0]
    assert (flagged["evidence_reason"], flagged["needs_evidence"]) == (reason, bool(reason))


def test_notes_copied_by_one_person_want_evidence() -> None:
    notes = [NOTES, f" {NOTES}", NOTES, NOTES, *["电话沟通"] * 3]
    table = pd.DataFrame({"owner": ["甲", "甲", "甲", "乙", "丙", "丙", "丙"], "contact_notes": notes})
    told = crm.flag_evidence(table, RULES)["evidence_reason"]
    assert told.tolist() == ["沟通要点和名下另外 2 家一字不差"] * 3 + [""] * 4


def test_a_bound_of_zero_asks_for_nothing() -> None:
    rules = with_rules(budget_at_least=0, amount_at_least=0, high_needs=False)
    table = pd.DataFrame({"budget_low": [2e6], "amount_12m": [2e6], "top_priority": ["high"]})
    assert not crm.flag_evidence(table, rules)["needs_evidence"].any()


CUSTOMERS = st.lists(
    st.tuples(st.sampled_from(["甲", "乙", ""]), st.booleans()), min_size=1, max_size=60
).map(
    lambda rows: pd.DataFrame(
        {
            "customer_name": [f"客户{place}" for place in range(len(rows))],
            "owner": [owner for owner, _ in rows],
            "needs_evidence": [flag for _, flag in rows],
        }
    )
)


def drawn(
    table: pd.DataFrame, month: str = "2026-11", *, earlier: pd.DataFrame | None = None, **options: Any
) -> set[str]:
    rules = options.pop("rules", RULES)
    result = crm.draw_audit(table, earlier, rules, month, **options)
    return set(result.loc[result["audit_drawn"], "customer_name"])


def on_list(names: set[str], month: str) -> pd.DataFrame:
    return pd.DataFrame({"audit_month": [month] * len(names), "customer_name": sorted(names)})


@settings(max_examples=30, deadline=None)
@given(CUSTOMERS, st.integers(0, 999), st.floats(0, 1))
def test_the_draw_is_the_same_in_any_order_and_every_owner_has_his_share(
    table: pd.DataFrame, seed: int, share: float
) -> None:
    rules = with_rules(share=share)
    found = drawn(table, rules=rules, seed=str(seed))
    shuffled = table.sample(frac=1, random_state=seed)
    assert drawn(shuffled, rules=rules, seed=str(seed)) == found
    for owner, own in table.groupby("owner"):
        count = len(found & set(own["customer_name"]))
        assert 1 <= count <= min(len(own), rules.audit.most), owner
        assert count >= min(share * len(own) - 1e-6, rules.audit.most)


@settings(max_examples=30, deadline=None)
@given(CUSTOMERS, st.floats(0, 1))
def test_nobody_is_drawn_two_months_running_while_others_are_left(table: pd.DataFrame, share: float) -> None:
    rules = with_rules(share=share)
    last = drawn(table, "2026-12", rules=rules)
    now = drawn(table, "2027-01", rules=rules, earlier=on_list(last, "2026-12"))
    for owner, own in table.groupby("owner"):
        names = set(own["customer_name"])
        if now & last & names:
            assert names - last <= now, owner


@settings(max_examples=30, deadline=None)
@given(CUSTOMERS)
def test_whom_the_month_has_drawn_stays_drawn_whatever_the_seed(table: pd.DataFrame) -> None:
    first = drawn(table)
    assert drawn(table, earlier=on_list(first, "2026-11"), seed="again") == first
    larger = drawn(table, earlier=on_list(first, "2026-11"), rules=with_rules(share=0.5))
    assert first <= larger


def test_another_month_or_seed_draws_others_and_evidence_is_drawn_more_often() -> None:
    table = pd.DataFrame({"customer_name": [f"客户{place}" for place in range(200)], "owner": "甲"})
    table["needs_evidence"] = [place < 100 for place in range(200)]
    draws = [drawn(table, seed=str(seed)) for seed in range(60)]
    assert len({frozenset(one) for one in draws}) == len(draws)
    assert drawn(table, "2026-12") != drawn(table)
    flagged = sum(int(name[2:]) < 100 for one in draws for name in one) / sum(map(len, draws))
    assert flagged == pytest.approx(0.75, abs=0.06)  # three times as likely


@pytest.mark.parametrize(
    ("typed", "share"), [("5%", 0.05), ("5％", 0.05), ("0.2", 0.2), (0.1, 0.1), ("100%", 1.0), ("0", 0.0)]
)
def test_a_share_is_a_number_or_a_percentage(typed: float | str, share: float) -> None:
    assert as_share(typed) == pytest.approx(share)


@pytest.mark.parametrize("typed", ["5", "-1", "五成", "", "101%"])
def test_a_share_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="抽查比例"):
        as_share(typed)


@pytest.mark.parametrize("typed", ["2026-13", "11", "十一月", "2026-1x"])
def test_a_month_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="2026-11"):
        as_month(typed, DAY)


def list_of(path: Path) -> list[dict[str, Any]]:
    return table_of(path, "抽查清单", "抽查月份")


def fill(path: Path, **cells: Any) -> None:
    """What a person types into the first line of the audit list."""
    book = openpyxl.load_workbook(path)
    sheet = book["抽查清单"]
    headers = next(cells for cells in sheet.iter_rows() if cells[0].value == "抽查月份")
    for cell in headers:
        if cell.value in cells:
            sheet.cell(cell.row + 1, cell.column, cells[cell.value])
    book.save(path)


def owner_line(path: Path, owner: str) -> dict[str, Any]:
    """One line of the short table above the list, whose columns are as wide as several of the list's."""
    rows = list(openpyxl.load_workbook(path, data_only=True)["抽查清单"].iter_rows(values_only=True))
    headers = next(row for row in rows if row[0] == "负责人")
    line = next(row for row in rows if row[0] == owner)
    return {header: cell for header, cell in zip(headers, line, strict=True) if header}


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """Eight customers of two people; the first is known by name only."""
    rows = [
        record(
            客户编号=f"C20240{place:02d}" if place else None,
            客户名称=f"甲{place}科技有限公司",
            负责人="李*王*"[place % 2 * 2 :][:2],
        )
        for place in range(8)
    ]
    return write_records(tmp_path / "团队.xlsx", rows)


def test_what_people_filled_in_stays_at_the_next_draw_and_at_a_refresh(team: Path) -> None:
    options: dict[str, Any] = {"as_of": DAY, "share": "50%", "backup": False}
    first = crm.audit(team, **options)
    before = list_of(team)
    assert {line["客户名称"] for line in before} == set(first.audit["customer_name"])
    assert [line["负责人"] for line in before] == ["李*", "李*", "王*", "王*"]
    typed = {
        "核实结果": "不符",
        "证据": "截图1.png",
        "核实人": "王经理",
        "核实日期": datetime(2026, 11, 21),
        "备注": "没有这回事",
    }
    fill(team, **typed)
    kept = draw(crm.analyze_workbook(team, as_of=DAY), "2026-11", seed="another").audit
    assert set(kept["customer_name"]) <= set(first.audit["customer_name"])
    second = crm.audit(team, month="2026-12", **options)
    assert not set(second.audit["customer_name"]) & set(first.audit["customer_name"])
    crm.refresh(team, as_of=DAY, backup=False)
    after = list_of(team)
    assert [line["抽查月份"] for line in after] == ["2026-12"] * 4 + ["2026-11"] * 4
    assert after[4:] == [before[0] | typed, *before[1:]]
    asked = ("本月抽查", "本月待核实", "累计已核实", "不符", "不符占比")
    assert [owner_line(team, "李*").get(name) for name in asked] == [2, 2, 1, 1, 1]
    assert [owner_line(team, "王*").get(name) for name in asked] == [2, 2, 0, 0, None]


def test_the_command_draws_and_tells(team: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    options = ["--share", "50%", "--month", "2026-12", "--seed", "x", "--as-of", "2026-11-20", "-o"]
    told = CliRunner().invoke(app, ["audit", str(team), *options, str(path)])
    assert told.exit_code == 0, told.output
    assert "2026-12 抽查 4 家" in told.stdout
    assert "· 李*：本月抽查 2 家，待核实 2 家" in told.stdout
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["客户需求记录", "抽查清单"]
    (rule,) = (one for one in book["抽查清单"].data_validations.dataValidation if one.type == "list")
    assert rule.formula1 == '"属实,不符,无法核实"'


def test_words_follow_the_language_and_what_nobody_understands_stays() -> None:
    earlier = pd.DataFrame(
        {
            "audit_month": ["2026-11"] * 3,
            "customer_name": list("ABC"),
            "owner": ["甲", "甲", None],
            "needs_evidence": ["Yes", None, None],
            "audit_result": ["Not as told", "大概属实", None],
        }
    )
    lines = read_audits(earlier, RULES.labels)
    assert lines["audit_result"].tolist() == ["不符", "大概属实", None]
    assert lines["needs_evidence"].tolist() == ["是", None, None]
    counts = count_audits(lines, "2026-11", RULES.labels).set_index("owner")
    assert counts.loc["甲", ["month_drawn", "month_waiting", "untrue"]].tolist() == [2, 1, 1]
    assert counts.loc["", ["month_drawn", "month_waiting", "untrue"]].tolist() == [1, 1, 0]
