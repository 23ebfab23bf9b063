"""The numbers of a chart as a table, for where a chart cannot be drawn."""

from __future__ import annotations

import pandas as pd

from crmsheet.report.parts import column
from crmsheet.view import Chart, Column, TableBlock


def chart_table(chart: Chart) -> TableBlock:
    """One row per category, one column per series.

    >>> from crmsheet.view import Series
    >>> chart = Chart("bar", "Needs", ("A", "B"), (Series("n", (3.0, 1.0)),))
    >>> chart_table(chart).frame.values.tolist()
    [['A', 3.0], ['B', 1.0]]
    """
    whole = all(
        value is None or float(value).is_integer() for series in chart.series for value in series.values
    )
    frame = pd.DataFrame({"category": chart.categories})
    columns = [column("category", "text", 20)]
    for number, series in enumerate(chart.series):
        code = f"series{number}"
        frame[code] = series.values
        columns.append(Column(code, series.name, "integer" if whole else "decimal", 12))
    return TableBlock("chart", frame, tuple(columns), title=chart.title, filterable=False)
