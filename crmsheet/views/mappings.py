"""A settings sheet for workbooks that came without one: only the lines a person decided by marking findings."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from crmsheet.labels import Labels
from crmsheet.view import TableBlock, View
from crmsheet.views.layout import column


def mappings_view(lines: Sequence[tuple[str, str]], labels: Labels) -> View:
    """Key, name and value of each line, under the headers that settings are read by."""
    columns = (
        column(labels, "setting_key", "text", 34),
        column(labels, "setting_label", "text", 30),
        column(labels, "setting_value", "wrap", 40),
    )
    rows = [(key, setting_label(key, labels), value) for key, value in lines]
    frame = pd.DataFrame(rows, columns=[part.code for part in columns])
    block = TableBlock("settings", frame, columns)
    name = labels.sheet("settings")
    return View("settings", name, name, labels.phrase("view.settings"), (block,), tab="watch")


def setting_label(key: str, labels: Labels) -> str:
    """What a line of the settings sheet is called."""
    return str(labels.words["settings"][key][0])
