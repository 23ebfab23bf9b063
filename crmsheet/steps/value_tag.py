"""Value tag: high, medium or low by the amount of the trailing twelve months (R-066, C-18, C-19)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import add_reasons, choose, labelled, reasons_by
from crmsheet.steps.columns import is_true, need, optional

DAYS_PER_MONTH = 30.4375


@step
def tag_value(customers: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``value_tag`` (high, medium, low; none = never ordered; blank = unknown) and ``value_tag_reason``.

    Reads ``amount_12m`` (yuan, net, NaN = no order facts) and ``order_count`` (lifetime purchase occasions).
    Intervals are half-open: exactly 100,000 is high, exactly 50,000 medium. By the rules the amount is that of
    the calendar year (``amount_year``), or that of a customer younger than the window is scaled up to it, at
    least one month counted (``first_order``, ``last_order``, ``recency_days``). The reason says where refunds ate
    up all purchases (``net_refund``).

    >>> t = pd.DataFrame({"amount_12m": [100000.0, 50000, 49999, 0], "order_count": [3.0, 1, 1, 0]})
    >>> tag_value(t, Rules.load())["value_tag"].tolist()
    ['high', 'medium', 'low', 'none']
    """
    need(customers, "tag_value", "amount_12m", "order_count")
    amount, count = _amount(customers, rules), customers["order_count"]
    levels = rules.value_tag
    tags = choose(
        customers.index,
        {
            "none": count == 0,
            "": amount.isna(),
            "high": amount >= levels.high_at_least,
            "medium": amount >= levels.medium_at_least,
        },
        "low",
    )
    return customers.assign(value_tag=tags, value_tag_reason=_reasons(customers, tags, amount, rules))


def _amount(customers: pd.DataFrame, rules: Rules) -> pd.Series:
    """The year's amount as the rules count it."""
    if rules.value_tag.year == "calendar":
        return optional(customers, "amount_year")
    amount = customers["amount_12m"]
    if not rules.value_tag.annualise:
        return amount
    return amount * (rules.orders.window_months / _observed(customers, rules)).fillna(1.0)


def _observed(customers: pd.DataFrame, rules: Rules) -> pd.Series:
    """Whole months since the first order, begun ones counted; NaN for a customer as old as the window."""
    first, last = (pd.to_datetime(optional(customers, name, None)) for name in ("first_order", "last_order"))
    days = (last - first).dt.days + optional(customers, "recency_days")
    months: pd.Series = np.ceil(days.clip(lower=1) / DAYS_PER_MONTH)
    return months.where(months < rules.orders.window_months)


def _reasons(customers: pd.DataFrame, tags: pd.Series, amount: pd.Series, rules: Rules) -> pd.Series:
    settings, scaled = rules.value_tag, pd.Series(data=False, index=tags.index)
    observed: pd.Series | float = np.nan
    if settings.annualise and settings.year != "calendar":
        observed = _observed(customers, rules)
        scaled = observed.notna()
    counted = "year" if settings.year == "calendar" else "window"
    told = reasons_by(
        choose(tags.index, {"none": tags == "none", "unknown": tags == "", "annualised": scaled}, counted),
        "value_tag",
        rules,
        amount=amount,
        earned=customers["amount_12m"],
        observed=observed,
        months=rules.orders.window_months,
        tag=labelled(tags, "value_tag", rules),
    )
    refunded = is_true(customers, "net_refund") & ~tags.isin(["none", ""])
    return add_reasons(told, {"net_refund": refunded}, "value_tag", rules)
