"""Checks of orders: rows typed twice, orders older than the customer's company (R-042, ANALYTICS §0)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from crmsheet.checks.issues import Findings
from crmsheet.stacked import rows_of

_SAME = ["customer_id", "order_date", "amount"]


def check_orders(
    findings: Mapping[str, Findings], frames: Mapping[str, pd.DataFrame], as_of: date | None
) -> None:
    """Point at orders that repeat an earlier row and at those before the company was founded; none is dropped."""
    orders = frames.get("orders")
    if orders is None or not set(_SAME) <= set(orders):
        return
    _check_repeated(findings["orders"], orders)
    founded = frames.get("profiles")
    if founded is not None and {"customer_id", "founded"} <= set(founded):
        days = founded["founded"]
        known = days if as_of is None else days.where(days <= pd.Timestamp(as_of))
        since = known.groupby(founded["customer_id"]).min()
        of_order = since.reindex(orders["customer_id"]).set_axis(
            orders.index
        )  # map fails where there are no orders
        _check_founded(findings["orders"], orders, of_order)


def _check_repeated(findings: Findings, orders: pd.DataFrame) -> None:
    known = orders[orders[_SAME].notna().all(axis=1)]
    same = [*_SAME, *(name for name in ("product", "is_refund") if name in orders)]
    repeated = known.duplicated(same)
    if "order_id" in orders:  # different numbers are different orders, however alike
        numbers = known["order_id"]
        repeated &= known.duplicated([*same, "order_id"]) | numbers.isna() | (numbers == "")
    rows = known.index[repeated]
    first = pd.Series(known.index, index=known.index).groupby([known[name] for name in same], dropna=False)
    earlier = first.transform("min")[rows]
    firsts = dict(zip(rows, rows_of(earlier), strict=True))
    for row in rows:
        findings.add([row], "amount", "order_repeated", detail=f"{firsts[row]}")


def _check_founded(findings: Findings, orders: pd.DataFrame, founded: pd.Series) -> None:
    early = (orders["order_date"] < founded) & orders["order_date"].notna()
    for row in orders.index[early.to_numpy()]:
        findings.add([row], "order_date", "order_before_founded", detail=f"{founded.at[row]:%Y-%m-%d}")
