"""From columns to what cells show: words of codes, problems as text, dates as dates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from crmsheet.checks.cell import as_text
from crmsheet.excel.functions import NOT_AVAILABLE
from crmsheet.rules import Rules

LONGEST_QUOTE, LONGEST_PROBLEM = 40, 200


def quoted(cell: Any) -> str:
    """A cell as a message quotes it: what was typed, not pages of it.

    >>> quoted(True), quoted(" 5 万 "), quoted("x" * 50)[-3:]
    ('TRUE', '5 万', 'xx…')
    """
    text = as_text(cell).strip()
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"


def words_of(codes: pd.Series, vocabulary: str, rules: Rules) -> pd.Series:
    """The written labels of codes."""
    return codes.map(lambda code: rules.labels.choice(vocabulary, code))


def told(values: pd.Series, problems: Sequence[str] = ()) -> list[Any]:
    """The values as plain cells: the problem where there is one, #N/A where nothing came out.

    >>> told(pd.Series([1.5, None, None]), ["", "", "wrong"])
    [1.5, '#N/A', 'wrong']
    """
    found = [NOT_AVAILABLE if pd.isna(value) else _plain(value) for value in values.tolist()]
    said = [_short(problem) for problem in problems] or [""] * len(found)
    return [problem or value for problem, value in zip(said, found, strict=True)]


def _short(problem: str) -> str:
    """A problem that quotes a whole page of a cell, in a cell's breadth."""
    return problem if len(problem) <= LONGEST_PROBLEM else f"{problem[:LONGEST_PROBLEM]}…"


def _plain(value: Any) -> Any:
    if isinstance(value, float) and math.isinf(value):
        return NOT_AVAILABLE
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
