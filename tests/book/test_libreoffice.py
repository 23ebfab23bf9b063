"""LibreOffice opens and prints what we write wherever it opened the original."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from designs import rich_design
from test_lossless import SOURCES

from crmsheet.book.workbook import Workbook

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _needs_libreoffice() -> None:
    if shutil.which("soffice") is None:
        if os.environ.get("CRMSHEET_REQUIRE_TOOLS") == "1":
            pytest.fail("soffice is not installed")
        pytest.skip("soffice is not installed")


def _printed(folder: Path, files: list[Path], profile: Path) -> set[str]:
    """Stems of the ``files`` that LibreOffice could print."""
    folder.mkdir()
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    command += ["--convert-to", "pdf", "--outdir", str(folder), *map(str, files)]
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
    before = _printed(tmp_path / "before", sources, tmp_path / "profile")
    after = _printed(tmp_path / "after", results, tmp_path / "profile")
    assert len(before) > len(sources) // 2
    assert before <= after
