"""What each customer is waiting for: open requirements rolled up to the customer."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from crmsheet.needs import need_reader
from crmsheet.rules import Rules
from crmsheet.steps._plain import step
from crmsheet.steps.columns import WAITING, need, optional, standing, text

_RANK = {"high": 0, "medium": 1, "low": 2}


@step
def add_open_needs(customers: pd.DataFrame, requirements: pd.DataFrame) -> pd.DataFrame:
    """Add ``need_count``, ``open_need_count``, ``top_need`` and ``top_priority``: the most pressing open one (R-110).

    A requirement without a status counts as open. Order: final priority, ICE score, then the order typed.

    >>> needs = pd.DataFrame({"customer": ["A", "A"], "requirement": ["x", "y"], "ice": [3.0, 8.0]})
    >>> add_open_needs(pd.DataFrame(index=["A", "B"]), needs)[["open_need_count", "top_need"]].values.tolist()
    [[2, 'y'], [0, nan]]
    """
    need(requirements, "add_open_needs", "customer", "requirement")
    waiting = requirements[standing(requirements).isin(WAITING)]
    rank = pd.DataFrame(
        {
            "customer": waiting["customer"].to_numpy(),
            "rank": optional(waiting, "final_priority", None).map(_RANK).fillna(3).to_numpy(),
            "ice": -optional(waiting, "ice").fillna(0.0).to_numpy(),
        }
    )
    top = waiting.iloc[rank.sort_values(["rank", "ice"], kind="stable").drop_duplicates("customer").index]
    top = top.set_index("customer")
    index = customers.index
    return customers.assign(
        need_count=requirements["customer"].value_counts().reindex(index, fill_value=0),
        open_need_count=waiting["customer"].value_counts().reindex(index, fill_value=0),
        top_need=top["requirement"].reindex(index),
        top_priority=optional(top, "final_priority", None).reindex(index),
    )


@step
def add_requirement_tags(customers: pd.DataFrame, requirements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``requirement_tags``: what the customer cares for, the most often named first (R-027, R-072).

    Counts the tags of the customer's requirements, and those of the profile's decision factors before all.

    >>> needs = pd.DataFrame({"customer": ["A"] * 3, "requirement_tags": [("price",), ("service",), ("service",)]})
    >>> add_requirement_tags(pd.DataFrame(index=["A", "B"]), needs, Rules.load())["requirement_tags"].tolist()
    [('service', 'price'), ()]
    """
    need(requirements, "add_requirement_tags", "customer", "requirement_tags")
    tags = requirements["requirement_tags"]
    factors = text(optional(customers, "decision_factors", None))
    read = need_reader(rules.lexicons)
    named = factors.map({each: read(each).tags for each in factors.unique()})
    codes = sorted({code for held in (*tags.unique(), *named.unique()) for code in held})
    # By a function: a dictionary of tuples is an index of several levels to pandas 2.
    has = {code: {each: code in each for each in tags.unique()}.__getitem__ for code in codes}
    held = {code: tags.map(has[code]).astype(int) for code in codes}
    counts = pd.DataFrame(held, index=tags.index).groupby(requirements["customer"]).sum()
    counts = counts.reindex(customers.index, fill_value=0)
    rows = zip(named.tolist(), map(tuple, counts.to_numpy().tolist()), strict=True)
    ranked = [_ranked(first, tuple(codes), row) for first, row in rows]
    return customers.assign(requirement_tags=pd.Series(ranked, index=customers.index, dtype=object))


@lru_cache(maxsize=65536)
def _ranked(first: tuple[str, ...], codes: tuple[str, ...], counts: tuple[int, ...]) -> tuple[str, ...]:
    others = sorted((-n, code) for n, code in zip(counts, codes, strict=True) if n and code not in first)
    return (*first, *(code for _, code in others))
