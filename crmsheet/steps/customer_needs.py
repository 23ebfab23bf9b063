"""What each customer is waiting for: open requirements rolled up to the customer."""

from __future__ import annotations

import pandas as pd

from crmsheet.steps.columns import need, optional

_OPEN = ("todo", "doing")
_RANK = {"high": 0, "medium": 1, "low": 2}


def add_open_needs(customers: pd.DataFrame, requirements: pd.DataFrame) -> pd.DataFrame:
    """Add ``need_count``, ``open_need_count``, ``top_need`` and ``top_priority``: the most pressing open one.

    A requirement without a status counts as open. Order: final priority, ICE score, then the order typed.
    """
    need(requirements, "add_open_needs", "customer", "requirement")
    status = optional(requirements, "status", None)
    waiting = requirements[status.isna() | status.isin(_OPEN)]
    rank = pd.DataFrame(
        {
            "customer": waiting["customer"],
            "rank": optional(waiting, "final_priority", None).map(_RANK).fillna(3),
            "ice": -optional(waiting, "ice").fillna(0.0),
        },
        index=waiting.index,
    )
    top = waiting.loc[rank.sort_values(["rank", "ice"], kind="stable").drop_duplicates("customer").index]
    top = top.set_index("customer")
    index = customers.index
    return customers.assign(
        need_count=requirements["customer"].value_counts().reindex(index, fill_value=0),
        open_need_count=waiting["customer"].value_counts().reindex(index, fill_value=0),
        top_need=top["requirement"].reindex(index),
        top_priority=optional(top, "final_priority", None).reindex(index),
    )


def add_requirement_tags(customers: pd.DataFrame, requirements: pd.DataFrame) -> pd.DataFrame:
    """Add ``requirement_tags``: the customer's tags in order of how many requirements carry them (R-072)."""
    need(requirements, "add_requirement_tags", "customer", "requirement_tags")
    tagged = requirements[["customer", "requirement_tags"]].explode("requirement_tags").dropna()
    counts = tagged.value_counts(sort=False).rename("n").reset_index()
    counts = counts.sort_values(["n", "requirement_tags"], ascending=[False, True], kind="stable")
    tags = counts.groupby("customer", sort=False)["requirement_tags"].agg(tuple)
    found = tags.reindex(customers.index)
    return customers.assign(requirement_tags=found.map(lambda value: value if isinstance(value, tuple) else ()))
