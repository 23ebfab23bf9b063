"""Rules of rows and cells."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

from lxml import etree

from crmsheet.book.areas import MOST_COLUMNS, MOST_ROWS
from crmsheet.book.cell_values import LONGEST_TEXT, utf16_length
from crmsheet.book.lint import formulas
from crmsheet.book.lint.finding import Finding
from crmsheet.book.lint.subject import SheetSubject
from crmsheet.book.ooxml import child_named, elements, local
from crmsheet.model import column_number

TYPES = frozenset(("b", "d", "e", "inlineStr", "n", "s", "str"))
ERRORS = frozenset(
    ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!")
)
TALLEST_ROW = 409.5
DEEPEST_OUTLINE = 7
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


def row_numbers(sheet: SheetSubject) -> Iterator[Finding]:
    """Rows ascend and lie within the sheet."""
    before = 0
    for row in sheet.rows():
        text = row.get("r", "")
        number = int(text) if text.isdigit() else 0
        if not before < number <= MOST_ROWS:
            yield Finding(sheet.part, text, "row_order", f"after {before}")
        before = number


def row_looks(sheet: SheetSubject) -> Iterator[Finding]:
    """Height, outline level and format of rows."""
    formats = sheet.subject.style_counts.get("cellXfs", 0)
    for row in sheet.rows():
        height, level, style = row.get("ht", "1"), row.get("outlineLevel", "0"), row.get("s", "0")
        if not _is_number(height) or not 0 <= float(height) <= TALLEST_ROW:
            yield Finding(sheet.part, row.get("r", ""), "row_height", height)
        if not level.isdigit() or int(level) > DEEPEST_OUTLINE:
            yield Finding(sheet.part, row.get("r", ""), "outline_level", level)
        if not style.isdigit() or int(style) >= max(formats, 1):
            yield Finding(sheet.part, row.get("r", ""), "style_index", style)


def cell_addresses(sheet: SheetSubject) -> Iterator[Finding]:
    """Cells ascend within their row, and say the row they are in."""
    for row in sheet.rows():
        before = 0
        for cell in _cells(row):
            address = cell.get("r", "")
            match = _ADDRESS.fullmatch(address)
            column = column_number(match[1]) if match else 0
            if match is None or match[2] != row.get("r") or column > MOST_COLUMNS:
                yield Finding(sheet.part, address, "cell_address", f"in row {row.get('r')}")
            elif column <= before:
                yield Finding(sheet.part, address, "cell_order")
            before = max(column, before)


def cell_styles(sheet: SheetSubject) -> Iterator[Finding]:
    formats = sheet.subject.style_counts.get("cellXfs", 0)
    for cell in _all_cells(sheet):
        style = cell.get("s", "0")
        if not style.isdigit() or int(style) >= max(formats, 1):
            yield Finding(sheet.part, cell.get("r", ""), "style_index", style)


def cell_contents(sheet: SheetSubject) -> Iterator[Finding]:
    """Each cell's content is what its type says."""
    for cell in _all_cells(sheet):
        kind = cell.get("t", "n")
        fault = _content_fault(sheet, cell, kind) if kind in TYPES else ("cell_type", kind)
        if fault:
            yield Finding(sheet.part, cell.get("r", ""), *fault)


def _content_fault(sheet: SheetSubject, cell: etree._Element, kind: str) -> tuple[str, str] | None:
    value, inline = child_named(cell, "v"), child_named(cell, "is")
    text = _content(value, inline)
    if (kind == "inlineStr" and value is not None) or (kind != "inlineStr" and inline is not None):
        return "inline_string", kind
    if kind in ("inlineStr", "str") and utf16_length(text) > LONGEST_TEXT:
        return "text_length", str(utf16_length(text))
    if not text:
        return None
    checks: dict[str, Callable[[str], bool]] = {
        "n": _is_number,
        "b": lambda content: content in ("0", "1"),
        "e": lambda content: content in ERRORS,
        "s": lambda content: content.isdigit() and int(content) < sheet.subject.string_count,
    }
    rules = {"n": "number", "b": "boolean", "e": "error_value", "s": "shared_string"}
    return (rules[kind], text) if kind in checks and not checks[kind](text) else None


def cell_formulas(sheet: SheetSubject) -> Iterator[Finding]:
    """Formulas load, and shared ones have a master."""
    masters = set()
    for cell in _all_cells(sheet):
        formula = child_named(cell, "f")
        if formula is None:
            continue
        group = formula.get("si")
        if formula.get("t") == "shared" and not formula.text:
            if group not in masters:
                yield Finding(sheet.part, cell.get("r", ""), "shared_formula", f"group {group}")
        elif formula.get("t") != "dataTable":
            masters.add(group)
            fault = formulas.fault(formula.text or "")
            if fault:
                yield Finding(sheet.part, cell.get("r", ""), "formula", fault)


def _content(value: etree._Element | None, inline: etree._Element | None) -> str:
    if inline is not None:
        return "".join(map(str, inline.itertext()))
    return "" if value is None else value.text or ""


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    return (element for element in elements(row) if local(element) == "c")


def _all_cells(sheet: SheetSubject) -> Iterator[etree._Element]:
    return (cell for row in sheet.rows() for cell in _cells(row))


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text)) and "_" not in text
    except ValueError:
        return False


RULES = (row_numbers, row_looks, cell_addresses, cell_styles, cell_contents, cell_formulas)
