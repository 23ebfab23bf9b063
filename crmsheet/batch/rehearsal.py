"""One small workbook read before any other: words, patterns and tables of characters are made once for all workers."""

from __future__ import annotations

from datetime import date
from typing import Any

from crmsheet.batch.judged import judge_stack
from crmsheet.batch.parts import arrow_table, library
from crmsheet.batch.setup import Setup
from crmsheet.checks.screening import telling, untidy
from crmsheet.clean.dates import parse_date
from crmsheet.collector import collector_paused
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels
from crmsheet.recognize.handed_cells import read_cells
from crmsheet.rules import Rules

_DAY = date(2026, 1, 1)  # any: nothing of what is read here is kept
# What every reader is tried with, so that each looks into all it knows; ``{}`` is the name of the column.
_CELLS = ("{}1.5", "2026-01-02 {}", "13800138000", "{}", _DAY)
_DATES = 1_100  # after so many dates their patterns are joined into one
_LIBRARIES = ("pyarrow.parquet", "pyarrow.feather", "pyarrow.dataset")


def rehearse() -> None:
    """Read, check and type a table of records; starts no thread, so that workers can be forked afterwards."""
    for module in _LIBRARIES:
        library(module)
    with collector_paused():
        untidy(["a"]), telling(["a"])
        for number in range(_DATES):
            parse_date(f"2026-01-02 {number}", base=_DAY)
        said = judge_stack(read_cells(_book()), [0], Setup(Rules.load(), _DAY))
        for part in said.parts.values():
            arrow_table(part)


def _book() -> dict[str, list[list[Any]]]:
    labels = Labels.load()
    headers = [labels.field(field.code, "records") for field in SHEETS["records"].fields]
    rows = [[cell.format(name) if isinstance(cell, str) else cell for name in headers] for cell in _CELLS]
    return {labels.sheet("records"): [headers, *rows]}
