"""Finds our charts on a sheet of an open Excel, by the names every host gives them, or else by their marks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from crmsheet.book.chart_claims import block_mark
from crmsheet.book.chart_marks import ChartMark
from crmsheet.book.drawings import is_own
from crmsheet.book.live_charts import KINDS, LINE_WITH_MARKERS
from crmsheet.book.plan_charts import ChartPlan, Corner, SeriesPlan

Attempt = Callable[..., Any]

_KINDS = {number: kind for kind, number in KINDS.items()} | {LINE_WITH_MARKERS: "line"}
_SERIES = re.compile(r"=SERIES\((.*)\)", re.S)
_ARGUMENT = re.compile(r"((?:'(?:[^']|'')*'|[^,'])*)(?:,|$)")


def own_charts(sheet: Any, attempt: Attempt) -> Iterator[Any]:
    """Excel's shapes that hold our charts; a chart that is not surely ours is none of them."""
    for shape in attempt(lambda: list(sheet.Shapes)) or []:
        name = str(attempt(lambda one=shape: one.Name) or "")
        if is_own(name) or attempt(_is_marked, sheet, shape):
            yield shape


def _is_marked(sheet: Any, shape: Any) -> bool:
    """Whether a chart without our name is exactly what the mark in its block of cells says."""
    if not shape.HasChart:
        return False
    plan = _plan(shape)
    found = None if plan is None else block_mark(plan, str(sheet.Name))
    if found is None:
        return False
    row, seen = found
    mark = ChartMark.parse(str(sheet.Cells(row, 1).Value))
    return mark is not None and mark.fits(seen)


def _plan(shape: Any) -> ChartPlan | None:
    """The chart as the file host reads it; None where it shows anything but cells."""
    collection = shape.Chart.SeriesCollection()
    lines = [collection.Item(number) for number in range(1, int(collection.Count) + 1)]
    series = [series_of(str(one.Formula)) for one in lines]
    kind = _KINDS.get(int(lines[0].ChartType)) if lines else None
    known = tuple(one for one in series if one)
    if kind is None or len(known) < len(series):
        return None
    return ChartPlan(kind, "", _corner(shape.TopLeftCell), _corner(shape.BottomRightCell), known)


def series_of(formula: str) -> SeriesPlan | None:
    """The cells in the formula of a series, None for one that is spelled otherwise.

    >>> series_of("=SERIES('a,b'!$B$1,'a,b'!$A$2:$A$3,'a,b'!$B$2:$B$3,1)").values
    "'a,b'!$B$2:$B$3"
    """
    found = _SERIES.fullmatch(formula)
    name, categories, values = ([*_ARGUMENT.findall(found[1]), "", ""] if found else ["", "", ""])[:3]
    return SeriesPlan(name, categories, values) if values else None


def _corner(cell: Any) -> Corner:
    return Corner(int(cell.Row) - 1, int(cell.Column) - 1, 0, 0)
