"""Computing once what many rows share: a column that few cells decide is made for each distinct combination of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def once_each(
    table: pd.DataFrame, columns: Iterable[str], judge: Callable[[pd.DataFrame], pd.DataFrame]
) -> pd.DataFrame:
    """What ``judge`` makes of each row, from no other cells than those in ``columns``; it sees each combination of
    them once, in the order in which they first appear. ``columns`` that ``table`` lacks are not there either.

    >>> said = pd.DataFrame({"level": ["high", "low", "high"], "row": [1, 2, 3]}, index=[7, 8, 9])
    >>> once_each(said, ["level"], lambda few: pd.DataFrame({"seen": few["level"] + str(len(few))}))["seen"].to_dict()
    {7: 'high2', 8: 'low2', 9: 'high2'}
    """
    read = table[[name for name in columns if name in table]]
    which, first = combinations((read[name] for name in read), len(read))
    return judge(read.iloc[first].reset_index(drop=True)).take(which).set_axis(table.index)


def combinations(
    columns: Iterable[pd.Series | NDArray[np.int64]], rows: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """For each row the place of its combination of cells, and the first row of each combination; all that is missing
    is alike.

    >>> combinations([pd.Series(["a", "a", None]), pd.Series([1.0, 2.0, 1.0])], 3)
    (array([0, 1, 2]), array([0, 1, 2]))
    """
    which = np.zeros(rows, dtype=np.intp)
    for cells in columns:
        codes, distinct = pd.factorize(cells)
        # Counted anew each time: the product of all numbers of distinct cells could be too large a number.
        which = pd.factorize(which * (len(distinct) + 1) + codes + 1)[0]
    first = np.zeros(which.max(initial=-1) + 1, dtype=np.intp)
    first[which[::-1]] = np.arange(rows - 1, -1, -1)
    return which, first
