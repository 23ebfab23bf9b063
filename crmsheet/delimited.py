"""Cells of text files that spreadsheets open: no customer's text becomes a formula there (CWE-1236)."""

from __future__ import annotations

import re

import pandas as pd

# What a spreadsheet would calculate, in half or full width; a telephone number or a negative number is no formula.
_FORMULA = re.compile(r"[\t\r\n]|\s*[=@＝＠]|\s*[+\-＋－](?![\d\s().-]*$)")  # noqa: RUF001 - full width is meant


def guarded(value: object) -> object:
    """A cell as it stands in CSV: what a spreadsheet would take for a formula is led by an apostrophe.

    >>> guarded('=HYPERLINK("x")'), guarded("-2+3+cmd|' /C calc'!A0"), guarded("@SUM(1)")
    ('\\'=HYPERLINK("x")', "'-2+3+cmd|' /C calc'!A0", "'@SUM(1)")
    >>> guarded("+86 138-0013"), guarded("-"), guarded("-5"), guarded(-5)
    ('+86 138-0013', '-', '-5', -5)
    """
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def guarded_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with every text :func:`guarded`."""
    texts = frame.select_dtypes(include=["object", "string"])
    return frame.assign(**{str(column): texts[column].map(guarded) for column in texts})
