"""Rules of conditional formats and validations."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from crmsheet.book.areas import parse_areas
from crmsheet.book.cell_values import utf16_length
from crmsheet.book.lint import formulas
from crmsheet.book.lint.finding import Finding
from crmsheet.book.lint.subject import SheetSubject
from crmsheet.book.ooxml import child_named, elements, integer, local

NEED_FORMULA = frozenset(
    ("cellIs", "expression", "containsText", "notContainsText", "beginsWith", "endsWith")
)
OTHER_RULES = frozenset(
    (
        *(
            "aboveAverage",
            "colorScale",
            "containsBlanks",
            "containsErrors",
            "dataBar",
            "duplicateValues",
            "iconSet",
        ),
        *("notContainsBlanks", "notContainsErrors", "timePeriod", "top10", "uniqueValues"),
    )
)
THRESHOLDS = {"dataBar": (2, 2), "colorScale": (2, 3), "iconSet": (3, 5)}
LONGEST_LIST = 255
MOST_VALIDATIONS = 65_534
LONGEST_TEXTS = {"promptTitle": 32, "errorTitle": 32, "prompt": 255, "error": 255}
VALIDATION_TYPES = frozenset(("none", "whole", "decimal", "list", "date", "time", "textLength", "custom"))


def conditional_formats(sheet: SheetSubject) -> Iterator[Finding]:
    formats = sheet.subject.style_counts.get("dxfs", 0)
    priorities: set[int] = set()
    for block in elements(sheet.root):
        if local(block) != "conditionalFormatting":
            continue
        sqref = block.get("sqref", "")
        if not _all_in_sheet(sqref):
            yield Finding(sheet.part, sqref[:80], "condition_area")
        for rule in elements(block):
            if local(rule) == "cfRule":
                yield from _rule(sheet, rule, sqref[:80], formats)
                priority = integer(rule, "priority")
                if priority < 1 or priority in priorities:
                    yield Finding(sheet.part, sqref[:80], "condition_priority", str(priority))
                priorities.add(priority)


def _rule(sheet: SheetSubject, rule: etree._Element, where: str, formats: int) -> Iterator[Finding]:
    kind = rule.get("type", "")
    texts = [element.text or "" for element in elements(rule) if local(element) == "formula"]
    if kind not in NEED_FORMULA | OTHER_RULES or (kind in NEED_FORMULA and not texts):
        yield Finding(sheet.part, where, "condition_type", kind)
    if rule.get("dxfId") is not None and integer(rule, "dxfId") >= formats:
        yield Finding(sheet.part, where, "dxf_index", rule.get("dxfId", ""))
    for text in texts:
        fault = formulas.fault(text)
        if fault:
            yield Finding(sheet.part, where, "condition_formula", fault)
    if kind in THRESHOLDS:
        fewest, most = THRESHOLDS[kind]
        count = sum(1 for element in elements(child_named(rule, kind)) if local(element) == "cfvo")
        if not fewest <= count <= most:
            yield Finding(sheet.part, where, "condition_thresholds", f"{kind} {count}")


def validations(sheet: SheetSubject) -> Iterator[Finding]:
    """Ranges, types, formulas, and the lengths of lists and messages."""
    every = list(elements(sheet.child("dataValidations")))
    if len(every) > MOST_VALIDATIONS:
        yield Finding(sheet.part, "", "validation_count", str(len(every)))
    for validation in every:
        where = validation.get("sqref", "")[:80]
        if not _all_in_sheet(validation.get("sqref", "")):
            yield Finding(sheet.part, where, "validation_area")
        for attribute, longest in LONGEST_TEXTS.items():
            length = utf16_length(validation.get(attribute, ""))
            if length > longest:
                yield Finding(sheet.part, where, "validation_text", f"{attribute} {length}")
        yield from _validation_formulas(sheet, validation, where)


def _validation_formulas(sheet: SheetSubject, validation: etree._Element, where: str) -> Iterator[Finding]:
    kind = validation.get("type", "none")
    first = child_named(validation, "formula1")
    if kind not in VALIDATION_TYPES or (kind != "none" and first is None):
        yield Finding(sheet.part, where, "validation_type", kind)
    text = "" if first is None else first.text or ""
    if kind == "list" and text.startswith('"') and utf16_length(text.strip('"')) > LONGEST_LIST:
        yield Finding(sheet.part, where, "list_length", str(utf16_length(text.strip('"'))))
    fault = formulas.fault(text) if text else ""
    if fault:
        yield Finding(sheet.part, where, "validation_formula", fault)


def _all_in_sheet(sqref: str) -> bool:
    areas = parse_areas(sqref)
    return bool(areas) and len(areas) == len(sqref.split()) and all(area.in_sheet for area in areas)


RULES = (conditional_formats, validations)
