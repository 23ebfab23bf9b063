"""What customers bought, from the orders or, without an order sheet, from what their profiles say."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from crmsheet.model import Note
from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps.columns import day_column, optional
from crmsheet.steps.order_book import OrderBook, Orders, day_number, read_customer_orders
from crmsheet.steps.orders import summarize_orders
from crmsheet.steps.rfm import RfmCuts, apply_cuts, choose_cuts, score_rfm, summarize_rfm

_COLUMN_OF_AXIS = {"recency": "recency_days", "frequency": "frequency", "monetary": "monetary"}
_RFM = ("frequency", "monetary", "recency_score", "frequency_score", "monetary_score")
_BOUGHT = (
    "order_count", "amount_total", "amount_12m", "amount_year", "first_order", "last_order", "recency_days", *_RFM,
    "net_refund", "profit_total",
)  # fmt: skip
_ZERO_WITHOUT_ORDERS = ("order_count", "amount_total", "amount_12m", "amount_year", "frequency", "monetary")


@step
def add_order_facts(
    customers: pd.DataFrame, orders: Orders | None, rules: Rules, as_of: date
) -> pd.DataFrame:
    """Add what was bought and the RFM scores (R-028 … R-030, ANALYTICS §0, §1).

    With orders: ``order_count``, ``amount_total``, ``amount_12m``, ``amount_year`` (of the calendar year where
    the rules go by it; yuan, net; 0 where nothing was bought),
    ``first_order``, ``last_order``, ``recency_days``, ``net_refund``, ``profit_total`` and the columns of
    ``score_rfm``. Without, and for a customer of whom there is no order but a profile that tells of deals: the
    totals the profile gives, NaN where it gives none; no scores, because a lifetime total says nothing about the
    last twelve months. ``orders`` needs the column ``customer``; their
    ``OrderBook`` does as well.

    >>> customers = pd.DataFrame({"deal_count": [0.0, np.nan]}, index=["A", "B"])
    >>> add_order_facts(customers, None, Rules.load(), date(2026, 11, 20))["order_count"].tolist()
    [0.0, nan]
    """
    if orders is None:
        return _from_profiles(customers, as_of)
    book = read_customer_orders(orders, as_of, "add_order_facts")
    facts = _bought(book, rules, as_of).reindex(customers.index)
    nothing = {name: facts[name].astype("float64").fillna(0.0) for name in _ZERO_WITHOUT_ORDERS}
    net_refund = facts["net_refund"].eq(other=True).astype(bool)
    told = facts["order_count"].isna() & _tells_of_deals(customers, as_of)
    facts = facts.assign(**nothing, net_refund=net_refund)
    if told.any():
        stated = _from_profiles(customers[told], as_of)
        for name in _BOUGHT:
            facts.loc[told, name] = stated[name].to_numpy()
    return customers.assign(**facts)


def _tells_of_deals(customers: pd.DataFrame, as_of: date) -> pd.Series:
    """Where the profile says that something was bought; an order list need not reach back to it."""
    count, total = (optional(customers, name).astype("float64") for name in ("deal_count", "deal_amount"))
    return (count > 0) | (total > 0) | (day_column(customers, "last_deal") <= pd.Timestamp(as_of))


def _bought(book: OrderBook, rules: Rules, as_of: date) -> pd.DataFrame:
    """The columns of ``add_order_facts`` for those who have orders."""
    months = rules.orders.window_months
    summary = summarize_orders(book, as_of=as_of, months=months).rename(
        columns={f"amount_{months}m": "amount_12m"}
    )
    year = summary["amount_12m"]
    if rules.value_tag.year == "calendar":  # net from 1 January on, for teams that go by it (C-19)
        this_year = book.priced & (book.booked_day >= day_number(pd.Timestamp(as_of.year, 1, 1)))
        year = pd.Series(book.total(this_year), index=book.customers).reindex(summary.index)
    profit = pd.Series(book.profit_total(), index=book.customers).reindex(summary.index)
    scores = score_rfm(
        book, as_of=as_of, method=rules.rfm.method, window=months, thresholds=rfm_thresholds(rules)
    )
    found = summary.assign(amount_year=year, profit_total=profit).join(scores[list(_RFM)])
    return found[list(_BOUGHT)]


def rfm_thresholds(rules: Rules) -> dict[str, tuple[float, ...]]:
    """Rising cut points per axis, as ``score_rfm`` takes them."""
    rfm = rules.rfm
    return {
        "recency": (rfm.recency_high_days, rfm.recency_medium_days),
        "frequency": (rfm.frequency_medium, rfm.frequency_high),
        "monetary": (rfm.monetary_medium, rfm.monetary_high),
    }


def rfm_notes(orders: Orders | None, rules: Rules, as_of: date) -> tuple[Note, ...]:
    """What the reader should know of quantile scores: where thresholds cut instead, which levels stay empty."""
    cuts = rfm_cuts(cut_buyers(orders, rules, as_of), rules)
    return tuple(_worded(note, rules) for note in cuts.notes) if cuts else ()


def cut_buyers(orders: Orders | None, rules: Rules, as_of: date) -> pd.DataFrame | None:
    """Everybody who bought, whether a sheet tells of him or not (``summarize_rfm``), where their quantiles are to cut;
    else None.
    """
    if orders is None or rules.rfm.method != "quantile":
        return None
    book = read_customer_orders(orders, as_of, "cut_buyers")
    return summarize_rfm(book, as_of=as_of, window=rules.orders.window_months)


def rfm_cuts(buyers: pd.DataFrame | None, rules: Rules) -> RfmCuts | None:
    """The quantiles of ``cut_buyers``; None without any."""
    if buyers is None or buyers.empty:
        return None
    return choose_cuts(buyers, method="quantile", thresholds=rfm_thresholds(rules))


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


def _from_profiles(customers: pd.DataFrame, as_of: date) -> pd.DataFrame:
    count, total = optional(customers, "deal_count"), optional(customers, "deal_amount")
    last = day_column(customers, "last_deal")
    last = last.where(last <= pd.Timestamp(as_of))  # a slip of the pen, not a deal
    count = count.where(count.notna(), np.where(last.notna(), 1.0, np.nan)).astype("float64")
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
