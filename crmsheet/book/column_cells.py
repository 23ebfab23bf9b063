"""Columns of a body, spelled as pieces that rows are joined from.

Sheets have cells by the million, so whatever repeats is spelled once and never put together per cell: the
start of every cell of a column, its format, a value that stands in many rows. Ordinary text is checked and
encoded for thousands of rows in one go.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from crmsheet.book.cell_values import LONGEST_TEXT, MOST_EXACT_INTEGER, CellWriter
from crmsheet.book.design import Coded, Formula
from crmsheet.model import column_letters

Pieces = Iterable[bytes]

FEW_VALUES = 4096  # so many distinct values are spelled ahead; more would crowd memory
SEPARATOR = "\u241e"  # the picture of a record separator: printable, and in no text that people type
_TEXT = b' t="inlineStr"><is><t>'
_TEXT_END = b"</t></is></c>"


class ColumnCells:
    """The cells of one column. ``style`` is the number of their format, empty for the default one."""

    def __init__(self, place: int, style: str, column: Sequence[object], writer: CellWriter) -> None:
        self._head = f'<c r="{column_letters(place)}'.encode()
        self._middle = f'" s="{style}"'.encode() if style else b'"'
        self._blank = self._middle + b"/>" if style else b""
        self._writer = writer
        self._values = column if isinstance(column, Coded) else plain_values(column)
        self._ahead = self._spelled_ahead()

    def pieces(self, rows: slice, numbers: Sequence[bytes]) -> list[Pieces]:
        """The cells of ``rows``, whose row numbers are ``numbers``, in parts that follow each other.

        An unstyled blank is no cell at all.
        """
        if self._ahead is not None and isinstance(self._values, Coded):
            return self._joined(numbers, self._ahead[self._values.codes[rows]].tolist())
        values = self._values[rows]
        texts = plain_texts(values)
        if texts is not None:
            return [repeat(self._head), numbers, repeat(self._middle + _TEXT), texts, repeat(_TEXT_END)]
        return self._joined(numbers, self._tails(values))

    def _joined(self, numbers: Sequence[bytes], tails: list[bytes]) -> list[Pieces]:
        if self._blank or b"" not in tails:
            return [repeat(self._head), numbers, tails]
        head = self._head
        return [
            [b"%b%b%b" % (head, n, tail) if tail else b"" for n, tail in zip(numbers, tails, strict=True)]
        ]

    def _spelled_ahead(self) -> npt.NDArray[np.object_] | None:
        """The distinct values' cells, without their beginnings, when they are few."""
        if not isinstance(self._values, Coded) or len(self._values.values) > FEW_VALUES:
            return None
        spelled = np.empty(len(self._values.values), dtype=object)
        spelled[:] = [self._tail(value) for value in self._values.values]
        return spelled

    def _tails(self, values: list[Any]) -> list[bytes]:
        kinds = set(map(type, values))
        if kinds == {float}:
            middle = self._middle.decode()
            numbers = [f"{middle}><v>{value!r}</v></c>" if value - value == 0 else "" for value in values]
            return [number.encode() if number else self._blank for number in numbers]
        if kinds == {int} and min(values) > -MOST_EXACT_INTEGER and max(values) < MOST_EXACT_INTEGER:
            return [b"%b><v>%d</v></c>" % (self._middle, value) for value in values]
        # True, 1 and 1.0 are one key, and formulas may hold anything: remember only where types cannot mix.
        if kinds & {bool, int, float, Formula} or not all(kind.__hash__ for kind in kinds):
            return list(map(self._tail, values))
        known = {value: self._tail(value) for value in set(values)}
        return [known[value] for value in values]

    def _tail(self, value: object) -> bytes:
        tail = self._writer.tail(value)
        return self._middle + tail.encode("utf-8", "surrogatepass") if tail else self._blank


def plain_texts(values: Sequence[object]) -> list[bytes] | None:
    """Encoded texts when every value is a text that stands in XML as it is, otherwise None.

    >>> plain_texts(["客户", "a b"]), plain_texts(["a&b"]), plain_texts([" a"]), plain_texts(["a", ""])
    ([b'\\xe5\\xae\\xa2\\xe6\\x88\\xb7', b'a b'], None, None, None)
    """
    try:
        joined = SEPARATOR.join(values)  # type: ignore[arg-type]
    except TypeError:  # not all are texts
        return None
    framed = f"{SEPARATOR}{joined}{SEPARATOR}"
    odd = (*"&<>", "_x", SEPARATOR + " ", " " + SEPARATOR, SEPARATOR * 2)
    if not framed.isprintable() or any(mark in framed for mark in odd):
        return None
    if len(joined) > LONGEST_TEXT // 2 and max(map(len, values)) > LONGEST_TEXT // 2:  # type: ignore[arg-type]
        return None
    texts = joined.encode().split(SEPARATOR.encode())
    return texts if len(texts) == len(values) else None


def plain_values(column: Sequence[object]) -> list[Any]:
    """Plain Python values of a list, array or Series."""
    return column.tolist() if hasattr(column, "tolist") else list(column)
