"""What the Excel side costs: ``python -m benchmarks.excel``.

The peer is the same work in one plain pass of Python, in the same run, so that ratios survive a busy machine.
The host is in memory: its own time is not Excel's, and is not counted as ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any

from crmsheet.app import refresh_open
from crmsheet.book.raw import RawBook, RawSheet
from crmsheet.book.save import Fingerprint
from crmsheet.book.sheet_plan import read_plan
from crmsheet.book.template import template
from crmsheet.excel.functions import function
from crmsheet.labels import Labels
from crmsheet.model import Note
from crmsheet.sample import sample_team
from crmsheet.settings import setting_lines

ROWS = 3_000
CELLS = 10_000
DAY = date(2024, 3, 18)
REPEATS = 3


class Paper:
    """A host that takes every design as the open Excel does, up to the calls into Excel."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.cells = 0

    @property
    def sheet_names(self) -> tuple[str, ...]:
        return ()

    def put_sheet(
        self, key: str, name: str, design: Any, *, hidden: bool = False, first: bool = False
    ) -> str:
        plan = read_plan(design)
        self.cells += len(plan.cells)
        return name

    def update_cells(self, sheet: str, updates: Any, *, number_formats: Any = None) -> Any:
        raise NotImplementedError


def best(action: Callable[[], object]) -> float:
    """Least processor time of several runs, in seconds."""
    times = []
    for _ in range(REPEATS):
        begin = time.process_time()
        action()
        times.append(time.process_time() - begin)
    return min(times)


def book_of(rows: int) -> RawBook:
    """The sample team, its records repeated with other numbers up to ``rows``."""
    import io
    import tempfile
    from pathlib import Path

    from crmsheet.book.read import read_book

    tables = dict(sample_team(DAY).tables)
    data = template(labels=Labels.load(), rules_rows=setting_lines(), tables=tables)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "team.xlsx"
        path.write_bytes(io.BytesIO(data).getvalue())
        book = read_book(path)
    return RawBook(book.path, "xlsx", tuple(_grown(sheet, rows) for sheet in book.sheets), Fingerprint(0, ""))


def _grown(sheet: RawSheet, rows: int) -> RawSheet:
    if sheet.name != Labels.load().sheet("records"):
        return sheet
    head = (
        next(place for place, row in enumerate(sheet.rows) if Labels.load().field("customer_name") in row) + 1
    )
    entries = [row for row in sheet.rows[head:] if any(cell is not None for cell in row)]
    grown = [entries[place % len(entries)] for place in range(rows)]
    return RawSheet(sheet.name, [*sheet.rows[:head], *(list(row) for row in grown)])


def main() -> None:
    book = book_of(ROWS)
    ours = best(lambda: refresh_open(Paper(), book, as_of=DAY))
    counting = [0]

    def tags() -> None:
        counting[0] += 1
        texts = [
            [f"希望第 {counting[0]} 批 {place} 号导出报表更快，预算 {place} 元"] for place in range(CELLS)
        ]
        function("CRM_TAGS")(texts)

    tagged = best(tags)
    plain = best(lambda: [f"希望导出报表更快，预算 {place} 元".casefold() for place in range(CELLS)])
    one = best(lambda: [function("CRM_ICE")(8, 7, 6) for _ in range(20)]) / 20
    print(f"refresh of {ROWS} rows up to the calls into Excel: {ours:.2f} s of our own (asked: 2 s)")
    ratio = f"{tagged / plain:.0f} × casefold"
    print(f"CRM_TAGS of {CELLS} different cells in one range: {tagged:.2f} s (asked: 0.3 s), {ratio}")
    print(f"CRM_ICE of one cell: {one * 1000:.1f} ms")


if __name__ == "__main__":
    main()
