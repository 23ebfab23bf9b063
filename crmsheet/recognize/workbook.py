"""Every table of a workbook: sheets are matched to the standard sheets they suit best."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from crmsheet.book.raw import RawBook, RawSheet
from crmsheet.book.sheet_names import CONF_SHEET
from crmsheet.clean.headers import field_of
from crmsheet.errors import SheetTooLarge
from crmsheet.fields import CUSTOMER_SHEETS, SHEETS
from crmsheet.labels import Labels
from crmsheet.model import OWN_LISTS, Note, Table, Tables
from crmsheet.recognize.data_rows import is_blank
from crmsheet.recognize.header_rows import Header, find_header
from crmsheet.recognize.horizontal import read_table
from crmsheet.recognize.kinds import Fit
from crmsheet.recognize.seen import no_customer_table
from crmsheet.recognize.settings_lines import (
    SettingsPlace,
    read_settings,
    settings_notes,
    settings_place,
    settings_sheets,
    states_settings,
)
from crmsheet.recognize.special import read_holidays, read_own
from crmsheet.recognize.vertical import Form, find_form, read_form
from crmsheet.recognize.words import hinted_sheet, standard_sheet

NOT_TABLES = frozenset({"settings", "holidays", "guide"})


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sheet that could be the standard sheet ``fit.code``."""

    sheet: RawSheet
    fit: Fit
    source: Header | Form

    @property
    def rank(self) -> tuple[bool, bool, bool, int, int]:
        """Which of two candidates is better: filled, no guide, the standard name, more fields, more rows."""
        name, rows = self.sheet.name, self.sheet.rows
        filled = isinstance(self.source, Form) or not all(map(is_blank, rows[self.source.last_row :]))
        standard = standard_sheet(name) == self.fit.code
        return filled, not _is_aside(self.sheet), standard, self.fit.fields, len(rows)

    @property
    def names_customers(self) -> bool:
        source = self.source
        headers = source.fields.values() if isinstance(source, Form) else source.texts
        return any(field_of(text, sheet=self.fit.code) == "customer_name" for text in headers)

    def read(self) -> tuple[Table, list[Note]]:
        if isinstance(self.source, Form):
            return read_form(self.sheet, self.source)
        return read_table(self.sheet, self.source, self.fit.code)


def recognize(book: RawBook) -> Tables:
    """The tables of ``book`` as typed, its settings, holidays and the lists of earlier runs.

    Raises :class:`~crmsheet.errors.NoCustomerTable` when neither customer sheet is among them.
    """
    candidates = [
        candidate for sheet in book.sheets if _may_be_table(sheet) for candidate in _candidates(sheet)
    ]
    chosen = _choose(candidates)
    if not chosen.keys() & set(CUSTOMER_SHEETS):
        raise _too_large(book) or no_customer_table(book)
    read = {code: chosen[code].read() for code in SHEETS if code in chosen}
    holidays, holiday_notes = _holidays(book)
    return Tables(
        tables={code: table for code, (table, _) in read.items()},
        path=book.path,
        settings=tuple(setting for sheet in settings_sheets(book.sheets) for setting in read_settings(sheet)),
        holidays=holidays,
        own={key: read_own(sheet) for key, sheet in book.own.items() if key in OWN_LISTS},
        notes=(
            *(note for _, notes in read.values() for note in notes),
            *_not_read(candidates, chosen),
            *settings_notes(book.sheets),
            *(Note("sheet_too_large", _size(sheet)) for sheet in book.sheets if sheet.oversize),
            *holiday_notes,
        ),
    )


def _may_be_table(sheet: RawSheet) -> bool:
    if sheet.own_key:
        return sheet.own_key in SHEETS and sheet.own_key not in NOT_TABLES
    if standard_sheet(sheet.name) in NOT_TABLES or sheet.name == CONF_SHEET:
        return False
    return bool(sheet.rows) and not states_settings(sheet)


