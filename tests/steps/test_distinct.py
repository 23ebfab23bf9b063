"""What few cells decide is computed once for each combination of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.steps._distinct import combinations, once_each

ROW = st.tuples(
    st.sampled_from(["high", "low", "", None]), st.sampled_from([1.0, 2.5, np.nan]), st.booleans()
)


def _shown(few: pd.DataFrame) -> pd.DataFrame:
    told = few["word"].fillna("-") + few["n"].map(str) + few["yes"].map(str)
    return pd.DataFrame({"told": told.astype(object), "twice": few["n"] * 2})


def _table(rows: list[Any]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["word", "n", "yes"], index=[7] * len(rows))
    return table.astype({"word": object, "n": float, "yes": bool})


@given(rows=st.lists(ROW, max_size=30))
def test_what_is_computed_once_each_is_what_is_computed_row_by_row(rows: list[Any]) -> None:
    table = _table(rows)
    pd.testing.assert_frame_equal(once_each(table, ["word", "n", "yes"], _shown), _shown(table))


def test_each_combination_is_seen_once_and_nothing_else_of_the_table() -> None:
    table = _table([("high", 1.0, True), ("high", 1.0, False), ("high", 1.0, True)]).assign(other=[1, 2, 3])
    seen = []

    def judge(few: pd.DataFrame) -> pd.DataFrame:
        seen.append(few)
        return few[["word"]]

    once_each(table, ["word", "n", "yes", "absent"], judge)
    assert seen[0].to_numpy().tolist() == [["high", 1.0, True], ["high", 1.0, False]]
    assert list(seen[0]) == ["word", "n", "yes"]


def test_a_table_without_any_of_the_columns_is_judged_as_one_row() -> None:
    told = once_each(_table([("high", 1.0, True)] * 3), ["absent"], lambda few: few.assign(rows=len(few)))
    assert told["rows"].tolist() == [1, 1, 1]


def test_columns_of_many_distinct_cells_do_not_run_into_each_other() -> None:
    rows = 70_000  # to the fifth power more than 64 bits hold
    columns = [pd.Series(np.roll(np.arange(rows), shift)) for shift in range(5)]
    which, first = combinations(columns, rows)
    assert (which == np.arange(rows)).all() and (first == np.arange(rows)).all()
