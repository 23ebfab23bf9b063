"""What passes from drawing to writing: a designed sheet and the rows to stream into it.

XlsxWriter designs a sheet with everything but the long tables; of each long table it holds one pattern row.
The writer puts the table's rows in place of the pattern row, each cell in the style of the pattern above it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Formula:
    """A live cell: ``text`` without the leading ``=``, and ``value`` for readers without a calculator."""

    text: str
    value: object = None


@dataclass(frozen=True, slots=True, eq=False)
class Coded(Sequence[object]):
    """A long column as its distinct ``values`` and, row by row, the ``codes`` of those that stand there.

    What depends on the value alone is then done once for each distinct value.

    >>> list(Coded(["高", "低"], np.array([0, 1, 1])))
    ['高', '低', '低']
    """

    values: Sequence[object]
    codes: npt.NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, place: int) -> object: ...
    @overload
    def __getitem__(self, place: slice) -> list[object]: ...
    def __getitem__(self, place: int | slice) -> object:
        if isinstance(place, slice):
            return list(map(self.values.__getitem__, self.codes[place].tolist()))
        return self.values[self.codes[place]]

    def __iter__(self) -> Iterator[object]:
        return iter(self.tolist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self.tolist() == list(other)

    __hash__ = None  # type: ignore[assignment]

    def tolist(self) -> list[object]:
        return self[:]

    def told_apart(self, first: int | None = None) -> list[object]:
        """The distinct values of the ``first`` rows, or of all."""
        return [self.values[code] for code in dict.fromkeys(self.codes[:first].tolist())]


@dataclass(frozen=True)
class Body:
    """Rows of one table. ``columns`` go from column A on, all of one length.

    A cell is a str, int, float, bool, date, datetime, None or :class:`Formula`.

    The rows stand from ``first_row`` (counted from 1) downwards and replace the pattern row there; what the
    design holds below is already placed for the full number of rows. ``row_height`` is in points: one for all
    rows, one for each, or None for the sheet's own.
    """

    first_row: int
    columns: tuple[Sequence[object], ...]
    row_height: float | Sequence[float] | None = None

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0


@dataclass(frozen=True)
class Design:
    """One sheet as designed: ``package`` is a one-sheet .xlsx, ``bodies`` the rows to stream in, top down.

    ``hidden`` stands here because a package cannot hide its only sheet.
    """

    package: bytes
    bodies: tuple[Body, ...] = ()
    hidden: bool = False
