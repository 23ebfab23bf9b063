"""Sheets with a form of their own: the holidays, and the lists of earlier runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from operator import itemgetter

import pandas as pd

from crmsheet.book.header_words import named_headers
from crmsheet.book.raw import CellError, CellValue, RawSheet
from crmsheet.clean.headers import field_of
from crmsheet.data import LANGUAGES, read_toml
from crmsheet.labels import Labels
from crmsheet.model import Note, column_letters

ROWS_LOOKED_AT = 20

_WRITTEN_DATE = re.compile(r"\s*(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})\D{0,12}")


def read_holidays(sheet: RawSheet) -> tuple[dict[date, bool], list[Note]]:
    """Day → whether it is off. A day without a kind is off; a date that cannot be read becomes a note."""
    days: dict[date, bool] = {}
    notes: list[Note] = []
    first, places = _holiday_columns(sheet.rows)
    if "holiday_date" not in places:
        return {}, []
    day_at, kind_at = places["holiday_date"], places.get("day_kind")
    for number, row in enumerate(sheet.rows[first:], start=first + 1):
        day = _day(row[day_at])
        if day is not None:
            days[day] = _is_off(row[kind_at]) if kind_at is not None else True
        elif row[day_at] is not None:
            cell = f"{column_letters(day_at + 1)}{number}"
            notes.append(
                Note("holiday_not_read", {"sheet": sheet.name, "cell": cell, "value": str(row[day_at])})
            )
    return days, notes


def _holiday_columns(rows: Sequence[Sequence[CellValue]]) -> tuple[int, dict[str, int]]:
    for number, row in enumerate(rows[:ROWS_LOOKED_AT], start=1):
        fields = {
            field_of(cell, sheet="holidays"): place for place, cell in enumerate(row) if isinstance(cell, str)
        }
        if "holiday_date" in fields:
            return number, fields
    return 0, {}


def _day(value: CellValue) -> date | None:
    """A date cell, or a date written out in full."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    match = _WRITTEN_DATE.fullmatch(value) if isinstance(value, str) else None
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _is_off(kind: CellValue) -> bool:
    return not (isinstance(kind, str) and Labels.load().choice_code("day_kind", kind) == "workday")


def read_own(sheet: RawSheet) -> pd.DataFrame:
    """The list on an analysis sheet of an earlier run, as it stands: one column per known header, by its code.

    ``row`` is the Excel row of each line; where people mark lines, ``marked_at`` is the address of the mark.
    Empty when no header row is found.
    """
    header, places = _own_header(sheet)
    if not places:
        return pd.DataFrame(columns=["row"], dtype=object)
    pick = itemgetter(*places.values())
    read = [(row, pick(cells)) for row, cells in enumerate(sheet.rows[header:], start=header + 1)]
    # One filled cell is a remark, such as "none yet".
    lines = [(row, cells) for row, cells in read if len(places) - cells.count(None) > 1]
    columns: dict[str, list[object]] = {"row": [row for row, _ in lines]}
    for number, code in enumerate(places):
        columns[code] = [_plain(cells[number]) for _, cells in lines]
    if mark := next((code for code in MARKS if code in places), None):
        letters = column_letters(places[mark] + 1)
        columns["marked_at"] = [f"{sheet.name}!{letters}{row}" for row, _ in lines]
    return pd.DataFrame(columns, dtype=object)


MARKS = ("accept", "conflict_choice")  # columns in which people decide about a line
LEAST_HEADERS = 2
OWN_ROWS_LOOKED_AT = 60


def _own_header(sheet: RawSheet) -> tuple[int, dict[str, int]]:
    """Row number of the header and the place of each column; 0 and no columns when there is none."""
    best: tuple[int, dict[str, int]] = (0, {})
    for number, header in enumerate(sheet.rows[:OWN_ROWS_LOOKED_AT], start=1):
        known = [(_column_code(cell), place) for place, cell in enumerate(header) if cell is not None]
        places = {code: place for code, place in known if code}
        if len(places) >= LEAST_HEADERS and len(places) > len(
            best[1]
        ):  # short tables may stand above the list
            best = number, places
    return best


def _column_code(header: CellValue) -> str:
    text = str(header)
    named = (code for pattern, code in named_headers() if pattern.fullmatch(text))
    return _column_codes().get(text) or next(named, "")


@cache
def _column_codes() -> dict[str, str]:
    """Written header of each column of an analysis sheet, and its code; codes stand for themselves."""
    named = [
        pair
        for language in reversed(LANGUAGES)
        for words in [read_toml(f"labels.{language}.toml")]
        for pair in (*words["fields"].items(), *reversed(words["columns"].items()))
    ]  # of equal headers the first counts
    return {label: code for code, label in named} | {code: code for code, _ in named}


def _plain(value: CellValue) -> object:
    return None if isinstance(value, CellError) else value
