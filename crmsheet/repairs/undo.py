"""The way back: what the log says was changed is restored where the cell still holds it (R-058)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from crmsheet.checks.cell import as_text, is_blank
from crmsheet.labels import Labels, field_headers
from crmsheet.model import Table, Tables
from crmsheet.repairs.edits import Edit, Position, cell_position, moment_or_day, position_of
from crmsheet.repairs.records import row_records

TYPED_OVER = "typed_over"
# Lines that say what people typed over a computed cell: nothing of theirs was changed that could be restored.
NO_EDITS = ("formula_restored", TYPED_OVER)


def undoable(log: pd.DataFrame, *, everything: bool) -> pd.DataFrame:
    """The lines to take back: of the latest run that changed something, or of all runs; newest first."""
    if not {"applied_on", "sheet", "cell", "field", "before", "after"} <= set(log):
        return log.iloc[:0]
    if "code" in log:
        log = log[~log["code"].isin(NO_EDITS)]
    waiting = log[log["undone_on"].map(is_blank).astype(bool)] if "undone_on" in log else log
    if everything or waiting.empty:
        return waiting
    times = waiting["applied_on"].astype(str)
    return waiting[times == times.max()]


def undo_edits(lines: pd.DataFrame, tables: Tables, labels: Labels) -> Iterator[tuple[int, Edit | None]]:
    """Per line of the log its label, and the edit that restores it: None where the cell holds something else.

    A row that was moved since is found by its record.
    """
    sheets = {table.sheet: _Sheet(table) for table in tables.tables.values()}
    settings = {(one.sheet, one.key): one for one in tables.settings}
    for number, line in zip(lines.index, lines.to_dict("records"), strict=True):
        sheet, cell, after = str(line["sheet"]), str(line["cell"]), as_text(line["after"])
        place: Position | None = None
        if sheet in sheets:
            place = sheets[sheet].find(str(line["field"]), cell, as_text(line.get("record")), after)
        elif (one := settings.get((sheet, str(line["field"])))) and as_text(one.value) == after:
            place = position_of(one.cell)
        yield int(number), _restoring(line, place, labels) if place else None


class _Sheet:
    """Finds the cell of a log line on one sheet: where it was, else the only such cell of the same record."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._columns = {header: str(code) for code in table.raw for header in field_headers(str(code))}
        self._records = {
            row: name.casefold() for row, name in row_records(table).items() if isinstance(row, int)
        }
        self._rows: dict[str, list[int]] = defaultdict(list)
        for row, name in self._records.items():
            self._rows[name].append(row)

    def find(self, field: str, cell: str, record: str, after: str) -> Position | None:
        column = self._columns.get(field, "")
        if column not in self._table.letters:
            return None
        here = self._row_at(cell)
        if here is not None and record and self._records.get(here) != record.casefold():
            here = None
        if here is not None and self._text(here, column) == after:
            return cell_position(self._table, here, column)
        moved = [row for row in self._rows.get(record.casefold(), ()) if self._text(row, column) == after]
        return cell_position(self._table, moved[0], column) if record and len(moved) == 1 else None

    def _row_at(self, cell: str) -> int | None:
        row, column = position_of(cell)
        label = column if self._table.vertical else row
        return label if label in self._records else None

    def _text(self, row: int, column: str) -> str:
        return as_text(self._table.raw.at[row, column])


def _restoring(line: dict[Any, Any], position: Position, labels: Labels) -> Edit:
    kind = labels.choice_code("value_kind", as_text(line.get("before_kind"))) or "text"
    return Edit(
        str(line["sheet"]),
        *position,
        before=line["after"],
        after=_restored(as_text(line["before"]), kind),
        record=as_text(line.get("record")),
        field=as_text(line["field"]),
        code=as_text(line.get("code")),
        reason=as_text(line.get("reason")),
    )


def _restored(text: str, kind: str) -> Any:
    """The value as it was typed: a number is a number again, a date a date.

    >>> _restored("45366", "number"), _restored("45366", "text"), _restored("", "text")
    (45366.0, '45366', None)
    """
    if kind == "blank" or not text:
        return None
    try:
        if kind == "number":
            return float(text)
        return moment_or_day(text) if kind == "date" else text
    except ValueError:
        return text


def marked_undone(log: pd.DataFrame, restored: Sequence[int], moment: str) -> pd.DataFrame:
    """The log with the time at which the given lines were taken back."""
    marks = log["undone_on"].copy() if "undone_on" in log else pd.Series(None, index=log.index, dtype=object)
    marks[list(restored)] = moment
    return log.assign(undone_on=marks)
