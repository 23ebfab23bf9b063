"""Defined names that come with an own sheet: the hidden one that makes it ours, print areas and titles."""

from __future__ import annotations

from dataclasses import replace

from crmsheet.book.defined_names import (
    MARK,
    PRINT_AREA,
    PRINT_TITLES,
    DefinedName,
    DefinedNames,
    rename_sheet,
)
from crmsheet.book.drawn import Drawn
from crmsheet.book.old_sheet import OldSheet
from crmsheet.book.page_record import renewed_area, titles_are_ours
from crmsheet.book.workbook_part import SheetEntry


def define(
    names: DefinedNames, mark: tuple[str, str], sheet: SheetEntry, drawn: Drawn, old: OldSheet | None
) -> None:
    """Record ``sheet`` as ours; ``mark`` is its key and the record of its headers.

    The area to print grows with the list, and the row to repeat follows its header, but for what a user changed in
    ``old``.
    """
    key, record = mark
    territory = drawn.territory.reference(sheet.name)
    names.define(DefinedName(MARK + key, territory, hidden=True, comment=record))
    designed = {
        local.name: replace(
            local, text=rename_sheet(local.text, drawn.name, sheet.name), position=sheet.position
        )
        for local in drawn.local_names()
    }
    for name in designed.values():
        present = names.get(name.name, sheet.position)
        if old is None:
            names.define(name)
        elif name.name == PRINT_AREA:
            _renew_area(names, name, present, (drawn, old))
        elif name.name != PRINT_TITLES or _titles_are_ours(present, old):
            names.define(name)
    if old is not None and not old.page.page and PRINT_AREA not in designed:
        names.forget(PRINT_AREA, sheet.position)  # earlier versions printed hidden records, too


def _renew_area(
    names: DefinedNames, name: DefinedName, present: DefinedName | None, sheets: tuple[Drawn, OldSheet]
) -> None:
    drawn, old = sheets
    design = drawn.page.area
    area = None if design is None else renewed_area(present, design, old.page)
    if area is not None:
        sheet = name.text.rpartition("!")[0]
        names.define(replace(name, text=f"{sheet}!{area.absolute}"))


def _titles_are_ours(present: DefinedName | None, old: OldSheet) -> bool:
    return titles_are_ours(present, old.page, {table.area.top for table in old.tables})
