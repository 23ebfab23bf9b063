"""Sheets with a form of their own: the settings, the holidays, and the lists of earlier runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from operator import itemgetter

import pandas as pd

from crmsheet.book.raw import CellError, CellValue, RawSheet
from crmsheet.clean.headers import field_of
from crmsheet.data import LANGUAGES, read_toml
from crmsheet.labels import Labels
from crmsheet.model import Note, Setting, column_letters
from crmsheet.recognize.words import is_word, standard_sheet
from crmsheet.settings import is_setting

ROWS_LOOKED_AT = 20
FEWEST_SETTINGS = 3  # fewer lines of known keys do not make a sheet of another name the settings

_WRITTEN_DATE = re.compile(r"\s*(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})\D{0,12}")


def settings_sheets(sheets: Iterable[RawSheet]) -> list[RawSheet]:
    """The settings sheets: of the standard name in any language, else renamed ones, known by their keys."""
    known = list(sheets)
    named = [one for one in known if "settings" in (one.own_key, standard_sheet(one.name))]
    return named or [one for one in known if not one.own_key and _states_settings(one)]


def _states_settings(sheet: RawSheet) -> bool:
    found = _titles(sheet.rows, ("setting_key", "setting_value"))
    if found is None:
        return False
    first, (key_at, _) = found
    keys = (row[key_at] for row in sheet.rows[first : first + ROWS_LOOKED_AT])
    return sum(isinstance(key, str) and is_setting(key.strip()) for key in keys) >= FEWEST_SETTINGS


def read_settings(sheet: RawSheet) -> Iterator[Setting]:
    """Lines of the settings sheet whose value is filled."""
    found = _titles(sheet.rows, ("setting_key", "setting_value"))
    if found is None:
        return
    first, (key_at, value_at) = found
    for number, row in enumerate(sheet.rows[first:], start=first + 1):
        key, value = row[key_at], row[value_at]
        if isinstance(key, str) and key.strip() and value is not None:
            yield Setting(key.strip(), value, sheet.name, f"{column_letters(value_at + 1)}{number}")


@dataclass(frozen=True, slots=True)
class SettingsPlace:
    """Where lines of the settings sheet stand: columns from 1 (0: none), first free row, row and value by key."""

    sheet: str
    key_at: int
    value_at: int
    label_at: int
    next_row: int
    lines: Mapping[str, tuple[int, CellValue]]


def settings_place(sheets: Iterable[RawSheet]) -> SettingsPlace | None:
    """The settings sheet among ``sheets`` that lines can be added to."""
    for sheet in sheets:
        found = _titles(sheet.rows, ("setting_key", "setting_value"))
        if found is not None:
            first, (key_at, value_at) = found
            rows = enumerate(sheet.rows[first:], start=first + 1)
            filled = [(n, row) for n, row in rows if row[key_at] is not None or row[value_at] is not None]
            lines = {str(row[key_at]).strip(): (n, row[value_at]) for n, row in filled if row[key_at]}
            last = filled[-1][0] if filled else first
            label_at = value_at if value_at and value_at - 1 != key_at else 0
            return SettingsPlace(sheet.name, key_at + 1, value_at + 1, label_at, last + 1, lines)
    return None


def _titles(rows: Sequence[Sequence[CellValue]], names: Sequence[str]) -> tuple[int, list[int]] | None:
    """First row below the header that has all columns ``names``, and their places."""
    for number, row in enumerate(rows[:ROWS_LOOKED_AT], start=1):
        places = [
            next((place for place, cell in enumerate(row) if is_word(cell, name)), -1) for name in names
        ]
        if -1 not in places:
            return number, places
    return None


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
    if MARK in places:
        letters = column_letters(places[MARK] + 1)
        columns["marked_at"] = [f"{sheet.name}!{letters}{row}" for row, _ in lines]
    return pd.DataFrame(columns, dtype=object)


MARK = "accept"  # the column in which people decide about a line
LEAST_HEADERS = 2
OWN_ROWS_LOOKED_AT = 60


def _own_header(sheet: RawSheet) -> tuple[int, dict[str, int]]:
    """Row number of the header and the place of each column; 0 and no columns when there is none."""
    codes = _column_codes()
    best: tuple[int, dict[str, int]] = (0, {})
    for number, header in enumerate(sheet.rows[:OWN_ROWS_LOOKED_AT], start=1):
        known = [(codes.get(str(cell)), place) for place, cell in enumerate(header)]
        places = {code: place for code, place in known if code}
        if len(places) >= LEAST_HEADERS and len(places) > len(
            best[1]
        ):  # short tables may stand above the list
            best = number, places
    return best


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
