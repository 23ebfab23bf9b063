"""What all views share: columns with their headers, subtitles, and lists cut to what a sheet can hold."""

from __future__ import annotations

from typing import Any

import pandas as pd

from crmsheet.labels import Labels
from crmsheet.result import Result
from crmsheet.view import Block, Card, Column, Format, Text, Tone, View

MAX_ROWS = 1_000_000  # a sheet ends at 1,048,576; headers and totals need some
MOST_LISTED = 2_000  # nobody reads a longer list of the best or the worst; its total counts all


def column(labels: Labels, code: str, kind: Format = "text", width: float = 12, **look: Any) -> Column:
    """A column under its label, unless ``look`` names another header."""
    header = look.pop("header", None) or labels.column(code)
    return Column(code, header, kind, width, **look)


def view(result: Result, key: str, blocks: tuple[Block, ...], **look: Any) -> View:
    """The view ``key`` under its own name and title, with the day it speaks of."""
    labels = result.rules.labels
    subtitle = look.pop("subtitle", "") or labels.phrase(f"view.{key}", as_of=result.as_of.isoformat())
    return View(key, labels.sheet(key), labels.sheet(key), subtitle, blocks, **look)


# What the words of other columns are made from.
_SOURCES = {
    "customer", "customer_id", "tier", "tier_label", "churn_flag", "status_label", "is_core", "due",
    "final_feasibility",
}  # fmt: skip


def relevant(table: pd.DataFrame, columns: tuple[Column, ...]) -> pd.DataFrame:
    """The columns of ``table`` that a list of ``columns`` needs: to sort all of a long table takes much memory."""
    codes = _SOURCES | {part.code for part in columns}
    return table[[name for name in table if name in codes]]


def printable(frame: pd.DataFrame, columns: tuple[Column, ...], *extra: str) -> pd.DataFrame:
    """The columns a table prints, and those its links need, as many rows as a sheet holds."""
    codes = [part.code for part in columns]
    names = [*codes, *(name for name in extra if name not in codes)]
    rows = frame.iloc[:MAX_ROWS]
    return pd.DataFrame({name: rows[name].array for name in names}, index=rows.index, copy=False)


def lacking(result: Result, key: str, phrase: str, tab: Tone = "plain") -> View:
    """The view ``key`` of facts the workbook does not have: one line says what is missing and where it goes."""
    labels = result.rules.labels
    text = Text((labels.phrase(f"lacking.{phrase}"),), "watch")
    return view(result, key, (text,), back=labels.sheet("overview"), tab=tab)


def counted(labels: Labels, unit: str, count: int) -> str:
    """Label of a list's total: how many there are, and how many of them are listed."""
    if count <= MOST_LISTED:
        return labels.phrase(f"total.{unit}", n=count)
    return labels.phrase(f"total.{unit}_first", n=count, shown=MOST_LISTED)


def chart_title(labels: Labels, code: str, shown: int, count: int) -> str:
    """Title of a chart, which says so where it shows only the ``shown`` largest of ``count``."""
    title = labels.phrase(f"chart.{code}")
    return title if shown >= count else labels.phrase("chart_of_largest", title=title, n=shown)


def card(labels: Labels, code: str, value: str, tone: Tone = "plain", **facts: object) -> Card:
    """A key figure with its label and small line."""
    return Card(labels.phrase(f"card.{code}"), value, labels.phrase(f"card.{code}_note", **facts), tone)
