"""Where demand and money come from: by industry, region, need and month (R-107, R-103)."""

from __future__ import annotations

from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps.columns import is_true, optional, text
from crmsheet.tables.facts import having
from crmsheet.tables.intervals import wilson

_MONTHS = 1_000_000  # above any count of months
Group = Literal["industry", "province", "region", "owner", "tier", "size_band", "requirement_type"]


def segment_needs(customers: pd.DataFrame, requirements: pd.DataFrame, by: Group) -> pd.DataFrame:
    """What each segment asks for: one row per ``segment`` and ``tag`` with any customer (R-107).

    ``customers``: customers of the segment with a need; ``asking``: those of them with this requirement tag;
    ``share`` = asking ÷ customers with ``low`` and ``high`` (Wilson): “of the manufacturers, 60 % look at
    functions”. A customer counts once per tag; a customer with two tags counts in both, so shares may add up
    to more than 1. Customers without a segment are left out.

    >>> who = pd.DataFrame({"industry": ["制造业", "制造业"]}, index=["A", "B"])
    >>> needs = pd.DataFrame({"customer": ["A", "A", "B"], "requirement_tags": [("price",), ("price",), ()]})
    >>> segment_needs(who, needs, "industry")[["tag", "customers", "asking", "share"]].values.tolist()
    [['price', 2, 1, 0.5]]
    """
    rows = having(requirements, "customer", "requirement_tags")
    segment = rows["customer"].map(text(optional(customers, by, None)))
    known = rows.assign(segment=segment)[segment.notna() & (segment != "")]
    totals = known.groupby("segment")["customer"].nunique()
    tagged = known[["segment", "customer", "requirement_tags"]].explode("requirement_tags").dropna()
    tagged = tagged.rename(columns={"requirement_tags": "tag"}).drop_duplicates()
    counts = tagged.groupby(["segment", "tag"]).size().rename("asking").reset_index()
    counts["customers"] = counts["segment"].map(totals).astype("int64")
    lines = _with_share(counts, "asking", "customers")
    return lines.sort_values(
        ["customers", "segment", "asking"], ascending=[False, True, False], ignore_index=True
    )


def need_status(customers: pd.DataFrame, requirements: pd.DataFrame, by: Group) -> pd.DataFrame:
    """How far needs are met, one row per segment (R-103): ``total`` = ``todo`` + ``doing`` + ``done`` +
    ``paused``.

    A need without a status is waiting. ``share`` = done ÷ (total − paused), with Wilson bounds.

    >>> who = pd.DataFrame({"owner": ["张*"]}, index=["A"])
    >>> needs = pd.DataFrame({"customer": ["A"] * 3, "status": ["done", "paused", None]})
    >>> need_status(who, needs, "owner")[["segment", "total", "done", "paused", "share"]].values.tolist()
    [['张*', 3, 1, 1, 0.5]]
    """
    rows = having(requirements, "customer")
    own = optional(rows, by, None) if by in rows else rows["customer"].map(optional(customers, by, None))
    status = optional(rows, "status", None)
    table = pd.DataFrame({"segment": text(own), "status": status.where(status.notna(), "todo")})
    table = table[table["segment"] != ""]
    counts = (
        pd.crosstab(table["segment"], table["status"])
        if len(table)
        else pd.DataFrame(index=pd.Index([], name="segment"))
    )
    counts = counts.reindex(columns=["todo", "doing", "done", "paused"], fill_value=0)
    counts.columns.name = None
    lines = counts.assign(
        total=counts.sum(axis=1), counted=counts[["todo", "doing", "done"]].sum(axis=1)
    ).reset_index()
    return _with_share(lines, "done", "counted").sort_values(
        ["total", "segment"], ascending=[False, True], ignore_index=True
    )


