"""Whom to contact first: who is worth most and can wait least (R-093, R-110)."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps.columns import looked_up, optional

CALL_PLACES: Final = ["call_turn", "call_points", "due", "value_rank"]
_LEAVING = "churn_risk"


def contact_points(customers: pd.DataFrame, rules: Rules) -> pd.Series:
    """Value times urgency: the tier's weight, times that of the most urgent open need, times the delay.

    A need of high priority counts ``followup.high_need_weight``, one of medium ``medium_need_weight``, any other
    once. ``doubles_after_workdays`` overdue count twice, twice as many three times; no more than
    ``stale_after_workdays`` count, so that no length of waiting outweighs what a customer is worth. Reads ``tier``,
    ``top_priority`` and ``overdue_days``.

    >>> t = pd.DataFrame({"tier": ["high_value", "low_value"], "top_priority": ["high", ""], "overdue_days": [0, 10]})
    >>> contact_points(t, Rules.load()).tolist()
    [9.0, 2.0]
    """
    followup = rules.followup
    weights = {code: tier.weight for code, tier in rules.tiers.items()}
    needs = {"high": followup.high_need_weight, "medium": followup.medium_need_weight}
    late = (
        optional(customers, "overdue_days")
        .astype("float64")
        .fillna(0.0)
        .clip(upper=followup.stale_after_workdays)
    )
    worth = looked_up(customers["tier"], weights, 1.0).astype("float64")
    pressing = looked_up(optional(customers, "top_priority", ""), needs, 1.0).astype("float64")
    return worth * pressing * (1 + late / followup.doubles_after_workdays)


def call_order(customers: pd.DataFrame, rules: Rules, as_of: date) -> npt.NDArray[np.intp]:
    """Positions of the customers with a due date, those to contact first in front: by :func:`call_places`."""
    return order_of(call_places(customers, rules, as_of))


def order_of(places: pd.DataFrame) -> npt.NDArray[np.intp]:
    """``call_order`` of customers whose places are known."""
    places = places.reset_index(drop=True)
    ordered = places[places["due"].notna()].sort_values(CALL_PLACES, kind="stable")
    return np.asarray(ordered.index)


def call_places(customers: pd.DataFrame, rules: Rules, as_of: date) -> pd.DataFrame:
    """What the order of calls goes by, least first: the columns ``CALL_PLACES``.

    Due by ``as_of``: most points first, equal ones by due date. Behind them customers at risk of churn who have
    waited longer than ``followup.stale_after_workdays``, a matter of winning back and not of today's calls: they
    are on the churn list, and whoever is not must not drop out of sight. Then who is not due yet, by date; last
    who has no due date. Ties go by ``value_rank``.
    """
    due = customers["due"]
    is_due = due <= pd.Timestamp(as_of)
    late = optional(customers, "overdue_days").astype("float64")
    is_stale = is_due & (customers["tier"] == _LEAVING) & (late > rules.followup.stale_after_workdays)
    return pd.DataFrame(
        {
            "call_turn": np.select([due.isna(), is_stale, is_due], [3, 1, 0], default=2),
            "call_points": (-contact_points(customers, rules)).where(is_due, 0.0),
            "due": due,
            "value_rank": optional(customers, "value_rank").astype("float64"),
        },
        index=customers.index,
    )
