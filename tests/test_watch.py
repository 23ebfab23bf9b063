"""Watching a folder: a saved workbook is refreshed once, an open one waits, a bad one stops nothing."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from crmsheet.errors import NotAFile, TargetChanged
from crmsheet.watch import Watcher, watch
from tests.workbooks import write_records


class Heard(list[tuple[str, str]]):
    def __call__(self, what: str, path: Path, fact: Any) -> None:
        self.append((what, path.name))


def test_a_workbook_is_due_once_it_is_quiet_and_our_own_save_is_no_change(tmp_path: Path) -> None:
    heard, book = Heard(), write_records(tmp_path / "客户.xlsx")
    watcher = Watcher(heard, as_of="2024-03-18")
    watcher.note(book, 0.0)
    watcher.work(1.0)
    watcher.note(book, 1.5)  # Excel is still writing
    watcher.work(3.0)
    assert heard == []
    watcher.work(4.0)
    assert heard == [("refreshed", "客户.xlsx")]
    watcher.note(book, 5.0)  # the system tells of our own save
    watcher.work(8.0)
    assert len(heard) == 1
    write_records(book)
    watcher.note(book, 9.0)
    watcher.work(12.0)
    assert len(heard) == 2


def test_a_workbook_open_in_excel_waits_until_it_is_closed(tmp_path: Path) -> None:
    heard, book = Heard(), write_records(tmp_path / "客户.xlsx")
    lock = tmp_path / "~$客户.xlsx"
    lock.write_bytes(b"\x05Zhou " + b" " * 50)
    watcher = Watcher(heard, as_of="2024-03-18")
    watcher.note(book, 0.0)
    watcher.work(3.0)
    watcher.work(6.0)
    assert heard == [("open", "客户.xlsx")]  # said once
    lock.unlink()
    watcher.work(9.0)
    assert heard[1:] == [("refreshed", "客户.xlsx")]


def test_a_bad_workbook_is_reported_and_stops_nothing(tmp_path: Path) -> None:
    bad = tmp_path / "坏.xlsx"
    bad.write_bytes(b"no zip")
    gone = tmp_path / "没了.xlsx"
    heard, good = Heard(), write_records(tmp_path / "客户.xlsx")
    watcher = Watcher(heard, as_of="2024-03-18")
    for path in (bad, gone, good, tmp_path / "~$客户.xlsx", tmp_path / "客户.bak.xlsx"):
        watcher.note(path, 0.0)
    watcher.work(3.0)
    assert heard == [("failed", "坏.xlsx"), ("refreshed", "客户.xlsx")]


def test_a_save_during_the_refresh_stays_due_and_any_fault_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book, heard = write_records(tmp_path / "客户.xlsx"), Heard()
    outcomes: list[Exception] = [TargetChanged(path=book), ValueError("unforeseen")]

    def fail(*_: Any, **__: Any) -> None:
        raise outcomes.pop(0)

    monkeypatch.setattr("crmsheet.watch.refresh", fail)
    watcher = Watcher(heard)
    watcher.note(book, 0.0)
    for now in (3.0, 6.0, 9.0):
        watcher.work(now)
    assert heard == [("failed", "客户.xlsx")] * 2
    assert not outcomes


def test_a_real_save_in_a_real_folder(tmp_path: Path) -> None:
    pytest.importorskip("watchfiles")
    heard, stop = Heard(), threading.Event()
    runner = threading.Thread(
        target=watch, args=(tmp_path,), kwargs={"tell": heard, "as_of": "2024-03-18", "stop": stop}
    )
    runner.start()
    try:
        time.sleep(1.0)  # until it listens
        write_records(tmp_path / "客户.xlsx")
        deadline = time.monotonic() + 30
        while not heard and time.monotonic() < deadline:
            time.sleep(0.1)
    finally:
        stop.set()
        runner.join(timeout=20)
    assert heard == [("refreshed", "客户.xlsx")]
    with pytest.raises(NotAFile):
        watch(tmp_path / "没有", tell=heard)
