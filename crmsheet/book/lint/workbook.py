"""Rules of ``workbook.xml``: tabs and defined names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from crmsheet.book.cell_values import utf16_length
from crmsheet.book.defined_names import DefinedName, DefinedNames
from crmsheet.book.lint import formulas
from crmsheet.book.lint.finding import Finding
from crmsheet.book.lint.names import is_allowed
from crmsheet.book.lint.subject import Subject
from crmsheet.book.ooxml import WORKBOOK_ORDER, child_named, elements, integer, local
from crmsheet.book.sheet_names import LONGEST
from crmsheet.book.workbook_part import relationship_id

_FORBIDDEN = re.compile(r"[\\/*?:\[\]]|^'|'$")
PLACED_FREELY = ("AlternateContent", "revisionPtr", "absPath")  # extensions


def tab_names(subject: Subject) -> Iterator[Finding]:
    """Tabs have names Excel allows, each once."""
    names = [element.get("name", "") for element in _tabs(subject)]
    counts = Counter(name.lower() for name in names)
    for name in names:
        too_long = utf16_length(name) > LONGEST
        if not name or too_long or _FORBIDDEN.search(name) or name.lower() == "history":
            yield Finding(subject.workbook.name, "", "sheet_name", name)
        if counts[name.lower()] > 1:
            yield Finding(subject.workbook.name, "", "sheet_name_twice", name)


def tab_ids(subject: Subject) -> Iterator[Finding]:
    """Tabs have ids of their own and lead to sheets."""
    ids = Counter(element.get("sheetId", "") for element in _tabs(subject))
    links = Counter(relationship_id(element) or "" for element in _tabs(subject))
    relationships = subject.package.relationships(subject.workbook.name)
    for sheet_id, count in ids.items():
        if count > 1 or not sheet_id.isdigit():
            yield Finding(subject.workbook.name, "", "sheet_id", sheet_id)
    for link, count in links.items():
        if count > 1 or relationships.get(link) is None:
            yield Finding(subject.workbook.name, "", "sheet_relationship", link)


def a_tab_is_shown(subject: Subject) -> Iterator[Finding]:
    """At least one tab is visible, and the windows show tabs that exist."""
    tabs = _tabs(subject)
    if all(element.get("state", "visible") != "visible" for element in tabs):
        yield Finding(subject.workbook.name, "", "no_visible_sheet")
    for view in elements(subject.workbook.root.find(subject.workbook.dialect.q("bookViews"))):
        active = integer(view, "activeTab")
        if not 0 <= active < max(len(tabs), 1):
            yield Finding(subject.workbook.name, "", "active_tab", str(active))


def defined_names(subject: Subject) -> Iterator[Finding]:
    """Defined names have names Excel allows, each once in its scope, and a formula that loads."""
    seen = set()
    count = len(_tabs(subject))
    for name in DefinedNames(subject.workbook):
        fault = _name_fault(name, count)
        if fault:
            yield Finding(subject.workbook.name, "", *fault)
        if (name.name.lower(), name.position) in seen:
            yield Finding(subject.workbook.name, "", "defined_name_twice", name.name)
        seen.add((name.name.lower(), name.position))


def _name_fault(name: DefinedName, tabs: int) -> tuple[str, str] | None:
    if not is_allowed(name.name):
        return "defined_name", name.name
    if name.position is not None and not 0 <= name.position < tabs:
        return "defined_name_scope", f"{name.name} on tab {name.position}"
    fault = formulas.fault(name.text)
    return ("defined_name_formula", f"{name.name}: {fault}") if fault else None


def workbook_order(subject: Subject) -> Iterator[Finding]:
    """Elements stand in the order of the schema."""
    order = {name: place for place, name in enumerate(WORKBOOK_ORDER) if name not in PLACED_FREELY}
    places = [order[local(e)] for e in elements(subject.workbook.root) if local(e) in order]
    if places != sorted(places):
        yield Finding(subject.workbook.name, "", "element_order")


def _tabs(subject: Subject) -> list[etree._Element]:
    return list(elements(child_named(subject.workbook.root, "sheets")))


RULES = (tab_names, tab_ids, a_tab_is_shown, defined_names, workbook_order)
