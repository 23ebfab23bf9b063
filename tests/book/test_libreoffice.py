"""LibreOffice opens and prints what we write wherever it opened the original."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from designs import rich_design
from test_lossless import SOURCES
from users import busy

from crmsheet.book.workbook import Workbook

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _needs_libreoffice() -> None:
    if shutil.which("soffice") is None:
        if os.environ.get("CRMSHEET_REQUIRE_TOOLS") == "1":
            pytest.fail("soffice is not installed")
        pytest.skip("soffice is not installed")


def _converted(folder: Path, files: list[Path], profile: Path, kind: str = "pdf") -> set[str]:
    """Stems of the ``files`` that LibreOffice could convert into ``folder``."""
    folder.mkdir()
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    command += ["--convert-to", kind, "--outdir", str(folder), *map(str, files)]
    subprocess.run(command, check=False, timeout=300, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return {path.stem for path in folder.iterdir() if path.stat().st_size > 0}


@pytest.mark.filterwarnings("ignore")
def test_libreoffice_prints_every_result(tmp_path: Path) -> None:
    sources, results = [], []
    for number, make in enumerate(SOURCES.values()):
        source = make(tmp_path / f"file{number}.xlsx")
        book = Workbook.open(source)
        book.put_sheet("tiers", "客户分层", rich_design())
        book.put_sheet("overview", "总览", rich_design(5, "总览"), first=True)
        result = tmp_path / "results" / source.name
        result.parent.mkdir(exist_ok=True)
        book.save(result)
        sources.append(source)
        results.append(result)
    before = _converted(tmp_path / "before", sources, tmp_path / "profile")
    after = _converted(tmp_path / "after", results, tmp_path / "profile")
    assert len(before) > len(sources) // 2
    assert before <= after


@pytest.mark.filterwarnings("ignore")
def test_our_sheets_are_known_again_after_libreoffice_saved_the_file(tmp_path: Path) -> None:
    """It writes every part anew, and shows names that were hidden."""
    book = Workbook.open(busy(tmp_path / "user.xlsx"))
    book.put_sheet("tiers", "客户分层", rich_design())
    book.save(tmp_path / "first.xlsx")
    _converted(tmp_path / "saved", [tmp_path / "first.xlsx"], tmp_path / "profile", "xlsx")
    once, twice = tmp_path / "once.xlsx", tmp_path / "twice.xlsx"
    for source, target in ((tmp_path / "saved" / "first.xlsx", once), (once, twice)):
        book = Workbook.open(source)
        assert book.own_sheets == {"tiers": "客户分层"}
        book.put_sheet("tiers", "客户分层", rich_design())
        book.save(target)
    assert once.read_bytes() == twice.read_bytes()
    sheet = openpyxl.load_workbook(once)["客户分层"]
    assert sheet["A6"].value == "=客户0<&"
    assert list(sheet.tables) == ["crm_tiers_2"]
    assert len(sheet._charts) == 1
