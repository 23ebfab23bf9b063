"""Filters a user set on our tables: Excel hides rows when a filter is set, not when a file is opened, so
we hide them.

Only lists of chosen values are told here; by any other criterion (colours, top ten, date groups) every row
counts as chosen, and Excel's Reapply does the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from crmsheet.book.areas import Area
from crmsheet.book.column_cells import plain_values
from crmsheet.book.design import Body, Formula
from crmsheet.book.ooxml import attribute_is_true, child_named, elements, integer, local


def hidden_rows(table: etree._Element, body: Body) -> frozenset[int]:
    """Rows of ``body`` that the filters of ``table``, whose data it is, do not let through."""
    area = Area.parse(table.get("ref", ""))
    hidden: set[int] = set()
    for criterion in elements(child_named(table, "autoFilter")):
        column = integer(criterion, "colId") + (area.left if area else 1) - 1
        if local(criterion) == "filterColumn" and column < len(body.columns):
            hidden.update(_refused(criterion, body.columns[column], body.first_row))
    return frozenset(hidden)


def _refused(criterion: etree._Element, column: Sequence[object], first_row: int) -> Iterator[int]:
    chosen = child_named(criterion, "filters")
    if chosen is None or any(local(choice) != "filter" for choice in elements(chosen)):
        return
    texts = {choice.get("val", "").lower() for choice in elements(chosen)}
    numbers = {number for text in texts if (number := _number(text)) is not None}
    blanks = attribute_is_true(chosen, "blank")
    for row, cell in enumerate(plain_values(column), start=first_row):
        value = cell.value if isinstance(cell, Formula) else cell
        listed = str(value).lower() in texts or _number(value) in numbers
        if not (blanks if value is None or value == "" else listed):
            yield row


def _number(value: object) -> float | None:
    """Number of a value, or of a text as Excel lists it: ``1,200.50`` or ``25%``."""
    if isinstance(value, int | float):
        return round(float(value), 9)
    text = str(value).replace(",", "").strip()
    try:
        return round(float(text.removesuffix("%")) / (100 if text.endswith("%") else 1), 9)
    except ValueError:
        return None
