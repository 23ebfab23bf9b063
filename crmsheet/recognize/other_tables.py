"""Further tables on a sheet: one sheet is read as one table, and whatever else stands there is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count

from crmsheet.book.raw import CellValue, RawSheet
from crmsheet.clean.headers import field_of, header_words, standard_header
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels
from crmsheet.model import Note, column_letters
from crmsheet.recognize.header_rows import COLUMNS_LOOKED_AT, Header
from crmsheet.recognize.kinds import WHO, best_fits
from crmsheet.recognize.words import hinted_sheet

FEWEST_CELLS = 3  # of a header: whose row it is, and two more
KNOWN_SHARE = 0.6  # of the filled cells of a line that is a header


@dataclass(frozen=True, slots=True)
class OtherTable:
    """A table of the standard sheet ``code``; ``row`` and ``column`` of its first header, counted from 1.

    ``places`` are its columns counted from 0 when it stands beside the table that is read.
    """

    code: str
    row: int
    column: int
    places: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Others:
    """The tables on a sheet that are not read, and what they leave: rows up to ``last_row``, without ``places``."""

    tables: tuple[OtherTable, ...]
    last_row: int

    @classmethod
    def on(cls, sheet: RawSheet, header: Header, code: str) -> Others:
        """Those on ``sheet`` besides the table of the standard sheet ``code`` below ``header``."""
        above, below = _table_above(sheet, header, code), _table_below(sheet, header, code)
        found = (above, below, *_tables_beside(header, code))
        last_row = _last_row_above(sheet, below) if below else len(sheet.rows)
        return cls(tuple(other for other in found if other), last_row)

    @property
    def places(self) -> frozenset[int]:
        return frozenset(place for other in self.tables for place in other.places)

    def notes(self, sheet: RawSheet) -> Iterator[Note]:
        """That they were not read: where each stands, and the name of the sheet it belongs on."""
        for other in self.tables:
            cell = f"{column_letters(other.column)}{other.row}"
            label = Labels.load().sheet(other.code)
            yield Note("other_table", {"sheet": sheet.name, "row": other.row, "cell": cell, "label": label})


def _table_below(sheet: RawSheet, header: Header, code: str) -> OtherTable | None:
    """The first header of another table in the rows below ``header``; the same header again is none."""
    for row in _perhaps_headers(sheet.rows, header.last_row):
        other = _header_of(sheet.rows[row], header, code)
        if other:
            return OtherTable(other, row + 1, _first_filled(sheet.rows[row]))
    return None


def _last_row_above(sheet: RawSheet, other: OtherTable) -> int:
    """The last row, counted from 1, that is not yet a blank line or the title of ``other``."""
    row = other.row - 1
    titled = row > 0 and _is_title(sheet.rows, row - 1)
    row -= titled
    while row > 0 and _filled(sheet.rows[row - 1]) == 0:
        row -= 1
    return row


def _table_above(sheet: RawSheet, header: Header, code: str) -> OtherTable | None:
    """A table of another kind, with rows of its own, above ``header``."""
    top = header.last_row - header.lines
    for row in range(top - 1):
        other = _header_of(sheet.rows[row], header, code)
        has_rows = any(_filled(between) > 1 for between in sheet.rows[row + 1 : top])
        if other and other != code and has_rows:
            return OtherTable(other, row + 1, _first_filled(sheet.rows[row]))
    return None


def _tables_beside(header: Header, code: str) -> Iterator[OtherTable]:
    """Groups of columns, set off by a blank header, that are a table of another kind.

    ``places`` is empty where the group does not say whose its rows are: then they go with the rows beside them.
    """
    groups = list(_groups(header.texts[:COLUMNS_LOOKED_AT]))
    if len(groups) < 2:
        return
    own = max(groups, key=lambda group: len(_fields(header.texts, group, code)))
    ours = _fields(header.texts, own, code)
    for group in groups:
        fields = _fields(header.texts, group, code) - WHO
        if group is own or 2 * len(fields - ours) > len(group):
            continue
        texts = [header.texts[place] for place in group]
        if kind := _kind(texts):
            yield OtherTable(kind, header.last_row, group[0] + 1, frozenset(group))
        elif (kind := _kind([*texts, _who_header()])) not in ("", code):
            yield OtherTable(kind, header.last_row, group[0] + 1)


def _perhaps_headers(rows: Sequence[Sequence[CellValue]], start: int) -> Iterator[int]:
    """Rows from ``start`` on that are worth a look: below a blank line or a title, or begun by a header's word.

    Written out in one expression, because it is asked of every row of a workbook.
    """
    words = header_words()
    return (
        row
        for row, above, cells in zip(count(start), rows[start - 1 :], rows[start:], strict=False)
        if len(above) - above.count(None) <= 1
        or (cells[0] if cells[0] is not None else _first_value(cells)) in words
    )


def _first_value(cells: Sequence[CellValue]) -> CellValue:
    return next((value for value in cells if value is not None), None)


def _header_of(row: Sequence[CellValue], header: Header, code: str) -> str:
    """Which standard sheet ``row`` heads, other than the table of ``header`` itself; else ``""``."""
    texts = {place: value for place, value in enumerate(row[:COLUMNS_LOOKED_AT]) if value is not None}
    if len(texts) < FEWEST_CELLS or sum(isinstance(text, str) for text in texts.values()) < len(texts):
        return ""
    same = [
        field_of(str(text), sheet=code) == (field_of(header.texts[place], sheet=code) or None)
        for place, text in texts.items()
    ]
    return "" if 2 * sum(same) > len(texts) else _kind([str(text) for text in texts.values()])


def _kind(texts: Sequence[str]) -> str:
    """The standard sheet that most of ``texts`` are headers of, or ``""``."""
    fits = [fit.code for fit in best_fits(texts, "") if fit.fields >= KNOWN_SHARE * len(texts)]
    return fits[0] if fits else ""


def _is_title(rows: Sequence[Sequence[CellValue]], row: int) -> bool:
    """Whether the row, counted from 0, only names the table below it: alone in its line, and set off or telling."""
    texts = [value for value in rows[row] if value is not None]
    if len(texts) != 1 or not isinstance(texts[0], str):
        return False
    return bool(hinted_sheet(texts[0])) or (row > 0 and _filled(rows[row - 1]) == 0)


def _groups(texts: Sequence[str]) -> Iterator[list[int]]:
    """Places of headers that stand side by side."""
    group: list[int] = []
    for place, text in enumerate((*texts, "")):
        if text.strip():
            group.append(place)
        elif group:
            yield group
            group = []


def _fields(texts: Sequence[str], group: Sequence[int], code: str) -> set[str]:
    known = {field.code for field in SHEETS[code].fields}
    return {field_of(texts[place], sheet=code) for place in group} & known


@cache
def _who_header() -> str:
    return standard_header("customer_id", sheet="records")


def _filled(row: Sequence[CellValue]) -> int:
    return sum(value is not None and bool(str(value).strip()) for value in row)


def _first_filled(row: Sequence[CellValue]) -> int:
    return next(place for place, value in enumerate(row) if value is not None) + 1
