"""Rules of rows and cells."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from lxml import etree

from crmsheet.book.areas import MOST_COLUMNS, MOST_ROWS
from crmsheet.book.cell_values import LONGEST_TEXT, utf16_length
from crmsheet.book.lint import formulas
from crmsheet.book.lint.finding import Finding
from crmsheet.book.lint.subject import SheetSubject
from crmsheet.model import column_number

TYPES = frozenset(("b", "d", "e", "inlineStr", "n", "s", "str"))
ERRORS = frozenset(
    ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!")
)
TALLEST_ROW = 409.5
DEEPEST_OUTLINE = 7
_LETTERS, _NUMBER = re.compile("[A-Z]{1,3}"), re.compile(r"[1-9]\d{0,6}")


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


def cells(sheet: SheetSubject) -> Iterator[Finding]:
    """Address, format, content and formula of every cell, in one pass: a workbook has very many."""
    rules = _CellRules(sheet)
    for row in sheet.rows():
        number, before = row.get("r", ""), 0
        sound = _NUMBER.fullmatch(number) is not None
        for cell in row.iterchildren("{*}c"):
            address = cell.get("r", "")
            column = _column(address.removesuffix(number)) if address.endswith(number) else 0
            if not column or not sound:
                yield Finding(sheet.part, address, "cell_address", f"in row {number}")
            elif column <= before:
                yield Finding(sheet.part, address, "cell_order")
            before = max(column, before)
            for rule, found in rules.faults(cell):
                yield Finding(sheet.part, address, rule, found)


class _CellRules:
    """What the cells of one sheet are held to; a fault is the rule's name and what was found."""

    def __init__(self, sheet: SheetSubject) -> None:
        self._subject = sheet.subject
        self._formats = {str(at) for at in range(max(sheet.subject.style_counts.get("cellXfs", 0), 1))}
        self._has_long = sheet.longest_cell > LONGEST_TEXT
        self._masters: set[str | None] = set()
        self._contents: dict[str, tuple[str, Callable[[str], bool]]] = {
            "n": ("number", _is_number),
            "b": ("boolean", ("0", "1").__contains__),
            "e": ("error_value", ERRORS.__contains__),
            "s": ("shared_string", self._is_shared_string),
        }

    def faults(self, cell: etree._Element) -> Iterable[tuple[str, str]]:
        style, kind = cell.get("s", "0"), cell.get("t", "n")
        known = style in self._formats or (style.isdigit() and int(style) < len(self._formats))
        found = [] if known else [("style_index", style)]
        children = {_local(child.tag): child for child in cell.iterchildren("*")}
        if kind not in TYPES:
            found.append(("cell_type", kind))
        elif children and (fault := self._content_fault(kind, children)):
            found.append(fault)
        if "f" in children and (fault := self._formula_fault(children["f"])):
            found.append(fault)
        return found

    def _content_fault(self, kind: str, children: dict[str, etree._Element]) -> tuple[str, str] | None:
        """The cell's content is what its type says."""
        value, inline = children.get("v"), children.get("is")
        if (value if kind == "inlineStr" else inline) is not None:
            return "inline_string", kind
        if kind in ("inlineStr", "str"):
            return self._too_long(value, inline) if self._has_long else None
        text = "" if value is None else value.text or ""
        rule, holds = self._contents.get(kind, ("", bool))
        return (rule, text) if text and not holds(text) else None

    @staticmethod
    def _too_long(value: etree._Element | None, inline: etree._Element | None) -> tuple[str, str] | None:
        texts = [text for element in (value, inline) if element is not None for text in element.itertext()]
        length = utf16_length("".join(map(str, texts)))
        return ("text_length", str(length)) if length > LONGEST_TEXT else None

    def _formula_fault(self, formula: etree._Element) -> tuple[str, str] | None:
        """A formula loads, and a shared one has a master."""
        group = formula.get("si")
        if formula.get("t") == "shared" and not formula.text:
            return None if group in self._masters else ("shared_formula", f"group {group}")
        if formula.get("t") == "dataTable":
            return None
        self._masters.add(group)
        fault = formulas.fault(formula.text or "")
        return ("formula", fault) if fault else None

    def _is_shared_string(self, text: str) -> bool:
        return text.isdigit() and int(text) < self._subject.string_count


@lru_cache(maxsize=MOST_COLUMNS)
def _column(letters: str) -> int:
    """Number of the column, 0 for what is none."""
    column = column_number(letters) if _LETTERS.fullmatch(letters) else 0
    return column if column <= MOST_COLUMNS else 0


@lru_cache(maxsize=64)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text)) and "_" not in text
    except ValueError:
        return False


RULES = (row_numbers, row_looks, cells)