def segment_markets(customers: pd.DataFrame, rules: Rules, by: Group) -> pd.DataFrame:
    """Value and promise of each segment, one row each (R-107: 识别高潜力市场).

    ``customers``, ``buyers`` (bought in the window), ``amount_12m`` (yuan) and its ``amount_share``,
    ``potential``: customers of tier 潜力 or with a plan to buy; ``share`` = potential ÷ customers with Wilson
    bounds. ``is_market``: even the lower bound lies above the share of all customers, in a segment that is
    not too small to tell.

    >>> who = pd.DataFrame({"industry": ["甲"] * 9 + ["乙"] * 30})
    >>> who["tier"] = ["potential"] * 9 + ["low_value"] * 30
    >>> segment_markets(who, Rules.load(), "industry")[["segment", "share", "is_market"]].values.tolist()
    [['乙', 0.0, False], ['甲', 1.0, True]]
    """
    hopeful = (optional(customers, "tier", "") == "potential") | is_true(customers, "intent")
    rows = pd.DataFrame(
        {
            "segment": text(optional(customers, by, None)),
            "buyers": optional(customers, "frequency") > 0,
            "amount_12m": optional(customers, "amount_12m").astype("float64"),
            "potential": hopeful,
        }
    )
    overall = float(rows["potential"].mean()) if len(rows) else np.nan
    grouped = rows[rows["segment"] != ""].groupby("segment")
    lines = (
        grouped[["buyers", "amount_12m", "potential"]].sum().assign(customers=grouped.size()).reset_index()
    )
    amount = lines["amount_12m"].sum()
    lines = _with_share(lines, "potential", "customers")
    big_enough = lines["customers"] >= rules.trends.few_customers
    lines = lines.assign(
        amount_share=lines["amount_12m"] / amount if amount else np.nan,
        is_market=big_enough & (lines["low"] > overall),
    )
    return lines.sort_values(["customers", "segment"], ascending=[False, True], ignore_index=True)


def monthly_needs(requirements: pd.DataFrame, as_of: date, *, months: int = 12) -> pd.DataFrame:
    """Needs raised and solved per month, and how many stood open at its end, index month, ``months`` rows.

    Needs without a day of raising are not placed; the last month ends with ``as_of``.

    >>> needs = pd.DataFrame({"raised_on": pd.to_datetime(["2026-09-30", "2026-10-02"]),
    ...     "solved_on": pd.to_datetime([None, "2026-11-03"])})
    >>> monthly_needs(needs, date(2026, 11, 20), months=3).values.tolist()
    [[1, 0, 1], [1, 0, 2], [0, 1, 1]]
    """
    span = pd.period_range(end=pd.Period(as_of, "M"), periods=months, freq="M", name="month")
    today = pd.Timestamp(as_of)
    raised, solved = (
        pd.to_datetime(optional(requirements, name, None)) for name in ("raised_on", "solved_on")
    )
    raised = raised.where(raised <= today)
    solved = solved.where(raised.notna() & (solved <= today))
    ends = [min(month.end_time.normalize(), today) for month in span]
    opened = [int((raised <= end).sum() - (solved <= end).sum()) for end in ends]
    return pd.DataFrame(
        {"raised": _per_month(raised, span), "solved": _per_month(solved, span), "open": opened}, index=span
    )


