"""Customers to win back, by the money at risk (R-068, R-095, R-111)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, labelled, reasons_by
from crmsheet.steps.columns import looked_up, need, optional, ranked

_AT_RISK = ("warning", "risk", "lost")
_MONTHS_PER_YEAR = 12
_DAYS_PER_YEAR = 365.25
# No model is certain that a customer is gone, so none is printed as 100 %.
NEVER_SURE = 0.999


@step
def rank_win_back(customers: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``loss_probability`` (0–1), ``money_at_risk`` (yuan a year), ``win_back_rank`` and
    ``win_back_reason``.

    Only customers on the churn ladder (``churn_stage`` warning, risk, lost) have values. The money is what a
    customer brings in a year, ``amount_12m`` or, when that is nothing, his lifetime average, times the
    chance that he is gone: 1 − ``probability_alive`` where it is known, else the share the rules give his
    stage. A net refund risks nothing. Rank 1 risks most; equal money goes by the longer silence.

    >>> t = pd.DataFrame({"churn_stage": ["risk", "active"], "amount_12m": [100000.0, 900000.0],
    ...     "recency_days": [200.0, 3.0], "probability_alive": [0.25, 0.9]})
    >>> rank_win_back(t, Rules.load())[["money_at_risk", "win_back_rank"]].values.tolist()
    [[75000.0, 1.0], [nan, nan]]
    """
    need(customers, "rank_win_back", "churn_stage", "amount_12m", "recency_days")
    listed = customers["churn_stage"].isin(_AT_RISK)
    yearly, recent = _yearly_amount(customers, rules.orders.window_months)
    alive = optional(customers, "probability_alive")
    shares = {"warning": rules.win_back.loss_if_warning, "risk": rules.win_back.loss_if_risk}
    shares["lost"] = rules.win_back.loss_if_lost
    simple = looked_up(customers["churn_stage"], shares, np.nan).astype("float64")
    loss = (1 - alive).where(alive.notna(), simple).astype("float64").where(listed)
    risk = (yearly * loss).where(listed)
    return customers.assign(
        loss_probability=loss,
        money_at_risk=risk,
        win_back_rank=rank_risk(risk, customers["recency_days"]),
        win_back_reason=reasons_by(
            _way(listed, risk, alive, recent),
            "win_back",
            rules,
            days=customers["recency_days"],
            stage=labelled(customers["churn_stage"], "status_tag", rules),
            yearly=customers["amount_12m"].astype("float64").where(recent, yearly),
            loss=loss.clip(upper=NEVER_SURE),
            risk=risk,
        ),
    )


def _yearly_amount(customers: pd.DataFrame, window: int) -> tuple[pd.Series, pd.Series]:
    """Yuan a year, never negative, and whether it comes from the amount of the last ``window`` months."""
    recent = customers["amount_12m"].astype("float64")
    total = optional(customers, "amount_total")
    first, last = (pd.to_datetime(optional(customers, name, None)) for name in ("first_order", "last_order"))
    years = ((last - first).dt.days / _DAYS_PER_YEAR).clip(lower=1).fillna(1)
    is_recent = recent > 0
    return (recent * _MONTHS_PER_YEAR / window).where(is_recent, total / years).clip(lower=0), is_recent


def rank_risk(risk: pd.Series, days: pd.Series) -> pd.Series:
    """Rank 1 risks most; equal money goes by the longer silence."""
    return ranked(pd.DataFrame({"risk": -risk, "days": -days.fillna(0)}, index=risk.index), risk.notna())


def _way(listed: pd.Series, risk: pd.Series, alive: pd.Series, recent: pd.Series) -> pd.Series:
    told = alive.notna()
    return choose(
        risk.index,
        {
            "": ~listed,
            "no_amount": risk.isna(),
            "recent_model": recent & told,
            "recent_stage": recent,
            "past_model": told,
        },
        "past_stage",
    )
