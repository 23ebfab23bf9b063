"""Workbooks with buttons for the tests, small enough to be read many times."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crmsheet.book.template import template
from crmsheet.excel.workbook import workbook_macros
from crmsheet.labels import Labels
from crmsheet.sample import sample_team
from crmsheet.settings import setting_lines

DAY = "2024-03-18"


def macro_workbook(path: Path, rows: int = 6) -> Path:
    """The workbook of ``crmsheet new NAME.xlsm --example``, with the first ``rows`` of each of its tables."""
    labels = Labels.load()
    team: dict[str, pd.DataFrame] = {
        code: frame.head(rows) for code, frame in sample_team(pd.Timestamp(DAY).date()).tables.items()
    }
    data = template(labels=labels, rules_rows=setting_lines(), tables=team, macros=workbook_macros(labels))
    path.write_bytes(data)
    return path
