"""`crmsheet report`: what it writes where, and what it refuses before any work."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from crmsheet.errors import MissingExtra
from crmsheet.report.optional import library
from crmsheet.report.write import write_report
from tests.report.conftest import Run
from tests.report.teams import bare_result
from tests.workbooks import write_records


def test_the_report_stands_beside_the_workbook_and_says_where(run: Run, tmp_path: Path) -> None:
    path = write_records(tmp_path / "客户.xlsx")
    before = path.read_bytes()
    code, out, _ = run("report", path, "--as-of", "2024-03-25")
    target = tmp_path / "客户-客户需求分析报告.html"
    assert code == 0 and out.strip() == str(target)
    page = target.read_text(encoding="utf-8")
    assert "A科技公司" in page and "2024-03-25" in page and path.read_bytes() == before
    assert run("report", path, "--as-of", "2024-03-25")[0] == 0  # an earlier report is replaced
    assert target.read_text(encoding="utf-8") == page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-o", "报告.xlsx"), ".docx"),
        (("--period", "2026Q5"), "2026Q3"),
        (("-o", "报告.html", "--template", "模板.docx"), "网页"),
    ],
)
def test_what_makes_no_sense_is_refused(run: Run, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    path = write_records(tmp_path / "客户.xlsx")
    code, out, err = run("report", path, *words)
    assert code == 2 and said in err and out == ""


def test_a_folder_that_is_not_there_is_an_error_of_writing(run: Run, tmp_path: Path) -> None:
    path = write_records(tmp_path / "客户.xlsx")
    assert run("report", path, "-o", tmp_path / "没有" / "报告.html")[0] == 4


def test_without_the_extra_the_way_to_install_it_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.delitem(sys.modules, "crmsheet.report.page", raising=False)
    with pytest.raises(MissingExtra, match=r"crmsheet\[report\]"):
        write_report(bare_result(), tmp_path / "报告.html")
    assert not (tmp_path / "报告.html").exists()
    with pytest.raises(MissingExtra, match="no_such_library"):
        library("no_such_library")
