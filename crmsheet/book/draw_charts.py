"""Native charts side by side.

What they show stands in hidden rows below everything else: columns to the right of ours belong to the reader.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from crmsheet.book.canvas import Canvas
from crmsheet.book.native_chart import ChartData, native_chart
from crmsheet.book.theme import Theme
from crmsheet.view import Chart, Charts, Series

GAP = 10
BAR_PIXELS = 24
FRAME_PIXELS = 70
NOTHING_PRINTED = ";;;"


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a chart goes: its top row, and in pixels its distance from the left, width and height."""

    top: int
    left: int
    width: int
    height: int


def draw_charts(canvas: Canvas, charts: Charts) -> None:
    """Draw the charts of one block, equally wide, over the whole grid."""
    shown = [with_something_to_show(chart, canvas.theme) for chart in charts.charts]
    if not shown:
        return
    rows = max(_rows_needed(chart, canvas) for chart in shown)
    top = canvas.take(canvas.theme.row_height, rows)
    width = (canvas.grid.pixels - GAP * (len(shown) - 1)) // len(shown)
    for index, chart in enumerate(shown):
        frame = Frame(top, index * (width + GAP), width, rows * canvas.row_pixels)
        canvas.postpone(partial(_draw_chart, canvas, chart, frame))
    canvas.space()


def _draw_chart(canvas: Canvas, chart: Chart, frame: Frame) -> None:
    names = [series.name for series in chart.series]
    values = zip(chart.categories, *(series.values for series in chart.series), strict=True)
    row = canvas.put_aside([[None, *names], *values])
    data = ChartData(canvas.view.name, row, len(chart.categories))
    native = native_chart(canvas.workbook, chart, data, canvas.theme, frame.width)
    native.set_size({"width": frame.width, "height": frame.height})
    place = {"x_offset": frame.left, "object_position": 2, "description": chart.title}
    canvas.sheet.insert_chart(frame.top, 0, native, place)


def with_something_to_show(chart: Chart, theme: Theme) -> Chart:
    """The chart, or, when it has no value at all, an empty frame that says so."""
    if any(value for series in chart.series for value in series.values):
        return chart
    nothing = theme.words["no_data"]
    empty = (Series(nothing, (None,)),)
    return replace(
        chart, kind="column", categories=(nothing,), series=empty, tones=(), number_format=NOTHING_PRINTED
    )


def _rows_needed(chart: Chart, canvas: Canvas) -> int:
    standard = int(canvas.theme.charts["height_rows"])
    horizontal = chart.kind in ("bar", "stacked_bar")
    bars = -(-(len(chart.categories) * BAR_PIXELS + FRAME_PIXELS) // canvas.row_pixels) if horizontal else 0
    return max(standard, bars)
