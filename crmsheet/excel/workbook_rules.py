"""What the workbook a cell function stands in says: its language, and its settings on top of the shipped rules."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import xlwings

from crmsheet.book.handed_values import as_in_file
from crmsheet.book.raw import RawSheet
from crmsheet.book.tab_names import language_of
from crmsheet.data import Language, speaking
from crmsheet.errors import CrmsheetError
from crmsheet.model import Setting
from crmsheet.recognize.settings_lines import ROWS_LOOKED_AT, read_settings, settings_sheets
from crmsheet.recognize.words import standard_sheet
from crmsheet.rules import Rules
from crmsheet.settings import changed_settings

# Ten thousand cells calculate in one go; the settings sheet is read once for all of them.
KEPT_SECONDS = 3.0
HEAD = (2 * ROWS_LOOKED_AT, 30)  # rows and columns by which a renamed settings sheet is known


@dataclass(frozen=True, slots=True)
class Caller:
    """The language of the calling workbook, None where there is none, and its rules or why it has none."""

    language: Language | None = None
    found: Rules | CrmsheetError | None = None

    @property
    def rules(self) -> Rules:
        """A wrong setting is raised, to be told in the cell as refresh tells it."""
        if isinstance(self.found, CrmsheetError):
            raise self.found
        return self.found or Rules.load()


_kept: dict[str, tuple[float, Caller]] = {}


def this_caller() -> Caller:
    """The calling workbook, read at most every few seconds; one without settings where no workbook calls."""
    try:
        book = front_workbook(xlwings.Book.caller())
        name = str(book.fullname)
        read_at, caller = _kept.get(name, (0.0, None))
        if caller is None or time.monotonic() - read_at > KEPT_SECONDS:
            caller = _read(book)
            _kept[name] = (time.monotonic(), caller)
    except Exception:  # noqa: BLE001 - no workbook behind the call: the wizard, another host
        return Caller()
    return caller


def front_workbook(caller: Any) -> Any:
    """The caller, or, where that is the add-in, the workbook in front."""
    return caller.app.books.active if str(caller.name).lower().endswith(".xlam") else caller


def _read(book: Any) -> Caller:
    language = language_of(str(sheet.name) for sheet in book.sheets)
    with speaking(language):
        settings = changed_settings(one for one in _settings(book) if one.key != "as_of")
        try:
            return Caller(language, Rules.load(None, settings=settings))
        except CrmsheetError as error:
            return Caller(language, error)


def _settings(book: Any) -> Iterable[Setting]:
    sheets = {str(sheet.name): sheet for sheet in book.sheets}
    named = [name for name in sheets if standard_sheet(name) == "settings"]
    heads = (RawSheet(name, _rows(one.range((1, 1), HEAD))) for name, one in sheets.items())
    for name in named or [one.name for one in settings_sheets(heads)]:
        yield from read_settings(RawSheet(name, _rows(sheets[name].used_range)))


def _rows(cells: Any) -> list[list[Any]]:
    found = cells.options(ndim=2, err_to_str=True).value
    return [[as_in_file(value) for value in row] for row in found]
