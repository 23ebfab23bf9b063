"""From columns to what cells show: words of codes, problems as text, dates as dates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from crmsheet.excel.functions import NOT_AVAILABLE
from crmsheet.rules import Rules


def words_of(codes: pd.Series, vocabulary: str, rules: Rules) -> pd.Series:
    """The written labels of codes."""
    return codes.map(lambda code: rules.labels.choice(vocabulary, code))


def told(values: pd.Series, problems: Sequence[str] = ()) -> list[Any]:
    """The values as plain cells: the problem where there is one, #N/A where nothing came out.

    >>> told(pd.Series([1.5, None, None]), ["", "", "wrong"])
    [1.5, '#N/A', 'wrong']
    """
    found = [NOT_AVAILABLE if pd.isna(value) else _plain(value) for value in values.tolist()]
    return [problem or value for problem, value in zip(problems or [""] * len(found), found, strict=True)]


def _plain(value: Any) -> Any:
    if isinstance(value, float) and math.isinf(value):
        return NOT_AVAILABLE
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
