"""Defined names of the workbook: areas, print settings, and the hidden names that say which sheets are
ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from crmsheet.book.ooxml import WORKBOOK_ORDER, elements, ensure_child, integer
from crmsheet.book.territory import Territory, quoted
from crmsheet.book.workbook_part import SheetEntry, WorkbookPart

MARK = "_crm."
PRINT_AREA, PRINT_TITLES = "_xlnm.Print_Area", "_xlnm.Print_Titles"
_SHEET_PREFIX = re.compile(r"^(?:'((?:[^']|'')+)'|([^'!]+))!(.*)$", re.S)


def split_reference(text: str) -> tuple[str, str]:
    """Sheet and rest of a reference; the sheet is empty when none is named.

    >>> split_reference("'Q1''s'!$A$1")
    ("Q1's", '$A$1')
    """
    match = _SHEET_PREFIX.match(text or "")
    if not match:
        return "", text or ""
    return (match[1].replace("''", "'") if match[1] else match[2]), match[3]


def rename_sheet(formula: str, old: str, new: str) -> str:
    """``formula`` with references to the sheet ``old`` turned to ``new``; text in double quotes included,
    for links.

    >>> rename_sheet("SUM(报表!A1,'报表'!B1,旧报表!C1)", "报表", "报表 (2)")
    "SUM('报表 (2)'!A1,'报表 (2)'!B1,旧报表!C1)"
    """
    if old == new:
        return formula
    plain = rf"(?<![\w.'\]]){re.escape(old)}!"
    return re.sub(rf"{re.escape(quoted(old))}!|{plain}", lambda _: quoted(new) + "!", formula)


@dataclass(frozen=True, slots=True)
class DefinedName:
    """``position`` is the tab a local name belongs to, None for a name of the whole workbook.

    ``comment`` is what Excel's name manager shows beside it.
    """

    name: str
    text: str
    position: int | None = None
    hidden: bool = False
    comment: str = ""


class DefinedNames:
    """The defined names of one workbook."""

    def __init__(self, workbook: WorkbookPart) -> None:
        self._workbook = workbook
        self._tag = workbook.dialect.q("definedNames")

    def __iter__(self) -> Iterator[DefinedName]:
        return (_read(element) for element in self._elements())

    def get(self, name: str, position: int | None = None) -> DefinedName | None:
        return next((found for found in self if _identity(found) == (name.lower(), position)), None)

    def define(self, new: DefinedName) -> None:
        """Add ``new`` in alphabetical order, or change the name of the same scope."""
        for element in self._elements():
            if _identity(_read(element)) == _identity(new):
                if _read(element) != new:
                    _write(element, new)
                    self._workbook.edited()
                return
        self._insert(new)

    def forget(self, name: str, position: int | None = None) -> None:
        for element in self._elements():
            if _identity(_read(element)) == (name.lower(), position):
                self._remove(element)

    def move_positions(self, change: int, *, from_position: int) -> None:
        """Local names follow their tabs when tabs from ``from_position`` on have moved by ``change``."""
        for element in self._elements():
            position = _read(element).position
            if position is not None and position >= from_position:
                element.set("localSheetId", str(position + change))
                self._workbook.edited()

    def rename_sheet(self, old: str, new: str) -> None:
        """Names that speak of the tab ``old`` speak of ``new``."""
        for element in self._elements():
            text = rename_sheet(element.text or "", old, new)
            if text != element.text:
                element.text = text
                self._workbook.edited()

    def forget_position(self, position: int) -> None:
        """Drop the local names of a tab that is going away."""
        for element in self._elements():
            if _read(element).position == position:
                self._remove(element)

    def own_areas(self) -> dict[str, tuple[str, Territory]]:
        """Key of each own sheet → its name and the cells we wrote, by the hidden names that follow
        renames.
        """
        marks = (name for name in self if name.name.startswith(MARK) and name.position is None)
        return {name.name.removeprefix(MARK): Territory.parse(name.text) for name in marks}

    def own_sheets(self) -> dict[str, SheetEntry]:
        """Key of each own sheet that is still there → its tab."""
        present = {sheet.name.lower(): sheet for sheet in self._workbook.sheets()}
        areas = self.own_areas()
        return {key: present[name.lower()] for key, (name, _) in areas.items() if name.lower() in present}

    def headers_on_record(self, key: str) -> str:
        """What :func:`own_names.define` recorded of the table headers on an own sheet."""
        mark = self.get(MARK + key)
        return mark.comment if mark else ""

    def _elements(self) -> list[etree._Element]:
        return list(elements(self._workbook.root.find(self._tag)))

    def _insert(self, new: DefinedName) -> None:
        parent = ensure_child(self._workbook.root, self._tag, WORKBOOK_ORDER)
        element = parent.makeelement(self._workbook.dialect.q("definedName"), {"name": new.name})
        if new.position is not None:
            element.set("localSheetId", str(new.position))
        _write(element, new)
        later = (e for e in self._elements() if _sort_key(_read(e)) > _sort_key(new))
        following = next(later, None)
        if following is None:
            parent.append(element)
        else:
            following.addprevious(element)
        self._workbook.edited()

    def _remove(self, element: etree._Element) -> None:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
            if not len(parent):
                self._workbook.root.remove(parent)
        self._workbook.edited()


def _read(element: etree._Element) -> DefinedName:
    local = element.get("localSheetId") is not None
    return DefinedName(
        name=element.get("name", ""),
        text=element.text or "",
        position=integer(element, "localSheetId") if local else None,
        hidden=element.get("hidden") in ("1", "true"),
        comment=element.get("comment", ""),
    )


def _write(element: etree._Element, new: DefinedName) -> None:
    """LibreOffice shows hidden names when it saves; ours are hidden again."""
    element.text = new.text
    if new.hidden:
        element.set("hidden", "1")
    if new.comment:
        element.set("comment", new.comment)
    else:
        element.attrib.pop("comment", "")


def _identity(name: DefinedName) -> tuple[str, int | None]:
    return name.name.lower(), name.position


def _sort_key(name: DefinedName) -> tuple[str, int]:
    return name.name.lower(), -1 if name.position is None else name.position
