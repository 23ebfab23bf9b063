"""Native charts side by side.

What they show stands in hidden columns of the same rows, so that a chart and its data move together.
"""

from __future__ import annotations

from dataclasses import replace

from crmsheet.book.canvas import Canvas
from crmsheet.book.native_chart import ChartData, native_chart
from crmsheet.book.theme import Theme
from crmsheet.view import Chart, Charts, Series

GAP = 10
BAR_PIXELS = 24
FRAME_PIXELS = 70
NOTHING_PRINTED = ";;;"


def draw_charts(canvas: Canvas, charts: Charts) -> None:
    """Draw the charts of one block, equally wide, over the whole grid."""
    shown = [with_something_to_show(chart, canvas.theme) for chart in charts.charts]
    if not shown:
        return
    rows = max(_rows_needed(chart, canvas) for chart in shown)
    top = canvas.take(canvas.theme.row_height, rows)
    width = (canvas.grid.pixels - GAP * (len(shown) - 1)) // len(shown)
    column = 0
    for index, chart in enumerate(shown):
        data = _write_data(canvas, chart, top, column)
        column += len(chart.categories) + 2
        native = native_chart(canvas.workbook, chart, data, canvas.theme, width)
        native.set_size({"width": width, "height": rows * canvas.row_pixels})
        place = {"x_offset": index * (width + GAP), "object_position": 2, "description": chart.title}
        canvas.sheet.insert_chart(top, 0, native, place)
    canvas.space()


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
    return max(standard, bars, len(chart.series) + 1)


def _write_data(canvas: Canvas, chart: Chart, top: int, column: int) -> ChartData:
    canvas.write_aside(top, column, [None, *chart.categories])
    for row, series in enumerate(chart.series, start=top + 1):
        canvas.write_aside(row, column, [series.name, *series.values])
    return ChartData(canvas.view.name, top, canvas.aside + column, len(chart.categories))
