"""The Open XML SDK finds nothing wrong with any workbook the program writes."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

import crmsheet as crm
from crmsheet.templates import new_workbook
from tests.sdk import sdk_findings
from tests.sheets import RECORD, RECORD_HEADERS, write_book

pytestmark = pytest.mark.slow

DAY = "2026-11-20"


def test_the_template_has_no_finding(tmp_path: Path) -> None:
    path = tmp_path / "客户管理.xlsx"
    new_workbook(path)
    assert sdk_findings(path) == []


def test_the_example_has_no_finding_when_refreshed_twice(tmp_path: Path) -> None:
    path = tmp_path / "示例.xlsx"
    new_workbook(path, example=True, as_of=DAY)
    crm.refresh(path, as_of="2026-09-30", backup=False)
    crm.refresh(path, as_of=DAY, backup=False)
    assert sdk_findings(path) == []


def test_a_single_customer_has_no_finding(tmp_path: Path) -> None:
    path = write_book(tmp_path / "一家.xlsx", {"客户需求记录": [RECORD_HEADERS, RECORD]})
    crm.refresh(path, as_of="2024-03-18", backup=False)
    assert sdk_findings(path) == []


def test_a_planted_fault_is_found(tmp_path: Path) -> None:
    path, broken = write_book(tmp_path / "a.xlsx", {"一": [["甲"]]}), tmp_path / "broken.xlsx"
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(broken, "w") as made:
        for name in given.namelist():
            data = given.read(name)
            made.writestr(name, data.replace(b"<sheetData>", b"<sheetDatum/><sheetData>"))
    assert any("sheetDatum" in finding for finding in sdk_findings(broken))
