"""The workbooks of a team as they are read: their tables, who saved each, and what stays behind."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from crmsheet.book.authors import last_saved
from crmsheet.book.raw import RawBook
from crmsheet.book.read import read_book
from crmsheet.clean.headers import is_computed
from crmsheet.labels import Labels
from crmsheet.model import Table, Tables
from crmsheet.recognize import recognize
from crmsheet.settings import changed_settings
from crmsheet.teams.combine import Part
from crmsheet.teams.rows import mark_of, rows_of


@dataclass(frozen=True, eq=False)
class TeamFile:
    """One workbook of a team."""

    book: RawBook
    tables: Tables
    labels: Labels
    _parts: dict[str, Part] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, labels: Labels, password: str = "") -> TeamFile:
        """Read ``path``; raises a :class:`~crmsheet.errors.ReadError` that names it."""
        book = read_book(path, password=password)
        return cls(book, recognize(book), labels)

    @cached_property
    def _saved(self) -> tuple[str, str]:
        return last_saved(self.book.path, self.book.password)

    @cached_property
    def by(self) -> str:
        """The file, and the person who saved it last where the file says so."""
        person, _ = self._saved
        name = self.book.path.name
        return self.labels.phrase("saved_by", file=name, person=person) if person else name

    @cached_property
    def at(self) -> str:
        """When it was saved: what the file says, else its time stamp."""
        _, moment = self._saved
        return moment or datetime.fromtimestamp(self.book.path.stat().st_mtime).strftime("%Y-%m-%d %H:%M")

    def table(self, entity: str) -> Table:
        """A table as typed, without the live columns: what is computed belongs to nobody and is computed again."""
        table = self.tables.tables[entity]
        return replace(table, raw=table.raw.loc[:, [not is_computed(name) for name in table.raw.columns]])

    def marks(self, entity: str) -> dict[int, str]:
        """Row number → the mark by which a copy tells which row it was."""
        part = self.part(entity)
        return {row.number: mark_of(entity, row) for row in part.rows} if part else {}

    def part(self, entity: str) -> Part | None:
        """The rows of one table, None when the file has no such table."""
        if entity in self.tables.tables and entity not in self._parts:
            origin = self.labels.phrase("team_row")
            table = self.table(entity)
            columns = frozenset(map(str, table.raw.columns)) - {origin}
            self._parts[entity] = Part(rows_of(table, origin), columns, self.by, self.at)
        return self._parts.get(entity)

    @property
    def settings(self) -> dict[str, object]:
        """What is typed on the settings sheet and differs from what the package ships."""
        return {line.key: line.value for line in changed_settings(self.tables.settings)}

    @property
    def left_behind(self) -> list[str]:
        """Sheets of the user that hold no standard table: they are not part of a merge."""
        known = {table.sheet for table in self.tables.tables.values()}
        aside = {self.labels.sheet(code) for code in ("settings", "holidays", "guide")}
        return [
            sheet.name
            for sheet in self.book.sheets
            if not sheet.own_key and sheet.name not in known | aside and any(map(any, sheet.rows))
        ]
