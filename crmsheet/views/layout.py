"""What all views share: columns with their headers, subtitles, and lists cut to what a sheet can hold."""

from __future__ import annotations

from typing import Any

import pandas as pd

from crmsheet.labels import Labels
from crmsheet.result import Result
from crmsheet.view import Block, Column, Format, View

MAX_ROWS = 1_000_000  # a sheet ends at 1,048,576; headers and totals need some


def column(labels: Labels, code: str, kind: Format = "text", width: float = 12, **look: Any) -> Column:
    """A column under its label."""
    return Column(code, labels.column(code), kind, width, **look)


def view(result: Result, key: str, blocks: tuple[Block, ...], **look: Any) -> View:
    """The view ``key`` under its own name and title, with the day it speaks of."""
    labels = result.rules.labels
    subtitle = labels.phrase(f"view.{key}", as_of=result.as_of.isoformat())
    return View(key, labels.sheet(key), labels.sheet(key), subtitle, blocks, **look)


def printable(frame: pd.DataFrame, columns: tuple[Column, ...], *extra: str) -> pd.DataFrame:
    """The columns a table prints, and those its links need, as many rows as a sheet holds."""
    codes = [part.code for part in columns]
    return frame[[*codes, *(name for name in extra if name not in codes)]].head(MAX_ROWS)
