"""A design with its bodies filled in, as a plain workbook, to judge drawing without the graft."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from copy import deepcopy
from datetime import date, datetime

from lxml import etree

from crmsheet.book.design import Body, Design, Formula

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SHEET = "xl/worksheets/sheet1.xml"


def assembled(design: Design) -> bytes:
    """The design's package with every body's rows in place of its pattern row."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(design.package)) as given, zipfile.ZipFile(result, "w") as made:
        for name in given.namelist():
            data = given.read(name)
            made.writestr(name, _filled(data, design.bodies) if name == SHEET else data)
    return result.getvalue()


def _filled(sheet: bytes, bodies: tuple[Body, ...]) -> bytes:
    root = etree.fromstring(sheet)
    data = root.find(f"{MAIN}sheetData")
    rows = {int(row.get("r")): row for row in data}
    for body in bodies:
        pattern = deepcopy(rows[body.first_row])
        for index, values in enumerate(zip(*body.columns, strict=True)):
            height = body.row_height[index] if isinstance(body.row_height, Sequence) else body.row_height
            rows[body.first_row + index] = _row(pattern, body.first_row + index, values, height)
    data[:] = [rows[number] for number in sorted(rows)]
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _row(pattern, number, values, height):
    row = etree.Element(f"{MAIN}row", {"r": str(number)})
    if height:
        row.set("ht", str(height))
        row.set("customHeight", "1")
    for cell, value in zip(pattern, values, strict=False):
        made = etree.SubElement(
            row, f"{MAIN}c", {**cell.attrib, "r": re.sub(r"\d+", str(number), cell.get("r"))}
        )
        _fill(made, value)
    return row


def _fill(cell, value):
    if isinstance(value, Formula):
        etree.SubElement(cell, f"{MAIN}f").text = value.text
        cell.set("t", "str")
        value = etree.SubElement(cell, f"{MAIN}v").text = str(value.value)
    elif isinstance(value, str):
        cell.set("t", "inlineStr")
        etree.SubElement(etree.SubElement(cell, f"{MAIN}is"), f"{MAIN}t").text = value
    elif isinstance(value, bool):
        cell.set("t", "b")
        etree.SubElement(cell, f"{MAIN}v").text = str(int(value))
    elif value is not None:
        etree.SubElement(cell, f"{MAIN}v").text = repr(_number(value))


def _number(value):
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime.combine(value, datetime.min.time())
        return (moment - datetime(1899, 12, 30)).total_seconds() / 86400
    return value
