"""Value tag: high, medium or low by the amount of the trailing twelve months (R-066, C-18, C-19)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmsheet.labels import wan
from crmsheet.rules import Rules
from crmsheet.steps.columns import need


def tag_value(customers: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``value_tag`` (high, medium, low; none = never ordered; blank = unknown) and ``value_tag_reason``.

    Reads ``amount_12m`` (yuan, net, NaN = no order facts) and ``order_count`` (lifetime purchase occasions).
    Intervals are half-open: exactly 100,000 is high, exactly 50,000 medium.

    >>> t = pd.DataFrame({"amount_12m": [100000.0, 50000, 49999, 0], "order_count": [3.0, 1, 1, 0]})
    >>> tag_value(t, Rules.load())["value_tag"].tolist()
    ['high', 'medium', 'low', 'none']
    """
    need(customers, "tag_value", "amount_12m", "order_count")
    amount, count = customers["amount_12m"], customers["order_count"]
    levels = rules.value_tag
    tag = np.select(
        [
            (count == 0).to_numpy(),
            amount.isna().to_numpy(),
            (amount >= levels.high_at_least).to_numpy(),
            (amount >= levels.medium_at_least).to_numpy(),
        ],
        ["none", "", "high", "medium"],
        default="low",
    )
    tags = pd.Series(tag, index=customers.index, dtype=object)
    return customers.assign(value_tag=tags, value_tag_reason=_reasons(tags, amount, rules))


def _reasons(tags: pd.Series, amount: pd.Series, rules: Rules) -> pd.Series:
    labels = rules.labels
    reasons = pd.Series("", index=tags.index, dtype=object)
    reasons[tags == "none"] = labels.phrase("reason.no_orders")
    reasons[tags == ""] = labels.phrase("reason.no_order_facts")
    rated = tags.isin(["high", "medium", "low"])
    reasons[rated] = labels.phrases(
        "reason.value_tag",
        tags.index[rated],
        amount=amount[rated].map(wan),
        months=pd.Series(rules.orders.window_months, index=tags.index[rated]),
        tag=tags[rated].map(lambda code: labels.choice("value_tag", code)),
    )
    return reasons
