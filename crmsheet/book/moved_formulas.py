"""Formulas of cells that move: what speaks of the cell's own row follows it, shared formulas become plain
ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from crmsheet.model import column_letters, column_number

_TOKEN = re.compile(
    r"""(?P<skip>"(?:[^"]|"")*"|'(?:[^']|'')*'!?|\[[^\]]*\]|[\w.]+(?=\()|[\w.]+!)"""
    r"""|(?P<fixed_column>\$?)(?P<column>[A-Za-z]{1,3})(?P<fixed_row>\$?)(?P<row>\d{1,7})(?![\w(!])"""
    r"""|[\w.]+"""
)


def follow(formula: str, place: Callable[[int, int], tuple[int, int]]) -> str:
    """``formula`` with references to its own sheet turned by ``place`` (row and column → row and column).

    >>> follow("A7*$B$7+VLOOKUP(A7,'表'!A7:B9,2,0)+LOG10(B8)", lambda row, column: (row + 5, column))
    "A12*$B$12+VLOOKUP(A12,'表'!A7:B9,2,0)+LOG10(B13)"
    """

    def moved(match: re.Match[str]) -> str:
        if match["row"] is None or _is_qualified(match):
            return match[0]
        row, column = place(int(match["row"]), column_number(match["column"].upper()))
        return f"{match['fixed_column']}{column_letters(column)}{match['fixed_row']}{row}"

    return _TOKEN.sub(moved, formula)


def shift(formula: str, rows: int, columns: int) -> str:
    """``formula`` as it reads when filled that many rows down and columns to the right.

    >>> shift("A1+$B2+C$3+SUM(D4:E5)", 1, 2)
    'C2+$B3+E$3+SUM(F5:G6)'
    """

    def shifted(match: re.Match[str]) -> str:
        if match["row"] is None:
            return match[0]
        column = match["column"].upper()
        column = column if match["fixed_column"] else column_letters(column_number(column) + columns)
        row = match["row"] if match["fixed_row"] else str(int(match["row"]) + rows)
        return f"{match['fixed_column']}{column}{match['fixed_row']}{row}"

    return _TOKEN.sub(shifted, formula)


def _is_qualified(match: re.Match[str]) -> bool:
    """Whether the reference stands after a sheet's name, or ends a range that does."""
    before = match.string[: match.start()]
    return bool(re.search(r"!(?:\$?[A-Za-z]{1,3}\$?\d{1,7}:)?$", before))
