"""Refunds: which purchase each belongs to (ANALYTICS §0, C-19).

A refund is a negative amount, or a row marked as one. A marked row with a positive amount can mean two things:
money paid back for an earlier row, or this very order, given back. It is an earlier row's where there is one
to pay back: of the same order number, or, without a number, enough purchases of that customer up to that day.
Otherwise it is the order itself: it nets to nothing, so no customer ends below zero for a mark on his only row.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd

from crmsheet.steps._order_cells import BoolArray, FloatArray, IntArray

CUSTOMER_BITS = 24  # keys of customer and day: the day is in the lower bits


def booked_days(
    table: pd.DataFrame, customer: IntArray, day: IntArray, counts: BoolArray, refund: BoolArray
) -> IntArray:
    """The day each amount belongs to: a refund that names its order is booked on the day of that order."""
    if "order_id" not in table.columns or not refund.any():
        return day
    ids = _order_ids(table)
    sold = _sales_of(ids, customer, day, counts, refund)
    backs = pd.DataFrame({"customer": customer, "order": ids.to_numpy(), "row": range(len(ids))})[refund]
    found = backs[backs["order"].notna()].merge(sold, on=["customer", "order"])
    booked = day.copy()
    booked[found["row"].to_numpy()] = found["sold"].to_numpy()
    return booked


def refunded_orders(
    table: pd.DataFrame, keys: IntArray, amount: FloatArray, counts: BoolArray, marked: BoolArray
) -> BoolArray:
    """Which ``marked`` rows of positive amount are the refunded order itself, with nothing else to pay back."""
    undone = np.zeros(len(keys), dtype=bool)
    if not marked.any():
        return undone
    customer = keys >> CUSTOMER_BITS
    ids = _order_ids(table)
    named = marked & ids.notna().to_numpy()
    if named.any():
        pairs = pd.MultiIndex.from_arrays([customer, ids.fillna("")])
        sold = _sales_of(ids, customer, keys, counts, marked)
        undone = named & ~pairs.isin(pd.MultiIndex.from_frame(sold[["customer", "order"]]))
    rows = np.flatnonzero(marked & ~named)
    rows = rows[np.argsort(keys[rows], kind="stable")]
    bought = _bought_up_to(keys[rows], keys[counts], amount[counts])
    repaid: defaultdict[int, float] = defaultdict(float)
    for row, sum_bought in zip(rows.tolist(), bought.tolist(), strict=True):
        left = sum_bought - repaid[int(customer[row])]
        undone[row] = left < amount[row] * (1 - 1e-12)
        repaid[int(customer[row])] += 0.0 if undone[row] else float(amount[row])
    return undone


def _order_ids(table: pd.DataFrame) -> pd.Series:
    """Order numbers by position, missing where blank."""
    if "order_id" not in table.columns:
        return pd.Series(None, index=range(len(table)), dtype=object)
    ids = table["order_id"].reset_index(drop=True).astype(object)
    return ids.where(ids.notna() & (ids.astype(str).str.strip() != ""), None)


def _sales_of(
    ids: pd.Series, customer: IntArray, day: IntArray, counts: BoolArray, refund: BoolArray
) -> pd.DataFrame:
    """``customer``, ``order`` and first day ``sold`` of the purchases whose number a refund names."""
    sold = counts & ids.notna().to_numpy() & ids.isin(ids[refund].dropna()).to_numpy(dtype=bool)
    sales = pd.DataFrame({"customer": customer[sold], "order": ids[sold].to_numpy(), "sold": day[sold]})
    return sales.sort_values("sold").drop_duplicates(["customer", "order"])


def _bought_up_to(keys: IntArray, bought: IntArray, amounts: FloatArray) -> FloatArray:
    """What each key's customer had bought up to its day, that day included."""
    order = np.argsort(bought, kind="stable")
    sums = np.concatenate([[0.0], np.nancumsum(amounts[order])])
    days = bought[order]
    before = np.searchsorted(days, (keys >> CUSTOMER_BITS) << CUSTOMER_BITS, side="left")
    return np.asarray(sums[np.searchsorted(days, keys, side="right")] - sums[before], dtype=np.float64)
