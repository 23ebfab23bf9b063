"""Writes a merge into the workbook it starts from: single cells, rows below, columns to the right."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.book.draw import draw
from crmsheet.book.raw import RawSheet
from crmsheet.book.save import backup_path
from crmsheet.book.workbook import Workbook
from crmsheet.labels import Labels
from crmsheet.model import Note, Table, column_letters, column_number
from crmsheet.teams.combine import Merged, Part
from crmsheet.teams.conflict_view import conflicts_view
from crmsheet.teams.conflicts import Conflict, Place
from crmsheet.teams.files import TeamFile
from crmsheet.teams.rows import Row, comparable
from crmsheet.teams.table_view import table_view

Position = tuple[int, int]


@dataclass
class MergeWriter:
    """Collects what a merge changes in ``container``, then saves it elsewhere."""

    container: TeamFile
    labels: Labels
    rows: dict[str, int] = field(default_factory=dict)
    added: int = 0
    changed: int = 0
    notes: list[Note] = field(default_factory=list)
    _numbers: dict[int, tuple[str, int]] = field(default_factory=dict)  # merged row → sheet and number
    _letters: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._workbook = Workbook.open(self.container.book.path, password=self.container.book.password)

    def put(self, entity: str, merged: Sequence[Merged]) -> None:
        """Write the rows of one table."""
        self.rows[entity] = len(merged)
        table = self.container.tables.tables.get(entity)
        if not merged:
            return
        if table is None:
            self._new_sheet(entity, merged)
            return
        layout = _Layout.of(entity, self.container, merged, self.labels)
        self._letters[entity] = dict(layout.letters)
        updates: dict[Position, Any] = dict(layout.headers) | layout.old_marks(self.labels)
        numbers = layout.numbers(merged)
        for row, number in zip(merged, numbers, strict=True):
            self._numbers[id(row)] = (table.sheet, number)
            changes = dict(layout.changes(row, number))
            is_new = number >= layout.first_free
            self.added += is_new
            self.changed += 0 if is_new else len(changes)
            updates |= changes
        outcome = self._workbook.update_cells(table.sheet, updates)
        self._report_refused(table, outcome.refused)
        if not table.vertical:
            self._workbook.grow_table(table.sheet, table.header_row, max(numbers))

    def _new_sheet(self, entity: str, merged: Sequence[Merged]) -> None:
        """The table on a sheet of its own, where the container has none."""
        self.added += len(merged)
        view = table_view(entity, [row.cells for row in merged], self.labels)
        design = draw(view)
        name = self._workbook.put_sheet(view.key, view.name, design)
        self.notes.append(Note("sheet_added", {"sheet": name, "count": len(merged)}))
        for row in merged:
            self._numbers[id(row)] = (name, 0)

    def _report_refused(self, table: Table, refused: Mapping[Position, str]) -> None:
        for (row, column), reason in sorted(refused.items()):
            cell = f"{column_letters(column)}{row}"
            facts = {"sheet": table.sheet, "cell": cell, "reason": self.labels.phrase(f"refused.{reason}")}
            self.notes.append(Note("cell_not_merged", facts))

    def place(self, row: Merged, conflict: Conflict) -> Place:
        """Sheet and cell where a conflict stands in the merged workbook."""
        sheet, number = self._numbers[id(row)]
        place = self._letters.get(conflict.entity, {}).get(conflict.column, "")
        table = self.container.tables.tables.get(conflict.entity)
        if not place or table is None:
            return sheet, ""
        return sheet, f"{column_letters(number)}{place}" if table.vertical else f"{place}{number}"

    def save(self, target: Path, conflicts: pd.DataFrame, password: str) -> None:
        """Put the sheet of conflicts in and write everything to ``target``; what was there is kept as a backup.

        With a ``password`` it is encrypted, also where the container is not.
        """
        view = conflicts_view(conflicts, self.labels)
        self._workbook.put_sheet(view.key, view.name, draw(view), first=bool(len(conflicts)))
        self._workbook.password = password
        self._workbook.save(target, backup=backup_path(target) if target.exists() else None)
        self.notes += self._workbook.notes


@dataclass(frozen=True)
class _Layout:
    """Where the cells of one table stand on its sheet, and where new rows and columns go."""

    table: Table
    home: Part
    letters: Mapping[str, str]
    headers: Mapping[Position, str]
    first_free: int

    @classmethod
    def of(cls, entity: str, container: TeamFile, merged: Sequence[Merged], labels: Labels) -> _Layout:
        table, home = container.tables.tables[entity], container.part(entity)
        assert home is not None
        across, down = _extent(table, next(s for s in container.book.sheets if s.name == table.sheet))
        letters = dict(table.letters)
        headers: dict[Position, str] = {}
        for column in dict.fromkeys(column for row in merged for column in row.cells):
            if column not in letters:
                place = across + 1 + len(headers)
                letters[column] = str(place) if table.vertical else column_letters(place)
                headers[(place, 1) if table.vertical else (table.header_row, place)] = labels.field(
                    column, entity
                )
        return cls(table, home, letters, headers, down + 1)

    def old_marks(self, labels: Labels) -> dict[Position, None]:
        """The cells by which a split copy knew its rows, emptied: the merged workbook is no copy."""
        column = self.letters.get(labels.phrase("team_row"))
        if column is None:
            return {}
        marked = (row.number for row in self.home.rows if row.origin)
        if self.table.vertical:
            return {(int(column), number): None for number in marked}
        return {(number, column_number(column)): None for number in marked}

    def numbers(self, merged: Sequence[Merged]) -> list[int]:
        """The row number of each merged row: its own, or the next free one."""
        free = itertools.count(self.first_free)
        return [self.own_row(row).number or next(free) for row in merged]

    def own_row(self, row: Merged) -> Row:
        """The row as it stands in the container; an empty one with number 0 when it is new there."""
        if row.base is not None:
            return row.base
        return next((version for part, version in row.versions if part is self.home), _NEW)

    def changes(self, row: Merged, number: int) -> Iterator[tuple[Position, Any]]:
        """The cells of ``row`` that differ from what stands there."""
        before = self.own_row(row).content
        for column, value in row.cells.items():
            if comparable(value) != before.get(column):
                place = self.letters[column]
                yield (int(place), number) if self.table.vertical else (number, column_number(place)), value


_NEW = Row(0, {})


def _extent(table: Table, sheet: RawSheet) -> tuple[int, int]:
    """The last place of the header line and of the rows that is in use; a formula that waits for a row is not."""
    used = [
        (number, place)
        for number, row in enumerate(sheet.rows, start=1)
        for place, value in enumerate(row, start=1)
        if value is not None and (number, place) not in sheet.formulas
    ]
    last_row, last_column = max(n for n, _ in used), max(place for _, place in used)
    rows = [int(number) for number in table.raw.index]
    if table.vertical:
        return last_row, max([last_column, *rows])
    return max(last_column, len(sheet.rows[0])), max([last_row, *rows])
