"""Edits: single changes of cells on the entry sheets, each with what it was, what it becomes and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import pandas as pd

from crmsheet.checks.cell import MIDNIGHT
from crmsheet.data import read_toml
from crmsheet.fields import readable_fields
from crmsheet.model import Table, Tables, column_letters, column_number

NUMERIC = frozenset({"amount", "count", "score", "rating", "number"})  # kinds whose cells are numbers
Accept = Literal["marked", "safe", "all"]
Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Edit:
    """One cell to change: row and column from 1, the raw value before and after, and for whom and why."""

    sheet: str
    row: int
    column: int
    before: Any
    after: Any
    record: str
    field: str
    code: str
    reason: str

    @property
    def position(self) -> Position:
        return self.row, self.column

    @property
    def cell(self) -> str:
        return f"{column_letters(self.column)}{self.row}" if self.row else ""


def accepted_repairs(issues: pd.DataFrame, accept: Accept) -> pd.DataFrame:
    """The proposals to apply now, at most one per cell; a no on the quality sheet wins.

    ``marked`` takes what people marked yes or always. ``safe`` also takes what only tidies, ``all`` other
    certain repairs too; but what guesses, merges, masks or drops something is only ever taken when marked.
    """
    facts = read_toml("issues.toml")
    allowed = {
        code
        for code, fact in facts.items()
        if (accept != "marked" and fact.get("safe")) or (accept == "all" and not fact.get("single"))
    }
    marked = issues["accept"].isin(["yes", "always"])
    taken = (issues["code"].isin(allowed) & (issues["accept"] != "no")) | marked
    found = issues[taken & (issues["suggestion"] != "")]
    if found.empty:
        return found
    # What a person marked goes before what is merely allowed in the same cell.
    order = marked[found.index].map({True: 0, False: 1}).sort_values(kind="stable").index
    return found.loc[order].drop_duplicates(["sheet", "cell"]).sort_index()


def repair_edits(repairs: pd.DataFrame, tables: Tables) -> Iterator[Edit]:
    """Accepted proposals as edits."""
    for entity, part in repairs.groupby("entity", sort=False):
        table = tables.tables[str(entity)]
        kinds = {name: field.kind for name, field in readable_fields(str(entity)).items()}
        for line in part.to_dict("records"):
            row, column = int(line["row"]), str(line["column"])
            if column in table.letters:
                yield Edit(
                    table.sheet,
                    *cell_position(table, row, column),
                    before=table.raw.at[row, column],
                    after=typed(str(line["suggestion"]), kinds.get(column, "text")),
                    record=str(line["record"]),
                    field=str(line["field"]),
                    code=str(line["code"]),
                    reason=str(line["message"]),
                )


_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")


def position_of(cell: str) -> Position:
    """(row, column) of an address; (0, 0) for anything else.

    >>> position_of("F7"), position_of("nowhere")
    ((7, 6), (0, 0))
    """
    match = _ADDRESS.fullmatch(cell)
    return (int(match[2]), column_number(match[1])) if match else (0, 0)


def cell_position(table: Table, row: int, column: str) -> Position:
    """(row, column) of a field's cell on its sheet, from 1; a vertical form turns them round."""
    place = table.letters[column]
    return (int(place), row) if table.vertical else (row, column_number(place))


def typed(suggestion: str, kind: str) -> Any:
    """Dates become real dates and amounts numbers, so that Excel can sort and sum them.

    >>> typed("2026-11-20", "date"), typed("50000", "amount"), typed("5万", "amount")
    (datetime.date(2026, 11, 20), 50000.0, '5万')
    """
    try:
        if kind in {"date", "date_or_none", "moment"} and len(suggestion) >= len("2026-11-20"):
            return moment_or_day(suggestion)
        return float(suggestion) if kind in NUMERIC else suggestion
    except ValueError:  # a person typed something else over the proposal
        return suggestion


def moment_or_day(text: str) -> date:
    """An ISO text as a day, or as a moment where it names a time of day.

    >>> moment_or_day("2026-11-20"), moment_or_day("2026-11-20 14:30")
    (datetime.date(2026, 11, 20), datetime.datetime(2026, 11, 20, 14, 30))
    """
    moment = datetime.fromisoformat(text)
    return moment.date() if moment.time() == MIDNIGHT else moment
