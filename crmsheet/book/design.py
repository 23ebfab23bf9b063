"""What passes from drawing to writing: a designed sheet and the rows to stream into it.

XlsxWriter designs a sheet with everything but the long tables; of each long table it holds one pattern row.
The writer puts the table's rows in place of the pattern row, each cell in the style of the pattern above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Formula:
    """A live cell: ``text`` without the leading ``=``, and ``value`` for readers without a calculator."""

    text: str
    value: object = None


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
