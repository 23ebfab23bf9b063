"""Which cells of an own sheet are ours. It is kept in the file as a hidden defined name, which Excel
adjusts when a user renames the sheet or inserts rows and columns; whatever lies outside belongs to the user.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from crmsheet.book.areas import Area, bounding, parse_areas

MOST_AREAS = 24  # of a scattered sheet the gaps count as ours, so that the name stays readable
_PIECE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!,]+))!([^,]*)")


def quoted(sheet: str) -> str:
    """``sheet`` as formulas spell it: always in quotes, which is never wrong.

    >>> quoted("Q1's")
    "'Q1''s'"
    """
    return "'" + sheet.replace("'", "''") + "'"


@dataclass(frozen=True)
class Territory:
    """Areas of one sheet."""

    areas: tuple[Area, ...] = ()

    @classmethod
    def of_cells(cls, cells: Mapping[int, Iterable[int]], bodies: Iterable[Area]) -> Territory:
        """Territory of single ``cells`` (columns by row) and whole ``bodies``."""
        whole = list(bodies)
        loose = {row: [c for c in columns if not _covered(row, c, whole)] for row, columns in cells.items()}
        areas = _merged([*whole, *_runs(loose)])
        if len(areas) > MOST_AREAS:
            wide = {row: range(min(columns), max(columns) + 1) for row, columns in loose.items() if columns}
            areas = _merged([*whole, *_runs(wide)])
        return cls(tuple(areas) if len(areas) <= MOST_AREAS else (bounding(areas),))

    @classmethod
    def parse(cls, reference: str) -> tuple[str, Territory]:
        """Sheet and territory that a reference names.

        >>> Territory.parse("'a,b'!$A$1:$B$2,'a,b'!$D$4")[0]
        'a,b'
        """
        pieces = [(m[1] or m[2] or "", m[3]) for m in _PIECE.finditer(reference)]
        sheet = pieces[0][0].replace("''", "'") if pieces else ""
        return sheet, cls(tuple(area for _, place in pieces if (area := Area.parse(place))))

    def reference(self, sheet: str) -> str:
        """The territory as the formula of a defined name."""
        return ",".join(f"{quoted(sheet)}!{area.absolute}" for area in self.areas or (Area(1, 1, 1, 1),))

    def without(self, holes: Iterable[Area]) -> Territory:
        """The territory with ``holes`` cut out."""
        areas = list(self.areas)
        for hole in holes:
            areas = [piece for area in areas for piece in _cut(area, hole)]
        return Territory(tuple(areas))

    def owns(self, area: Area) -> bool:
        return any(own.contains(area) for own in self.areas)

    def owns_rule(self, area: Area) -> bool:
        """Whether a rule over ``area`` is ours: ours may reach further down than our rows."""
        return any(
            own.left <= area.left and area.right <= own.right and own.top <= area.top <= own.bottom
            for own in self.areas
        )

    def meets(self, area: Area) -> bool:
        return any(own.meets(area) for own in self.areas)

    def outside(self, sqref: str) -> str:
        """The areas of ``sqref`` that are not ours."""
        return " ".join(str(area) for area in parse_areas(sqref) if not self.owns(area))

    def rules_outside(self, sqref: str) -> str:
        """The areas of ``sqref``, the range of a rule, that are not ours."""
        return " ".join(str(area) for area in parse_areas(sqref) if not self.owns_rule(area))

    def bands(self) -> Iterator[tuple[int, int, list[Area]]]:
        """First row, last row and areas of each stretch of rows that meet the same areas, gaps left out."""
        edges = sorted({edge for area in self.areas for edge in (area.top, area.bottom + 1)})
        for top, after in zip(edges, edges[1:], strict=False):
            active = [area for area in self.areas if area.top <= top and after - 1 <= area.bottom]
            if active:
                yield top, after - 1, active


def _cut(area: Area, hole: Area) -> Iterator[Area]:
    """What is left of ``area``: above, below, left and right of ``hole``."""
    if not area.meets(hole):
        yield area
        return
    top, bottom = max(area.top, hole.top), min(area.bottom, hole.bottom)
    if area.top < top:
        yield Area(area.top, area.left, top - 1, area.right)
    if bottom < area.bottom:
        yield Area(bottom + 1, area.left, area.bottom, area.right)
    if area.left < hole.left:
        yield Area(top, area.left, bottom, hole.left - 1)
    if hole.right < area.right:
        yield Area(top, hole.right + 1, bottom, area.right)


def _covered(row: int, column: int, areas: list[Area]) -> bool:
    cell = Area(row, column, row, column)
    return any(area.contains(cell) for area in areas)


def _runs(cells: Mapping[int, Iterable[int]]) -> Iterator[Area]:
    """Stretches of neighbouring cells in each row."""
    for row in sorted(cells):
        start = before = 0
        for column in sorted(cells[row]):
            if before and column > before + 1:
                yield Area(row, start, row, before)
                start = column
            start, before = start or column, column
        if before:
            yield Area(row, start, row, before)


def _merged(areas: Iterable[Area]) -> list[Area]:
    """Areas of equal width that stand one below the other, made one."""
    found: list[Area] = []
    for area in sorted(areas, key=lambda area: (area.left, area.right, area.top)):
        last = found[-1] if found else None
        if last and (last.left, last.right) == (area.left, area.right) and area.top <= last.bottom + 1:
            found[-1] = Area(last.top, last.left, max(last.bottom, area.bottom), last.right)
        else:
            found.append(area)
    return sorted(found, key=lambda area: (area.top, area.left))
