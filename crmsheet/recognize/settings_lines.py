"""The settings sheet: its lines as typed, and what on it cannot be read, so that no default holds unsaid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from crmsheet.book.raw import CellValue, RawSheet
from crmsheet.clean.text import match_key
from crmsheet.data import LANGUAGES, read_toml
from crmsheet.labels import Labels
from crmsheet.model import Note, Setting, column_letters
from crmsheet.recognize.words import is_word, standard_sheet
from crmsheet.settings import SettingLine, missing_lines, setting_keys, setting_lines

ROWS_LOOKED_AT = 20  # for the header
FEWEST_SETTINGS = 3  # fewer lines of known keys do not make a sheet of another name the settings
FEWEST_HEADERS = 4  # of the standard ones, by which a settings sheet is known that lost its keys
MOST_TOLD, LONGEST_TOLD = 3, 20  # of the lines that are missing, and of the letters of a default
_TITLES = ("setting_key", "setting_value")


def settings_sheets(sheets: Iterable[RawSheet]) -> list[RawSheet]:
    """The settings sheets: of the standard name in any language, else renamed ones, known by their keys."""
    known = list(sheets)
    named = [one for one in known if "settings" in (one.own_key, standard_sheet(one.name))]
    return named or [one for one in known if not one.own_key and states_settings(one)]


def settings_notes(sheets: Iterable[RawSheet]) -> Iterator[Note]:
    """What is told of the settings sheets though nothing is wrong: lines that were deleted, sheets not used."""
    known = list(sheets)
    used = settings_sheets(known)
    for sheet in known:
        if used and sheet not in used and not sheet.own_key and states_settings(sheet):
            yield Note("settings_not_read", {"sheet": sheet.name, "read": used[0].name})
    for sheet in used[:1]:
        missing = missing_lines(str(sheet.rows[row][at]).strip() for row, at in _keys_in(sheet.rows))
        if missing:
            yield Note("settings_lack", {"sheet": sheet.name, "count": len(missing), **_told(missing)})


def _told(missing: Sequence[SettingLine]) -> dict[str, object]:
    """The first of the missing lines in words, and the key of one."""
    labels = Labels.load()
    words = (
        labels.phrase("setting_default", label=one.label, value=str(one.default)[:LONGEST_TOLD])
        for one in missing[:MOST_TOLD]
    )
    return {"lines": labels.join(words), "key": missing[0].key}


def states_settings(sheet: RawSheet) -> bool:
    """Whether a sheet of any name has the keys and a title of the settings."""
    if len(_keys_in(sheet.rows[: 2 * ROWS_LOOKED_AT])) < FEWEST_SETTINGS:
        return False
    return any(_place(row, name) >= 0 for row in sheet.rows[:ROWS_LOOKED_AT] for name in _TITLES)


def read_settings(sheet: RawSheet) -> Iterator[Setting]:
    """Lines of the settings sheet whose value is filled; a value that cannot be read, that no key says the
    meaning of, or that another line of its key contradicts, comes with its ``problem``.
    """
    first: dict[str, Setting] = {}
    for line in _lines(sheet):
        known = first.setdefault(line.key, line)
        same = known.value == line.value or str(known.value).strip() == str(line.value).strip()
        facts = {"cell": known.cell, "value": known.value}
        yield replace(line, problem=Note("setting_twice", facts)) if not (same or line.problem) else line


def _lines(sheet: RawSheet) -> Iterator[Setting]:
    found = _titles(sheet.rows)
    if found is None:
        yield from _lost_titles(sheet)
        return
    first, (key_at, value_at) = found
    letters = column_letters(value_at + 1)
    for number, row in enumerate(sheet.rows[first:], start=first + 1):
        key, value = row[key_at], row[value_at]
        named = key.strip() if isinstance(key, str) else ""
        waiting = (number, value_at + 1) in sheet.uncached
        if value is None and not waiting:
            continue
        problem = Note("setting_not_calculated") if waiting else None
        label = _label(row, value_at)
        if not named:
            facts = {"cell": f"{column_letters(key_at + 1)}{number}", "key": _key_of(label)}
            problem, named = Note("setting_without_key", facts), label
        yield Setting(named, value, sheet.name, f"{letters}{number}", problem, label)


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
        found = _titles(sheet.rows)
        if found is not None:
            first, (key_at, value_at) = found
            rows = enumerate(sheet.rows[first:], start=first + 1)
            filled = [(n, row) for n, row in rows if row[key_at] is not None or row[value_at] is not None]
            lines = {str(row[key_at]).strip(): (n, row[value_at]) for n, row in filled if row[key_at]}
            last = filled[-1][0] if filled else first
            label_at = value_at if value_at and value_at - 1 != key_at else 0
            return SettingsPlace(sheet.name, key_at + 1, value_at + 1, label_at, last + 1, lines)
    return None


def _titles(rows: Sequence[Sequence[CellValue]]) -> tuple[int, list[int]] | None:
    """First row below the header that names keys and values, and the places of both."""
    for number, row in enumerate(rows[:ROWS_LOOKED_AT], start=1):
        places = [_place(row, name) for name in _TITLES]
        if -1 not in places:
            return number, places
    return None


def _place(row: Sequence[CellValue], name: str) -> int:
    return next((place for place, cell in enumerate(row) if is_word(cell, name)), -1)


def _lost_titles(sheet: RawSheet) -> Iterator[Setting]:
    """The titles that a settings sheet has no longer; none for a sheet that people call so and keep otherwise."""
    rows = sheet.rows[:ROWS_LOOKED_AT]
    known = [sum(_is_header(cell) for cell in row) for row in rows]
    keys = _keys_in(sheet.rows)
    if not keys and max(known, default=0) < FEWEST_HEADERS:
        return
    number = known.index(max(known)) if any(known) else max(min(row for row, _ in keys) - 1, 0)
    for name in _TITLES:
        if _place(rows[number], name) < 0:
            at = _lost_at(rows[number], {column for _, column in keys}, name)
            cell = f"{column_letters(at + 1)}{number + 1}"
            title = Labels.load().column(name)
            yield Setting(
                title, rows[number][at], sheet.name, cell, Note("setting_title_lost", {"title": title})
            )


def _lost_at(header: Sequence[CellValue], key_columns: set[int], name: str) -> int:
    """Column of a lost title: the keys stand below it, or it is the first that reads like none of ours."""
    if name == "setting_key" and key_columns:
        return min(key_columns)
    strange = (at for at, cell in enumerate(header) if not _is_header(cell) and at not in key_columns)
    return next(strange, 0)


def _keys_in(rows: Iterable[Sequence[CellValue]]) -> list[tuple[int, int]]:
    """Row and column, from 0, of every key of ours."""
    keys = setting_keys()
    return [
        (number, at)
        for number, row in enumerate(rows)
        for at, cell in enumerate(row)
        if isinstance(cell, str) and cell.strip() in keys
    ]


def _is_header(cell: CellValue) -> bool:
    return isinstance(cell, str) and match_key(cell) in _headers()


@cache
def _headers() -> frozenset[str]:
    sheets = (read_toml(f"template.{language}.toml")["setting_headers"] for language in LANGUAGES)
    return frozenset(match_key(header) for headers in sheets for header in headers)


def _label(row: Sequence[CellValue], value_at: int) -> str:
    """What the line is called: the cell left of its value."""
    cell = row[value_at - 1] if value_at else None
    return cell.strip() if isinstance(cell, str) else ""


def _key_of(label: str) -> str:
    """The key of the line called ``label``, blank where none or several are."""
    keys = [line.key for line in setting_lines() if label and line.label == label]
    return keys[0] if len(keys) == 1 else ""
