"""One native Excel chart in the theme's look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crmsheet.book.measure import text_width
from crmsheet.book.theme import Theme
from crmsheet.view import Chart, Series

Properties = dict[str, Any]

KINDS: dict[str, dict[str, str]] = {
    "doughnut": {"type": "doughnut"},
    "column": {"type": "column"},
    "bar": {"type": "bar"},
    "stacked_column": {"type": "column", "subtype": "stacked"},
    "stacked_bar": {"type": "bar", "subtype": "stacked"},
    "line": {"type": "line"},
    "combo": {"type": "column"},
}
LABEL_PIXELS = 6.5
GAP, FEW_BARS_GAP = 55, 300
SMALL_COUNT = 5
# A piece smaller than this share of the whole has no room for its figure: a column's pieces lie flat.
SMALL_PIECE = {"doughnut": 0.04, "stacked_bar": 0.04, "stacked_column": 0.1}
# Room for the figure at the end of the longest bar: for any, and for each of its characters.
BAR_ROOM, CHARACTER_ROOM = 1.06, 0.035


@dataclass(frozen=True, slots=True)
class ChartData:
    """Where a chart's data stand: series names in ``row``, below them one row per category, name first."""

    sheet: str
    row: int
    count: int

    def categories(self) -> list[object]:
        return self._column(0)

    def values(self, series: int) -> list[object]:
        return self._column(series + 1)

    def name(self, series: int) -> list[object]:
        return [self.sheet, self.row, series + 1]

    def _column(self, column: int) -> list[object]:
        return [self.sheet, self.row + 1, column, self.row + self.count, column]


def native_chart(workbook: Any, chart: Chart, data: ChartData, theme: Theme, width: int) -> Any:
    """XlsxWriter's chart of ``chart``, ``width`` pixels wide, reading from ``data``."""
    native = workbook.add_chart(KINDS[chart.kind])
    lines: Any = workbook.add_chart({"type": "line"}) if chart.kind == "combo" else None
    for index, series in enumerate(chart.series):
        target = lines if lines is not None and series.line else native
        as_line = target is lines or chart.kind == "line"
        target.add_series(_series(chart, data, index, theme, as_line=as_line))
    if lines is not None and any(series.line for series in chart.series):
        native.combine(lines)
        other = _highest([series for series in chart.series if series.secondary], stacked=False)
        lines.set_y2_axis(_value_axis(other, "#,##0", theme, grid=False))
    _set_frame(native, chart, theme)
    if chart.kind != "doughnut":
        _set_axes(native, chart, theme, width)
    else:
        native.set_hole_size(58)
    native.show_hidden_data()
    return native


def _series(chart: Chart, data: ChartData, index: int, theme: Theme, *, as_line: bool) -> Properties:
    series = chart.series[index]
    color = _series_color(series, index, theme)
    properties: Properties = {
        "name": data.name(index), "categories": data.categories(), "values": data.values(index),
        "y2_axis": series.secondary,
    }  # fmt: skip
    if as_line:
        marker = {"type": "circle", "size": 5, "fill": {"color": color}, "border": {"color": color}}
        return {**properties, "line": {"color": color, "width": 2.25}, "marker": marker}
    properties |= {"fill": {"color": color}, "border": {"none": True}, "gap": _gap(chart)}
    if chart.tones or chart.kind == "doughnut":
        properties["points"] = _points(chart, theme)
    if labels := _labels(chart, theme):
        properties["data_labels"] = {**labels, "custom": _without_small(chart, index)}
    return properties