def monthly_sales(orders: pd.DataFrame, as_of: date, *, months: int = 12) -> pd.DataFrame:
    """Sales per month, index month: ``amount`` (net yuan), ``occasions``, ``buyers``, ``new_buyers`` (first
    order ever), ``repurchase`` (share of the month's buyers with two occasions or more), ``rebuy`` (share of
    them who bought again in the next month; NaN until that month is over) (R-106).

    >>> rows = pd.DataFrame({"customer": ["A", "A", "B"], "net_amount": [10.0, 20.0, 5.0], "occasion": True,
    ...     "order_date": pd.to_datetime(["2026-10-02", "2026-11-03", "2026-10-09"])})
    >>> sales = monthly_sales(rows, date(2026, 11, 30), months=2)
    >>> sales[["amount", "buyers", "new_buyers", "rebuy"]].values.tolist()
    [[15.0, 2.0, 2.0, 0.5], [20.0, 1.0, 0.0, nan]]
    """
    span = pd.period_range(end=pd.Period(as_of, "M"), periods=months, freq="M", name="month")
    rows = having(orders, "customer", "order_date", "net_amount", "occasion")
    days = pd.to_datetime(rows["order_date"])
    rows, days = rows[days <= pd.Timestamp(as_of)], days[days <= pd.Timestamp(as_of)]
    amount = rows["net_amount"].astype("float64").groupby(days.dt.to_period("M")).sum()
    sums = _buyers_by_month(rows, days).reindex(span).fillna(0.0)
    some = sums["buyers"].where(sums["buyers"] > 0)
    followed = (span + 1).end_time <= pd.Timestamp(as_of) + pd.Timedelta(days=1)
    return pd.DataFrame(
        {
            "amount": amount.reindex(span).fillna(0.0),
            **{name: sums[name] for name in ("occasions", "buyers", "new_buyers")},
            "repurchase": sums["repeat"] / some,
            "rebuy": (sums["again"] / some).where(followed),
        },
        index=span,
    )


def _buyers_by_month(rows: pd.DataFrame, days: pd.Series) -> pd.DataFrame:
    """Per month: occasions and buyers; of these the first-time, the repeating, those back the next month."""
    bought = rows["occasion"].astype(bool)
    who = pd.factorize(rows["customer"][bought])[0]
    month = (days[bought].dt.year * 12 + days[bought].dt.month - 1).to_numpy(dtype="int64")
    visits, occasions = np.unique(who * _MONTHS + month, return_counts=True)
    customer, when = visits // _MONTHS, visits % _MONTHS
    table = pd.DataFrame(
        {
            "month": when,
            "occasions": occasions,
            "buyers": 1,
            "new_buyers": np.diff(customer, prepend=-1) > 0,  # visits are sorted by customer, then month
            "repeat": occasions >= 2,
            "again": np.isin(visits + 1, visits),
        }
    )
    sums = table.groupby("month").sum().astype("float64")
    months = (sums.index.to_numpy(dtype="int64") - 1970 * 12).astype("datetime64[M]")
    return sums.set_axis(pd.DatetimeIndex(months).to_period("M"))


def _per_month(days: pd.Series, span: pd.PeriodIndex) -> pd.Series:
    count: pd.Series = days.dt.to_period("M").value_counts().reindex(span, fill_value=0)
    return count


def _with_share(lines: pd.DataFrame, hits: str, base: str) -> pd.DataFrame:
    """The lines with ``share`` = hits ÷ base and its bounds; blank where the base is 0."""
    bounds = [wilson(k, n) for k, n in zip(lines[hits], lines[base], strict=True)]
    counted = lines[base].astype("float64")
    return lines.assign(
        share=lines[hits].astype("float64") / counted.where(counted > 0),
        low=[low for low, _ in bounds],
        high=[high for _, high in bounds],
    )


def segment_counts(customers: pd.DataFrame, by: Group, column: str) -> pd.DataFrame:
    """How a customer column spreads over the segments: ``segment``, ``item``, ``n``, ``customers``,
    ``share``.

    With Wilson bounds; blank values and segments are left out (R-073: purchase behaviour by 行业, by 规模).

    >>> who = pd.DataFrame({"industry": ["制造业"] * 4, "lifecycle": ["loyal", "loyal", "first", ""]})
    >>> segment_counts(who, "industry", "lifecycle")[["item", "n", "customers"]].values.tolist()
    [['loyal', 2, 3], ['first', 1, 3]]
    """
    rows = pd.DataFrame(
        {"segment": text(optional(customers, by, None)), "item": text(optional(customers, column, None))}
    )
    rows = rows[(rows["segment"] != "") & (rows["item"] != "")]
    counts = rows.groupby(["segment", "item"], sort=False).size().rename("n").reset_index()
    counts["customers"] = counts.groupby("segment")["n"].transform("sum")
    lines = _with_share(counts, "n", "customers")
    return lines.sort_values(["customers", "segment", "n"], ascending=[False, True, False], ignore_index=True)
