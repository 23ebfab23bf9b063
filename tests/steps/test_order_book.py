"""One reading of the orders serves every step that counts them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from order_samples import AS_OF
from order_samples import order_table as table
from pandas.testing import assert_frame_equal

import crmsheet as crm
from crmsheet.errors import UnknownColumn, UsageError
from crmsheet.rules import Rules
from crmsheet.steps.clv import score_clv, summarize_purchases
from crmsheet.steps.order_book import read_orders
from crmsheet.steps.orders import prepare_orders, summarize_orders
from crmsheet.steps.rfm import score_rfm

RULES = Rules.load()
DAY = date.fromisoformat(AS_OF)
ORDERS = table(
    ("A", "2026-01-05", 100.0, "D1", 30.0),
    ("A", "2026-02-05", 300.0, "D2", np.nan),
    ("A", "2026-03-05", -40.0, "D1", 12.0),
    ("B", "2026-03-05", 70.0, "D3", np.nan),
    (None, "2026-03-05", 9.0, "D4", 5.0),
    ("C", "2030-01-01", 9.0, "D5", 5.0),
    names="customer_id order_date amount order_id profit",
)
CUSTOMERS = pd.DataFrame(index=pd.Index(["A", "B", "C", "D"], name="customer"))


def book_of(orders: pd.DataFrame = ORDERS):
    return read_orders(orders, as_of=AS_OF, step="test")


@pytest.mark.parametrize("step", [summarize_orders, score_rfm, summarize_purchases, score_clv])
def test_a_book_gives_what_its_table_gives(step):
    assert_frame_equal(step(book_of(), as_of=AS_OF), step(ORDERS, as_of=AS_OF))


def test_orders_are_marked_alike_from_the_table_and_from_its_book():
    marked = prepare_orders(ORDERS, as_of=AS_OF, book=book_of())
    assert_frame_equal(marked, prepare_orders(ORDERS, as_of=AS_OF))


@pytest.mark.parametrize("step", [crm.add_order_facts, crm.add_clv])
def test_customers_learn_the_same_from_a_table_and_from_its_book(step):
    named = ORDERS.assign(customer=ORDERS["customer_id"])
    assert_frame_equal(step(CUSTOMERS, book_of(), RULES, DAY), step(CUSTOMERS, named, RULES, DAY))


def test_a_book_of_another_day_is_refused():
    with pytest.raises(UsageError, match="2026-11-19"):
        summarize_orders(book_of(), as_of="2026-11-19")


def test_orders_that_name_no_customer_are_refused_by_name():
    with pytest.raises(UnknownColumn, match="customer"):
        crm.add_order_facts(CUSTOMERS, ORDERS, RULES, DAY)


def test_profit_follows_its_amount():
    """Taken off for a refund, not known where nobody typed it, none of rows that are left out."""
    profit = crm.add_order_facts(CUSTOMERS, book_of(), RULES, DAY)["profit_total"]
    assert profit.fillna(-1.0).to_dict() == {"A": 18.0, "B": -1.0, "C": -1.0, "D": -1.0}


def test_a_refund_of_last_years_order_leaves_this_calendar_year_alone():
    orders = table(
        ("A", "2025-12-30", 900.0, "D1"),
        ("A", "2026-01-05", 500.0, "D2"),
        ("A", "2026-01-10", -900.0, "D1"),
        names="customer_id order_date amount order_id",
    )
    by_year = RULES.value_tag.model_copy(update={"year": "calendar"})
    rules = RULES.model_copy(update={"value_tag": by_year})
    assert crm.add_order_facts(CUSTOMERS, book_of(orders), rules, DAY).loc["A", "amount_year"] == 500.0
