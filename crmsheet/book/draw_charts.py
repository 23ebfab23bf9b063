"""Native charts side by side.

What they show stands in hidden rows below everything else: columns to the right of ours belong to the reader.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from crmsheet.book.canvas import Canvas
from crmsheet.book.chart_marks import ChartMark
from crmsheet.book.draw_cards import draw_text
from crmsheet.book.grid import Span
from crmsheet.book.native_chart import ChartData, native_chart
from crmsheet.view import Chart, Charts, Series, Text

GAP = 10
FRAME = 2  # the frame of the last chart stays on the page
BAR_PIXELS = 24
FRAME_PIXELS = 70
LEAST_PLACES = 2  # a ring alone on the page would be far from its legend


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a chart goes: its first row, how many, its first and last column, and in pixels its distance from the
    left and its width.
    """

    top: int
    rows: int
    columns: Span
    left: int
    width: int


def draw_charts(canvas: Canvas, charts: Charts) -> None:
    """Draw the charts of one block that have something to show, side by side over the whole grid.

    Their edges are column edges: column widths depend on the font of the workbook they go into. Where none
    has a value, one line says so; a blank chart is never drawn.
    """
    shown = charts_with_values(charts)
    if not shown:
        draw_text(canvas, Text((charts.empty or canvas.theme.words["no_data"],)))
        return
    rows = max(_rows_needed(chart, canvas) for chart in shown)
    top = canvas.take(canvas.theme.row_height, rows)
    least = min(LEAST_PLACES, canvas.grid.last + 1) if shown[0].kind == "doughnut" else 1
    places = max(len(shown), least)
    spans = canvas.grid.spans([canvas.grid.width / places] * places)[: len(shown)]
    for chart, span in zip(shown, spans, strict=True):
        left, right = canvas.grid.edges(span)
        gap = FRAME if span[1] == canvas.grid.last else GAP
        frame = Frame(top, rows, span, left, right - left - gap)
        canvas.postpone(partial(_draw_chart, canvas, chart, frame))
    canvas.space()


def charts_with_values(charts: Charts) -> list[Chart]:
    """The charts that have any value but zero, without the series that have none: no legend speaks of those."""
    filled = [(chart, tuple(filter(_has_value, chart.series))) for chart in charts.charts]
    return [_of_series(chart, series) for chart, series in filled if series]


def _of_series(chart: Chart, series: tuple[Series, ...]) -> Chart:
    """``chart`` with only these ``series``: lines whose columns have no value are a chart of lines."""
    if chart.kind == "combo" and all(one.line for one in series):
        return replace(chart, kind="line", series=tuple(replace(one, secondary=False) for one in series))
    return replace(chart, series=series)


def _has_value(series: Series) -> bool:
    return any(series.values)


def _draw_chart(canvas: Canvas, chart: Chart, frame: Frame) -> None:
    names = [series.name for series in chart.series]
    values = zip(chart.categories, *(series.values for series in chart.series), strict=True)
    row = canvas.put_aside([[str(_mark(chart, frame, canvas.row)), *names], *values])
    data = ChartData(canvas.view.name, row, len(chart.categories))
    native = native_chart(canvas.workbook, chart, data, canvas.theme, frame.width)
    native.set_size({"width": frame.width, "height": frame.rows * canvas.row_pixels})
    place = {"x_offset": frame.left, "object_position": 2, "description": chart.title}
    canvas.sheet.insert_chart(frame.top, 0, native, place)


def _mark(chart: Chart, frame: Frame, row: int) -> ChartMark:
    """What tells the chart as ours whose block of cells begins at ``row``."""
    left, right = frame.columns
    up, low = row - frame.top, row - frame.top - frame.rows
    kind = "column" if chart.kind == "combo" else chart.kind  # the kind of its first series in the file
    return ChartMark(kind, len(chart.series), len(chart.categories), left, up, right, low)


def _rows_needed(chart: Chart, canvas: Canvas) -> int:
    standard = int(canvas.theme.charts["height_rows"])
    horizontal = chart.kind in ("bar", "stacked_bar")
    bars = -(-(len(chart.categories) * BAR_PIXELS + FRAME_PIXELS) // canvas.row_pixels) if horizontal else 0
    return max(standard, bars)
