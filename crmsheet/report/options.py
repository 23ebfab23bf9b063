"""Charts as ECharts options: plain dicts, the same for the page and for pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from crmsheet.book.theme import Theme
from crmsheet.report.look import Look, Mode, readable_on
from crmsheet.report.words import words
from crmsheet.view import Chart, Series

Option = dict[str, Any]

_BARS = ("column", "bar", "stacked_column", "stacked_bar")
_SMALLEST_LABELLED = 0.07  # of the longest bar; a shorter part has no room for its number
_SIZE = 12


def chart_option(chart: Chart) -> Option:
    """The ECharts option of a chart, without colours that depend on the page (see ``chart_theme``).

    >>> chart = Chart("bar", "Needs", ("A", "B"), (Series("n", (3.0, None)),))
    >>> [part["value"] for part in chart_option(chart)["series"][0]["data"]]
    [3, None]
    """
    option = _doughnut(chart) if chart.kind == "doughnut" else _cartesian(chart)
    return {"animation": False, **option}


def chart_theme(mode: Mode = "light") -> Option:
    """The ECharts theme of a page: text, axes, grid lines, tooltips."""
    look = Look.load(mode)
    colors = look.colors
    text = {"color": colors["muted"], "fontSize": _SIZE}
    axis = {
        "axisLine": {"lineStyle": {"color": colors["axis"]}},
        "axisTick": {"show": False},
        "axisLabel": text,
        "nameTextStyle": text,
        "splitLine": {"lineStyle": {"color": colors["grid"]}},
    }
    return {
        "color": list(Theme.load().charts["palette"]),
        "backgroundColor": "transparent",
        "textStyle": {"fontFamily": look.chart_font, "color": colors["ink"], "fontSize": _SIZE},
        "legend": {"textStyle": text, "inactiveColor": colors["axis"]},
        "categoryAxis": {**axis, "splitLine": {"show": False}},
        "valueAxis": {**axis, "axisLine": {"show": False}},
        "tooltip": {
            "backgroundColor": colors["panel"],
            "borderColor": colors["line"],
            "textStyle": {"color": colors["ink"], "fontSize": _SIZE},
        },
        "pie": {
            "itemStyle": {"borderColor": colors["panel"], "borderWidth": 2},
            "label": {"color": colors["ink"]},
        },
        "bar": {"label": {"color": colors["ink"]}},
    }


def _doughnut(chart: Chart) -> Option:
    values = chart.series[0].values
    colors = [_tone_color(tone, place) for place, tone in enumerate(_tones(chart))]
    data = [
        {"name": name, "value": _number(value), "itemStyle": {"color": color}}
        for name, value, color in zip(chart.categories, values, colors, strict=True)
    ]
    series = {
        "type": "pie",
        "name": chart.series[0].name,
        "radius": ["42%", "68%"],
        "center": ["50%", "54%"],
        "label": {"formatter": words()["page"]["slice"], "fontSize": _SIZE},
        "data": data,
    }
    return {"tooltip": {"trigger": "item", "confine": True}, "series": [series]}


def _tones(chart: Chart) -> Sequence[str]:
    return chart.tones or [""] * len(chart.categories)


def _cartesian(chart: Chart) -> Option:
    flat = chart.kind in ("bar", "stacked_bar")
    named = len(chart.series) > 1
    category: Option = {"type": "category", "data": list(chart.categories), "axisTick": {"show": False}}
    if flat:  # ECharts counts rows from the bottom up, people read from the top down
        category["inverse"] = True
        category["axisLabel"] = {"width": 132, "overflow": "truncate"}
    values: list[Option] = [
        {"type": "value", "minInterval": 1 if chart.number_format == "#,##0" else 0, "splitNumber": 4}
    ]
    if any(series.secondary for series in chart.series):
        values.append({"type": "value", "minInterval": 1, "splitNumber": 4, "splitLine": {"show": False}})
    option: Option = {
        "tooltip": {
            "trigger": "axis",
            "confine": True,
            "axisPointer": {"type": "line" if _is_line(chart) else "shadow"},
        },
        "grid": {
            "left": 8,
            "right": 24,
            "top": 40 if named else 18,
            "bottom": 8,
            "outerBoundsMode": "same",
            "outerBoundsContain": "axisLabel",
        },
        "xAxis": values if flat else category,
        "yAxis": category if flat else values,
        "series": [_series(chart, series, place) for place, series in enumerate(chart.series)],
    }
    if named:
        option["legend"] = {"top": 4, "left": "center", "itemWidth": 14, "itemHeight": 10}
    return option


def _is_line(chart: Chart) -> bool:
    return chart.kind in ("line", "combo")


def _series(chart: Chart, series: Series, place: int) -> Option:
    color = _tone_color(series.tone, place)
    if chart.kind == "line" or series.line:
        return {
            "type": "line",
            "name": series.name,
            "data": [_number(value) for value in series.values],
            "yAxisIndex": int(series.secondary),
            "itemStyle": {"color": color},
            "lineStyle": {"color": color, "width": 2},
            "symbol": "circle",
            "symbolSize": 6,
        }
    bars: Option = {
        "type": "bar",
        "name": series.name,
        "data": _bar_values(chart, series, color),
        "itemStyle": {"color": color},
        "barMaxWidth": 34,
    }
    if chart.kind.startswith("stacked"):
        bars["stack"] = "all"
    return bars


def _bar_values(chart: Chart, series: Series, color: str) -> list[Option]:
    """Values with their numbers printed where there is room; colours by category where the chart has them."""
    if chart.kind not in _BARS:
        return [{"value": _number(value)} for value in series.values]
    stacked = chart.kind.startswith("stacked")
    longest = max(
        (sum(v or 0 for v in column) for column in zip(*(s.values for s in chart.series), strict=True)),
        default=0,
    )
    outside = "right" if chart.kind == "bar" else "top"
    data: list[Option] = []
    for place, value in enumerate(series.values):
        part: Option = {"value": _number(value)}
        if chart.tones:
            part["itemStyle"] = {"color": _tone_color(chart.tones[place], place)}
        if value and (not stacked or value >= _SMALLEST_LABELLED * longest):
            part["label"] = (
                {"show": True, "position": "inside", "color": readable_on(color)}
                if stacked
                else {"show": True, "position": outside}
            )
        data.append(part)
    return data


def _tone_color(tone: str, place: int) -> str:
    theme = Theme.load()
    palette = theme.charts["palette"]
    return theme.tone(tone) if tone else str(palette[place % len(palette)])


def _number(value: float | None) -> float | int | None:
    if value is None or math.isnan(value):  # JSON knows no NaN
        return None
    return int(value) if float(value).is_integer() else value
