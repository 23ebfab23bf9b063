"""Behaviour against purchase: do customers who give a signal buy more? (R-084)"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps.columns import optional
from crmsheet.tables.facts import Facts, Span, having, within
from crmsheet.tables.intervals import wilson


def signal_purchases(facts: Facts, rules: Rules, as_of: date) -> pd.DataFrame:
    """One row per behaviour signal, index its code: do those who give it buy lately more often than the rest?

    ``with_signal`` and ``without`` (customers), ``bought_with`` and ``bought_without`` (those of them with
    an order in the last ``trends.bought_within_days``), ``share_with`` with Wilson bounds,
    ``share_without``, ``phi`` (−1 … 1, NaN when all are alike), ``few``. A connection, not a cause.
    """
    customers = having(facts.customers, "signals")
    span = Span.of_days(as_of, rules.trends.bought_within_days)
    recent = within(facts.orders, "order_date", span, "customer", "occasion")
    bought = pd.Series(
        customers.index.isin(recent["customer"][recent["occasion"].astype(bool)]), index=customers.index
    )
    lines = {
        code: _compare(_gives(customers["signals"], code), bought, rules.rates.few_answers)
        for code in rules.signals
    }
    return pd.DataFrame.from_dict(lines, orient="index").rename_axis("signal")


def contact_correlation(facts: Facts, rules: Rules, as_of: date) -> pd.DataFrame:
    """Spearman's rank correlation of contacts with purchases over the customers, index the contact's method.

    ``customers``, ``contacts`` (of the method, in the order window), ``rho`` with the net amount of the
    window (−1 … 1; NaN when one side does not vary), ``few``. The row ``all`` is every real contact.
    """
    span = Span.of_months(as_of, rules.orders.window_months)
    rows = within(facts.interactions, "contacted_on", span, "customer", "contact_method")
    rows = rows[~rows["contact_method"].isin(rules.followup.not_contacts)]
    amount = optional(facts.customers, "amount_12m").astype("float64").dropna()
    methods = sorted(rows["contact_method"].dropna().unique())
    groups = {"all": rows, **{code: rows[rows["contact_method"] == code] for code in methods}}
    lines = {}
    for name, part in groups.items():
        count = part["customer"].value_counts().reindex(amount.index, fill_value=0)
        lines[name] = {
            "customers": len(amount),
            "contacts": int(count.sum()),
            "rho": spearman(count, amount),
            "few": len(amount) < rules.rates.few_answers,
        }
    return pd.DataFrame.from_dict(lines, orient="index").rename_axis("method")


def spearman(first: pd.Series, second: pd.Series) -> float:
    """Rank correlation, ties at their mean rank; NaN below three pairs or without variation.

    >>> spearman(pd.Series([1, 2, 3, 4]), pd.Series([1, 3, 2, 4]))
    0.8
    """
    a, b = (side.rank().to_numpy(dtype="float64") for side in (first, second))
    if len(a) < 3 or not a.std() or not b.std():
        return float("nan")
    return round(float(np.corrcoef(a, b)[0, 1]), 12)


def _gives(signals: pd.Series, code: str) -> pd.Series:
    return pd.Series([code in codes for codes in signals], index=signals.index, dtype=bool)


def _compare(given: pd.Series, bought: pd.Series, few_below: int) -> dict[str, float | int | bool]:
    n, without = int(given.sum()), int((~given).sum())
    hits, others = int((given & bought).sum()), int((~given & bought).sum())
    low, high = wilson(hits, n)
    return {
        "with_signal": n,
        "without": without,
        "bought_with": hits,
        "bought_without": others,
        "share_with": hits / n if n else np.nan,
        "low": low,
        "high": high,
        "share_without": others / without if without else np.nan,
        "phi": _phi(given, bought),
        "few": min(n, without) < few_below,
    }


def _phi(given: pd.Series, bought: pd.Series) -> float:
    a, b = given.to_numpy(dtype="float64"), bought.to_numpy(dtype="float64")
    if len(a) < 2 or not a.std() or not b.std():
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])
