"""No door that writes loses a file of the user's: what is replaced is kept, or refused."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

import crmsheet as crm
from crmsheet.app import write_analysis
from crmsheet.book.save import backup_path, write_file
from crmsheet.errors import TargetNotWritable
from crmsheet.excel import addin
from crmsheet.excel.registry import NoRegistry
from crmsheet.report.write import write_report
from crmsheet.templates import write_demo
from tests.report.teams import bare_result
from tests.workbooks import S0_ROWS, write_records


def test_a_workbook_in_the_way_of_a_refresh_is_kept_as_a_backup(tmp_path: Path) -> None:
    source = write_records(tmp_path / "客户.xlsx")
    mine = write_records(tmp_path / "我的.xlsx", S0_ROWS[:1])
    before = mine.read_bytes()
    result = crm.analyze_workbook(source, as_of="2024-03-18")
    write_analysis(result, source, out=mine)
    assert backup_path(mine).read_bytes() == before != mine.read_bytes()
    write_analysis(result, source, out=mine, backup=False)
    assert backup_path(mine).read_bytes() == before and not backup_path(source).exists()


def test_an_earlier_demo_stays_and_the_new_one_says_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(  # what follows is tested elsewhere
        "crmsheet.templates.refresh", lambda path, **_: replace(bare_result(), path=str(path))
    )
    demo = Path(write_demo(tmp_path, as_of="2024-03-18").path)
    assert write_demo(tmp_path, as_of="2024-03-19").path == str(demo)  # nobody saved the first
    book = openpyxl.load_workbook(demo)
    book.active["A1"] = "what somebody made of it"
    book.save(demo)
    edited = demo.read_bytes()
    for _ in range(2):
        again = write_demo(tmp_path, as_of="2024-03-18")
        assert again.path == str(tmp_path / f"{demo.stem} 2.xlsx")
        assert Path(again.path).name in again.summary()["notes"][0]
    assert demo.read_bytes() == edited
    assert len(list(tmp_path.iterdir())) == 2


def test_a_word_report_that_somebody_went_on_writing_is_kept(tmp_path: Path) -> None:
    report = tmp_path / "报告.docx"
    write_report(bare_result(), report)
    assert not backup_path(report).exists()
    report.write_bytes(b"with remarks of the manager")
    report.chmod(0o600)
    write_report(bare_result(), report)
    assert backup_path(report).read_bytes() == b"with remarks of the manager"
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


def test_files_that_are_no_files_and_read_only_ones_are_refused(tmp_path: Path) -> None:
    fixed = tmp_path / "list.csv"
    fixed.write_bytes(b"mine")
    fixed.chmod(0o400)
    os.mkfifo(tmp_path / "pipe")
    for path in (fixed, tmp_path / "pipe", tmp_path):
        with pytest.raises(TargetNotWritable):
            write_file(path, b"ours")
    assert fixed.read_bytes() == b"mine"


def test_an_add_in_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = addin.install(tmp_path, registry=NoRegistry())
    before = path.read_bytes()
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(5, "torn")))
    with pytest.raises(TargetNotWritable):
        addin.install(tmp_path, registry=NoRegistry())
    assert path.read_bytes() == before and [one.name for one in tmp_path.iterdir()] == [path.name]
