"""The need pool: what is asked for, by how many, with which score (R-113, ANALYTICS §4)."""

from __future__ import annotations

import pandas as pd

from crmsheet.steps.columns import WAITING, optional, standing
from crmsheet.tables.facts import having

_NEEDED = ("need_key", "customer", "requirement", "demand", "waiting_customers", "waiting_high_value")


def rank_needs(requirements: pd.DataFrame) -> pd.DataFrame:
    """One row per need that somebody waits for, by demand, then ICE, then age: what most customers miss
    comes first.

    ``need`` (its most frequent wording), ``demand``, ``waiting_customers``, ``waiting_high_value``, ``rows``
    (open requirements), ``ice`` (highest), ``raised_on`` (first), ``broken`` (promises missed), ``in_plan``
    (any), ``examples`` (ids). Reads what ``score_demand`` and the other steps of requirements added.
    """
    rows = having(requirements, *_NEEDED)
    waiting = rows[standing(rows).isin(WAITING) & (rows["need_key"] != "")]
    facts = pd.DataFrame(
        {
            "need_key": waiting["need_key"],
            "need": waiting["requirement"],
            **{name: waiting[name] for name in _NEEDED[3:]},
            "ice": optional(waiting, "ice").astype("float64"),
            "raised_on": pd.to_datetime(optional(waiting, "raised_on", None)),
            "broken": optional(waiting, "promise", "").isin(["broken", "overdue"]),
            "in_plan": optional(waiting, "in_plan", None).isin([True]),
            "id": optional(waiting, "requirement_id", ""),
        }
    )
    grouped = facts.groupby("need_key", sort=False)
    needs = grouped.agg(
        demand=("demand", "first"),
        waiting_customers=("waiting_customers", "first"),
        waiting_high_value=("waiting_high_value", "first"),
        rows=("need", "size"),
        ice=("ice", "max"),
        raised_on=("raised_on", "min"),
        broken=("broken", "sum"),
        in_plan=("in_plan", "any"),
        examples=("id", tuple),
    )
    needs.insert(0, "need", _usual_wording(facts).reindex(needs.index))
    order = ["demand", "ice", "raised_on", "need_key"]
    return needs.reset_index().sort_values(order, ascending=[False, False, True, True], ignore_index=True)


def _usual_wording(facts: pd.DataFrame) -> pd.Series:
    """The wording of each need that is typed most often; of equals the first typed."""
    counts = facts.groupby(["need_key", "need"], sort=False).size().rename("n").reset_index()
    best = counts.sort_values("n", ascending=False, kind="stable").drop_duplicates("need_key")
    return best.set_index("need_key")["need"]
