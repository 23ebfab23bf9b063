"""Orders: which rows are purchases, what they net to, and what each customer bought (R-028, R-029, R-042)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from crmsheet.steps._order_cells import BoolArray, read_amounts, read_times
from crmsheet.steps._plain import step
from crmsheet.steps.order_book import (
    ORDER_STATES,
    OrderBook,
    Orders,
    customer_day_keys,
    days_to_dates,
    read_orders,
)

__all__ = ["ORDER_STATES", "prepare_orders", "summarize_orders"]


@step
def prepare_orders(orders: pd.DataFrame, *, as_of: date | str, book: OrderBook | None = None) -> pd.DataFrame:
    """Add what each order row is worth to the scores (R-042).

    ``order_state``: one of ``ORDER_STATES``. ``counts``: a purchase, also of unknown amount (it did happen),
    never a refund. ``net_amount``: yuan, refunds negative, rows left out 0, as is an order that is itself
    marked refunded (no earlier purchase that the row could pay back: same ``order_id``, or enough bought).
    ``booked_on``: the day the amount belongs to, of a refund that names its order the day of that order.
    ``occasion``: first counted row of its customer and day. ``duplicate_of_row``: an earlier row has the same
    customer, time, amount and product and no different order number, and both are purchases or both refunds; a
    proposal only, the row keeps counting.
    Optional columns read: ``is_refund``, ``order_id``, ``product``, ``founded`` (an order older than the
    customer is ``too_early``). ``book`` is what ``read_orders`` made of these same rows, read here unless given.

    >>> rows = pd.DataFrame({"customer_id": ["A", "A", "A", None], "amount": [50.0, 70.0, -20.0, 9.0],
    ...     "order_date": pd.to_datetime(["2026-03-01", "2026-03-01", "2026-03-09", "2026-03-01"])})
    >>> added = prepare_orders(rows, as_of="2026-06-30")
    >>> added[["order_state", "counts", "net_amount", "occasion"]]
       order_state  counts  net_amount  occasion
    0     purchase    True        50.0      True
    1     purchase    True        70.0     False
    2       refund   False       -20.0     False
    3  no_customer   False         0.0     False
    """
    if book is None:
        book = read_orders(
            orders, as_of=as_of, step="prepare_orders", warn=False
        )  # order_state says it by row
    return orders.assign(
        order_state=pd.Categorical.from_codes(book.state, dtype=pd.CategoricalDtype(list(ORDER_STATES))),
        counts=book.counts,
        net_amount=book.net,
        booked_on=days_to_dates(book.booked_day, book.valid),
        occasion=book.occasion,
        duplicate_of_row=_repeats_a_row(orders, book),
    )


def summarize_orders(orders: Orders, *, as_of: date | str, months: int = 12) -> pd.DataFrame:
    """What each customer bought, one row per customer with a purchase or refund, sorted by id (R-028, C-19).

    ``order_count`` (occasions) and ``amount_total`` (net, yuan) over all time; ``order_count_12m`` and
    ``amount_12m`` in ``(as_of − months, as_of]`` (named after ``months``); ``first_order``, ``last_order``,
    ``recency_days`` (0: today; NaN without purchase); ``net_refund``: refunds ate up the purchases.

    >>> rows = pd.DataFrame({"customer_id": ["A", "A", "B"], "amount": [50.0, 70.0, -20.0],
    ...     "order_date": pd.to_datetime(["2025-03-01", "2026-03-01", "2026-03-09"])})
    >>> summarize_orders(rows, as_of="2026-03-11").T
    customer_id                            A      B
    order_count                            2      0
    order_count_12m                        1      0
    amount_total                       120.0  -20.0
    amount_12m                          70.0  -20.0
    first_order          2025-03-01 00:00:00    NaT
    last_order           2026-03-01 00:00:00    NaT
    recency_days                        10.0    NaN
    net_refund                         False   True
    """
    book = read_orders(orders, as_of=as_of, step="summarize_orders")
    first, last = book.first_and_last_day(book.counts)
    bought = book.count(book.counts) > 0
    total = book.total(book.priced)
    summary = pd.DataFrame(
        {
            "order_count": book.count(book.occasion),
            f"order_count_{months}m": book.count(book.occasion & book.within(book.day, months)),
            "amount_total": total,
            f"amount_{months}m": book.total(book.priced & book.within(book.booked_day, months)),
            "first_order": days_to_dates(first, bought),
            "last_order": days_to_dates(last, bought),
            "recency_days": book.today - np.where(bought, last, np.nan),
            "net_refund": (book.count(book.refund) > 0) & (total <= 0),
        },
        index=book.customers,
    )
    return summary[book.count(book.valid) > 0]


def _repeats_a_row(orders: pd.DataFrame, book: OrderBook) -> BoolArray:
    flags = np.zeros(len(orders), dtype=bool)
    valid = np.flatnonzero(book.valid)
    keys = pd.Series(customer_day_keys(book.customer[valid], book.day[valid]))
    rows = valid[keys.duplicated(keep=False).to_numpy()]  # only these few can repeat one another
    picked = orders.iloc[rows]
    same = pd.DataFrame({"customer": book.customer[rows]})
    if len(rows):
        same["time"] = read_times(picked["order_date"])
        same["amount"] = read_amounts(picked["amount"])
        same["refund"] = book.refund[rows]  # a refund of as much, on the same day, repeats nothing
    if "product" in picked:
        same["product"] = picked["product"].to_numpy()
    flags[rows] = same.duplicated().to_numpy() & _not_another_order(same, picked)
    return flags


def _not_another_order(same: pd.DataFrame, picked: pd.DataFrame) -> BoolArray:
    """Two rows that carry different order numbers are two orders, however alike they look."""
    if "order_id" not in picked:
        return np.ones(len(same), dtype=bool)
    number = picked["order_id"].reset_index(drop=True)
    repeated = same.assign(order=number).duplicated().to_numpy()
    return repeated | number.isna().to_numpy()
