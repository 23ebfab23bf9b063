"""Customer tiers from RFM levels, the new-customer rule and what a person decided (R-069, R-101, C-10)."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import add_reasons, choose, labelled, reasons_by, tier_labels
from crmsheet.steps.columns import day_column, is_true, looked_up, need, optional

_AXES = ("recency", "frequency", "monetary")
_LEVELS = np.array(["", "low", "medium", "high"], dtype=object)
_LETTERS = {"high": "H", "medium": "M", "low": "L"}


@step
def assign_tiers(customers: pd.DataFrame, rules: Rules, as_of: date) -> pd.DataFrame:
    """Add ``recency_level``, ``frequency_level``, ``monetary_level``, ``rfm_tier``, ``tier`` and ``tier_reason``.

    Reads ``recency_score``, ``frequency_score``, ``monetary_score`` (1 low … 3 high, NaN without orders),
    ``recency_days``, ``order_count``, ``first_order``, ``intent`` and the optional ``manual_tier``, which wins.
    ``rfm_tier`` is the cell of the 27-cell table; ``is_new`` marks the new-customer rule; ``win_back`` marks
    lost customers who were frequent or valuable. The reason says where refunds ate up all purchases (``net_refund``).

    >>> t = pd.DataFrame({"recency_score": [3.0], "frequency_score": [3.0], "monetary_score": [3.0],
    ...     "recency_days": [12.0], "frequency": [5.0], "monetary": [182000.0], "order_count": [9.0],
    ...     "first_order": [pd.Timestamp("2024-01-05")]})
    >>> assign_tiers(t, Rules.load(), date(2026, 11, 20))[["tier", "tier_reason"]].values.tolist()
    [['high_value', 'R 12天(高) F 5次(高) M 18.2万(高) → 高价值']]
    """
    need(customers, "assign_tiers", "recency_score", "frequency_score", "monetary_score", "order_count")
    grades = _grades(customers)
    levels = {f"{name}_level": pd.Series(_LEVELS[grade], customers.index) for name, grade in grades.items()}
    rfm_tier = pd.Series(_table(rules)[tuple(grades.values())], customers.index)
    is_new = _is_new(customers, rules, as_of) & (rfm_tier != "high_value") & (rfm_tier != "")
    computed, way = _computed(customers, rfm_tier, is_new)
    manual = optional(customers, "manual_tier", None)
    typed = manual.notna() & (manual != "")
    tier = computed.where(~typed, manual)
    way = way.where(~typed, "manual")
    lapsed = levels["recency_level"] == "low"
    valued = (levels["frequency_level"] == "high") | (levels["monetary_level"] == "high")
    graded = customers.assign(
        **levels,
        rfm_tier=rfm_tier,
        is_new=is_new,
        win_back=lapsed & valued,
        computed_tier=computed,
        tier=tier,
    )
    return graded.assign(tier_reason=_reasons(graded, way, rules))


def _grades(customers: pd.DataFrame) -> dict[str, NDArray[np.intp]]:
    """The places of ``_LEVELS`` on each axis."""
    scores = {name: customers[f"{name}_score"].fillna(0).to_numpy(dtype=np.intp) for name in _AXES}
    return {name: np.minimum(score, len(_LEVELS) - 1) for name, score in scores.items()}


def _table(rules: Rules) -> NDArray[Any]:
    """The tier of each cell, by the places of its three levels; blank where a level is."""
    letters = [_LETTERS.get(level, "") for level in _LEVELS]
    cells = np.empty((len(letters),) * len(_AXES), dtype=object)
    for place in np.ndindex(cells.shape):
        cells[place] = rules.rfm.table.get("".join(letters[level] for level in place), "")
    return cells


def _is_new(customers: pd.DataFrame, rules: Rules, as_of: date) -> pd.Series:
    """First order between the two bounds of the new-customer window, counted in calendar months (C-10)."""
    first = day_column(customers, "first_order")
    day = pd.Timestamp(as_of)
    oldest = day - pd.DateOffset(months=rules.rfm.new_customer_to_months)
    newest = day - pd.DateOffset(months=rules.rfm.new_customer_from_months)
    return (first >= oldest) & (first <= newest)


def _computed(customers: pd.DataFrame, rfm_tier: pd.Series, is_new: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Tier and the way it came about, before anyone overrides it."""
    count = customers["order_count"]
    intent = is_true(customers, "intent")
    lapsed = optional(customers, "churn_stage", "").isin(["risk", "lost"])
    way = choose(
        customers.index,
        {
            "new": is_new,
            "rfm": rfm_tier != "",
            "intent": intent & ((count == 0) | (count.isna() & ~lapsed)),
            "no_orders": count == 0,
            "lapsed": lapsed,
        },
        "unknown",
    )
    return rfm_tier.where(way == "rfm", looked_up(way, _TIER_OF_WAY)), way


_TIER_OF_WAY = {
    "new": "potential",
    "intent": "potential",
    "no_orders": "prospect",
    "lapsed": "churn_risk",
    "unknown": "unrated",
}


def _reasons(customers: pd.DataFrame, way: pd.Series, rules: Rules) -> pd.Series:
    levels = {name[0]: labelled(customers[f"{name}_level"], "level", rules) for name in _AXES}
    told = reasons_by(
        way,
        "tier",
        rules,
        days=optional(customers, "recency_days"),
        count=optional(customers, "frequency"),
        amount=optional(customers, "monetary"),
        **levels,
        tier=tier_labels(customers["tier"], rules),
        computed=tier_labels(customers["computed_tier"], rules),
    )
    refunded = is_true(customers, "net_refund") & way.isin(["rfm", "new"])
    return add_reasons(told, {"net_refund": refunded}, "value_tag", rules)
