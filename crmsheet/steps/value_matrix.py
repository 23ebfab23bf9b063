"""Value–potential matrix: what a customer brings today against what he may bring (R-070, ANALYTICS §2)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps._reasons import choose, labelled, reasons_by
from crmsheet.steps.columns import need, optional

_ROUNDING = 1e-12  # a mean of equal amounts may come out a last digit above them


def revenue_per_buyer(customers: pd.DataFrame) -> float:
    """ARPU: net yuan of the window ÷ customers who bought in it; NaN when nobody did (R-106).

    >>> revenue_per_buyer(pd.DataFrame({"amount_12m": [90.0, 30, 0], "frequency": [2.0, 1, 0]}))
    60.0
    """
    buyers = int((customers["frequency"] > 0).sum())
    return float(customers["amount_12m"].sum()) / buyers if buyers else np.nan


@step
def place_in_matrix(customers: pd.DataFrame, rules: Rules, *, per_buyer: float | None = None) -> pd.DataFrame:
    """Add ``quadrant`` (star, cow, nurture, watch; blank = cannot be told) and ``quadrant_reason``.

    Reads ``amount_12m`` (yuan, net), ``frequency`` and ``potential_score`` (0–100). Value is cut at the ARPU,
    or at a fixed amount where the rules say so or nobody bought; a value equal to a cut is in the upper half.
    ``per_buyer`` is the ARPU of all customers where ``customers`` are only some of them.

    >>> t = pd.DataFrame({"amount_12m": [90.0, 90, 20, 20], "frequency": [1.0, 1, 1, 1],
    ...     "potential_score": [50.0, 49, 80, 10]})
    >>> place_in_matrix(t, Rules.load())["quadrant"].tolist()
    ['star', 'cow', 'nurture', 'watch']
    """
    need(customers, "place_in_matrix", "amount_12m", "frequency")
    amount, potential = customers["amount_12m"], optional(customers, "potential_score")
    cut, way = _value_cut(revenue_per_buyer(customers) if per_buyer is None else per_buyer, rules)
    rich = amount >= cut * (1 - _ROUNDING)
    hopeful = potential >= rules.value_matrix.potential_at_least
    quadrant = choose(
        customers.index,
        {
            "": amount.isna() | potential.isna(),
            "star": rich & hopeful,
            "cow": rich,
            "nurture": hopeful,
        },
        "watch",
    )
    told = choose(customers.index, {"no_amount": amount.isna(), "no_potential": potential.isna()}, way)
    return customers.assign(
        quadrant=quadrant,
        quadrant_reason=reasons_by(
            told,
            "quadrant",
            rules,
            amount=amount,
            cut=cut,
            potential=potential,
            bar=rules.value_matrix.potential_at_least,
            quadrant=labelled(quadrant, "quadrant", rules),
        ),
    )


def _value_cut(average: float, rules: Rules) -> tuple[float, str]:
    """Where value is cut, and what kind of cut it is."""
    if rules.value_matrix.cut == "amount" or not average > 0:
        return rules.value_matrix.amount_at_least, "amount"
    return average, "arpu"
