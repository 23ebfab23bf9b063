"""Rules of charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from crmsheet.book.defined_names import split_reference
from crmsheet.book.lint import formulas
from crmsheet.book.lint.finding import Finding
from crmsheet.book.lint.subject import Subject
from crmsheet.book.ooxml import child_named, elements, local

AXES = ("catAx", "valAx", "dateAx", "serAx")


def check(subject: Subject, part: str) -> Iterator[Finding]:
    root = subject.root(part)
    for rule in RULES:
        yield from rule(subject, part, root)


def ranges(subject: Subject, part: str, root: etree._Element) -> Iterator[Finding]:
    """Series speak of sheets that exist."""
    sheets = {sheet.name.lower() for sheet in subject.sheets}
    for element in root.iter("{*}f"):
        text = element.text or ""
        sheet, _ = split_reference(text)
        fault = formulas.fault(text)
        plain = not any(character in text for character in "[(,")
        if fault or (plain and sheet and "#REF" not in sheet and sheet.lower() not in sheets):
            yield Finding(part, "", "chart_range", text)


def axes(subject: Subject, part: str, root: etree._Element) -> Iterator[Finding]:
    """Each axis a chart names is there, and crosses one that is there."""
    for plot in root.iter("{*}plotArea"):
        known = {_value(axis, "axId") for axis in elements(plot) if local(axis) in AXES}
        for element in elements(plot):
            names = {_value(element, "crossAx")} if local(element) in AXES else _axis_ids(element)
            for name in names - known - {"", "0"}:  # 0 stands for no axis
                yield Finding(part, "", "chart_axis", name)


def series(subject: Subject, part: str, root: etree._Element) -> Iterator[Finding]:
    """Series have numbers of their own."""
    for plot in root.iter("{*}plotArea"):
        for attribute in ("idx", "order"):
            numbers = Counter(_value(one, attribute) for one in plot.iter("{*}ser"))
            for number, count in numbers.items():
                if count > 1:
                    yield Finding(part, "", "chart_series", f"{attribute} {number}")


def _axis_ids(chart: etree._Element) -> set[str]:
    return {element.get("val", "") for element in elements(chart) if local(element) == "axId"}


def _value(parent: etree._Element, name: str) -> str:
    child = child_named(parent, name)
    return "" if child is None else child.get("val", "")


RULES = (ranges, axes, series)
