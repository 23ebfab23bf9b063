"""How long the analysis sheets take, beside XlsxWriter writing the same cells plainly: no look, table, link or chart.

    python benchmarks/sheets.py [CUSTOMERS …]

Seconds are CPU time, the least of three runs. ``analyze`` is not counted; ``sheets`` is making every view,
drawing it and saving the workbook. The ratio is within one run, so a slow machine slows both.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import xlsxwriter

import crmsheet as crm
from crmsheet.book.printed import cell_values
from crmsheet.sample import sample_team
from crmsheet.tables.snapshots import take_snapshot
from crmsheet.view import TableBlock
from crmsheet.views.sheets import VIEWS

DAY, BEFORE = date(2026, 11, 20), date(2026, 9, 28)
RUNS = 3


def main() -> None:
    for customers in map(int, sys.argv[1:] or ["200", "10000"]):
        print(measured(customers), flush=True)


def measured(customers: int) -> str:
    """One line of figures for a team of ``customers``."""
    result = analyzed(customers)
    blocks = [block for make in VIEWS for block in make(result).blocks if isinstance(block, TableBlock)]
    cells = sum(len(block.frame) * len(block.columns) for block in blocks)
    with tempfile.TemporaryDirectory() as folder:
        book, out = Path(folder) / "a.xlsx", Path(folder) / "b.xlsx"
        with xlsxwriter.Workbook(str(book)) as empty:
            empty.add_worksheet("a")
        ours = least(lambda: crm.write_analysis(result, book, out=out))
        size = out.stat().st_size / 1e6
    plain = least(lambda: write_plainly(blocks))
    return (
        f"{customers:>7,} customers, {cells:>9,} cells: sheets {ours:6.2f} s ({size:.1f} MB), "
        f"XlsxWriter plainly {plain:6.2f} s, ratio {ours / plain:.2f}"
    )


def analyzed(customers: int) -> crm.Result:
    """A team after an earlier refresh, so that every sheet has something to show."""
    frames = large_team(customers)
    rules = crm.Rules.load()
    first = crm.analyze(crm.Tables.from_frames(**frames), rules, BEFORE)
    frames["snapshots"] = take_snapshot(first.customers, rules, BEFORE)
    return crm.analyze(crm.Tables.from_frames(**frames), rules, DAY)


def large_team(customers: int) -> dict[str, pd.DataFrame]:
    """The sample team of 200 repeated, each copy under ids and names of its own."""
    tables = sample_team(DAY, faults=False).tables
    copies = range(-(-customers // 200))
    return {
        code: pd.concat([renamed(table, copy) for copy in copies], ignore_index=True)
        for code, table in tables.items()
    }


def renamed(table: pd.DataFrame, copy: int) -> pd.DataFrame:
    marks = {name: f"{copy:03d}" for name in ("customer_id", "customer_name", "order_id", "contract_id")}
    own = {name: table[name].astype(str) + mark for name, mark in marks.items() if name in table}
    return table.assign(**own) if copy else table


def write_plainly(blocks: list[TableBlock]) -> None:
    """The cells of the tables, column by column, into one plain workbook."""
    options = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(io.BytesIO(), {**options, "default_date_format": "yyyy-mm-dd"}) as book:
        for number, block in enumerate(blocks):
            sheet = book.add_worksheet(f"{number}")
            for place, column in enumerate(block.columns):
                values = cell_values(block.frame[column.code], column.format)
                for row, value in enumerate(values):
                    if value is not None and value != "":
                        sheet.write(row, place, value)


def least(job: Callable[[], object]) -> float:
    """CPU seconds of the quickest of several runs."""
    seconds = []
    for _ in range(RUNS):
        start = time.process_time()
        job()
        seconds.append(time.process_time() - start)
    return min(seconds)


if __name__ == "__main__":
    main()
