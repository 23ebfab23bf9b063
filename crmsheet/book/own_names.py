"""Defined names that come with an own sheet: the hidden one that makes it ours, print areas and titles."""

from __future__ import annotations

from crmsheet.book.defined_names import MARK, DefinedName, DefinedNames, rename_sheet
from crmsheet.book.drawn import Drawn
from crmsheet.book.workbook_part import SheetEntry

USER_KEEPS = "_xlnm.Print_Titles"


def define(names: DefinedNames, mark: tuple[str, str], sheet: SheetEntry, drawn: Drawn) -> None:
    """Record ``sheet`` as ours; ``mark`` is its key and the record of its headers.

    The area to print grows with the list; titles that a user chose to repeat stay.
    """
    key, headers = mark
    territory = drawn.territory().reference(sheet.name)
    names.define(DefinedName(MARK + key, territory, hidden=True, comment=headers))
    for local in drawn.local_names():
        if local.name != USER_KEEPS or not names.get(local.name, sheet.position):
            text = rename_sheet(local.text, drawn.name, sheet.name)
            names.define(DefinedName(local.name, text, sheet.position, hidden=local.hidden))
