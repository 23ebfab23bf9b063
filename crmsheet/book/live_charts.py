"""Native charts in an open Excel, drawn from the plan of what XlsxWriter drew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crmsheet.book.defined_names import rename_sheet
from crmsheet.book.drawings import OPEN_OWN
from crmsheet.book.live_looks import color
from crmsheet.book.plan_charts import ChartPlan, Corner, SeriesPlan
from crmsheet.book.theme import Theme

Attempt = Callable[..., Any]

# Excel's numbers of kinds of chart.
KINDS = {
    "doughnut": -4120,
    "column": 51,
    "stacked_column": 52,
    "bar": 57,
    "stacked_bar": 58,
    "line": 4,
}
ON, OFF = True, False
LINE_WITH_MARKERS = 65
SECONDARY, CATEGORY, VALUE = 2, 1, 2
LEGENDS = {"r": -4152, "b": -4107}
MOVE_NOT_SIZE = 2


def draw_charts(sheet: Any, charts: tuple[ChartPlan, ...], names: tuple[str, str], attempt: Attempt) -> None:
    """Add the charts. ``names``: the sheet's name in the plan's references, and its real one."""
    for number, plan in enumerate(charts, start=1):
        attempt(_draw_chart, sheet, plan, (number, names), attempt)


def _draw_chart(sheet: Any, plan: ChartPlan, which: tuple[int, tuple[str, str]], attempt: Attempt) -> None:
    number, names = which
    left, top = _point(sheet, plan.top_left)
    right, bottom = _point(sheet, plan.bottom_right)
    holder = sheet.ChartObjects().Add(left, top, right - left, bottom - top)
    attempt(setattr, holder, "Name", f"{OPEN_OWN}{number}")
    attempt(setattr, holder, "Placement", MOVE_NOT_SIZE)
    chart = holder.Chart
    chart.ChartType = KINDS[plan.kind]
    attempt(setattr, chart, "PlotVisibleOnly", OFF)  # the data stand in hidden rows
    for series in plan.series:
        _add_series(chart, series, plan.kind, names, attempt)
    _frame(chart, plan, attempt)


def _point(sheet: Any, corner: Corner) -> tuple[float, float]:
    cell = sheet.Cells(corner.row + 1, corner.column + 1)
    return cell.Left + corner.over, cell.Top + corner.down


def _add_series(chart: Any, plan: SeriesPlan, kind: str, names: tuple[str, str], attempt: Attempt) -> None:
    series = chart.SeriesCollection().NewSeries()
    series.Values = "=" + rename_sheet(plan.values, *names)
    series.XValues = "=" + rename_sheet(plan.categories, *names)
    series.Name = "=" + rename_sheet(plan.name, *names)
    if plan.line and kind != "line":
        attempt(setattr, series, "ChartType", LINE_WITH_MARKERS)
        attempt(setattr, series, "AxisGroup", SECONDARY)
    if plan.color:
        paint = "Line" if plan.line else "Fill"
        attempt(lambda: setattr(getattr(series.Format, paint).ForeColor, "RGB", color(plan.color)))
    for place, rgb in enumerate(plan.points, start=1):
        attempt(lambda one=place, c=rgb: setattr(series.Points(one).Format.Fill.ForeColor, "RGB", color(c)))
    if plan.label_format:
        attempt(setattr, series, "HasDataLabels", ON)
        attempt(lambda: setattr(series.DataLabels(), "NumberFormat", plan.label_format))


def _frame(chart: Any, plan: ChartPlan, attempt: Attempt) -> None:
    theme = Theme.load()
    attempt(setattr, chart, "HasTitle", ON)
    attempt(lambda: setattr(chart.ChartTitle, "Text", plan.title))
    for name, value in (("Size", theme.size + 1), ("Bold", True), ("Name", theme.font)):
        attempt(lambda n=name, v=value: setattr(chart.ChartTitle.Font, n, v))
    attempt(setattr, chart, "HasLegend", plan.legend in LEGENDS)
    if plan.legend in LEGENDS:
        attempt(lambda: setattr(chart.Legend, "Position", LEGENDS[plan.legend]))
    if plan.kind == "doughnut":
        attempt(lambda: setattr(chart.ChartGroups(1), "DoughnutHoleSize", 58))
        return
    attempt(lambda: setattr(chart.ChartGroups(1), "GapWidth", 55))
    if plan.kind in ("bar", "stacked_bar"):
        attempt(lambda: setattr(chart.Axes(CATEGORY), "ReversePlotOrder", ON))
        attempt(lambda: setattr(chart.Axes(VALUE), "HasMajorGridlines", OFF))
        attempt(lambda: chart.Axes(VALUE).Delete())
    else:
        grid = theme.charts["grid"].removeprefix("#")
        attempt(lambda: setattr(chart.Axes(VALUE).MajorGridlines.Format.Line.ForeColor, "RGB", color(grid)))
