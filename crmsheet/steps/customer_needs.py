"""What each customer is waiting for: open requirements rolled up to the customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import take

from crmsheet.needs import need_reader
from crmsheet.rules import Rules
from crmsheet.steps._distinct import combinations
from crmsheet.steps._plain import step
from crmsheet.steps._tally import count_by
from crmsheet.steps.columns import WAITING, looked_up, need, optional, standing, text

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
    asking = _Asking.of(customers, requirements)
    waiting = np.flatnonzero(asking.known & standing(requirements).isin(WAITING).to_numpy())
    rank = looked_up(optional(requirements, "final_priority", None), _RANK, 3).to_numpy(dtype="int64")
    ice = optional(requirements, "ice").fillna(0.0).to_numpy(dtype="float64")
    pressing = waiting[np.lexsort((-ice[waiting], rank[waiting]))]
    top = asking.first(pressing)
    return customers.assign(
        need_count=asking.count(np.flatnonzero(asking.known)),
        open_need_count=asking.count(waiting),
        top_need=_taken(requirements["requirement"], top, customers.index),
        top_priority=_taken(optional(requirements, "final_priority", None), top, customers.index),
    )


def _taken(column: pd.Series, rows: NDArray[np.intp], index: pd.Index) -> pd.Series:
    """The cells in ``rows``, missing where that is -1."""
    return pd.Series(take(column.to_numpy(dtype=object), rows, allow_fill=True), index=index, dtype=object)


@step
def add_requirement_tags(customers: pd.DataFrame, requirements: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Add ``requirement_tags``: what the customer cares for, the most often named first (R-027, R-072).

    Counts the tags of the customer's requirements, and those of the profile's decision factors before all.

    >>> needs = pd.DataFrame({"customer": ["A"] * 3, "requirement_tags": [("price",), ("service",), ("service",)]})
    >>> add_requirement_tags(pd.DataFrame(index=["A", "B"]), needs, Rules.load())["requirement_tags"].tolist()
    [('service', 'price'), ()]
    """
    need(requirements, "add_requirement_tags", "customer", "requirement_tags")
    asking = _Asking.of(customers, requirements)
    which, kinds = pd.factorize(requirements["requirement_tags"].to_numpy(dtype=object))
    factors = text(optional(customers, "decision_factors", None))
    read = need_reader(rules.lexicons)
    named = {each: read(each).tags for each in factors.unique()}
    codes = tuple(sorted({code for held in (*kinds, *named.values()) for code in held}))
    counts = []
    for code in codes:
        held = np.array([*(code in kind for kind in kinds), False])[which]
        counts.append(asking.count(np.flatnonzero(held & asking.known)))
    combination, first = combinations([factors, *counts], len(customers))
    ranked = np.empty(len(first), dtype=object)
    for place, row in enumerate(first):
        often = tuple(int(count[row]) for count in counts)
        ranked[place] = _ranked(named[factors.iloc[row]], codes, often)
    return customers.assign(
        requirement_tags=pd.Series(ranked[combination], index=customers.index, dtype=object)
    )


def _ranked(first: tuple[str, ...], codes: tuple[str, ...], counts: tuple[int, ...]) -> tuple[str, ...]:
    others = sorted((-n, code) for n, code in zip(counts, codes, strict=True) if n and code not in first)
    return (*first, *(code for _, code in others))


@dataclass(frozen=True)
class _Asking:
    """Who has which requirements: of each requirement the place of its customer among those that have some (where
    ``known``), and of each row of the customers that place, the last one for who has none.
    """

    customer: NDArray[np.intp]
    place: NDArray[np.intp]
    size: int

    @classmethod
    def of(cls, customers: pd.DataFrame, requirements: pd.DataFrame) -> _Asking:
        customer, asking = pd.factorize(requirements["customer"])
        place = pd.Index(asking).get_indexer(customers.index)
        return cls(customer, np.where(place < 0, len(asking), place), len(asking) + 1)

    @property
    def known(self) -> NDArray[np.bool_]:
        return self.customer >= 0

    def count(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """How many of these requirements each of the customers has."""
        return count_by(self.customer[rows], self.size)[self.place]

    def first(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """The first of these requirements of each of the customers; -1 where there is none."""
        found = np.full(self.size, -1, dtype=np.intp)
        found[self.customer[rows[::-1]]] = rows[::-1]
        return found[self.place]
