"""The mark of a chart of ours, in the corner of the hidden block of cells that it shows.

openpyxl keeps neither name nor description of a chart, but where it stands and what it shows; and every program keeps
cells. A chart is ours when the mark says exactly what it is: copies stand elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

OPENS = "crmsheet:chart:"
ROUNDED = 1  # cells by which programs that count in millimetres may move the lower right corner
_MARK = re.compile(OPENS + r"([a-z_]+):(\d+):(\d+):(\d+),(\d+),(\d+),(\d+)")


@dataclass(frozen=True, slots=True)
class ChartMark:
    """A chart over a block of cells: its kind, how many series and categories, and where it stands.

    Columns count from 0; ``up`` and ``low`` are the rows from the chart's edges down to the block, which stay the same
    where rows are inserted above.
    """

    kind: str
    series: int
    categories: int
    left: int
    up: int
    right: int
    low: int

    def __str__(self) -> str:
        place = f"{self.left},{self.up},{self.right},{self.low}"
        return f"{OPENS}{self.kind}:{self.series}:{self.categories}:{place}"

    @classmethod
    def parse(cls, text: str) -> ChartMark | None:
        """The mark a cell holds, None for any other text.

        >>> str(ChartMark.parse("crmsheet:chart:bar:2:5:0,40,6,30"))
        'crmsheet:chart:bar:2:5:0,40,6,30'
        """
        found = _MARK.fullmatch(text)
        return None if found is None else cls(found[1], *map(int, found.groups()[1:]))

    def fits(self, other: ChartMark) -> bool:
        """Whether ``other``, read from a chart, is what we drew."""
        same = (self.kind, self.series, self.categories, self.left, self.up)
        near = abs(self.right - other.right) <= ROUNDED and abs(self.low - other.low) <= ROUNDED
        return near and same == (other.kind, other.series, other.categories, other.left, other.up)
