"""The order a user sorted one of our lists by. Excel sorts when asked, not when a file is opened, so we put the
rows of the next refresh in that order.

Only sorting by values is told here; of colours and lists of one's own Excel's Reapply does the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import numpy as np

from crmsheet.book.cell_values import serial
from crmsheet.book.column_cells import plain_values
from crmsheet.book.design import Body, Coded, Formula
from crmsheet.book.ooxml import attribute_is_true, elements, local
from crmsheet.book.tables import OldTable, sorted_column

Key = tuple[int, float, bytes]
_NUMBER, _TEXT, _LOGICAL, _BLANK = range(4)


def resorted(body: Body, headers: Sequence[str], old: OldTable) -> Body:
    """``body``, whose columns have these ``headers``, in the order that ``old`` was sorted by last."""
    keys = [(column, down) for column, down in sort_keys(old) if column in headers[: len(body.columns)]]
    if not keys:
        return body
    order = list(range(len(body)))
    for column, down in reversed(keys):
        ranks = [sort_rank(value) for value in plain_values(body.columns[headers.index(column)])]
        order.sort(key=lambda place, ranks=ranks: ranks[place], reverse=down)  # type: ignore[misc]
        # Blanks stand last either way.
        order.sort(key=lambda place, ranks=ranks: ranks[place][0] == _BLANK)  # type: ignore[misc]
    heights = body.row_height
    if isinstance(heights, Sequence):
        heights = tuple(heights[place] for place in order)
    return replace(
        body, columns=tuple(_in_order(column, order) for column in body.columns), row_height=heights
    )


def sort_keys(table: OldTable) -> list[tuple[str, bool]]:
    """Columns that the table was sorted by, the first counts most, and whether downwards."""
    conditions = [
        condition
        for sort in table.root.iter("*")
        if local(sort) == "sortState"
        for condition in elements(sort)
        if local(condition) == "sortCondition"
    ]
    if any(one.get("sortBy", "value") != "value" or one.get("customList") for one in conditions):
        return []
    return [(sorted_column(one, table.root), attribute_is_true(one, "descending")) for one in conditions]


def sort_rank(value: object) -> Key:
    """Where Excel sorts a value: numbers, then texts, truth values, blanks. GB 18030 has Chinese in order of its sound.

    >>> sorted(["b", 2, "A", None, "中", "爱", date(1900, 1, 1)], key=sort_rank)
    [datetime.date(1900, 1, 1), 2, 'A', 'b', '爱', '中', None]
    """
    if isinstance(value, Formula):
        value = value.value
    if value is None or value == "":
        return _BLANK, 0.0, b""
    if isinstance(value, bool):
        return _LOGICAL, float(value), b""
    if isinstance(value, int | float):
        return _NUMBER, float(value), b""
    if isinstance(value, date | datetime):
        return _NUMBER, serial(value), b""
    return _TEXT, 0.0, str(value).lower().encode("gb18030", "replace")


def _in_order(column: Sequence[object], order: Sequence[int]) -> Sequence[object]:
    if isinstance(column, Coded):
        return Coded(column.values, column.codes[np.asarray(order, dtype=np.intp)])
    values = plain_values(column)
    return [values[place] for place in order]
