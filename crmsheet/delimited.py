"""Cells of text files that spreadsheets open: no customer's text becomes a formula there (CWE-1236)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# What may stand before a formula without hindering it: blanks and signs of no width.
_BEFORE = "[\\s\\x00-\\x1f\u200b-\u200f\u2060\ufeff]*"
# A formula begins with one of these, in half or full width; the last is a minus sign.
_FORMULA = re.compile(rf"[\t\r\n]|{_BEFORE}[=@+\-\uff1d\uff20\uff0b\uff0d\u2212]")
# Numbers, a lone dash, telephone numbers: +86-10-1 is calculated, with a blank between digits it is not.
_HARMLESS = re.compile(r"[+-]?[\d .,]*%?|\+\d+ [\d -]+", re.ASCII)


def guarded(value: Any) -> Any:
    """A cell as it stands in CSV: what a spreadsheet would take for a formula is led by an apostrophe.

    >>> guarded('=HYPERLINK("x")'), guarded("-2+3+cmd|' /C calc'!A0"), guarded("@SUM(1)"), guarded("- 报价")
    ('\\'=HYPERLINK("x")', "'-2+3+cmd|' /C calc'!A0", "'@SUM(1)", "'- 报价")
    >>> guarded("+86 138-0013"), guarded("+86-138-0013"), guarded("-"), guarded("-5"), guarded(-5)
    ('+86 138-0013', "'+86-138-0013", '-', '-5', -5)
    """
    if isinstance(value, str) and _FORMULA.match(value) and not _HARMLESS.fullmatch(value):
        return f"'{value}"
    return value


def guarded_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with every text :func:`guarded`, its column names too."""
    safe = frame.set_axis([guarded(name) for name in frame.columns], axis=1)
    for place, kind in enumerate(frame.dtypes):
        if kind.kind == "O":  # texts, categories, mixed cells
            safe.isetitem(place, [guarded(cell) for cell in frame.iloc[:, place]])
    return safe
