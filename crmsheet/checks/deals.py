"""Checks of what customers bought: slips of the unit, refunds of nothing, what orders deny or lack (R-056)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from crmsheet.checks.belonging import has_id, name_keys
from crmsheet.checks.issues import Findings
from crmsheet.rules import Rules
from crmsheet.stacked import places_of

UNIT = 10_000.0  # yuan typed where the column counts in tens of thousands, or the other way round
FAR_BELOW = 500.0  # an amount so many times smaller than a customer usually orders may be in the other unit
NEAR = 10.0  # what it would then have to be near to, as a multiple
FEWEST_ORDERS = 3  # fewer say nothing about what is usual
_NEEDED = ("customer_id", "order_date", "amount")


def check_deals(
    findings: Mapping[str, Findings], frames: Mapping[str, pd.DataFrame], rules: Rules, as_of: date | None
) -> None:
    """Amounts in another unit, refunds larger than any order before, deals without orders, 合作状态 they deny."""
    orders = frames.get("orders")
    if orders is None or not set(_NEEDED) <= set(orders) or orders.empty:
        return
    if "profiles" in frames:
        _check_unlisted(findings["profiles"], frames["profiles"], orders, as_of)
    known = orders[list(_NEEDED)].dropna()
    _check_units(findings["orders"], known)
    _check_refunds(findings["orders"], orders, known)
    if as_of is not None and "profiles" in frames:
        _check_cooperation(findings["profiles"], frames["profiles"], known, (rules, as_of))


def _check_units(findings: Findings, known: pd.DataFrame) -> None:
    """8.5 where a customer's orders are of 80,000: ten thousands were meant."""
    sold = known[known["amount"] > 0]
    by_customer = sold.groupby("customer_id")["amount"]
    usual = by_customer.transform("median")
    meant = sold["amount"] * UNIT
    is_small = (sold["amount"] * FAR_BELOW < usual) & meant.between(usual / NEAR, usual * NEAR)
    for row in sold.index[is_small & (by_customer.transform("size") >= FEWEST_ORDERS)]:
        findings.add(
            [row], "amount", "amount_unit", suggestion=f"{meant.at[row]:.10g}", detail=f"{usual.at[row]:,.0f}"
        )


def _check_refunds(findings: Findings, orders: pd.DataFrame, known: pd.DataFrame) -> None:
    """A refund gives back what was paid before: no more than the largest order up to its day."""
    back = known["amount"] < 0
    if "is_refund" in orders:
        back |= orders.loc[known.index, "is_refund"].isin([True])
    if not back.any():
        return
    ordered = known.assign(sold=known["amount"].where(~back, 0.0)).sort_values("order_date", kind="stable")
    largest = ordered.groupby("customer_id")["sold"].cummax().reindex(known.index)
    same_day = ordered.groupby(["customer_id", "order_date"])["sold"].transform("max").reindex(known.index)
    paid = largest.where(largest >= same_day, same_day)
    for row in known.index[back & (known["amount"].abs() > paid * 1.005)]:
        findings.add([row], "amount", "refund_too_large", detail=f"{paid.at[row]:,.0f}")


def _check_unlisted(
    findings: Findings, profiles: pd.DataFrame, orders: pd.DataFrame, as_of: date | None
) -> None:
    """Deals that a profile tells of while its workbook's orders have none of that customer (R-028 … R-030)."""
    told = pd.DataFrame(index=profiles.index)
    for column in ("deal_count", "deal_amount"):
        if column in profiles:
            told[column] = profiles[column] > 0
    if "last_deal" in profiles:
        known = profiles["last_deal"].notna()
        told["last_deal"] = known if as_of is None else profiles["last_deal"] <= pd.Timestamp(as_of)
    if "customer_id" not in profiles or told.empty:
        return
    ids = profiles["customer_id"]
    asked = told.any(axis=1) & has_id(profiles) & ~ids.duplicated()
    asked &= np.isin(places_of(profiles.index), places_of(orders.index))
    for row in profiles.index[asked & ~_is_listed(profiles, orders)]:
        findings.add([row], str(told.columns[told.loc[row]][0]), "deals_without_orders")


def _is_listed(profiles: pd.DataFrame, orders: pd.DataFrame) -> pd.Series:
    """Which customers an order names, by id or, in a row without one, by name."""
    listed = profiles["customer_id"].isin(orders["customer_id"])
    if not {"customer_name"} <= set(profiles) & set(orders):
        return listed
    names = name_keys(orders[~has_id(orders)])
    return listed | name_keys(profiles).isin(names[names != ""]) if len(names) else listed


def _check_cooperation(
    findings: Findings, profiles: pd.DataFrame, known: pd.DataFrame, seen: tuple[Rules, date]
) -> None:
    """合作中 without an order well beyond what puts a customer at risk, 流失 with an order of late (C-03)."""
    if not {"customer_id", "cooperation"} <= set(profiles):
        return
    rules, as_of = seen
    last = known.loc[known["amount"] > 0].groupby("customer_id")["order_date"].max()
    latest = pd.Series(last.reindex(profiles["customer_id"]).to_numpy(), index=profiles.index)
    days = (pd.Timestamp(as_of) - latest).dt.days
    too_long = rules.churn.risk_after_days + rules.churn.warning_after_days  # nine months
    silent = (profiles["cooperation"] == "active") & (days > too_long)
    buying = (profiles["cooperation"] == "lost") & days.between(0, rules.churn.warning_after_days)
    for row in profiles.index[silent | buying]:
        findings.add([row], "cooperation", "cooperation_differs", detail=f"{latest.at[row]:%Y-%m-%d}")
