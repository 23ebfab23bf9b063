"""A workbook with macros: the VBA project, the sheet it reads its settings from, and buttons."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter

from crmsheet.book.canvas import CREATED
from crmsheet.book.sheet_names import CONF_SHEET

WORDS_COLUMN = 3
GAP = 12
BUTTON_HEIGHT = 27


@dataclass(frozen=True, slots=True)
class Button:
    """A form button: the macro it runs and what it says."""

    macro: str
    caption: str
    width: int = 96


@dataclass(frozen=True)
class Macros:
    """``project`` is a vbaProject.bin; ``settings`` and ``words`` fill the sheet that the VBA reads.

    ``words`` has a key, a text and further texts per line. ``buttons`` stand on the sheets named by
    ``button_sheets`` (name → row, column, both counted from 0).
    """

    project: bytes
    settings: Mapping[str, str]
    words: Sequence[Sequence[str]] = ()
    buttons: Sequence[Button] = ()
    button_sheets: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def add_macros(workbook: Any, macros: Macros) -> None:
    """Add project, settings sheet and buttons to an XlsxWriter workbook, once its other sheets are there."""
    workbook.add_vba_project(io.BytesIO(macros.project), is_stream=True)
    workbook.set_vba_name("ThisWorkbook")
    for sheet in workbook.worksheets():
        if sheet.get_name() in macros.button_sheets:
            _add_buttons(sheet, macros.buttons, macros.button_sheets[sheet.get_name()])
    _add_conf(workbook, macros)


def _add_buttons(sheet: Any, buttons: Sequence[Button], place: tuple[int, int]) -> None:
    offset = 0
    for button in buttons:
        options = {
            "macro": button.macro, "caption": button.caption, "width": button.width,
            "height": BUTTON_HEIGHT, "x_offset": offset, "y_offset": 6,
        }  # fmt: skip
        sheet.insert_button(*place, options)
        offset += button.width + GAP


def _add_conf(workbook: Any, macros: Macros) -> None:
    sheet = workbook.add_worksheet(CONF_SHEET)
    sheet.hide()
    sheet.set_column(0, WORDS_COLUMN, 30)
    for row, (key, value) in enumerate(macros.settings.items()):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    for row, words in enumerate(macros.words):
        for column, text in enumerate(words, start=WORDS_COLUMN):
            sheet.write_string(row, column, text)


def bare_workbook(sheets: int, macros: Macros | None = None) -> bytes:
    """A workbook of empty sheets: with ``macros`` for an add-in, without as a base to build a project on."""
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"created": CREATED})
    for number in range(1, sheets + 1):
        workbook.add_worksheet(f"Sheet{number}")
    if macros is not None:
        add_macros(workbook, macros)
    workbook.close()
    return buffer.getvalue()


def addin(macros: Macros, ribbon: str) -> bytes:
    """An Excel add-in (``.xlam``) with a tab of its own, described by ``ribbon`` (customUI of Office 2010)."""
    base = bare_workbook(1, macros)
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(base)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry.filename)
            for place, before, after in _ADDIN_DIFFERS:
                if entry.filename == place:
                    content = content.replace(before, after)
            new.writestr(entry, content, zipfile.ZIP_DEFLATED)
        new.writestr(zipfile.ZipInfo(RIBBON_PART), ribbon.encode("utf-8"), zipfile.ZIP_DEFLATED)
    return written.getvalue()


RIBBON_PART = "customUI/customUI14.xml"
_ADDIN_DIFFERS = (
    (
        "[Content_Types].xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        b"application/vnd.ms-excel.addin.macroEnabled.main+xml",
    ),
    (
        "_rels/.rels",
        b"</Relationships>",
        b'<Relationship Id="rIdRibbon" Type="http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"'
        b' Target="customUI/customUI14.xml"/></Relationships>',
    ),
)
