"""What all sections share: columns and tables under the report's own words, counts, charts of counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pandas as pd

from crmsheet.report.words import header, phrase, words
from crmsheet.rules import Rules
from crmsheet.steps.columns import text
from crmsheet.view import Card, Chart, Column, Format, Series, TableBlock, Tone
from crmsheet.views.words import PRIORITY_TONES, STATUS_TONES, tier_tones, toned

Kind = Literal["doughnut", "column", "bar"]
LEVELS = ("high", "medium", "low")
STATUSES = ("todo", "doing", "done", "paused")


def column(code: str, kind: Format = "text", width: float = 12, **look: Any) -> Column:
    """A column under the report's word for it, else the one the workbook uses."""
    title = words()["columns"].get(code) or header(code)
    return Column(code, title, kind, width, **look)


def short_table(
    name: str, frame: pd.DataFrame, columns: tuple[Column, ...], *, empty: str = "", **look: Any
) -> TableBlock:
    """A table inside the page, under its own heading."""
    heading = str(words()["headings"][name])
    said = str(words()["empty"].get(empty, ""))
    return TableBlock(name, frame, columns, title=heading, empty=said, filterable=False, **look)


def row_list(name: str, frame: pd.DataFrame, columns: tuple[Column, ...], *, sheet: str) -> TableBlock:
    """The rows behind a section's numbers; ``sheet`` is where the workbook has them."""
    return TableBlock(name, frame, columns, title=str(words()["headings"][name]), see_all=sheet)


def tier_column(rules: Rules) -> Column:
    return column("tier", "choice", 10, tones=tier_tones(rules))


def level_column(rules: Rules) -> Column:
    return column("level", "choice", 8, tones=toned(rules.labels, "level", PRIORITY_TONES))


def status_column() -> Column:
    return column("status", "choice", 8, tones={status_word(code): STATUS_TONES[code] for code in STATUSES})


def status_word(code: str) -> str:
    """The report's word of a status (C-01)."""
    return str(words()["status"][code])


def named(column_of_names: pd.Series) -> pd.Series:
    """Names, with a word where there is none."""
    names = text(column_of_names)
    return names.where(names != "", phrase("unknown"))


def cross(
    rows: pd.DataFrame, by: str, over: str, index: Sequence[str], columns: Sequence[str]
) -> pd.DataFrame:
    """How many rows have each pair of codes; every code has its place."""
    counts = pd.crosstab(rows[by], rows[over]) if len(rows) else pd.DataFrame()
    return counts.reindex(index=list(index), columns=list(columns)).fillna(0).astype("int64")


def count_chart(
    kind: Kind, title: str, counts: Mapping[str, float], *, series: str, tones: Sequence[str] = ()
) -> Chart:
    """A chart of one series of counts by name; without tones per name it has one colour."""
    values = tuple(float(value) for value in counts.values())
    line = Series(series_name(series), values, "" if tones else "accent")
    return Chart(kind, chart_title(title), tuple(counts), (line,), tuple(tones))


def chart_title(code: str) -> str:
    return str(words()["charts"][code])


def series_name(code: str) -> str:
    return str(words()["series"][code])


def share_of(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def card(code: str, value: str, note: str, tone: Tone) -> Card:
    return Card(str(words()["cards"][code]), value, note, tone)
