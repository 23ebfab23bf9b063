"""Where customers stand in their life as customers, and how they buy (R-073, R-074)."""

from __future__ import annotations

from datetime import date

import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, labelled, reasons_by
from crmsheet.steps.columns import day_column, need, optional


@step
def stage_lifecycle(customers: pd.DataFrame, rules: Rules, as_of: date) -> pd.DataFrame:
    """Add ``lifecycle`` (prospect, first, repeat, loyal; blank = no order facts) and ``lifecycle_reason``.

    Loyal: enough purchases, for long enough, and still buying; whoever stops falls back to repeat. Reads
    ``order_count`` (lifetime purchase occasions), ``first_order`` and ``recency_days``.

    >>> t = pd.DataFrame({"order_count": [0.0, 1, 2, 5, 5], "recency_days": [float("nan"), 3, 3, 180, 181],
    ...     "first_order": pd.to_datetime([None, "2026-11-17", "2026-01-05", "2025-11-20", "2024-01-05"])})
    >>> stage_lifecycle(t, Rules.load(), date(2026, 11, 20))["lifecycle"].tolist()
    ['prospect', 'first', 'repeat', 'loyal', 'repeat']
    """
    need(customers, "stage_lifecycle", "order_count")
    count, days = customers["order_count"], optional(customers, "recency_days")
    first = day_column(customers, "first_order")
    loyal = (
        (count >= rules.lifecycle.loyal_orders)
        & (first <= pd.Timestamp(as_of) - pd.DateOffset(months=rules.lifecycle.loyal_months))
        & (days <= rules.lifecycle.loyal_within_days)
    )
    stage = choose(
        customers.index,
        {"": count.isna(), "prospect": count <= 0, "first": count == 1, "loyal": loyal},
        "repeat",
    )
    way = stage.where(stage != "", "unknown").mask((stage == "repeat") & first.isna(), "repeat_undated")
    return customers.assign(
        lifecycle=stage,
        lifecycle_reason=reasons_by(
            way,
            "lifecycle",
            rules,
            count=count,
            days=days,
            first=first,
            stage=labelled(stage, "lifecycle", rules),
        ),
    )


@step
def tag_purchase_behavior(customers: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``purchase_behavior`` (frequent, occasional, one_time, none; blank = unknown) and
    ``behavior_reason``.

    One-time means once ever, however long ago; frequent is counted in the window, with RFM's bound (R-099).
    Reads ``order_count`` (lifetime) and ``frequency`` (in the window, NaN without an order list).

    >>> t = pd.DataFrame({"order_count": [9.0, 9, 1, 0], "frequency": [4.0, 3, 1, 0]})
    >>> tag_purchase_behavior(t, Rules.load())["purchase_behavior"].tolist()
    ['frequent', 'occasional', 'one_time', 'none']
    """
    need(customers, "tag_purchase_behavior", "order_count")
    count, recent = customers["order_count"], optional(customers, "frequency")
    behavior = choose(
        customers.index,
        {
            "": count.isna(),
            "none": count <= 0,
            "one_time": count == 1,
            "frequent": recent >= rules.rfm.frequency_high,
            "occasional": recent.notna(),
        },
    )
    way = behavior.mask(behavior == "", "unknown").mask((behavior == "") & count.notna(), "undated")
    return customers.assign(
        purchase_behavior=behavior,
        behavior_reason=reasons_by(
            way,
            "behavior",
            rules,
            count=count,
            recent=recent,
            months=rules.orders.window_months,
            tag=labelled(behavior, "purchase_behavior", rules),
        ),
    )
