"""A table with its header above: the ordinary case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from crmsheet.book.raw import CellValue, Position, RawSheet
from crmsheet.clean.headers import is_computed, is_row_number, recognize_header, standard_header
from crmsheet.fields import SHEETS
from crmsheet.model import Note, Table, column_letters
from crmsheet.recognize.columns import Column, name_columns
from crmsheet.recognize.data_rows import DataRows, choose_rows
from crmsheet.recognize.header_rows import Header
from crmsheet.recognize.other_tables import Others

KEYS = ("customer_id", "customer_name", "requirement_id", "task", "order_id", "contract_id")
# Kinds whose value holds for every row of a merged cell; a merged amount would be counted once per row.
SPREAD_KINDS = frozenset(
    {"customer_id", "company", "industry", "person", "text", "phone", "email", "owner", "region"}
)
MOST_SUGGESTIONS = 20  # likeness is slow to compute, and nobody reads more
FORMULA_SHARE = 0.5  # a column with more formulas than that is computed, not filled in


@dataclass(frozen=True, slots=True)
class _Layout:
    """What was decided about one sheet's table."""

    sheet: RawSheet
    header: Header
    code: str
    columns: Sequence[Column]
    last_row: int  # of the rows below the header that may be its own

    @property
    def below(self) -> list[list[CellValue]]:
        return self.sheet.rows[self.header.last_row : self.last_row]


def read_table(sheet: RawSheet, header: Header, code: str) -> tuple[Table, list[Note]]:
    """The table of the standard sheet ``code`` that stands below ``header``, and what was noticed."""
    others = Others.on(sheet, header, code)
    headers = {
        place: text for place, text in enumerate(header.texts) if text.strip() and place not in others.places
    }
    for place in _unnamed(sheet.rows[header.last_row : others.last_row], header):
        headers[place] = column_letters(place + 1)
    layout = _Layout(sheet, header, code, name_columns(headers, code), others.last_row)
    chosen = choose_rows(layout.below, header.texts, _keys(layout), _ignored(layout) | others.places)
    raw = _frame(layout, chosen)
    spread = _spread_merged(layout, raw)
    table = Table(
        sheet=sheet.name,
        raw=raw,
        letters={column.name: column_letters(column.place + 1) for column in layout.columns},
        headers={column.name: column.header for column in layout.columns},
        header_row=header.last_row,
    )
    return table, [*_notes(layout, chosen, spread), *others.notes(sheet)]


def _unnamed(below: Sequence[Sequence[CellValue]], header: Header) -> Iterator[int]:
    """Columns without a header that hold something all the same."""
    blank = [place for place, text in enumerate(header.texts) if not text.strip()]
    for place in blank:
        if any(row[place] is not None for row in below):
            yield place


def _keys(layout: _Layout) -> list[int]:
    return [column.place for column in layout.columns if column.name in KEYS]


def _ignored(layout: _Layout) -> frozenset[int]:
    """Places of row numbers, and of columns that are mostly formulas."""
    numbered = {column.place for column in layout.columns if is_row_number(column.header)}
    counts: dict[int, int] = {}
    for row, column in layout.sheet.formulas:
        if layout.header.last_row < row <= layout.last_row:
            counts[column - 1] = counts.get(column - 1, 0) + 1
    return frozenset(
        numbered | {c for c, count in counts.items() if count > FORMULA_SHARE * len(layout.below)}
    )


def _frame(layout: _Layout, chosen: DataRows) -> pd.DataFrame:
    first = layout.header.last_row + 1
    below = layout.below
    rows = below if isinstance(chosen.data, range) else [below[offset] for offset in chosen.data]
    index = pd.Index(np.asarray(chosen.data, dtype="int64") + first)
    cells = np.array(rows, dtype=object).reshape(len(rows), len(layout.header.texts))
    names = _index(tuple(column.name for column in layout.columns))
    places = [column.place for column in layout.columns]
    return pd.DataFrame(cells[:, places], index=index, columns=names, dtype=object, copy=False)


@lru_cache(maxsize=64)
def _index(names: tuple[str, ...]) -> pd.Index:
    """Names of columns, which workbooks of one form have in common."""
    return pd.Index(names)


def _spread_merged(layout: _Layout, raw: pd.DataFrame) -> int:
    """Write the value of cells merged over several rows into each row of ``raw``; how many there were."""
    kinds = {field.code: field.kind for field in SHEETS[layout.code].fields}
    names = {c.place: c.name for c in layout.columns if kinds.get(c.name) in SPREAD_KINDS}
    present = set(raw.index) if layout.sheet.merged else set()
    places = [
        (row, names[area.left - 1], area.top)
        for area in layout.sheet.merged
        if area.bottom > area.top and area.left - 1 in names and area.top in present
        for row in range(area.top + 1, area.bottom + 1)
        if row in present
    ]
    for name in {name for _, name, _ in places}:
        source = raw[name].to_dict()
        filled = {row: source[top] for row, column, top in places if column == name}
        raw.loc[list(filled), name] = pd.Series(filled, dtype=object)
    return len({(top, name) for _, name, top in places})


def _suggestions(layout: _Layout) -> Iterator[Note]:
    """The user's own columns that may be a misspelt field which the table still lacks."""
    taken = {column.name for column in layout.columns}
    own = [column for column in layout.columns if not column.is_field and column.header]
    for column in own[:MOST_SUGGESTIONS]:
        field = recognize_header(column.header, sheet=layout.code).suggestion
        if field and field not in taken:
            near = standard_header(field, sheet=layout.code)
            yield Note(
                "header_suggested", {"sheet": layout.sheet.name, "header": column.header, "near": near}
            )


def _notes(layout: _Layout, chosen: DataRows, spread: int) -> Iterator[Note]:
    sheet = layout.sheet
    found = {"total_row": chosen.totals, "footer_row": chosen.footers, "repeated_header": chosen.repeated}
    for code, offsets in found.items():
        if offsets:
            rows = ", ".join(str(layout.header.last_row + 1 + offset) for offset in offsets)
            yield Note(code, {"sheet": sheet.name, "row": rows})
    yield from _suggestions(layout)
    if spread:
        yield Note("merged_cells", {"sheet": sheet.name, "count": spread})
    if uncached := _uncached(layout):
        row, column = min(uncached)
        cell = f"{column_letters(column)}{row}"
        yield Note("formula_without_value", {"sheet": sheet.name, "count": len(uncached), "cell": cell})


def _uncached(layout: _Layout) -> set[Position]:
    """Data cells that are formulas without a value; those of our own columns, and of titles, nobody reads."""
    own = {column.place + 1 for column in layout.columns if is_computed(column.header)}
    return {
        (row, column)
        for row, column in layout.sheet.uncached
        if layout.header.last_row < row <= layout.last_row and column not in own
    }
