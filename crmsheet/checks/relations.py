"""Checks between tables: references that lead nowhere, totals that do not agree (R-056)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from crmsheet.checks.belonging import check_names
from crmsheet.checks.cell import plain_amount
from crmsheet.checks.issues import Findings, severity
from crmsheet.labels import Labels

_REFERRING = ("interactions", "orders", "feedback", "contracts", "tasks")


def check_relations(findings: Mapping[str, Findings], frames: Mapping[str, pd.DataFrame]) -> None:
    """Report rows that name unknown customers, and records older than the log."""
    known = _known_ids(frames)
    for code in _REFERRING:
        if code in frames and "customer_id" in frames[code]:
            ids = frames[code]["customer_id"]
            unknown = ids.notna() & (ids != "") & ~ids.isin(known)
            findings[code].add(frames[code].index[unknown], "customer_id", "id_unknown")
    check_names(findings, frames)
    _check_log(findings, frames)
    _check_totals(findings, frames)
    _check_deals(findings, frames)


def _known_ids(frames: Mapping[str, pd.DataFrame]) -> set[str]:
    tables = (frames[code] for code in ("records", "profiles") if code in frames)
    return {value for frame in tables if "customer_id" in frame for value in frame["customer_id"].dropna()}


def _check_log(findings: Mapping[str, Findings], frames: Mapping[str, pd.DataFrame]) -> None:
    """R-007: the last contact of a record is not older than the interaction log says."""
    if not {"records", "interactions"} <= set(frames):
        return
    records, log = frames["records"], frames["interactions"]
    if not ({"customer_id", "last_contact"} <= set(records) and {"customer_id", "contacted_on"} <= set(log)):
        return
    logged = log.groupby("customer_id")["contacted_on"].max()
    newest = records.groupby("customer_id")["last_contact"].transform("max")
    behind = records["last_contact"].notna() & (records["last_contact"] == newest)
    latest = pd.Series(logged.reindex(records["customer_id"]).to_numpy(), index=records.index)
    behind &= latest > newest
    days = latest[behind].dt.strftime("%Y-%m-%d")
    for row, day in zip(records.index[behind], days, strict=True):
        findings["records"].add([row], "last_contact", "contact_older_than_log", suggestion=day)


def _check_totals(findings: Mapping[str, Findings], frames: Mapping[str, pd.DataFrame]) -> None:
    """R-028, R-029: what the profile says was bought equals the orders.

    A team may state it with refunds taken off, with refunded orders left out, or gross; any of them is right.
    """
    if not {"profiles", "orders"} <= set(frames):
        return
    profiles, orders = frames["profiles"], frames["orders"]
    if not ({"customer_id", "deal_amount"} <= set(profiles) and {"customer_id", "amount"} <= set(orders)):
        return
    refund = (orders["amount"] < 0) | orders.get("is_refund", pd.Series(index=orders.index)).isin([True])
    signed = orders["amount"].where(~refund, -orders["amount"].abs())
    readings = pd.DataFrame(
        {"net": signed, "kept": orders["amount"].where(~refund, 0.0), "gross": orders["amount"]}
    )
    sums = (
        readings.groupby(orders["customer_id"])
        .sum()
        .reindex(profiles["customer_id"])
        .set_axis(profiles.index)
    )
    bought = sums["net"]
    far = sums.sub(profiles["deal_amount"], axis=0).abs() > 0.005 * sums.abs().clip(lower=1)
    differs = far.all(axis=1) & bought.notna() & profiles["deal_amount"].notna()
    doubtful = _doubtful_rows(findings, profiles, orders)
    for row in profiles.index[differs.fillna(value=False)]:
        _propose(findings, row, ("deal_amount", "totals_differ", plain_amount(float(bought[row]))), doubtful)


def _doubtful_rows(
    findings: Mapping[str, Findings], profiles: pd.DataFrame, orders: pd.DataFrame
) -> frozenset[int]:
    """Profiles of customers with an order that is itself in doubt: what such rows add up to is no proposal."""
    rows = {found.row for found in findings["orders"].found if severity(found.code) != "hint"}
    customers = set(orders["customer_id"].loc[orders.index.isin(rows)])
    return frozenset(profiles.index[profiles["customer_id"].isin(customers)])


def _propose(
    findings: Mapping[str, Findings], row: int, finding: tuple[str, str, str], doubtful: frozenset[int]
) -> None:
    """Say what the orders come to, and propose it where nothing speaks against them."""
    column, code, value = finding
    said = Labels.load().phrase("orders_in_doubt", total=value) if row in doubtful else value
    proposal = "" if row in doubtful else value
    findings["profiles"].add([row], column, code, suggestion=proposal, detail=said)


def _check_deals(findings: Mapping[str, Findings], frames: Mapping[str, pd.DataFrame]) -> None:
    """R-028, R-030: number and latest day of deals equal the orders, with refunded ones or without."""
    if not {"profiles", "orders"} <= set(frames):
        return
    profiles, orders = frames["profiles"], frames["orders"]
    if "customer_id" not in profiles or not {"customer_id", "amount", "order_date"} <= set(orders):
        return
    sold = orders[orders["amount"] > 0]
    # A list of marks, empty for an empty sheet, would choose columns instead of rows.
    kept = (
        sold[sold["is_refund"].map(lambda mark: mark is not True).astype(bool)]
        if "is_refund" in sold
        else sold
    )
    doubtful = _doubtful_rows(findings, profiles, orders)
    for column, code in (("deal_count", "count_differs"), ("last_deal", "last_deal_differs")):
        if column in profiles:
            known = [_deal_fact(one, column).reindex(profiles["customer_id"]) for one in (kept, sold)]
            known = [one.set_axis(profiles.index) for one in known]
            typed = profiles[column]
            differs = typed.notna() & known[0].notna() & (typed != known[0]) & (typed != known[1])
            for row in profiles.index[differs]:
                value = known[0].at[row]
                proposal = f"{value:%Y-%m-%d}" if column == "last_deal" else f"{value:g}"
                _propose(findings, row, (column, code, proposal), doubtful)


def _deal_fact(orders: pd.DataFrame, column: str) -> pd.Series:
    by_customer = orders.groupby("customer_id")
    return by_customer.size() if column == "deal_count" else by_customer["order_date"].max()
