"""The jobs of benchmarks/io.py: every library reads one sheet and writes it back as a second one.

XlsxWriter cannot read, so calamine reads for it, and both sheets are made anew: nothing else of the file survives.
The floor does what no library can do without: calamine reads, the compressed parts are copied, and the new sheet's
bytes, put together in the shortest way, are deflated.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from jobs import IO_COPY, IO_SHEET, OPENPYXL_IO, Cost, best, make_io_workbook, measure

CRMSHEET = f"""
import pandas as pd
from crmsheet.book.draw import draw
from crmsheet.book.read import read_book
from crmsheet.book.workbook import Workbook
from crmsheet.view import Column, TableBlock, View
header, *rows = read_book(path).sheets[0].rows
frame = pd.DataFrame(rows, columns=header, dtype=object)
kinds = {{6: "date", 14: "date"}}
columns = tuple(Column(name, name, kinds.get(place, "text" if isinstance(rows[0][place], str) else "decimal"))
                for place, name in enumerate(header))
table = TableBlock("copy", frame, columns)
book = Workbook.open(path)
book.put_sheet("copy", "{IO_COPY}", draw(View("copy", "{IO_COPY}", "{IO_COPY}", "", (table,))))
book.save(out)
"""
FLOOR = f"""
import zipfile, zlib
from itertools import count
from python_calamine import CalamineWorkbook
rows = CalamineWorkbook.from_path(path).get_sheet_by_name("{IO_SHEET}").to_python()
try:
    from isal.isal_zlib import compressobj
    engine = compressobj(level=2, wbits=-15)
except ModuleNotFoundError:
    engine = zlib.compressobj(1, zlib.DEFLATED, -15)
letters = "ABCDEFGHIJKLMNOPQRST"
cells = "".join(f'<c r="{{letter}}%d" t="inlineStr"><is><t>%s</t></is></c>' for letter in letters)
with open(out, "wb") as file:
    file.write(open(path, "rb").read())
    for start in range(0, len(rows), 8192):
        xml = []
        for number, row in enumerate(rows[start:start + 8192], start + 1):
            pairs = [part for value in row for part in (number, value)]
            xml.append(f'<row r="{{number}}">{{cells % tuple(pairs)}}</row>')
        data = "".join(xml).encode()
        zlib.crc32(data)
        file.write(engine.compress(data))
    file.write(engine.flush())
"""
PANDAS = f"""
import shutil
import pandas as pd
frame = pd.read_excel(path, sheet_name="{IO_SHEET}", engine="openpyxl")
shutil.copyfile(path, out)
with pd.ExcelWriter(out, engine="openpyxl", mode="a") as writer:
    frame.to_excel(writer, sheet_name="{IO_COPY}", index=False)
"""
# wolfxl 2.0 cannot append to a sheet it has just created, so the workbook is saved and opened again first.
WOLFXL = f"""
import wolfxl
book = wolfxl.load_workbook(path, modify=True)
rows = [[cell.value for cell in row] for row in book["{IO_SHEET}"].iter_rows()]
book.create_sheet("{IO_COPY}")
book.save(out)
book = wolfxl.load_workbook(out, modify=True)
sheet = book["{IO_COPY}"]
for row in rows:
    sheet.append(row)
book.save(out)
"""
XLSXWRITER = f"""
import datetime
import xlsxwriter
from python_calamine import CalamineWorkbook
rows = CalamineWorkbook.from_path(path).get_sheet_by_name("{IO_SHEET}").to_python()
book = xlsxwriter.Workbook(out, {{"constant_memory": True, "default_date_format": "yyyy-mm-dd"}})
for name in ("{IO_SHEET}", "{IO_COPY}"):
    sheet = book.add_worksheet(name)
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
book.close()
"""
JOBS = {
    "crmsheet": CRMSHEET,
    "floor": FLOOR,
    "XlsxWriter (calamine reads)": XLSXWRITER,
    "wolfxl, modify mode": WOLFXL,
    "openpyxl": OPENPYXL_IO,
    "pandas read_excel + to_excel": PANDAS,
}


def measured(repeats: int = 1) -> dict[str, Cost | str]:
    """Cost of each library, the least of some repeats; why there is none where it is not installed or fails."""
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "cells.xlsx", Path(folder) / "out.xlsx"
        make_io_workbook(path)
        return {name: _cost(job, path, out, repeats) for name, job in JOBS.items()}


def _cost(job: str, path: Path, out: Path, repeats: int) -> Cost | str:
    try:
        found = [cost for _ in range(repeats) if (cost := measure(job, path, out))]
    except RuntimeError as error:
        return f"failed: {str(error).strip().splitlines()[-1]}"
    return best(found) if found else "not installed (pip install wolfxl)"
