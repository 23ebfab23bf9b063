"""Tables of a workbook whose cells another program read: in xlwings Lite there is no file to open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crmsheet.book.handed_values import as_in_file, trimmed
from crmsheet.book.raw import RawBook, RawSheet
from crmsheet.book.save import Fingerprint
from crmsheet.model import Tables
from crmsheet.recognize.workbook import recognize


def read_cells(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> Tables:
    """The tables of a workbook as typed, from the values of each sheet by its name; ``rows[0][0]`` is cell A1.

    A cell is text, a number, a date or None. Analysis sheets are known by their names and left out.

    >>> rows = [["客户名称", "所属行业", "显性需求"], ["某某有限公司", "制造业", "希望便宜点"]]
    >>> tables = read_cells({"客户需求记录": rows})
    >>> tables["records"]["customer_name"].tolist()
    ['某某有限公司']
    """
    found = tuple(_sheet(name, rows) for name, rows in sheets.items())
    return recognize(RawBook(Path(), "xlsx", found, Fingerprint(0, "")))


def _sheet(name: str, rows: Sequence[Sequence[Any]]) -> RawSheet:
    cells = trimmed([[as_in_file(value) for value in row] for row in rows])
    width = max(map(len, cells), default=0)
    return RawSheet(name, [[*row, *[None] * (width - len(row))] for row in cells])
