"""What the Excel side costs: ``python -m benchmarks.excel --write docs/excel.md``.

The peer is pandas looking for the same words, in the same run, so that ratios survive a busy machine.
The host is in memory: its own time is not Excel's, and is not counted as ours.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pandas as pd

from crmsheet.app import refresh_open
from crmsheet.book.design import Formula
from crmsheet.book.live_typed import OpenCells, open_typed_cells
from crmsheet.book.raw import RawBook, RawSheet
from crmsheet.book.save import Fingerprint
from crmsheet.book.sheet_plan import SheetPlan, read_plan
from crmsheet.book.template import template
from crmsheet.excel.functions import function
from crmsheet.labels import Labels
from crmsheet.model import Note
from crmsheet.needs import TOPICS
from crmsheet.rules import Rules
from crmsheet.sample import sample_team
from crmsheet.settings import setting_lines

sys.path.insert(0, str(Path(__file__).parent))
from pages import write_section  # noqa: E402

ROWS = 3_000
CELLS = 10_000
DAY = date(2024, 3, 18)
REPEATS = 3
CONTACT_DAYS = 300


class Printed:
    """A sheet as an earlier refresh left it: what the open Excel is asked for to find cells typed over."""

    row = column = 1

    def __init__(self, name: str, plan: SheetPlan) -> None:
        width = max((column for _, column in plan.cells), default=1)
        rows: list[list[Any]] = [
            [None] * width for _ in range(max((row for row, _ in plan.cells), default=1))
        ]
        for (row, column), value in plan.cells.items():
            rows[row - 1][column - 1] = value.value if isinstance(value, Formula) else value
        self.name, self.value, self.shape = name, rows, (len(rows), width)
        lists = [SimpleNamespace(Range=SimpleNamespace(Address=str(one.area))) for one in plan.tables]
        self.api = SimpleNamespace(ListObjects=lists)

    @property
    def used_range(self) -> Printed:
        return self

    def options(self, **_: Any) -> Printed:
        return self

    def range(self, *_: Any) -> Any:
        first = SimpleNamespace(value=[row[:1] for row in self.value])
        return SimpleNamespace(options=lambda **_: first)


class Paper:
    """A host that takes every design as the open Excel does, up to the calls into Excel.

    ``earlier`` are its analysis sheets as a refresh before this one wrote them.
    """

    def __init__(self, earlier: Mapping[str, tuple[Printed, SheetPlan]] = MappingProxyType({})) -> None:
        self.notes: list[Note] = []
        self.earlier = earlier
        self.written: dict[str, tuple[Printed, SheetPlan]] = {}
        self.kept = False

    @property
    def sheet_names(self) -> tuple[str, ...]:
        return ()

    def put_sheet(
        self, key: str, name: str, design: Any, *, hidden: bool = False, first: bool = False
    ) -> str:
        plan = read_plan(design)
        if self.kept:
            self.written[key] = Printed(name, plan), plan
        return name

    def typed_cells(self) -> list[Any]:
        return [
            cell
            for sheet, plan in self.earlier.values()
            for cell in open_typed_cells(OpenCells(sheet), plan.territory)
        ]

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


def refreshed_before(book: RawBook) -> dict[str, tuple[Printed, SheetPlan]]:
    """The analysis sheets as a refresh writes them, one cell of the follow-up list typed over."""
    paper = Paper()
    paper.kept = True
    refresh_open(paper, book, as_of=DAY)
    sheet, plan = paper.written["followups"]
    (area,) = [one.area for one in plan.tables][-1:]
    sheet.value[area.top][area.left + 1] = "typed over"
    found = len(Paper(paper.written).typed_cells())
    if found != 1:
        raise SystemExit(f"{found} cells typed over were found, not 1")
    return paper.written


def contained(texts: list[str]) -> None:
    """What a script does instead: pandas looks for the words of each topic, without denials, slots or kinds."""
    column = pd.Series(texts)
    for topic in TOPICS:
        words: tuple[str, ...] = getattr(Rules.load().lexicons, topic).words
        column.str.contains("|".join(map(re.escape, words)), regex=True)


def due_days() -> tuple[float, float]:
    """Seconds of a column of days due in one call, and of one cell of it."""
    days = [pd.Timestamp(DAY) - pd.Timedelta(days=place % CONTACT_DAYS) for place in range(ROWS)]
    contacts = [[day.to_pydatetime()] for day in days]
    due, tier = function("CRM_DUE"), Rules.load().tiers["high_value"].label
    cells = best(lambda: [due(tier, contacts[0][0]) for _ in range(20)]) / 20
    return best(lambda: due(tier, contacts)), cells


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--write", type=Path, help="a page whose section <!-- measured --> is written anew")
    page = asked.parse_args().write
    book = book_of(ROWS)
    earlier = refreshed_before(book)
    ours = best(lambda: refresh_open(Paper(earlier), book, as_of=DAY))
    reading = best(lambda: Paper(earlier).typed_cells())
    counting = [0]

    def fresh() -> list[str]:
        counting[0] += 1
        return [f"希望第 {counting[0]} 批 {place} 号导出报表更快，预算 {place} 元" for place in range(CELLS)]

    tagged = best(lambda: function("CRM_TAGS")([[text] for text in fresh()]))
    plain = best(lambda: contained(fresh()))
    one = best(lambda: [function("CRM_ICE")(8, 7, 6) for _ in range(20)]) / 20
    column, cell = due_days()
    lines = [
        f"| 刷新 {ROWS:,} 行，到交给 Excel 为止 | {ours:.2f} 秒，其中认出改写的格子 {reading:.2f} 秒 | 2 秒 |",
        f"| `CRM_TAGS` 一次 {CELLS:,} 个各不相同的格子 | {tagged:.2f} 秒，是 pandas 逐类 `str.contains` 的 "
        f"{tagged / plain:.1f} 倍时间 | 0.3 秒 |",
        f"| `CRM_ICE` 一格 | {one * 1000:.1f} 毫秒 | – |",
        f"| `CRM_DUE` 一次 {ROWS:,} 格，{CONTACT_DAYS} 个不同的接触日 | {column:.2f} 秒 | – |",
        f"| `CRM_DUE` 一格 | {cell * 1000:.1f} 毫秒 | – |",
    ]
    body = "\n".join(["| 我们自己用的处理器时间 | 用时 | 要求 |", "| --- | --- | --- |", *lines])
    print(body)
    if page:
        write_section(page, "measured", body)


if __name__ == "__main__":
    main()
