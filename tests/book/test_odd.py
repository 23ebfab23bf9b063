"""What no corpus file holds stays, too: odd workbooks made part by part, refreshed twice, cells changed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from designs import rich_design
from odd import NAMES, written
from packages import lost_or_changed, stored

from crmsheet.book.lint import findings
from crmsheet.book.package import Package
from crmsheet.book.read import read_book
from crmsheet.book.workbook import Workbook
from crmsheet.recognize import recognize

RECORDS = "客户需求记录"


def _with_ours(source: Path, target: Path) -> None:
    book = Workbook.open(source)
    book.put_sheet("tiers", book.sheet_names[0], rich_design(3))
    book.put_sheet("overview", "总览", rich_design(2, "总览"), first=True)
    book.save(target)


def _faults(path: Path) -> Counter[tuple[str, str]]:
    return Counter((one.part, one.rule) for one in findings(Package(path.read_bytes(), path)))


# Tens of thousands of cell formats take seconds: tests.corpus_run goes through them.
@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("many ")])
def test_an_odd_workbook_keeps_what_is_odd(name: str, tmp_path: Path) -> None:
    source = written(name, tmp_path / "user")
    assert not _faults(source)
    once, twice, changed = (tmp_path / f"{word}{source.suffix}" for word in ("once", "twice", "changed"))
    _with_ours(source, once)
    _with_ours(once, twice)
    assert lost_or_changed(source, once) == []
    assert stored(once) == stored(twice)
    assert not _faults(twice)
    book = Workbook.open(twice)
    assert book.update_cells(RECORDS, {(2, 3): "软件", (3, 2): "新客户"}).changed == ((2, 3), (3, 2))
    book.save(changed)
    entry = next(sheet.part for sheet in book._workbook.sheets() if sheet.name == RECORDS)
    assert set(lost_or_changed(twice, changed)) <= {entry}
    raw = recognize(read_book(changed)).tables["records"].raw
    assert raw["industry"].tolist()[0] == "软件" and raw["customer_name"].tolist()[-1] == "新客户"
