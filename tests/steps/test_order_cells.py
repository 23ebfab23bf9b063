"""Order tables as callers hold them: kinds of ids, days, amounts and days of judgement."""

from __future__ import annotations

import datetime as dt
import warnings

import numpy as np
import pandas as pd
import pytest

from crmsheet.errors import BadDate, DataWarning, UsageError
from crmsheet.steps.clv import score_clv, summarize_purchases
from crmsheet.steps.orders import prepare_orders, summarize_orders
from crmsheet.steps.rfm import score_rfm

ISO = ["2025-11-21", "2026-03-01", "2026-11-20", "2026-11-20"]
AMOUNTS = [60_000.0, 700.0, 800.0, 5.0]
PLAIN = pd.DataFrame(
    {"customer_id": ["A", "A", "B", "B"], "order_date": pd.to_datetime(ISO), "amount": AMOUNTS}
)
DAYS = {
    "text": ISO,
    "slashes": [day.replace("-", "/") for day in ISO],
    "compact": [day.replace("-", "") for day in ISO],
    "number": [int(day.replace("-", "")) for day in ISO],
    "float": [float(day.replace("-", "")) for day in ISO],
    "numpy number": list(np.array([day.replace("-", "") for day in ISO], dtype=np.int64)),
    "chinese": ["2025年11月21日", "2026年3月1日", "2026年11月20日", "2026.11.20"],
    "american": ["11/21/2025", "03/01/2026", "Nov 20, 2026", "20 November 2026"],
    "date": [dt.date.fromisoformat(day) for day in ISO],
    "datetime": [dt.datetime.fromisoformat(day) for day in ISO],
    "timestamp object": pd.Series([pd.Timestamp(day) for day in ISO], dtype=object),
    "time of day": [f"{day} 23:59:59" for day in ISO],
    "zone text": [f"{day}T23:00:00+08:00" for day in ISO],
    "two zones": [
        f"{day}T23:00:00{zone}" for day, zone in zip(ISO, ["+08:00", "Z", "+0800", ""], strict=True)
    ],
    "zone": pd.to_datetime(ISO).tz_localize("Asia/Shanghai"),
    "categorical": pd.Categorical(ISO),
    "arrow-like": pd.array(ISO, dtype="string"),
    "mixed": [ISO[0], 20260301, dt.date(2026, 11, 20), pd.Timestamp(ISO[3])],
    "seconds": pd.to_datetime(ISO).astype("datetime64[s]"),
}


@pytest.mark.parametrize("kind", DAYS)
@pytest.mark.filterwarnings("error")
def test_days_of_any_kind_give_the_same_scores(kind):
    orders = PLAIN.assign(order_date=DAYS[kind])
    pd.testing.assert_frame_equal(score_rfm(orders, as_of="2026-11-20"), score_rfm(PLAIN, as_of="2026-11-20"))