def _gap(chart: Chart) -> int:
    """Room between bars in percent of their width: a chart of one or two is not filled by them."""
    return max(GAP, FEW_BARS_GAP // max(len(chart.categories), 1))


def _labels(chart: Chart, theme: Theme) -> Properties | None:
    hide_zero = f"{chart.number_format};-{chart.number_format};;"
    if chart.kind == "doughnut" or chart.kind.startswith("stacked"):
        font = theme.chart_font(color=theme.colors["paper"], bold=chart.kind == "doughnut")
        return {"value": True, "num_format": hide_zero, "font": font}
    if chart.kind in ("bar", "column") and len(chart.series) == 1:
        return {"value": True, "num_format": hide_zero, "font": theme.chart_font()}
    return None


def _without_small(chart: Chart, index: int) -> list[Properties | None]:
    """Which labels to leave out: those of pieces too small to hold a figure."""
    if chart.kind not in SMALL_PIECE:
        return []
    values = [value or 0 for value in chart.series[index].values]
    whole = sum(values) if chart.kind == "doughnut" else _highest(chart.series, stacked=True)
    return [{"delete": True} if value < whole * SMALL_PIECE[chart.kind] else None for value in values]


def _points(chart: Chart, theme: Theme) -> list[Properties]:
    palette = theme.charts["palette"]
    colors = [theme.tone(tone) for tone in chart.tones]
    colors += [palette[index % len(palette)] for index in range(len(colors), len(chart.categories))]
    edge = {"color": theme.colors["paper"], "width": 1.5} if chart.kind == "doughnut" else {"none": True}
    return [{"fill": {"color": color}, "border": edge} for color in colors]


def _series_color(series: Series, index: int, theme: Theme) -> str:
    palette = theme.charts["palette"]
    return theme.tone(series.tone) if series.tone else str(palette[index % len(palette)])


def _set_frame(native: Any, chart: Chart, theme: Theme) -> None:
    title = theme.chart_font(size=theme.size + 1, bold=True, color=theme.colors["band"])
    native.set_title({"name": chart.headline or chart.title, "name_font": title, "overlay": False})
    native.set_chartarea(
        {"border": {"color": theme.colors["line"]}, "fill": {"color": theme.colors["paper"]}}
    )
    native.set_plotarea({"fill": {"none": True}})
    if chart.kind == "doughnut":
        native.set_legend({"position": "right", "font": theme.chart_font()})
    elif len(chart.series) > 1:
        native.set_legend({"position": "bottom", "font": theme.chart_font()})
    else:
        native.set_legend({"none": True})


def _set_axes(native: Any, chart: Chart, theme: Theme, width: int) -> None:
    categories = _category_axis(chart, theme, width)
    if chart.kind in ("bar", "stacked_bar"):
        native.set_y_axis({**categories, "reverse": True})
        highest = _highest(chart.series, stacked=chart.kind == "stacked_bar")
        longest = highest * (BAR_ROOM + CHARACTER_ROOM * len(f"{highest:,.0f}"))
        native.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0, "max": longest})
        return
    own = [series for series in chart.series if not series.secondary]
    native.set_x_axis(categories)
    stacked = chart.kind == "stacked_column"
    axis = _value_axis(_highest(own, stacked=stacked), chart.number_format, theme, grid=True)
    native.set_y_axis(axis if chart.highest is None else {**axis, "min": 0, "max": chart.highest})


def _category_axis(chart: Chart, theme: Theme, width: int) -> Properties:
    font = theme.chart_font()
    crowded = sum(text_width(name) + 2 for name in chart.categories) * LABEL_PIXELS > width * 0.85
    if crowded and chart.kind not in ("bar", "stacked_bar"):
        font["rotation"] = -45
    return {
        "num_font": font, "line": {"color": theme.charts["axis"]}, "major_tick_mark": "none",
        "text_axis": True, "label_position": "low",
    }  # fmt: skip


def _highest(series: Sequence[Series], *, stacked: bool) -> float:
    columns = zip(*([value or 0 for value in one.values] for one in series), strict=True)
    return max((sum(values) if stacked else max(values) for values in columns), default=0)


def _value_axis(highest: float, number_format: str, theme: Theme, *, grid: bool) -> Properties:
    lines = {"visible": True, "line": {"color": theme.charts["grid"], "width": 0.75}}
    axis: Properties = {
        "num_font": theme.chart_font(), "num_format": number_format, "line": {"none": True},
        "major_tick_mark": "none", "major_gridlines": lines if grid else {"visible": False},
    }  # fmt: skip
    whole_numbers = number_format == "#,##0"
    if whole_numbers and 0 <= highest <= SMALL_COUNT:
        # Excel would divide a short axis into halves and print each whole number twice.
        axis |= {"min": 0, "max": int(highest) + 1, "major_unit": 1}
    return axis
