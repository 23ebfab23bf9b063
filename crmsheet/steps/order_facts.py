"""What customers bought, from the orders or, without an order sheet, from what their profiles say."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from crmsheet.model import Note
from crmsheet.rules import Rules
from crmsheet.steps.columns import optional
from crmsheet.steps.orders import prepare_orders, summarize_orders
from crmsheet.steps.rfm import RfmCuts, apply_cuts, choose_cuts, score_rfm, summarize_rfm

_COLUMN_OF_AXIS = {"recency": "recency_days", "frequency": "frequency", "monetary": "monetary"}
_RFM = ("frequency", "monetary", "recency_score", "frequency_score", "monetary_score")


def add_order_facts(
    customers: pd.DataFrame, orders: pd.DataFrame | None, rules: Rules, as_of: date
) -> pd.DataFrame:
    """Add what was bought and the RFM scores (R-028 … R-030, ANALYTICS §0, §1).

    With orders: ``order_count``, ``amount_total``, ``amount_12m``, ``amount_year`` (of the calendar year where
    the rules go by it; yuan, net; 0 where nothing was bought),
    ``first_order``, ``last_order``, ``recency_days``, ``net_refund``, ``profit_total`` and the columns of
    ``score_rfm``. Without: the totals the profiles give, NaN where they give none; no scores, because a
    lifetime total says nothing about the last twelve months. ``orders`` needs the column ``customer``.

    >>> customers = pd.DataFrame({"deal_count": [0.0, np.nan]}, index=["A", "B"])
    >>> add_order_facts(customers, None, Rules.load(), date(2026, 11, 20))["order_count"].tolist()
    [0.0, nan]
    """
    if orders is None:
        return _from_profiles(customers, as_of)
    rows = orders.assign(customer_id=orders["customer"].where(orders["customer"] != ""))
    summary = summarize_orders(rows, as_of=as_of, months=rules.orders.window_months)
    summary = summary.rename(columns={f"amount_{rules.orders.window_months}m": "amount_12m"})
    summary["amount_year"] = _amount_this_year(rows, summary, rules, as_of)
    scores = _scores(rows, rules, as_of)
    facts = summary.join(scores[list(_RFM)]).reindex(customers.index)
    for column in ("order_count", "amount_total", "amount_12m", "amount_year", "frequency", "monetary"):
        facts[column] = facts[column].astype("float64").fillna(0.0)
    profit = _net_profit(rows, as_of).groupby(rows["customer"]).sum(min_count=1)
    kept = [
        "order_count", "amount_total", "amount_12m", "amount_year", "first_order", "last_order", "recency_days", *_RFM,
    ]  # fmt: skip
    return customers.assign(
        **{column: facts[column] for column in kept},
        net_refund=facts["net_refund"].map(lambda value: value is True).astype(bool),
        profit_total=profit.reindex(customers.index),
    )


def _amount_this_year(rows: pd.DataFrame, summary: pd.DataFrame, rules: Rules, as_of: date) -> pd.Series:
    """Net amount from 1 January on, counted only for teams that go by the calendar year (C-19)."""
    if rules.value_tag.year != "calendar":
        return summary["amount_12m"]
    recent = rows[pd.to_datetime(rows["order_date"]) >= pd.Timestamp(as_of.year, 1, 1)]
    this_year = summarize_orders(recent, as_of=as_of)
    return this_year["amount_total"].reindex(summary.index).fillna(0.0)


def rfm_thresholds(rules: Rules) -> dict[str, tuple[float, ...]]:
    """Rising cut points per axis, as ``score_rfm`` takes them."""
    rfm = rules.rfm
    return {
        "recency": (rfm.recency_high_days, rfm.recency_medium_days),
        "frequency": (rfm.frequency_medium, rfm.frequency_high),
        "monetary": (rfm.monetary_medium, rfm.monetary_high),
    }


def rfm_notes(orders: pd.DataFrame | None, rules: Rules, as_of: date) -> tuple[Note, ...]:
    """What the reader should know of quantile scores: where thresholds cut instead, which levels stay empty."""
    if orders is None or rules.rfm.method != "quantile":
        return ()
    rows = orders.assign(customer_id=orders["customer"].where(orders["customer"] != ""))
    summary = summarize_rfm(rows, as_of=as_of, window=rules.orders.window_months)
    if not len(summary):
        return ()
    cuts = choose_cuts(summary, method="quantile", thresholds=rfm_thresholds(rules))
    return tuple(_worded(note, rules) for note in cuts.notes)


def rescore_rfm(customers: pd.DataFrame, cuts: RfmCuts) -> pd.DataFrame:
    """The RFM scores of ``add_order_facts`` by other cuts, such as the quantiles of more customers than these."""
    buyers = customers["recency_score"].notna()
    scored = apply_cuts(customers[buyers], cuts)
    names = [f"{axis}_score" for axis in cuts.axes]
    return customers.assign(
        **{name: scored[name].reindex(customers.index).astype("float64") for name in names}
    )


def _worded(note: Note, rules: Rules) -> Note:
    """The note with the name of its axis and its levels as people read them."""
    labels, facts = rules.labels, dict(note.facts)
    if "axis" in facts:
        facts["axis"] = labels.field(_COLUMN_OF_AXIS[facts["axis"]])
    if "used" in facts:
        facts["used"] = labels.join(str(level) for level in facts["used"])
    return Note(note.code, facts)


def _net_profit(rows: pd.DataFrame, as_of: date) -> pd.Series:
    """Profit of each row as its amount counts: taken off for a refund, none of a row that is left out."""
    profit = optional(rows, "profit").astype("float64")
    if not profit.notna().any():
        return profit
    known = (
        rows if {"counts", "order_state", "net_amount"} <= set(rows) else prepare_orders(rows, as_of=as_of)
    )
    counts, refund = known["counts"].astype(bool), known["order_state"] == "refund"
    paid_back = -profit.abs().where(known["net_amount"] < 0, 0.0)
    return profit.where(counts, paid_back.where(refund & profit.notna()))


def _scores(rows: pd.DataFrame, rules: Rules, as_of: date) -> pd.DataFrame:
    return score_rfm(
        rows,
        as_of=as_of,
        method=rules.rfm.method,
        window=rules.orders.window_months,
        thresholds=rfm_thresholds(rules),
    )


def _from_profiles(customers: pd.DataFrame, as_of: date) -> pd.DataFrame:
    count, total = optional(customers, "deal_count"), optional(customers, "deal_amount")
    last = pd.to_datetime(optional(customers, "last_deal", None))
    count = count.where(count.notna(), last.map(lambda day: 1.0 if pd.notna(day) else np.nan)).astype(
        "float64"
    )
    none = count == 0
    blank = pd.Series(np.nan, index=customers.index)
    return customers.assign(
        order_count=count,
        amount_total=total.where(~(none & total.isna()), 0.0).astype("float64"),
        amount_12m=blank.where(~none, 0.0),
        amount_year=blank.where(~none, 0.0),
        first_order=pd.Series(pd.NaT, index=customers.index, dtype="datetime64[us]"),
        last_order=last,
        recency_days=(pd.Timestamp(as_of) - last).dt.days.astype("float64"),
        **{column: blank for column in _RFM},
        net_refund=False,
        profit_total=blank,
    )
