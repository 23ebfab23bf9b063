"""A workbook as read: cells by position, nothing interpreted."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

from crmsheet.book.areas import Area
from crmsheet.book.save import Fingerprint
from crmsheet.model import CellError

CellValue = str | int | float | bool | date | datetime | time | timedelta | None
Position = tuple[int, int]  # row and column as Excel counts them, from 1

__all__ = ["CellError", "CellValue", "Percent", "Position", "RawBook", "RawSheet"]


class Percent(float):
    """A number that the sheet shows as a percentage: 0.25 in a cell formatted ``0%``.

    >>> Percent(0.25) == 0.25, str(Percent(0.25))
    (True, '25%')
    """

    __slots__ = ()

    def __str__(self) -> str:
        return f"{round(self * 100, 10):g}%"


@dataclass(frozen=True)
class RawSheet:
    """One worksheet. ``rows[0][0]`` is cell A1; rows are of equal length, blank cells None.

    A cell is a str, int, float, bool, date, datetime, time, timedelta, None, :class:`Percent` or
    :class:`~crmsheet.model.CellError`. Rows, columns and positions in the other attributes count from 1.
    ``own_key`` is the key of a sheet that crmsheet wrote, else empty. ``uncached`` are formulas without a
    stored value, which read as blank. ``oversize`` is (rows, columns) of a sheet too large to hold; it comes
    without ``rows``.
    """

    name: str
    rows: list[list[CellValue]]
    hidden: bool = False
    merged: tuple[Area, ...] = ()
    hidden_rows: Set[int] = frozenset()
    hidden_columns: Set[int] = frozenset()
    own_key: str = ""
    formulas: Set[Position] = frozenset()
    uncached: Set[Position] = frozenset()
    oversize: tuple[int, int] | None = None


@dataclass(frozen=True)
class RawBook:
    """A whole file. ``fingerprint`` tells later whether somebody saved it in the meantime.

    ``kind`` says how it can be written back: a ``legacy`` one not at all. ``password`` opened it.
    """

    path: Path
    kind: Literal["xlsx", "csv", "legacy"]
    sheets: tuple[RawSheet, ...]
    fingerprint: Fingerprint
    date1904: bool = False
    password: str = field(default="", repr=False)
    own: dict[str, RawSheet] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "own", {sheet.own_key: sheet for sheet in self.sheets if sheet.own_key})

    def without_cells(self) -> RawBook:
        """What later writing needs; of a text file that includes the cells, which its workbook is made of."""
        return self if self.kind == "csv" else replace(self, sheets=())