def _candidates(sheet: RawSheet) -> list[_Candidate]:
    """What ``sheet`` could be, best first."""
    header = find_header(sheet)
    form = None if header and header.is_certain else find_form(sheet)
    if form and (header is None or form.fit.fields > max(fit.fields for fit in header.fits)):
        return [_Candidate(sheet, form.fit, form)]
    return [_Candidate(sheet, fit, header) for fit in header.fits] if header else []


def _choose(candidates: list[_Candidate]) -> dict[str, _Candidate]:
    """Standard sheet → the sheet read as it.

    A sheet that explains or analyses the others is only read, and a log only taken for the customer table,
    when the workbook has no other customers and it names them: ids alone tell nobody whom to call.
    """
    serious = [candidate for candidate in candidates if not _is_aside(candidate.sheet)]
    first = {candidate.sheet.name: candidate for candidate in reversed(serious)}
    chosen = _best(first.values())
    if chosen.keys() & set(CUSTOMER_SHEETS):
        return chosen
    customers = [one for one in candidates if one.fit.code in CUSTOMER_SHEETS and one.names_customers]
    best = max(customers, key=lambda candidate: (candidate.rank, candidate.fit.score), default=None)
    if best is None:
        return chosen
    return {c: other for c, other in chosen.items() if other.sheet is not best.sheet} | {best.fit.code: best}


def _is_aside(sheet: RawSheet) -> bool:
    """Whether the sheet's name says that it holds no entries: a guide, or an analysis sheet's copy."""
    code = hinted_sheet(sheet.name)
    return code != "" and code not in SHEETS


def _best(candidates: Iterable[_Candidate]) -> dict[str, _Candidate]:
    best: dict[str, _Candidate] = {}
    for candidate in candidates:
        code = candidate.fit.code
        if code not in best or candidate.rank > best[code].rank:
            best[code] = candidate
    return best


def _not_read(candidates: list[_Candidate], chosen: Mapping[str, _Candidate]) -> list[Note]:
    """Sheets that look like a table that another sheet was read as, with the rows that nobody reads there."""
    taken = {candidate.sheet.name for candidate in chosen.values()}
    left_out = {c.sheet.name: c for c in reversed(candidates) if c.sheet.name not in taken}
    return [
        Note("sheet_not_read", _left_out(one, chosen[one.fit.code]))
        for one in reversed(left_out.values())
        if one.fit.code in chosen and not _is_aside(one.sheet)
    ]


def _left_out(one: _Candidate, read: _Candidate) -> dict[str, object]:
    table, _ = one.read()
    label = Labels.load().sheet(one.fit.code)
    return {
        "sheet": one.sheet.name, "label": label, "read": read.sheet.name, "table": one.fit.code, "rows": len(table.raw),
    }  # fmt: skip


def _named(book: RawBook, code: str) -> list[RawSheet]:
    return [sheet for sheet in book.sheets if code in (sheet.own_key, standard_sheet(sheet.name))]


def find_settings(book: RawBook) -> SettingsPlace | None:
    """Where the settings of ``book`` stand, None when it has no settings sheet."""
    return settings_place(settings_sheets(book.sheets))


def _holidays(book: RawBook) -> tuple[dict[date, bool], list[Note]]:
    days: dict[date, bool] = {}
    notes: list[Note] = []
    for sheet in _named(book, "holidays"):
        found, problems = read_holidays(sheet)
        days.update(found)
        notes += problems
    return days, notes


def _too_large(book: RawBook) -> SheetTooLarge | None:
    sheet = next((sheet for sheet in book.sheets if sheet.oversize), None)
    return SheetTooLarge(path=book.path, **_size(sheet)) if sheet else None


def _size(sheet: RawSheet) -> dict[str, object]:
    rows, columns = sheet.oversize or (0, 0)
    return {"sheet": sheet.name, "rows": rows, "columns": columns}
