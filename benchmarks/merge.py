"""Merging 50 workbooks of 2,000 rows, against the obvious script: pandas read_excel per file, concat, to_excel.

python benchmarks/merge.py [FILES [ROWS]]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pandas as pd
import xlsxwriter

from crmsheet import teams
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels


def write_file(path: Path, number: int, rows: int) -> None:
    """One colleague's workbook: sixteen columns, every id once in the whole team."""
    labels, random = Labels.load(), Random(number)
    fields = [field.code for field in SHEETS["records"].fields if not field.extra]
    with xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet(labels.sheet("records"))
        sheet.write_row(0, 0, [labels.field(code, "records") for code in fields])
        for row in range(rows):
            cells = {code: f"{code}{random.randrange(400)}" for code in fields}
            cells["customer_id"] = f"C2026{number * rows + row:06d}"
            sheet.write_row(row + 1, 0, [cells[code] for code in fields])
            sheet.write_datetime(
                row + 1, fields.index("last_contact"), date(2026, 1, 1) + timedelta(row % 300)
            )


def obvious(paths: list[Path], out: Path) -> None:
    """What a colleague who knows pandas writes: no conflicts, no formats."""
    pd.concat([pd.read_excel(path, engine="calamine") for path in paths]).to_excel(out, index=False)


def main() -> None:
    files, rows = (*(int(word) for word in sys.argv[1:]), *(50, 2000)[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        paths = [place / f"{number}.xlsx" for number in range(files)]
        for number, path in enumerate(paths):
            write_file(path, number, rows)
        started = time.perf_counter()
        result = teams.merge(paths, place / "team.xlsx")
        ours = time.perf_counter() - started
        assert result.rows["records"] == files * rows
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        started = time.perf_counter()
        obvious(paths, place / "pandas.xlsx")
        theirs = time.perf_counter() - started
    job = f"{files} workbooks of {rows} rows"
    print(f"{job}: merge {ours:.1f} s, {memory:.0f} MB; pandas {theirs:.1f} s; {theirs / ours:.1f} x")


if __name__ == "__main__":
    main()
