"""Little, odd or no data: everything is defined, something is said about what is missing, nothing fails."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from crmsheet import app
from crmsheet.compare import compare_rules
from crmsheet.model import Setting, Tables
from crmsheet.pipeline import analyze
from crmsheet.result import Result
from crmsheet.rules import Rules

AS_OF = date(2026, 11, 20)
Frames = dict[str, pd.DataFrame]


def _customers(n: int, **columns: object) -> pd.DataFrame:
    rows = {
        "customer_id": [f"C2026{i:03d}" for i in range(1, n + 1)],
        "customer_name": ["甲乙丙丁戊己庚辛"[i % 8] * 2 + f"科技{i}有限公司" for i in range(n)],
        "last_contact": [date(2026, 11, 2)] * n,
        "explicit_needs": ["支持导出、对接ERP"] * n,
        "status": ["处理中"] * n,
        "owner": ["李*"] * n,
    }
    return pd.DataFrame({**rows, **columns}, dtype=object)


def _orders(*rows: tuple[str, str, object]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "order_date", "amount"], dtype=object)
    return frame.assign(order_date=[date.fromisoformat(day) if day else None for day in frame["order_date"]])


def _each(n: int, *orders: tuple[str, object]) -> pd.DataFrame:
    return _orders(*((f"C2026{i:03d}", day, amount) for i in range(1, n + 1) for day, amount in orders))


CASES: dict[str, tuple[Frames, date]] = {
    "no customer": ({"records": _customers(0)}, AS_OF),
    "no customer, no orders": ({"records": _customers(0), "orders": _orders()}, AS_OF),
    "one customer": ({"records": _customers(1)}, AS_OF),
    "one customer, one order": ({"records": _customers(1), "orders": _each(1, ("2026-11-20", 9))}, AS_OF),
    "two customers": ({"records": _customers(2), "orders": _each(1, ("2026-01-05", 60_000))}, AS_OF),
    "five customers": ({"records": _customers(5), "orders": _each(5, ("2025-01-05", 9), ("2026-10-05", 7))}, AS_OF),
    "five without orders": ({"records": _customers(5), "orders": _orders()}, AS_OF),
    "only refunds": ({"records": _customers(2), "orders": _each(2, ("2026-10-05", -500), ("2026-10-09", -1))}, AS_OF),
    "refund above purchases": (
        {"records": _customers(1), "orders": _each(1, ("2026-10-05", 5), ("2026-10-06", -9))},
        AS_OF,
    ),
    "ties everywhere": (
        {"records": _customers(40), "orders": _each(40, ("2026-10-05", 500), ("2026-05-05", 500))},
        AS_OF,
    ),
    "all missing": (
        {"records": _customers(3, last_contact=None, explicit_needs=None, status=None, owner=None),
         "orders": _orders(("C2026001", "", None), ("C2026002", "", None))},
        AS_OF,
    ),
    "orders without amounts": ({"records": _customers(2), "orders": _each(2, ("2026-10-05", None))}, AS_OF),
    "orders of strangers": ({"records": _customers(1), "orders": _orders(("C2020999", "2026-10-05", 5))}, AS_OF),
    "orders of the future": ({"records": _customers(2), "orders": _each(2, ("2026-12-05", 50))}, AS_OF),
    "every sheet empty": (
        {"records": _customers(2), **{name: pd.DataFrame({"customer_id": pd.Series(dtype=object)})
         for name in ("profiles", "interactions", "tasks", "feedback", "contracts")}},
        AS_OF,
    ),
    "a year without a calendar": (
        {"records": _customers(3, last_contact=date(2027, 2, 5)), "orders": _each(3, ("2027-01-05", 500))},
        date(2027, 2, 10),
    ),
    "long after every calendar": ({"records": _customers(1), "orders": _each(1, ("2026-01-05", 5))}, date(2031, 3, 1)),
    "before every order": ({"records": _customers(1), "orders": _each(1, ("2026-01-05", 5))}, date(2019, 3, 1)),
}  # fmt: skip
VARIANTS: dict[str, tuple[Setting, ...]] = {
    "as shipped": (),
    "quantiles": (Setting("rfm.method", "quantile", "", ""),),
    "S3": (Setting("vocabulary.preset", "S3", "", ""), Setting("migration.hold_downgrades", "是", "", "")),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("case", CASES)
def test_analysis_is_defined_and_says_what_is_missing(case: str, variant: str) -> None:
    frames, day = CASES[case]
    rules = Rules.load(settings=VARIANTS[variant])
    result = analyze(Tables.from_frames(**frames), rules, day)
    records = len(frames["records"])
    assert len(result.customers) >= records
    _every_customer_is_told(result)
    assert result.summary()["notes"] == [note for note in result.summary()["notes"] if note]
    for table in (result.rates, result.rate_members, result.need_pool, result.solutions, result.followups):
        assert isinstance(table, pd.DataFrame)
    assert result.rates["rate_reason"].str.len().gt(0).all()
    if variant == "as shipped":
        assert compare_rules(Tables.from_frames(**frames), rules, rules, day).empty


def _every_customer_is_told(result: Result) -> None:
    customers = result.customers
    assert customers["tier"].isin(list(result.rules.tiers)).all()
    for reason in (
        "tier_reason",
        "value_tag_reason",
        "lifecycle_reason",
        "clv_reason",
        "due_reason",
        "value_reason",
    ):
        told = customers[reason].astype(str)
        assert told.str.len().gt(0).all(), reason
        assert not told.str.contains("nan|NaT|None|inf|{", regex=True).any(), told.tolist()
    for reason in (name for name in result.requirements if name.endswith("reason")):
        assert (
            not result.requirements[reason].astype(str).str.contains("nan|NaT|None|inf|{", regex=True).any()
        ), reason


def test_what_is_missing_is_named() -> None:
    named = {
        "one customer": {"no_orders", "no_interactions"},
        "five without orders": {"no_orders", "no_interactions"},
        "only refunds": {"clv_no_customers"},
        "five customers": {"clv_indicative"},
        "a year without a calendar": {"holidays_unpublished"},
    }
    for case, codes in named.items():
        frames, day = CASES[case]
        notes = {note.code for note in analyze(Tables.from_frames(**frames), Rules.load(), day).notes}
        assert codes <= notes
        assert ("no_orders" in notes) != bool(len(frames.get("orders", ())))


def test_quantiles_that_cannot_be_cut_are_said() -> None:
    rules = Rules.load(settings=VARIANTS["quantiles"])
    for case, code in (("five customers", "rfm_few_customers"), ("ties everywhere", "rfm_few_values")):
        frames, day = CASES[case]
        assert code in [note.code for note in analyze(Tables.from_frames(**frames), rules, day).notes]


_SHEETS = {"records": "客户需求记录", "orders": "订单记录", "profiles": "客户信息", "interactions": "互动记录",
           "tasks": "方案任务", "feedback": "满意度反馈", "contracts": "合同记录"}  # fmt: skip


def _workbook(path: Path, frames: Frames) -> Path:
    labels = Rules.load().labels
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, frame in frames.items():
        sheet = book.create_sheet(_SHEETS[name])
        sheet.append([labels.field(column) for column in frame])
        for row in frame.itertuples(index=False):
            sheet.append([None if pd.isna(cell) else cell for cell in row])
    book.save(path)
    return path


@pytest.mark.parametrize(
    "case",
    ["no customer", "one customer, one order", "only refunds", "all missing", "every sheet empty",
     "orders of strangers", "a year without a calendar"],
)  # fmt: skip
def test_a_refresh_writes_every_sheet_twice(case: str, tmp_path: Path) -> None:
    frames, day = CASES[case]
    path = _workbook(tmp_path / "team.xlsx", frames)
    for _ in range(2):
        result = app.refresh(path, as_of=day, backup=False)
    assert len(result.customers) >= len(frames["records"])
    assert result.sheets
    assert set(result.sheets) <= set(openpyxl.load_workbook(path).sheetnames)


def test_orders_that_repeat_or_precede_the_company_are_pointed_at() -> None:
    orders = _orders(
        ("C2026001", "2026-10-05", 500),
        ("C2026001", "2026-10-05", 500),
        ("C2026001", "2019-12-31", 900),
        ("C2026002", "2026-10-05", 500),
    )
    profiles = pd.DataFrame({"customer_id": ["C2026001"], "founded": [date(2020, 1, 1)]}, dtype=object)
    frames = {"records": _customers(2), "profiles": profiles, "orders": orders}
    result = analyze(Tables.from_frames(**frames), Rules.load(), AS_OF)
    found = result.issues[result.issues["code"].str.startswith("order_")]
    assert found[["cell", "code"]].values.tolist() == [
        ["C3", "order_repeated"],
        ["B4", "order_before_founded"],
    ]
    assert "第 2 行" in found["message"].iloc[0]
    assert result.customers["amount_total"].tolist() == [1000.0, 500.0]


def test_profit_of_a_refund_is_taken_off_and_of_a_returned_order_forgotten() -> None:
    orders = _each(2, ("2026-10-05", 500)).assign(profit=[100, 100], is_refund=[None, "是"])
    back = _orders(("C2026001", "2026-10-09", -200)).assign(profit=[40], is_refund=["是"])
    frames = {"records": _customers(2), "orders": pd.concat([orders, back], ignore_index=True)}
    customers = analyze(Tables.from_frames(**frames), Rules.load(), AS_OF).customers
    assert customers["profit_total"].tolist() == [60.0, 0.0]
    assert customers["amount_total"].tolist() == [300.0, 0.0]


def test_a_need_solved_on_a_day_to_come_is_pointed_at_and_still_open() -> None:
    solved = _customers(1, explicit_needs="导出报表", raised_on=date(2026, 10, 5), solved_on=date(2030, 1, 1))
    records = solved.assign(status=None)
    result = analyze(Tables.from_frames(records=records), Rules.load(), AS_OF)
    assert "solved_on" in result.issues.loc[result.issues["code"] == "date_future", "column"].tolist()
    assert result.customers["open_need_count"].tolist() == [1]
    assert result.requirements["stage"].tolist() == ["collect"]
