"""How demand and sales move from month to month (R-107, R-103, R-106)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from crmsheet.steps.columns import WAITING, day_column, optional, standing
from crmsheet.tables.facts import Facts, having

_MONTHS = 1_000_000  # above any count of months


def monthly_needs(requirements: pd.DataFrame, as_of: date, *, months: int = 12) -> pd.DataFrame:
    """Needs raised and solved per month, and how many were waiting at its end, index month, ``months`` rows.

    The last month ends with ``as_of``, and ``open`` is there what waits now: a need without a day of raising
    was always there; one put aside, or solved, on an unknown day is in no month.

    >>> needs = pd.DataFrame({"raised_on": pd.to_datetime(["2026-09-30", "2026-10-02"]),
    ...     "solved_on": pd.to_datetime([None, "2026-11-03"])})
    >>> monthly_needs(needs, date(2026, 11, 20), months=3).values.tolist()
    [[1, 0, 1], [1, 0, 2], [0, 1, 1]]
    """
    span = pd.period_range(end=pd.Period(as_of, "M"), periods=months, freq="M", name="month")
    today = pd.Timestamp(as_of)
    raised, solved = (day_column(requirements, name) for name in ("raised_on", "solved_on"))
    since, until = _waiting_days(requirements, raised, today)
    raised, solved = raised.where(raised <= today), solved.where(solved <= today)
    ends = [min(month.end_time.normalize(), today) for month in span]
    opened = [int(((since <= end) & (until > end)).sum()) for end in ends]
    return pd.DataFrame(
        {"raised": _per_month(raised, span), "solved": _per_month(solved, span), "open": opened}, index=span
    )


def _waiting_days(
    requirements: pd.DataFrame, raised: pd.Series, today: pd.Timestamp
) -> tuple[pd.Series, pd.Series]:
    """Since when each requirement waits, and the day it no longer did: after ``today`` for those that do now."""
    status = standing(requirements)
    ended = day_column(requirements, "solved_on").where(
        status != "paused", day_column(requirements, "paused_on")
    )
    never = pd.Timestamp(1900, 1, 1)
    until = ended.where(ended <= today).fillna(never)
    until = until.where(~status.isin(WAITING), today + pd.Timedelta(days=1))
    return raised.where(raised.isna() | (raised <= today), today).fillna(never), until


def of_customers(orders: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """The orders that belong to a customer, as all other sums of money count them; the rest are findings."""
    return orders[orders["customer"].isin(customers.index)] if "customer" in orders else orders


def monthly_sales(orders: pd.DataFrame, as_of: date, *, months: int = 12) -> pd.DataFrame:
    """Sales per month, index month: ``amount`` (net yuan, a refund in the month it is ``booked_on``),
    ``occasions``, ``buyers``, ``new_buyers`` (first order ever), ``repurchase`` (share of the month's buyers with
    two occasions or more), ``rebuy`` (share of them who bought again in the next month; NaN until that month is
    over) (R-106).

    >>> rows = pd.DataFrame({"customer": ["A", "A", "B"], "net_amount": [10.0, 20.0, 5.0], "occasion": True,
    ...     "order_date": pd.to_datetime(["2026-10-02", "2026-11-03", "2026-10-09"])})
    >>> sales = monthly_sales(rows, date(2026, 11, 30), months=2)
    >>> sales[["amount", "buyers", "new_buyers", "rebuy"]].values.tolist()
    [[15.0, 2.0, 2.0, 0.5], [20.0, 1.0, 0.0, nan]]
    """
    span = pd.period_range(end=pd.Period(as_of, "M"), periods=months, freq="M", name="month")
    rows = having(orders, "customer", "order_date", "net_amount", "occasion")
    days = pd.to_datetime(rows["order_date"])
    past = days < pd.Timestamp(as_of) + pd.Timedelta(days=1)  # all of today, whatever the hour
    rows, days = rows[past], days[past]
    booked = pd.to_datetime(optional(rows, "booked_on", None)).fillna(days)
    amount = rows["net_amount"].astype("float64").groupby(booked.dt.to_period("M")).sum()
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


def list_months(facts: Facts, as_of: date) -> pd.DataFrame:
    """``monthly_needs`` and ``monthly_sales`` side by side, and ``contacts``, how many the log has in each month."""
    needs = monthly_needs(facts.requirements, as_of)
    return needs.join(monthly_sales(of_customers(facts.orders, facts.customers), as_of)).assign(
        contacts=_per_month(_contact_days(facts), needs.index).astype("float64")
    )


def _contact_days(facts: Facts) -> pd.Series:
    return pd.to_datetime(having(facts.interactions, "contacted_on")["contacted_on"])


def _per_month(days: pd.Series, span: pd.Index) -> pd.Series:
    count: pd.Series = days.dt.to_period("M").value_counts().reindex(span, fill_value=0)
    return count