@pytest.mark.parametrize(
    "amounts",
    [
        ["60000", "700", "800", "5"],
        ["6万", "￥700", "800元", "5.00"],
        ["60,000", "700.0", " 800 ", 5],
        [60_000, 700, 800, 5],
        pd.array([60_000, 700, 800, 5], dtype="Int64"),
        pd.array(AMOUNTS, dtype="Float32"),
        pd.Series(AMOUNTS, dtype=object),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("error")
def test_amounts_of_any_kind_give_the_same_scores(amounts):
    orders = PLAIN.assign(amount=amounts)
    pd.testing.assert_frame_equal(score_rfm(orders, as_of="2026-11-20"), score_rfm(PLAIN, as_of="2026-11-20"))


@pytest.mark.parametrize(
    "as_of",
    [
        "2026-11-20",
        "2026/11/20",
        "2026年11月20日",
        "20261120",
        "2026-11-20T08:30",
        dt.date(2026, 11, 20),
        dt.datetime(2026, 11, 20, 23, 59),
        pd.Timestamp("2026-11-20 12:00", tz="Asia/Shanghai"),
        np.datetime64("2026-11-20"),
    ],
)
def test_the_day_of_judgement_may_be_of_any_kind(as_of):
    assert score_rfm(PLAIN, as_of=as_of)["recency_days"].tolist() == [264, 0]


@pytest.mark.parametrize("as_of", [20261120, 2026.0, True, "now", "today", "2026", "11/20", "12:30", ""])
def test_a_day_that_would_need_the_clock_or_a_guess_is_refused(as_of):
    with pytest.raises(BadDate):
        score_rfm(PLAIN, as_of=as_of)


@pytest.mark.parametrize(
    "index", [[7, 7, 7, 7], list("wxyz"), [3, 1, 2, 0], pd.date_range("2020", periods=4)]
)
@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 1, 2, 0]])
def test_neither_index_nor_order_of_rows_matters(index, order):
    orders = PLAIN.set_axis(index, axis=0).iloc[order]
    for step in (score_rfm, summarize_orders, summarize_purchases, score_clv):
        pd.testing.assert_frame_equal(step(orders, as_of="2026-11-20"), step(PLAIN, as_of="2026-11-20"))


@pytest.mark.parametrize("ids", [[1, 1, 2, 2], np.array([1, 1, 2, 2], dtype="uint8"), ["b", "b", "c", "c"]])
def test_ids_keep_their_kind(ids):
    scores = score_rfm(PLAIN.assign(customer_id=ids), as_of="2026-11-20")
    assert scores.index.tolist() == sorted(set(ids))
    assert scores.index.name == "customer_id"


@pytest.mark.parametrize(
    ("column", "cell", "named"),
    [("amount", "约三万", "约三万"), ("amount", "5-8万", "5-8万"), ("amount", "USD 5", "USD 5"),
     ("order_date", "上周", "上周"), ("order_date", "10:30", "10:30"), ("order_date", "1,200", "1,200")],
)  # fmt: skip
def test_what_nobody_can_read_is_missing_and_said(column, cell, named):
    orders = PLAIN.assign(**{column: [cell, None, *PLAIN[column].astype(str)[2:]]})
    with pytest.warns(DataWarning, match=f"{column} 有 1 个.*{named}"):
        scores = score_rfm(orders, as_of="2026-11-20")
    without = score_rfm(
        orders.assign(**{column: orders[column].where(orders[column] != cell)}), as_of="2026-11-20"
    )
    pd.testing.assert_frame_equal(scores, without)
    with warnings.catch_warnings(action="error"):  # its own column tells it row by row
        states = prepare_orders(orders, as_of="2026-11-20")["order_state"]
    assert list(states[:2]) == ["no_amount" if column == "amount" else "no_date"] * 2


@pytest.mark.parametrize("cell", [1e15, -1e300, float("inf")])
def test_what_is_larger_than_any_amount_is_none(cell: float) -> None:
    orders = PLAIN.assign(amount=[cell, *PLAIN["amount"][1:]])
    assert prepare_orders(orders, as_of="2026-11-20")["order_state"][0] == "no_amount"


@pytest.mark.filterwarnings("error")
def test_blanks_are_missing_without_a_word():
    orders = PLAIN.assign(amount=["", None, " ", 5], order_date=["", None, np.nan, "2026-11-20"])
    assert score_rfm(orders, as_of="2026-11-20")["monetary"].tolist() == [5.0]


def test_orders_dated_by_periods_are_read_as_their_days():
    orders = pd.DataFrame({"customer_id": ["A"], "amount": [9.0]})
    orders["order_date"] = pd.PeriodIndex(["2026-11-18"], freq="D")
    assert score_rfm(orders, as_of="2026-11-20")["recency_days"].tolist() == [2]


def test_orders_that_are_no_table_are_refused():
    with pytest.raises(UsageError, match="DataFrame"):
        score_rfm([("A", "2026-11-18", 9.0)], as_of="2026-11-20")
