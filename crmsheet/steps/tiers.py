"""Customer tiers from RFM levels, the new-customer rule and what a person decided (R-069, R-101, C-10)."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from crmsheet.labels import wan
from crmsheet.rules import Rules
from crmsheet.steps.columns import need, optional

_LEVELS = np.array(["", "low", "medium", "high"], dtype=object)
_LETTERS = {"high": "H", "medium": "M", "low": "L"}


def assign_tiers(customers: pd.DataFrame, rules: Rules, as_of: date) -> pd.DataFrame:
    """Add ``recency_level``, ``frequency_level``, ``monetary_level``, ``rfm_tier``, ``tier`` and ``tier_reason``.

    Reads ``recency_score``, ``frequency_score``, ``monetary_score`` (1 low … 3 high, NaN without orders),
    ``recency_days``, ``order_count``, ``first_order``, ``intent`` and the optional ``manual_tier``, which wins.
    ``rfm_tier`` is the cell of the 27-cell table; ``is_new`` marks the new-customer rule; ``win_back`` marks
    lost customers who were frequent or valuable.

    >>> t = pd.DataFrame({"recency_score": [3.0], "frequency_score": [3.0], "monetary_score": [3.0],
    ...     "recency_days": [12.0], "frequency": [5.0], "monetary": [182000.0], "order_count": [9.0],
    ...     "first_order": [pd.Timestamp("2024-01-05")]})
    >>> assign_tiers(t, Rules.load(), date(2026, 11, 20))[["tier", "tier_reason"]].values.tolist()
    [['high_value', 'R 12天(高) F 5次(高) M 18.2万(高) → 高价值']]
    """
    need(customers, "assign_tiers", "recency_score", "frequency_score", "monetary_score", "order_count")
    levels = _levels(customers)
    rfm_tier = _table_tier(levels, rules)
    is_new = _is_new(customers, rules, as_of) & (rfm_tier != "high_value") & (rfm_tier != "")
    computed, way = _computed(customers, rfm_tier, is_new)
    manual = optional(customers, "manual_tier", None)
    typed = manual.notna() & (manual != "")
    tier = computed.where(~typed, manual)
    way = way.where(~typed, "manual")
    lapsed = levels["recency_level"] == "low"
    valued = (levels[["frequency_level", "monetary_level"]] == "high").any(axis=1)
    graded = customers.assign(
        **levels,
        rfm_tier=rfm_tier,
        is_new=is_new,
        win_back=lapsed & valued,
        computed_tier=computed,
        tier=tier,
    )
    return graded.assign(tier_reason=_reasons(graded, way, rules))


def _levels(customers: pd.DataFrame) -> pd.DataFrame:
    names = ("recency", "frequency", "monetary")
    scores = {name: customers[f"{name}_score"].fillna(0).astype(int).to_numpy() for name in names}
    columns = {f"{name}_level": _LEVELS[np.minimum(score, 3)] for name, score in scores.items()}
    return pd.DataFrame(columns, index=customers.index, dtype=object)


def _table_tier(levels: pd.DataFrame, rules: Rules) -> pd.Series:
    letters = [levels[column].map(_LETTERS).fillna("") for column in levels]
    cells = letters[0] + letters[1] + letters[2]
    return cells.map(rules.rfm.table).fillna("").astype(object)


def _is_new(customers: pd.DataFrame, rules: Rules, as_of: date) -> pd.Series:
    """First order between the two bounds of the new-customer window, counted in calendar months (C-10)."""
    first = pd.to_datetime(optional(customers, "first_order", None))
    day = pd.Timestamp(as_of)
    oldest = day - pd.DateOffset(months=rules.rfm.new_customer_to_months)
    newest = day - pd.DateOffset(months=rules.rfm.new_customer_from_months)
    return (first >= oldest) & (first <= newest)


def _computed(customers: pd.DataFrame, rfm_tier: pd.Series, is_new: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Tier and the way it came about, before anyone overrides it."""
    count = customers["order_count"]
    intent = optional(customers, "intent", None).map(lambda value: value is True).to_numpy(dtype=bool)
    lapsed = optional(customers, "churn_stage", "").isin(["risk", "lost"]).to_numpy()
    cases = [
        is_new.to_numpy(),
        (rfm_tier != "").to_numpy(),
        (count == 0).to_numpy() & intent,
        (count == 0).to_numpy(),
        lapsed,
        intent & count.isna().to_numpy(),
    ]
    ways = ["new", "rfm", "intent", "no_orders", "lapsed", "intent"]
    tiers: list[Any] = ["potential", rfm_tier.to_numpy(), "potential", "prospect", "churn_risk", "potential"]
    index = customers.index
    return (
        pd.Series(np.select(cases, tiers, default="unrated"), index=index, dtype=object),
        pd.Series(np.select(cases, ways, default="unknown"), index=index, dtype=object),
    )


def _reasons(customers: pd.DataFrame, way: pd.Series, rules: Rules) -> pd.Series:
    facts = _facts(customers, rules)
    reasons = pd.Series("", index=customers.index, dtype=object)
    for kind in way.unique():
        rows = way == kind
        used = facts[rows]
        reasons[rows] = rules.labels.phrases(
            f"reason.tier_{kind}", used.index, **{str(name): used[name] for name in used}
        )
    return reasons


def _facts(customers: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    labels = rules.labels
    label_of = {code: tier.label for code, tier in rules.tiers.items()}
    whole = {
        name: optional(customers, column).map(lambda value: "" if pd.isna(value) else f"{value:.0f}")
        for name, column in (("days", "recency_days"), ("count", "frequency"))
    }
    return pd.DataFrame(
        {
            **whole,
            "amount": optional(customers, "monetary").map(wan),
            "r": customers["recency_level"].map(lambda code: labels.choice("level", code)),
            "f": customers["frequency_level"].map(lambda code: labels.choice("level", code)),
            "m": customers["monetary_level"].map(lambda code: labels.choice("level", code)),
            "tier": customers["tier"].map(label_of),
            "computed": customers["computed_tier"].map(label_of),
        },
        index=customers.index,
    )
