"""How single cells of a table are read and what is said of them: numbers typed as text, plans without a year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crmsheet.checks.tables import clean
from crmsheet.model import Tables
from crmsheet.repairs.edits import typed
from crmsheet.rules import Rules

DAY = date(2026, 11, 26)
RULES = Rules.load()


def found(
    entity: str, code: str, value: Any, *, path: Path | None = None, **cells: Any
) -> tuple[Any, dict[str, Any]]:
    """The value read from one cell, and what is said of it."""
    frame = pd.DataFrame(
        {"customer_id": ["C2024001"], "customer_name": ["星河科技有限公司"], code: [value], **cells}
    )
    cleaned = clean(replace(Tables.from_frames(**{entity: frame}), path=path), RULES, as_of=DAY)
    said = cleaned.issues[cleaned.issues["column"] == code]
    return cleaned[entity], {} if said.empty else said.iloc[0].to_dict()


@pytest.mark.parametrize(
    ("text", "code", "written"),
    [
        ("50000", "number_as_text", 50000.0),
        ("1,234,567.89", "number_as_text", 1234567.89),
        ("12345678", "number_as_text", 12345678.0),
        ("1234567元", "amount_format", 1234567.0),
        ("￥1,200", "amount_format", 1200.0),
        ("1.23万", "amount_format", 12300.0),
        ("5万", "amount_format", 50000.0),
    ],
)
def test_an_amount_typed_as_text_becomes_exactly_that_number(text: str, code: str, written: float) -> None:
    frame, said = found("orders", "amount", text, order_date=[DAY])
    assert (said["code"], frame["amount"].iloc[0]) == (code, written)
    assert typed(said["suggestion"], "amount") == written
    assert "求和" in said["message"] and "采纳" in said["message"]


@pytest.mark.parametrize(
    ("entity", "code", "kind"),
    [
        ("records", "impact", "score"),
        ("profiles", "influence", "rating"),
        ("profiles", "deal_count", "count"),
    ],
)
def test_other_numbers_typed_as_text_are_told_and_repaired(entity: str, code: str, kind: str) -> None:
    frame, said = found(entity, code, "4")
    assert (said["code"], frame[code].iloc[0], typed(said["suggestion"], kind)) == (
        "number_as_text",
        4.0,
        4.0,
    )
    assert found(entity, code, 4)[1] == {}


def test_a_text_file_has_no_numbers_to_ask_for() -> None:
    assert found("orders", "amount", "50000", path=Path("a.csv"), order_date=[DAY])[1] == {}


@pytest.mark.parametrize(
    ("entity", "code", "severity"),
    [
        ("records", "customer_name", "hint"),  # counted by its id
        ("records", "status", "hint"),
        ("records", "owner", "hint"),
        ("profiles", "industry", "hint"),
        ("records", "last_contact", "warning"),
        ("records", "customer_id", "warning"),
        ("orders", "amount", "warning"),
        ("feedback", "satisfaction", "warning"),
    ],
)
@pytest.mark.parametrize("word", ["待确认", "暂无"])
def test_who_writes_that_he_does_not_know_is_not_told_to_write_so(
    entity: str, code: str, severity: str, word: str
) -> None:
    _, said = found(entity, code, word)
    assert said["severity"] == severity
    assert said["message"].endswith(f"写着“{word}”，按没有填处理；知道后请补上")
    _, blank = found(entity, code, None)
    assert blank["code"] == "missing_required"
    assert "没有填，请补上" in blank["message"]


@pytest.mark.parametrize(
    ("plan", "contact", "day", "code"),
    [
        ("8月5日回访", None, "2026-08-05", "plan_year"),  # a promise nobody kept
        ("6月1日回访", None, "2026-06-01", "plan_year"),
        ("3月5日回访", None, "2027-03-05", "plan_year"),  # too long ago to mean this year
        ("12月3日拜访", None, "2026-12-03", "plan_year"),
        ("下周回访", None, "2026-11-30", "plan_assumed"),
        ("10月20日电话", "2026-10-15", "2026-10-20", "plan_assumed"),  # the first after the contact
        ("3月5日电话", "2026-11-10", "2027-03-05", "plan_assumed"),
        ("9月5日电话", "2026-10-20", "2027-09-05", "plan_year"),  # surprisingly far: say so
        ("2026-03-05电话", None, "2026-03-05", ""),
    ],
)
def test_a_plan_without_its_year(plan: str, contact: str | None, day: str, code: str) -> None:
    frame, said = found("records", "next_plan", plan, last_contact=[contact])
    assert (frame["next_date"].iloc[0], said.get("code", "")) == (pd.Timestamp(day), code)
    if code == "plan_year":
        assert said["severity"] == "warning" and day[:4] in said["message"]


@pytest.mark.parametrize(
    ("today", "day"),
    [("2027-01-10", "2026-12-20"), ("2027-04-01", "2027-12-20"), ("2026-12-31", "2026-12-20")],
)
def test_a_plan_of_december_seen_in_january_is_last_months(today: str, day: str) -> None:
    frame = pd.DataFrame({"customer_name": ["星河科技有限公司"], "next_plan": ["12月20日回访"]})
    read = clean(Tables.from_frames(records=frame), RULES, as_of=date.fromisoformat(today))["records"]
    assert read["next_date"].iloc[0] == pd.Timestamp(day)
