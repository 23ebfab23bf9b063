"""A form with its field names down one column and one customer in each column beside it (as S2 prints it)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from crmsheet.book.raw import CellValue, RawSheet
from crmsheet.clean.headers import field_of
from crmsheet.fields import CUSTOMER_SHEETS
from crmsheet.model import Note, Table, column_letters
from crmsheet.recognize.columns import name_columns
from crmsheet.recognize.kinds import Fit, best_fits
from crmsheet.recognize.words import is_word

FEWEST_FIELDS = 4
COLUMNS_LOOKED_AT = 6
ROWS_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Form:
    """Where a form's field names stand: ``column`` and rows, counted from 0; ``values`` are its customers."""

    column: int
    fields: dict[int, str]
    values: tuple[int, ...]
    examples: tuple[int, ...]
    fit: Fit


def find_form(sheet: RawSheet) -> Form | None:
    """The form on ``sheet``, if there is one with at least one customer."""
    width = len(sheet.rows[0]) if sheet.rows else 0
    forms = [form for column in range(min(COLUMNS_LOOKED_AT, width)) if (form := _form(sheet, column))]
    return max(forms, key=lambda form: form.fit.score) if forms else None


def _form(sheet: RawSheet, column: int) -> Form | None:
    cells = [row[column] for row in sheet.rows[:ROWS_LOOKED_AT]]
    named = [place for place, cell in enumerate(cells) if isinstance(cell, str) and field_of(cell)]
    if len(named) < FEWEST_FIELDS:
        return None
    labels = {p: str(cell) for p, cell in enumerate(cells) if isinstance(cell, str) and p >= named[0]}
    fits = [fit for fit in best_fits(list(labels.values()), sheet.name) if fit.code in CUSTOMER_SHEETS]
    values, examples = _value_columns(sheet, column, labels)
    return Form(column, labels, values, examples, fits[0]) if fits and values else None


def _value_columns(
    sheet: RawSheet, column: int, labels: dict[int, str]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Columns that hold customers, and those that only show how to fill in the form."""
    titles = _titles(sheet.rows, column, min(labels))
    filled = [
        place
        for place in range(column + 1, len(sheet.rows[0]))
        if not is_word(titles[place], "note_columns")
        and any(sheet.rows[row][place] is not None for row in labels)
    ]
    examples = [place for place in filled if is_word(titles[place], "example_columns")]
    customers = [place for place in filled if place not in examples]
    return (tuple(customers), tuple(examples)) if customers else (tuple(examples), ())


def _titles(rows: Sequence[Sequence[CellValue]], column: int, first: int) -> Sequence[CellValue]:
    """The form's own header line above its first field, blanks when it has none."""
    for row in reversed(rows[:first]):
        if is_word(row[column], "field_columns"):
            return row
    return [None] * len(rows[0])


def read_form(sheet: RawSheet, form: Form) -> tuple[Table, list[Note]]:
    """The form as a table of one row per customer; its index are Excel column numbers."""
    columns = name_columns(form.fields, form.fit.code)
    data = [[sheet.rows[column.place][place] for column in columns] for place in form.values]
    raw = pd.DataFrame(
        data,
        index=pd.Index([place + 1 for place in form.values], dtype="int64"),
        columns=[column.name for column in columns],
        dtype=object,
    )
    table = Table(
        sheet=sheet.name,
        raw=raw,
        letters={column.name: str(column.place + 1) for column in columns},
        headers={column.name: column.header for column in columns},
        header_row=form.column + 1,
        vertical=True,
    )
    notes = [
        Note("example_column", {"sheet": sheet.name, "column": column_letters(p + 1)}) for p in form.examples
    ]
    return table, notes
