"""Short runs of the trials behind docs/reliability.md: what is tried there works, and finds nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests import fuzz, reliability

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX systems"),
]


def test_killed_refreshes_leave_a_whole_file(tmp_path: Path) -> None:
    assert reliability.kill_refreshes(tmp_path, 12)[2] == "0 files broken, 0 temporary files left"


def test_a_system_that_refuses_large_files_leaves_the_old_one(tmp_path: Path) -> None:
    _, times, result = reliability.fill_the_disk(tmp_path)
    assert int(times) > 5
    assert result == "0 files broken, 0 temporary files left"


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    row = reliability.fill_a_small_disk(tmp_path)
    if row is None:
        pytest.skip("mounting is not allowed here; failing writes are tried in test_save.py")
    assert int(row[1]) > 5
    assert row[2] == "0 files broken, 0 temporary files left"


def test_what_may_only_be_read_is_refused(tmp_path: Path) -> None:
    _, times, result = reliability.refuse_read_only(tmp_path)
    assert int(times) >= 1
    assert result == "0 files broken, 0 temporary files left"


def test_what_somebody_saved_meanwhile_is_kept(tmp_path: Path) -> None:
    assert reliability.change_meanwhile(tmp_path)[2] == "0 files broken, 0 temporary files left"


def test_damaged_workbooks_end_in_our_own_errors(tmp_path: Path) -> None:
    outcomes, faults, memory = fuzz.run(fuzz.find_seeds([], tmp_path), seconds=8, first=1)
    assert faults == {}
    assert outcomes["refused"]
    assert outcomes["written"]
    assert memory < fuzz.MOST_MEMORY_MB


def test_the_fuzzer_sees_an_error_that_is_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = fuzz.find_seeds([], tmp_path)[0]
    monkeypatch.setattr("crmsheet.book.workbook.Workbook.put_sheet", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        fuzz.exercise(source)
