"""The summary of orders per customer: windows, refunds, and columns of any kind."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from order_samples import AS_OF
from order_samples import order_table as table

from crmsheet.steps.orders import summarize_orders

pytestmark = pytest.mark.filterwarnings("error")


@pytest.mark.parametrize(
    ("as_of", "last_outside", "first_inside"),
    [
        ("2026-11-20", "2025-11-20", "2025-11-21"),
        ("2025-02-28", "2024-02-28", "2024-02-29"),
        ("2024-02-29", "2023-02-28", "2023-03-01"),
    ],
)
def test_the_window_is_half_open_by_calendar_month(as_of, last_outside, first_inside):
    orders = table(("A", last_outside, 1.0), ("A", first_inside, 10.0), ("A", as_of, 100.0))
    row = summarize_orders(orders, as_of=as_of).loc["A"]
    assert (row["order_count"], row["order_count_12m"], row["amount_12m"]) == (3, 2, 110.0)
    assert row["recency_days"] == 0


def test_three_months_before_the_end_of_may_is_the_end_of_february():
    orders = table(("A", "2026-02-28", 1.0), ("B", "2026-03-01", 1.0))
    summary = summarize_orders(orders, as_of="2026-05-31", months=3)
    assert summary["order_count_3m"].to_dict() == {"A": 0, "B": 1}


def test_a_refund_is_booked_on_the_day_of_its_order():
    names = "customer_id order_date amount order_id"
    old = ("A", "2025-01-10", 900.0, "D1")
    new = ("A", "2026-01-10", 500.0, "D2")
    named = table(old, new, ("A", "2026-02-01", -900.0, "D1"), names=names)
    unnamed = table(old, new, ("A", "2026-02-01", -900.0, None), names=names)
    stranger = table(old, new, ("B", "2026-02-01", -900.0, "D1"), names=names)
    assert summarize_orders(named, as_of=AS_OF).loc["A", "amount_12m"] == 500.0
    assert summarize_orders(unnamed, as_of=AS_OF).loc["A", "amount_12m"] == -400.0
    assert summarize_orders(stranger, as_of=AS_OF).loc["A", "amount_12m"] == 500.0


def test_a_refund_neither_counts_nor_refreshes_recency():
    orders = table(("A", "2026-01-05", 100.0), ("A", "2026-11-19", -30.0))
    row = summarize_orders(orders, as_of=AS_OF).loc["A"]
    assert row["last_order"] == pd.Timestamp("2026-01-05")
    assert (row["order_count"], row["amount_total"], row["net_refund"]) == (1, 70.0, False)


@pytest.mark.parametrize(
    ("amounts", "net_refund"),
    [
        ([100.0, -100.0], True),
        ([0.1, 0.2, -0.3], True),
        ([-5.0], True),
        ([0.0], False),
        ([100.0, -99.99], False),
    ],
)
def test_net_refund_means_refunds_ate_the_purchases(amounts, net_refund):
    orders = table(*[("A", "2026-01-05", amount) for amount in amounts])
    assert bool(summarize_orders(orders, as_of=AS_OF).loc["A", "net_refund"]) is net_refund


def test_a_customer_with_only_refunds_has_no_recency():
    row = summarize_orders(table(("A", "2026-01-05", -40.0)), as_of=AS_OF).loc["A"]
    assert row["order_count"] == 0
    assert pd.isna(row["first_order"])
    assert pd.isna(row["last_order"])
    assert np.isnan(row["recency_days"])
    assert row["amount_total"] == -40.0


@pytest.mark.parametrize(
    ("ids", "first"),
    [
        ([7, 7, 8], 7),
        (pd.Categorical(["a", "a", "b"]), "a"),
        (["a", "a", 8], "a"),
        ([7.0, 7.0, np.nan], 7.0),
        (pd.array(["a", "a", pd.NA], dtype="string"), "a"),
    ],
)
def test_ids_may_be_of_any_kind(ids, first):
    days = pd.to_datetime(["2026-01-05"] * 3)
    orders = pd.DataFrame({"customer_id": ids, "order_date": days, "amount": [1.0, 2.0, 3.0]})
    assert summarize_orders(orders, as_of=AS_OF).loc[first, "amount_total"] == 3.0


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("amount", pd.array([50, None], dtype="Int64")),
        ("amount", ["50", None]),
        ("order_date", [pd.Timestamp("2026-01-05").date(), None]),
        ("order_date", pd.to_datetime(["2026-01-05", None]).tz_localize("Asia/Shanghai")),
        ("is_refund", pd.array([False, None], dtype="boolean")),
    ],
)
def test_columns_may_be_of_any_kind(column, values):
    orders = table(("A", "2026-01-05", 50.0), ("A", None, None)).assign(**{column: values})
    assert summarize_orders(orders, as_of=AS_OF).loc["A", "amount_total"] == 50.0
