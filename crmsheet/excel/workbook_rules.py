"""The rules of the workbook a cell function stands in: the shipped ones with its settings sheet on top."""

from __future__ import annotations

import time
from typing import Any

import xlwings

from crmsheet.book.raw import RawSheet
from crmsheet.errors import CrmsheetError
from crmsheet.labels import Labels
from crmsheet.recognize.special import read_settings
from crmsheet.rules import Rules
from crmsheet.settings import changed_settings

# Ten thousand cells calculate in one go; the settings sheet is read once for all of them.
KEPT_SECONDS = 3.0

_kept: dict[str, tuple[float, Rules]] = {}


def rules_of_caller() -> Rules:
    """The calling workbook's rules, read at most every few seconds; the shipped ones where it has no settings."""
    try:
        book = xlwings.Book.caller()
        name = str(book.fullname)
        read_at, rules = _kept.get(name, (0.0, None))
        if rules is None or time.monotonic() - read_at > KEPT_SECONDS:
            rules = _rules_of(book)
            _kept[name] = (time.monotonic(), rules)
    except CrmsheetError:
        raise  # a wrong setting is told in the cell, as refresh tells it
    except Exception:  # noqa: BLE001 - no workbook behind the call: the wizard, another host
        return Rules.load()
    return rules


def _rules_of(book: Any) -> Rules:
    title = Labels.load().sheet("settings")
    sheet = next((one for one in book.sheets if one.name == title), None)
    if sheet is None:
        return Rules.load()
    rows = sheet.used_range.options(ndim=2).value
    settings = changed_settings(one for one in read_settings(RawSheet(title, rows)) if one.key != "as_of")
    return Rules.load(None, settings=settings)
