"""The values everything else passes around. Frozen; a change returns a new value.

Tables are pandas DataFrames whose index is the Excel row number, all the way from reading to writing, so
that every finding knows its cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from crmsheet.errors import UsageError, did_you_mean
from crmsheet.fields import SHEETS

MOST_COLUMNS = 16_384  # of a sheet
ISSUE_COLUMNS = ["sheet", "cell", "field", "code", "severity", "value", "suggestion", "message"]


class CellError(str):
    """An Excel error value read from a cell, such as ``#N/A``."""

    __slots__ = ()


@dataclass(frozen=True)
class Table:
    """A recognised table as typed.

    ``raw`` has the Excel row number as index and one column per recognised field code, then the user's own
    columns under their own headers. ``letters`` says where each column stands. In a vertical form (field names
    down a column, as the second source document prints it) rows and columns change places: the index is the
    Excel *column* number and ``letters`` holds row numbers.
    """

    sheet: str
    raw: pd.DataFrame
    letters: Mapping[str, str]
    headers: Mapping[str, str]
    header_row: int
    vertical: bool = False

    def at(self, row: int) -> Table:
        """The table that a row is of: this one, but where several workbooks stand one below the other."""
        return self

    def cell(self, row: int, column: str) -> str:
        """Address of one cell, ``F7``.

        >>> t = Table("s", pd.DataFrame(), {"owner": "N"}, {}, 1)
        >>> t.cell(7, "owner")
        'N7'
        """
        place = self.letters.get(column, "")
        return f"{column_letters(row)}{place}" if self.vertical else f"{place}{row}"


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader should know about the result: a ``code`` worded by labels, and its facts."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """One line typed on the configuration sheet: what is set, to what, and where it stands.

    ``problem`` says why it cannot be read, worded by labels; ``label`` is what people call the line.
    """

    key: str
    value: Any
    sheet: str
    cell: str
    problem: Note | None = None
    label: str = field(default="", compare=False)


# Lists of an earlier run that the next one reads: what was, what was changed, what a person decided.
OWN_LISTS = (
    "snapshots", "figures", "repairs", "quality", "duplicates", "conflicts", "requirement_ids", "audit",
)  # fmt: skip


@dataclass(frozen=True)
class Tables:
    """What was read from one workbook, as typed: tables by sheet code, settings, and notes about the reading.

    ``own`` holds lists that an earlier run wrote into it (:data:`OWN_LISTS`), by sheet key.
    """

    tables: Mapping[str, Table]
    path: Path | None = None
    settings: tuple[Setting, ...] = ()
    holidays: Mapping[date, bool] = field(default_factory=dict)
    own: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    def __contains__(self, code: str) -> bool:
        return code in self.tables

    def __getitem__(self, code: str) -> pd.DataFrame:
        return self.tables[code].raw

    def earlier(self, key: str) -> pd.DataFrame:
        """A list of an earlier run, empty when there is none."""
        return self.own.get(key, pd.DataFrame())

    @classmethod
    def from_frames(cls, **frames: pd.DataFrame) -> Tables:
        """Tables from DataFrames whose columns are field codes, for work without a workbook.

        The names are those of the sheets (``records``, ``profiles``, ``orders`` …); ``snapshots``, ``repairs``,
        ``quality`` and ``requirement_ids`` are lists of earlier runs. Other names raise ``UsageError``.
        """
        for name, frame in frames.items():
            _require_table(name, frame)
        own = {key: frame for key, frame in frames.items() if key in OWN_LISTS}
        tables = {code: _bare_table(code, frame) for code, frame in frames.items() if code not in own}
        return cls(tables, own=own)


def _require_table(name: str, frame: object) -> None:
    known = (*SHEETS, *OWN_LISTS)
    if name not in known:
        near = did_you_mean(name, known)
        asked = f"did you mean {near!r}?" if near else f"known are {', '.join(known)}"
        raise UsageError(problem=f"from_frames: there is no table {name!r}; {asked}")
    if not isinstance(frame, pd.DataFrame):
        raise UsageError(problem=f"from_frames: {name} is a DataFrame, not {type(frame).__name__}")


def _bare_table(code: str, frame: pd.DataFrame) -> Table:
    letters = {str(name): column_letters(i) for i, name in enumerate(frame.columns, start=1)}
    raw = frame.set_axis(range(2, len(frame) + 2), axis=0)
    return Table(code, raw, letters, {name: name for name in letters}, header_row=1)


@dataclass(frozen=True)
class Cleaned:
    """Typed tables (same rows, more columns), the findings about them, and what they were made from."""

    source: Tables
    frames: Mapping[str, pd.DataFrame]
    issues: pd.DataFrame
    notes: tuple[Note, ...] = ()

    def __getitem__(self, code: str) -> pd.DataFrame:
        return self.frames[code]

    def __contains__(self, code: str) -> bool:
        return code in self.frames

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        return MappingProxyType(dict(self.frames))


@lru_cache(maxsize=MOST_COLUMNS)
def column_letters(number: int) -> str:
    """Excel's name of the column ``number``, counted from 1.

    >>> column_letters(1), column_letters(28), column_letters(16384)
    ('A', 'AB', 'XFD')
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Number of the column named ``letters``, counted from 1.

    >>> column_number("XFD")
    16384
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
