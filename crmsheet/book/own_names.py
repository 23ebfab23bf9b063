"""Defined names that come with an own sheet: the hidden one that makes it ours, print areas and titles."""

from __future__ import annotations

import re

from crmsheet.book.defined_names import MARK, DefinedName, DefinedNames, rename_sheet, split_reference
from crmsheet.book.drawn import Drawn
from crmsheet.book.old_sheet import OldSheet
from crmsheet.book.workbook_part import SheetEntry

PRINT_TITLES = "_xlnm.Print_Titles"
ONE_ROW = re.compile(r"\$(\d+):\$\1")


def define(
    names: DefinedNames, mark: tuple[str, str], sheet: SheetEntry, drawn: Drawn, old: OldSheet | None
) -> None:
    """Record ``sheet`` as ours; ``mark`` is its key and the record of its headers.

    The area to print grows with the list, and the row to repeat follows the header of ``old``; other titles
    that a user chose to repeat stay.
    """
    key, headers = mark
    territory = drawn.territory.reference(sheet.name)
    names.define(DefinedName(MARK + key, territory, hidden=True, comment=headers))
    for local in drawn.local_names():
        if local.name != PRINT_TITLES or _is_ours(names.get(local.name, sheet.position), old):
            text = rename_sheet(local.text, drawn.name, sheet.name)
            names.define(DefinedName(local.name, text, sheet.position, hidden=local.hidden))


def _is_ours(titles: DefinedName | None, old: OldSheet | None) -> bool:
    """Whether what is repeated on each page is nothing, or the header of the list as we wrote it."""
    if titles is None or old is None:
        return True
    row = ONE_ROW.fullmatch(split_reference(titles.text)[1])
    # The header of a list that was empty belongs to no table.
    return row is not None and (not old.tables or int(row[1]) in {table.area.top for table in old.tables})
