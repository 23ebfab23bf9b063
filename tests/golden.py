"""What a workbook looks like, as plain values for comparison: cells, formats, widths, validations, charts.

Not compared, because they say nothing about the look or a test of their own has them:

* style numbers, shared strings, ids of parts and relationships, the order of the package;
* fonts, fills and borders (``tests/book/test_draw.py``, ``test_template.py``), colours of charts and bars;
* titles of prompts and errors (their text is compared);
* digits behind the fourth: the last ones of a fitted model depend on the libraries;
* who made the file and when;
* the sheets of :data:`IGNORED_SHEETS`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
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

IGNORED_SHEETS = {
    "历史快照": "hidden: figures for the next refresh; tests/tables/test_migration.py",
    "节假日": "the published calendar; tests/book/test_template.py",
}

# Rows of one sheet that are kept one by one; those below only as a checksum.
KEPT_ROWS = 14

# A longer formula is cut and its end kept as a checksum.
LONGEST = 120

Picture = dict[str, dict[str, Any]]


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


def picture(book: openpyxl.Workbook) -> Picture:
    """The look of each sheet, as JSON would hand it back."""
    looks = {sheet.title: _sheet(sheet) for sheet in book if sheet.title not in IGNORED_SHEETS}
    found: Picture = json.loads(json.dumps(looks))
    return found


def differences(known: Picture, found: Picture) -> list[str]:
    """``sheet · part: was → is`` for whatever differs."""
    return [
        f"{sheet} · {part}: {_first(was, now)}"
        for sheet in {**known, **found}
        for part in {**known.get(sheet, {}), **found.get(sheet, {})}
        if (was := known.get(sheet, {}).get(part)) != (now := found.get(sheet, {}).get(part))
    ]


def _first(was: Any, now: Any) -> str:
    """The first pair that differs, of lists and tables the element."""
    if isinstance(was, list) and isinstance(now, list):
        pairs = [*zip(was, now, strict=False), (f"{len(was)} lines", f"{len(now)} lines")]
        was, now = next((one, two) for one, two in pairs if one != two)
    elif isinstance(was, dict) and isinstance(now, dict):
        name = next(name for name in {**was, **now} if was.get(name) != now.get(name))
        return f"{name} {was.get(name)} → {now.get(name)}"
    return f"{was} → {now}"


def _sheet(sheet: Any) -> dict[str, Any]:
    rows = ["  |  ".join(_row(row)) for row in sheet.iter_rows()]
    return {
        "state": sheet.sheet_state,
        "rows": rows[:KEPT_ROWS],
        "below": f"{len(rows[KEPT_ROWS:])} {_checksum(chr(10).join(rows[KEPT_ROWS:]))}",
        "widths": {name: _width(column) for name, column in sorted(sheet.column_dimensions.items())},
        "merged": sorted(map(str, sheet.merged_cells.ranges))[:KEPT_ROWS],
        "tables": {table.name: table.ref for table in sheet.tables.values()},
        "validations": sorted(_validation(rule) for rule in sheet.data_validations.dataValidation),
        "conditions": sorted(
            f"{area.sqref} {rule.type} {rule.operator or ''} {' '.join(rule.formula)}".strip()
            for area in sheet.conditional_formatting
            for rule in area.rules
        ),
        "charts": [_chart(chart) for chart in sheet._charts],
        "print": [str(sheet.print_area), str(sheet.print_title_rows), sheet.page_setup.orientation],
        "frozen": str(sheet.freeze_panes),
    }


def _row(row: Any) -> Iterator[str]:
    """``A1 value [number format]``; blank cells that only carry a border are left out."""
    for cell in row:
        if cell.value is not None:
            shown = f" [{cell.number_format}]" if cell.number_format != "General" else ""
            value = f"{cell.value:.4g}" if isinstance(cell.value, float) else _short(str(cell.value))
            yield f"{cell.coordinate} {value}{shown}"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… {_checksum(text)}"


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _width(column: Any) -> str:
    folded = f" level {column.outlineLevel}" if column.outlineLevel else ""
    return f"{column.width:.1f}{folded}{' hidden' if column.hidden else ''}"


def _validation(rule: Any) -> str:
    limits = f"{rule.formula1 or ''} {rule.formula2 or ''}".strip()
    return f"{rule.sqref} {rule.type} {rule.errorStyle or ''} {limits} {rule.prompt or ''} {rule.error or ''}".strip()


def _chart(chart: Any) -> str:
    start, end = chart.anchor._from, chart.anchor.to
    place = f"{start.col},{start.row}:{end.col},{end.row}"
    return f"{type(chart).__name__} {place} {'; '.join(map(_series, chart.series))}"


def _series(series: Any) -> str:
    names = series.cat and (series.cat.strRef or series.cat.numRef)
    return f"{names.f if names else ''} {series.val.numRef.f}"
