"""Suggested, manual and final priority of requirements (R-012, R-080, R-081, C-11)."""

from __future__ import annotations

import pandas as pd

from crmsheet.expressions import Rows
from crmsheet.row_rules import PRIORITY
from crmsheet.rules import Rules
from crmsheet.steps._distinct import once_each
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, labelled, reasons_by, tier_stems
from crmsheet.steps.columns import is_true, need, optional

_READ = ("ice", "urgency", "affects_renewal", "tier", "manual_priority", "priority")


@step
def suggest_priority(requirements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``suggested_priority``, ``final_priority`` (high, medium, low), ``priority_reason`` and ``overridden``.

    High: it decides a renewal or a deal; or it is urgent and the customer's ``tier`` is one of the urgent
    tiers; or ``ice`` reaches the upper bound. Low: ``ice`` is below the lower bound and it is not urgent. Else
    medium. Where ICE is a product, its bounds are their third powers. ``manual_priority``, then the ``priority``
    typed in the record, win; the reason says so.

    >>> t = pd.DataFrame({"ice": [7.0, 3.9, 3.9, float("nan")], "urgency": [None, None, "high", None],
    ...                   "tier": "potential"})
    >>> suggest_priority(t, Rules.load())["suggested_priority"].tolist()
    ['high', 'low', 'medium', 'medium']
    """
    need(requirements, "suggest_priority", "ice")
    return requirements.assign(**once_each(requirements, _READ, lambda said: _suggested(said, rules)))


def _suggested(requirements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    way = _way(requirements, rules)
    suggested = way.map(_LEVEL_OF_WAY).astype(object)
    typed = _first_typed(requirements)
    overridden = typed.notna() & (typed != suggested)
    return pd.DataFrame(
        {
            "suggested_priority": suggested,
            "final_priority": typed.where(typed.notna(), suggested),
            "overridden": overridden,
            "priority_reason": _reasons(requirements, way, typed, rules),
        }
    )


_LEVEL_OF_WAY = {
    "renewal": "high",
    "urgent": "high",
    "ice_high": "high",
    "ice_low": "low",
    "ice_middle": "medium",
    "unscored": "medium",
}


def _way(requirements: pd.DataFrame, rules: Rules) -> pd.Series:
    """Which rule decided, first match wins."""
    columns = {
        "ice": requirements["ice"].to_numpy(dtype="float64"),
        "urgency": optional(requirements, "urgency", None).to_numpy(dtype=object),
        "affects_renewal": is_true(requirements, "affects_renewal").to_numpy(),
        "tier": optional(requirements, "tier", "").to_numpy(dtype=object),
    }
    return pd.Series(PRIORITY.names(Rows(columns, rules)), index=requirements.index, dtype=object)


def _first_typed(requirements: pd.DataFrame) -> pd.Series:
    manual = optional(requirements, "manual_priority", None)
    recorded = optional(requirements, "priority", None)
    typed = manual.where(manual.notna(), recorded)
    return typed.where(typed.notna(), None).astype(object)


def _reasons(requirements: pd.DataFrame, way: pd.Series, typed: pd.Series, rules: Rules) -> pd.Series:
    tier = tier_stems(optional(requirements, "tier", ""), rules)
    why = reasons_by(way, "priority", rules, ice=requirements["ice"], tier=tier)
    told = reasons_by(
        choose(way.index, {"": typed.isna(), "agreed": typed == way.map(_LEVEL_OF_WAY)}, "typed"),
        "priority",
        rules,
        level=labelled(typed, "level", rules),
        suggested=labelled(way.map(_LEVEL_OF_WAY), "level", rules),
        why=why,
    )
    return why.where(typed.isna(), told)
