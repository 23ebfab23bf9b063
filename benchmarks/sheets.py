"""How long workbooks take to write, beside XlsxWriter writing the same cells plainly: no look, table, link or chart.

    python benchmarks/sheets.py [--write] [CUSTOMERS …]

The size of the template, the example workbook (`crmsheet new --example`), and every analysis sheet with its charts of
teams of so many customers: making the views, drawing them, saving; analyzing is not counted. Seconds are processor
time, the least of three runs, so other programs on the machine do not count; ratios are within one run. ``--write``
puts the table into docs/performance.md. The exit code is the number of targets missed.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import xlsxwriter
from pages import write_section

import crmsheet as crm
from crmsheet.book.printed import cell_values
from crmsheet.sample import sample_team
from crmsheet.tables.snapshots import take_snapshot
from crmsheet.templates import new_workbook
from crmsheet.view import TableBlock
from crmsheet.views.sheets import VIEWS

DAY, BEFORE = date(2026, 11, 20), date(2026, 9, 28)
RUNS = 3
MOST_KILOBYTES = 120
MOST_SECONDS: Mapping[str, float] = {"example": 3, "10000": 12}
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
PLAIN = {
    "in_memory": True,
    "strings_to_urls": False,
    "strings_to_formulas": False,
    "default_date_format": "yyyy-mm-dd",
}

Columns = Sequence[Sequence[object]]


@dataclass(frozen=True)
class Line:
    """One measurement: what was written, the figure and its unit, the target, and the seconds of the peer."""

    name: str
    figure: float
    unit: str
    target: float | None = None
    peer: float | None = None

    @property
    def missed(self) -> bool:
        return self.target is not None and self.figure > self.target

    def cells(self) -> tuple[str, ...]:
        size = f"{self.figure:.0f}" if self.unit == "kB" else f"{self.figure:.1f}"
        target = "–" if self.target is None else f"≤ {self.target:g} {self.unit}"
        beside = ("–", "–") if self.peer is None else (f"{self.peer:.1f} s", f"{self.figure / self.peer:.1f}")
        return self.name, f"{size} {self.unit}", target, *beside


def main() -> int:
    sizes = [int(size) for size in sys.argv[1:] if size.isdecimal()] or [200, 10_000]
    lines = [template_line(), example_line(), *map(sheets_line, sizes)]
    header = ("written", "crmsheet", "target", "XlsxWriter, the same cells plainly", "times XlsxWriter")
    rows = [header, ("---", *["---:"] * 4), *(line.cells() for line in lines)]
    table = [f"| {' | '.join(row)} |" for row in rows]
    print("\n".join(table))
    if "--write" in sys.argv[1:]:
        write_section(PAGE, "sheets", "\n".join(table))
    return sum(line.missed for line in lines)


def template_line() -> Line:
    with tempfile.TemporaryDirectory() as folder:
        size = new_workbook(Path(folder) / "a.xlsx").stat().st_size / 1000
    return Line("template", size, "kB", MOST_KILOBYTES)


def example_line() -> Line:
    """The example workbook: its entry sheets with formulas, dropdowns and colours."""
    tables = sample_team(DAY).tables
    columns = [[cell_values(frame[name], "any") for name in frame] for frame in tables.values()]

    def write() -> None:
        with tempfile.TemporaryDirectory() as folder:
            new_workbook(Path(folder) / "a.xlsx", example=True, as_of=DAY)

    return Line(
        "example workbook", least(write), "s", MOST_SECONDS["example"], least(lambda: write_plainly(columns))
    )


def sheets_line(customers: int) -> Line:
    """All analysis sheets and charts of a team of ``customers``."""
    result = analyzed(customers)
    blocks = [block for make in VIEWS for block in make(result).blocks if isinstance(block, TableBlock)]
    columns = [
        [cell_values(block.frame[column.code], column.format) for column in block.columns] for block in blocks
    ]
    cells = sum(len(block.frame) * len(block.columns) for block in blocks)
    with tempfile.TemporaryDirectory() as folder:
        book, out = Path(folder) / "a.xlsx", Path(folder) / "b.xlsx"
        with xlsxwriter.Workbook(str(book)) as empty:
            empty.add_worksheet("a")
        ours = least(lambda: crm.write_analysis(result, book, out=out))
    name = f"analysis sheets of {customers:,} customers, {cells:,} cells"
    return Line(name, ours, "s", MOST_SECONDS.get(str(customers)), least(lambda: write_plainly(columns)))


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
    """The table of other firms: a copy that looked like the same firm would propose ten thousand merges."""
    if not copy:
        return table
    mark = f"{copy:03d}"
    own = {
        name: table[name].astype(str) + mark
        for name in ("customer_id", "order_id", "contract_id")
        if name in table
    }
    if "customer_name" in table:
        brand = chr(0x6C40 + 29 * copy) + chr(0x7400 + 31 * copy)
        own["customer_name"] = table["customer_name"].str[:2] + brand + table["customer_name"].str[3:]
    for name, end in (("requirement_id", "-"), ("email", "@"), ("phone", "-")):
        if name in table:
            own[name] = table[name].str.replace(end, mark + end, n=1)
    return table.assign(**own)


def write_plainly(tables: Sequence[Columns]) -> None:
    """The cells of the tables, column by column, into one plain workbook."""
    with xlsxwriter.Workbook(io.BytesIO(), PLAIN) as book:
        for number, columns in enumerate(tables):
            sheet = book.add_worksheet(f"{number}")
            for place, values in enumerate(columns):
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
    sys.exit(main())
