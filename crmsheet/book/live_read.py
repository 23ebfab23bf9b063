"""Reads an open workbook as it stands now, saved or not: each sheet's values in one go, as the file would read."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from crmsheet.book.areas import Area
from crmsheet.book.handed_values import as_in_file, trimmed
from crmsheet.book.live import own_areas
from crmsheet.book.live_cells import rows_of, values_of
from crmsheet.book.raw import CellValue, Percent, Position, RawBook, RawSheet
from crmsheet.book.save import Fingerprint

SHEET_VISIBLE = -1  # xlSheetVisible; 0 and 2 are hidden
# Handing over more cells than this takes minutes: nobody typed them.
MOST_CELLS = 5_000_000
MOST_PROBES = 2_000


def read_open(book: Any, *, unread: Collection[str] = ()) -> RawBook:
    """Everything in the open ``book``. ``unread`` are keys of own sheets whose cells are not needed."""
    keys = {name.lower(): key for key, (name, _) in own_areas(book).items()}
    sheets = [_sheet(one, keys.get(str(one.name).lower(), ""), unread) for one in book.sheets]
    # Nothing is saved by us, so nobody asks later whether the file changed.
    return RawBook(Path(str(book.fullname)), "xlsx", tuple(sheets), Fingerprint(0, ""))


def _sheet(sheet: Any, key: str, unread: Collection[str]) -> RawSheet:
    name, hidden = str(sheet.name), sheet.visible not in (True, SHEET_VISIBLE)
    if key in unread and key:
        return RawSheet(name, [], hidden=hidden, own_key=key)
    used = sheet.used_range
    bottom, right = used.row + used.shape[0] - 1, used.column + used.shape[1] - 1
    if bottom * right > MOST_CELLS:
        return RawSheet(name, [], hidden=hidden, own_key=key, oversize=(bottom, right))
    cells = sheet.range((1, 1), (bottom, right))
    rows: list[list[CellValue]] = [[as_in_file(value) for value in row] for row in values_of(cells)]
    _mark_percentages(sheet, rows)
    if key:  # our own lists hold neither formulas nor merged cells that matter
        return RawSheet(name, trimmed(rows), hidden=hidden, own_key=key)
    return RawSheet(
        name,
        trimmed(rows),
        hidden=hidden,
        merged=tuple(_merged(sheet, Area(1, 1, bottom, right))),
        formulas=_formulas(cells.formula),
    )


def _formulas(found: Any) -> frozenset[Position]:
    return frozenset(
        (row, column)
        for row, line in enumerate(rows_of(found), start=1)
        for column, cell in enumerate(line, start=1)
        if isinstance(cell, str) and cell.startswith("=")
    )


def _merged(sheet: Any, area: Area) -> list[Area]:
    """Merged areas, found by halving: Excel says of any range whether it holds merged cells."""
    found: dict[str, Area] = {}
    asked = [area]
    for _ in range(MOST_PROBES):
        if not asked:
            break
        one = asked.pop()
        cells = sheet.range(str(one))
        if cells.merge_cells is False:
            continue
        if (one.top, one.left) == (one.bottom, one.right):
            merged = Area.parse(cells.merge_area.get_address())
            if merged is not None:
                found[str(merged)] = merged
        else:
            asked += _halves(one)
    return list(found.values())


def _halves(area: Area) -> list[Area]:
    if area.bottom > area.top:
        middle = (area.top + area.bottom) // 2
        return [
            Area(area.top, area.left, middle, area.right),
            Area(middle + 1, area.left, area.bottom, area.right),
        ]
    middle = (area.left + area.right) // 2
    return [
        Area(area.top, area.left, area.bottom, middle),
        Area(area.top, middle + 1, area.bottom, area.right),
    ]


def _mark_percentages(sheet: Any, rows: list[list[CellValue]]) -> None:
    """Numbers that the sheet shows as percentages, asked by column and only where a column could have some."""
    for column in range(len(rows[0]) if rows else 0):
        shares = [row for row, line in enumerate(rows) if _may_be_share(line[column])]
        if not shares:
            continue
        place = (shares[0] + 1, column + 1), (shares[-1] + 1, column + 1)
        shown = sheet.range(*place).number_format
        for row in shares:
            one = shown if shown is not None else sheet.range((row + 1, column + 1)).number_format
            value = rows[row][column]
            if isinstance(one, str) and one.rstrip("_ )").endswith("%") and isinstance(value, int | float):
                rows[row][column] = Percent(value)


def _may_be_share(value: CellValue) -> bool:
    return isinstance(value, float) or (
        isinstance(value, int) and not isinstance(value, bool) and value in (0, 1)
    )
