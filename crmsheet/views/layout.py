"""What all views share: columns with their headers, subtitles, and lists cut to what a sheet can hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from crmsheet.labels import Labels, wan
from crmsheet.result import Result
from crmsheet.view import Block, Card, Column, Format, Text, Tone, View

MAX_ROWS = 1_000_000  # a sheet ends at 1,048,576; headers and totals need some
LEAST_ROUNDED = 9_500  # yuan; smaller amounts are said to the yuan
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
    "final_feasibility", "decision_access", "decision_reason",
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
    printed = pd.DataFrame({name: rows[name].array for name in names}, index=rows.index, copy=False)
    if {"customer_name", "customer_id"} <= set(rows) and "customer_name" in printed:
        nameless = printed["customer_name"].isna() | (printed["customer_name"] == "")
        if nameless.any():  # the id is something to click on
            printed["customer_name"] = printed["customer_name"].where(~nameless, rows["customer_id"])
    return printed


def told(frame: pd.DataFrame, codes: Iterable[str]) -> pd.DataFrame:
    """The frame with blanks in those columns ``codes`` that say nothing but zero: nobody keeps such figures here."""
    silent = [code for code in codes if not frame[code].fillna(0).any()]
    return frame.assign(**dict.fromkeys(silent, np.nan))


def sums(frame: pd.DataFrame, codes: Iterable[str]) -> dict[str, float]:
    """The sum of each column that has any value."""
    return {code: float(frame[code].sum()) for code in codes if frame[code].notna().any()}


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
    return of_largest(labels, labels.phrase(f"chart.{code}"), shown, count)


def of_largest(labels: Labels, title: str, shown: int, count: int) -> str:
    """A title, with the number of ``shown`` where these are only the largest of ``count``."""
    return title if shown >= count else labels.phrase("chart_of_largest", title=title, n=shown)


def key_amount(amount: float) -> str:
    """An amount as a key figure says it: rounded up where saying that it is less than a bound takes more digits.

    >>> key_amount(1_499_600), key_amount(59_970), key_amount(182_340), key_amount(96)
    ('150万', '6万', '18.2万', '96元')
    """
    digits = [-3] * (abs(amount) > LEAST_ROUNDED) + [-6] * (abs(amount) > 10_000 * LEAST_ROUNDED)
    return min((wan(amount), *(wan(round(amount, places)) for places in digits)), key=len)


def card(labels: Labels, code: str, value: str, tone: Tone = "plain", **facts: object) -> Card:
    """A key figure with its label and small line."""
    return Card(labels.phrase(f"card.{code}"), value, labels.phrase(f"card.{code}_note", **facts), tone)
