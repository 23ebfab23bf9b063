"""What the Excel side costs: ``python -m benchmarks.excel --write docs/excel.md``.

The peer is pandas looking for the same words, in the same run, so that ratios survive a busy machine.
The host is in memory: its own time is not Excel's, and is not counted as ours.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.app import refresh_open
from crmsheet.book.raw import RawBook, RawSheet
from crmsheet.book.save import Fingerprint
from crmsheet.book.sheet_plan import read_plan
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

    def typed_cells(self) -> list[Any]:
        return []

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


def contained(texts: list[str]) -> None:
    """What a script does instead: pandas looks for the words of each topic, without denials, slots or kinds."""
    column = pd.Series(texts)
    for topic in TOPICS:
        words: tuple[str, ...] = getattr(Rules.load().lexicons, topic).words
        column.str.contains("|".join(map(re.escape, words)), regex=True)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--write", type=Path, help="a page whose section <!-- measured --> is written anew")
    page = asked.parse_args().write
    book = book_of(ROWS)
    ours = best(lambda: refresh_open(Paper(), book, as_of=DAY))
    counting = [0]

    def fresh() -> list[str]:
        counting[0] += 1
        return [f"希望第 {counting[0]} 批 {place} 号导出报表更快，预算 {place} 元" for place in range(CELLS)]

    tagged = best(lambda: function("CRM_TAGS")([[text] for text in fresh()]))
    plain = best(lambda: contained(fresh()))
    one = best(lambda: [function("CRM_ICE")(8, 7, 6) for _ in range(20)]) / 20
    lines = [
        f"| 刷新 {ROWS:,} 行，到交给 Excel 为止 | {ours:.2f} 秒 | 2 秒 |",
        f"| `CRM_TAGS` 一次 {CELLS:,} 个各不相同的格子 | {tagged:.2f} 秒，是 pandas 逐类 `str.contains` 的 "
        f"{tagged / plain:.1f} 倍时间 | 0.3 秒 |",
        f"| `CRM_ICE` 一格 | {one * 1000:.1f} 毫秒 | – |",
    ]
    body = "\n".join(["| 我们自己用的处理器时间 | 用时 | 要求 |", "| --- | --- | --- |", *lines])
    print(body)
    if page:
        write_section(page, "measured", body)


if __name__ == "__main__":
    main()
