"""Orders: what counts as a purchase, what it nets to, and the laws of the step."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from order_samples import AS_OF
from order_samples import order_table as table
from pandas.testing import assert_frame_equal

from crmsheet.errors import BadDate, UnknownColumn
from crmsheet.steps.orders import ORDER_STATES, prepare_orders, summarize_orders

pytestmark = pytest.mark.filterwarnings("error")

ANY_ORDERS = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "C", "", None]),
        st.sampled_from(["2024-02-29", "2025-11-20", "2025-11-21", "2026-11-20", "2026-11-21", None]),
        st.sampled_from([0.1, 0.2, -0.3, 70.0, 0.0, -70.0, None]),
        st.sampled_from(["D1", "D2", "", None]),
        st.sampled_from([True, False, None]),
    ),
    max_size=25,
).map(lambda rows: table(*rows, names="customer_id order_date amount order_id is_refund"))


@pytest.mark.parametrize(
    ("row", "state", "counts", "net"),
    [
        (("A", "2026-01-05", 100.0), "purchase", True, 100.0),
        (("A", "2026-01-05", 0.0), "purchase", True, 0.0),
        (("A", "2026-01-05", -100.0), "refund", False, -100.0),
        ((None, "2026-01-05", 100.0), "no_customer", False, 0.0),
        (("  ", "2026-01-05", 100.0), "no_customer", False, 0.0),
        (("A", None, 100.0), "no_date", False, 0.0),
        (("A", "2026-11-20", 100.0), "purchase", True, 100.0),
        (("A", "2026-11-20 23:59", 100.0), "purchase", True, 100.0),
        (("A", "2026-11-21", 100.0), "future", False, 0.0),
        (("A", "1900-01-01", 100.0), "too_early", False, 0.0),
        (("A", "1990-01-01", 100.0), "purchase", True, 100.0),
        (("A", "2026-01-05", None), "no_amount", True, 0.0),
        (("A", "2026-01-05", np.inf), "no_amount", True, 0.0),
        ((None, None, None), "no_customer", False, 0.0),
    ],
)
def test_each_row_has_one_state(row, state, counts, net):
    added = prepare_orders(table(row), as_of=AS_OF).iloc[0]
    assert (added["order_state"], added["counts"], added["net_amount"]) == (state, counts, net)


@pytest.mark.parametrize(
    ("amount", "marked", "state", "net"),
    [
        (80.0, True, "refund", 0.0),  # the only row of its customer: that very order was given back
        (-80.0, True, "refund", -80.0),
        (-80.0, False, "refund", -80.0),
        (-80.0, None, "refund", -80.0),
        (80.0, pd.NA, "purchase", 80.0),
        (80.0, None, "purchase", 80.0),
        (None, True, "no_amount", 0.0),
    ],
)
def test_a_refund_is_negative_or_marked(amount, marked, state, net):
    orders = table(("A", "2026-01-05", amount, marked), names="customer_id order_date amount is_refund")
    added = prepare_orders(orders, as_of=AS_OF).iloc[0]
    assert (added["order_state"], added["net_amount"]) == (state, net)
    assert added["counts"] == (state == "purchase")


ORDERS_WITH_NUMBERS = "customer_id order_date amount order_id is_refund"


@pytest.mark.parametrize(
    ("rows", "nets"),
    [
        # the mark stands on the order itself
        ([("A", "2026-01-05", 80.0, "D1", True)], [0.0]),
        ([("A", "2026-01-05", 80.0, "D1", True), ("A", "2026-01-02", 500.0, "D2", None)], [0.0, 500.0]),
        ([("A", "2026-01-05", 80.0, None, True), ("A", "2026-02-05", 500.0, None, None)], [0.0, 500.0]),
        ([("A", "2026-01-05", 80.0, " ", True), ("A", "2026-01-02", 50.0, " ", None)], [0.0, 50.0]),
        ([("A", "2026-01-05", 80.0, "D1", True), ("B", "2026-01-05", 80.0, "D1", None)], [0.0, 80.0]),
        # the marked row pays an earlier one back
        ([("A", "2026-01-02", 80.0, "D1", None), ("A", "2026-01-05", 80.0, "D1", True)], [80.0, -80.0]),
        ([("A", "2026-01-02", 80.0, "D1", None), ("A", "2026-01-05", 30.0, "D1", True)], [80.0, -30.0]),
        ([("A", "2026-01-02", 80.0, None, None), ("A", "2026-01-05", 80.0, None, True)], [80.0, -80.0]),
        (
            [("A", "2026-01-02", 60.0, None, None), ("A", "2026-01-03", 60.0, None, None)]
            + [("A", "2026-01-05", 100.0, None, True), ("A", "2026-01-06", 90.0, None, True)],
            [60.0, 60.0, -100.0, 0.0],  # 20 are left: the second cannot be a repayment
        ),
        # a negative amount always is a repayment
        ([("A", "2026-01-05", -80.0, "D1", True)], [-80.0]),
    ],
)
def test_a_marked_row_is_the_refunded_order_or_a_repayment_of_another(rows, nets):
    orders = table(*rows, names=ORDERS_WITH_NUMBERS)
    for turned in (orders, orders[::-1]):
        added = prepare_orders(turned, as_of=AS_OF).sort_index()
        assert added["net_amount"].tolist() == nets
        assert added["counts"].tolist() == [mark is None for *_, mark in rows]
        assert summarize_orders(turned, as_of=AS_OF)["amount_total"].sum() == sum(nets)


def test_an_order_before_its_customer_was_founded_is_too_early():
    orders = table(("A", "2019-12-31", 5.0), ("A", "2020-01-01", 5.0), ("B", "2019-12-31", 5.0))
    orders["founded"] = pd.to_datetime(["2020-01-01", "2020-01-01", None])
    states = prepare_orders(orders, as_of=AS_OF)["order_state"]
    assert list(states) == ["too_early", "purchase", "purchase"]


def test_orders_of_one_customer_on_one_day_are_one_occasion():
    orders = table(
        ("A", "2026-01-05", -5.0),
        ("A", "2026-01-05 09:00", 50.0),
        ("A", "2026-01-05 17:00", 70.0),
        ("B", "2026-01-05", 70.0),
        ("A", "2026-01-06", 70.0),
    )
    assert list(prepare_orders(orders, as_of=AS_OF)["occasion"]) == [False, True, False, True, True]
    summary = summarize_orders(orders, as_of=AS_OF)
    assert summary["order_count"].to_dict() == {"A": 2, "B": 1}
    assert summary["amount_total"].to_dict() == {"A": 185.0, "B": 70.0}


def test_exact_duplicates_are_flagged_and_keep_counting():
    names = "customer_id order_date amount product order_id"
    orders = table(
        ("A", "2026-01-05", 50.0, "x", None),
        ("A", "2026-01-05", 50.0, "x", None),
        ("A", "2026-01-05", 50.0, "y", None),
        ("A", "2026-01-05", 51.0, "x", None),
        ("B", "2026-01-05", 50.0, "x", "D1"),
        ("B", "2026-01-05", 50.0, "x", "D2"),
        ("B", "2026-01-05", 50.0, "x", "D1"),
        ("C", None, 50.0, "x", None),
        ("C", None, 50.0, "x", None),
        names=names,
    )
    added = prepare_orders(orders, as_of=AS_OF)
    assert list(np.flatnonzero(added["duplicate_of_row"])) == [1, 6]
    assert added.loc[1, "net_amount"] == 50.0


def test_two_times_of_one_day_are_two_orders():
    orders = table(("A", "2026-01-05 09:00", 50.0), ("A", "2026-01-05 10:00", 50.0))
    assert not prepare_orders(orders, as_of=AS_OF)["duplicate_of_row"].any()


@pytest.mark.parametrize(
    "orders",
    [
        pd.DataFrame(),
        pd.DataFrame(columns=["customer_id", "order_date", "amount"]),
        pd.DataFrame(
            columns=["customer_id", "order_date", "amount", "order_id", "is_refund", "product", "founded"]
        ),
        pd.DataFrame({"customer_id": [None, None], "order_date": [None, None], "amount": [None, None]}),
    ],
)
def test_nothing_in_nothing_out(orders):
    added = prepare_orders(orders, as_of=AS_OF)
    assert len(added) == len(orders)
    assert list(added["order_state"].cat.categories) == list(ORDER_STATES)
    summary = summarize_orders(orders, as_of=AS_OF)
    assert summary.empty
    assert summary.index.name == "customer_id"


def test_a_missing_column_is_named():
    with pytest.raises(UnknownColumn) as caught:
        prepare_orders(pd.DataFrame({"customer_id": ["A"], "order_date": ["2026-01-01"]}), as_of=AS_OF)
    assert caught.value.column == "amount"


@pytest.mark.parametrize("as_of", ["never", None, pd.NaT, "2026-13-01"])
def test_an_as_of_that_is_no_day_is_refused(as_of):
    with pytest.raises(BadDate):
        prepare_orders(table(), as_of=as_of)


@given(ANY_ORDERS)
@settings(max_examples=100, deadline=None)
def test_the_step_keeps_every_row_and_changes_nothing_it_was_given(orders):
    orders.index = orders.index[::-1] * 3 + 7
    before = orders.copy(deep=True)
    added = prepare_orders(orders, as_of=AS_OF)
    assert_frame_equal(orders, before)
    assert_frame_equal(added[orders.columns.tolist()], before)
    assert_frame_equal(prepare_orders(added, as_of=AS_OF), added)


@given(ANY_ORDERS)
@settings(max_examples=100, deadline=None)
def test_summaries_tie_to_the_rows(orders):
    added = prepare_orders(orders, as_of=AS_OF)
    summary = summarize_orders(orders, as_of=AS_OF)
    assert summary["order_count"].sum() == added["occasion"].sum()
    assert summary["amount_total"].sum() == pytest.approx(added["net_amount"].sum(), abs=1e-9)
    assert (summary["order_count_12m"] <= summary["order_count"]).all()
    bought = added[added["counts"]].groupby("customer_id")["order_date"]
    assert summary["last_order"].dropna().to_dict() == bought.max().to_dict()
    assert summary["first_order"].dropna().to_dict() == bought.min().to_dict()


@given(ANY_ORDERS, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_rows_does_not_matter(orders, random):
    rows = list(range(len(orders)))
    random.shuffle(rows)
    assert_frame_equal(
        summarize_orders(orders, as_of=AS_OF),
        summarize_orders(orders.iloc[rows], as_of=AS_OF),
        check_exact=True,
    )
