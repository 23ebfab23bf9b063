"""The Open XML SDK, which judges every kind of workbook in tests/test_every_workbook.py, finds what is wrong."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.sdk import sdk_findings
from tests.sheets import write_book

pytestmark = pytest.mark.slow


def test_a_planted_fault_is_found(tmp_path: Path) -> None:
    path, broken = write_book(tmp_path / "a.xlsx", {"一": [["甲"]]}), tmp_path / "broken.xlsx"
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(broken, "w") as made:
        for name in given.namelist():
            data = given.read(name)
            made.writestr(name, data.replace(b"<sheetData>", b"<sheetDatum/><sheetData>"))
    assert any("sheetDatum" in finding for finding in sdk_findings(broken))
