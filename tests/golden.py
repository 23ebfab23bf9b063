"""What a workbook looks like, as plain values for comparison: cells, formats, widths, validations, charts.

Not compared, because they say nothing about the look: style numbers, shared strings, ids of relationships and
parts, creation dates, the bytes of drawings, fonts and borders (the theme's tests have them), and the entry sheets.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

import crmsheet as crm
from crmsheet.book.save import write_new
from crmsheet.book.template import template
from crmsheet.labels import Labels
from crmsheet.settings import setting_lines

# A team of 36 as it was typed once; the sample team itself may change.
TEAM = Path(__file__).parent / "golden_team.json"
DAYS = ("2026-09-28", "2026-11-20")

# Rows of one sheet that are kept one by one; those below only as a checksum.
KEPT_ROWS = 14


def golden_workbook(path: Path) -> Path:
    """The filled template of the golden team, refreshed on two days."""
    tables = {code: _frame(columns) for code, columns in json.loads(TEAM.read_text("utf-8")).items()}
    write_new(path, template(labels=Labels.load(), rules_rows=setting_lines(), tables=tables))
    for day in DAYS:
        crm.refresh(path, as_of=day, backup=False)
    return path


def _frame(columns: dict[str, list[Any]]) -> pd.DataFrame:
    typed = {name: [_typed(value) for value in values] for name, values in columns.items()}
    return pd.DataFrame(typed, dtype=object)


def _typed(value: Any) -> Any:
    return date.fromisoformat(value["day"]) if isinstance(value, dict) else value


def picture(path: Path, sheets: list[str]) -> dict[str, Any]:
    """The look of each of ``sheets``."""
    book = openpyxl.load_workbook(path)
    return {title: _sheet(book[title]) for title in sheets}


def _sheet(sheet: Any) -> dict[str, Any]:
    rows = [[_cell(cell) for cell in row] for row in sheet.iter_rows()]
    filled = [[cell for cell in row if cell] for row in rows]
    below = repr(filled[KEPT_ROWS:]).encode()
    return {
        "rows": filled[:KEPT_ROWS],
        "below": [len(filled[KEPT_ROWS:]), hashlib.sha256(below).hexdigest()[:16]],
        "widths": {name: round(column.width, 1) for name, column in sorted(sheet.column_dimensions.items())},
        "merged": sorted(map(str, sheet.merged_cells.ranges))[:KEPT_ROWS],
        "tables": {table.name: table.ref for table in sheet.tables.values()},
        "validations": sorted(
            f"{rule.sqref} {rule.type} {rule.formula1 or rule.prompt}"
            for rule in sheet.data_validations.dataValidation
        ),
        "conditions": sorted(
            f"{area.sqref} {rule.type} {rule.operator or ''} {' '.join(rule.formula)}".strip()
            for area in sheet.conditional_formatting
            for rule in area.rules
        ),
        "charts": [_chart(chart) for chart in sheet._charts],
        "print": [str(sheet.print_area), str(sheet.print_title_rows), sheet.page_setup.orientation],
        "frozen": str(sheet.freeze_panes),
    }


def _cell(cell: Any) -> str:
    """``A1 value [number format]``; blank cells that only carry a border are left out."""
    if cell.value is None:
        return ""
    shown = f" [{cell.number_format}]" if cell.number_format != "General" else ""
    # Six digits: the last ones of a fitted model depend on the libraries.
    value = f"{cell.value:.6g}" if isinstance(cell.value, float) else cell.value
    return f"{cell.coordinate} {value}{shown}"


def _chart(chart: Any) -> dict[str, Any]:
    start, end = chart.anchor._from, chart.anchor.to
    return {
        "kind": type(chart).__name__,
        "place": [start.col, start.row, end.col, end.row],
        "series": [[series.cat.strRef.f, series.val.numRef.f] for series in chart.series],
    }
