"""Every example runs as its header says, and does what it promises."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from crmsheet.book.save import write_new
from crmsheet.book.template import template
from crmsheet.labels import Labels
from crmsheet.sample import sample_team
from crmsheet.settings import setting_lines

EXAMPLES = Path(__file__).parent.parent / "examples"
DAY = "2026-11-20"


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("team") / "team.xlsx"
    tables = sample_team(customers=20).tables
    write_new(path, template(labels=Labels.load(), rules_rows=setting_lines(), tables=tables))
    return path


def started(name: str, *arguments: object, at: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-X", "utf8", str(EXAMPLES / name), *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False, cwd=at
    )


def run(name: str, *arguments: object) -> str:
    done = started(name, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def folder_with(workbook: Path, folder: Path) -> Path:
    """Besides the workbook there is what stands beside workbooks: a backup, and the lock of an open one."""
    folder.mkdir()
    for name in ("north.xlsx", "north.bak.xlsx"):
        (folder / name).write_bytes(workbook.read_bytes())
    (folder / "~$north.xlsx").write_bytes(b"lock")
    return folder


def test_refresh_folder(workbook: Path, tmp_path: Path) -> None:
    folder = folder_with(workbook, tmp_path / "in")
    said = run("refresh_folder.py", folder, "--as-of", DAY)
    assert said.startswith("north.xlsx: 20 customers, ") and len(said.splitlines()) == 1
    assert "总览" in openpyxl.load_workbook(folder / "north.xlsx", read_only=True).sheetnames
    assert (folder / "north.bak.xlsx").read_bytes() == workbook.read_bytes()


def test_batch_cleanup(workbook: Path, tmp_path: Path) -> None:
    folder = folder_with(workbook, tmp_path / "in")
    (folder / "south.xlsx").write_bytes(b"no workbook")
    done = started("batch_cleanup.py", folder, tmp_path / "out", "--as-of", DAY)
    repairs = pd.read_csv(tmp_path / "out" / "repairs.csv")
    assert f"{len(repairs)} cells repaired in 1 workbooks" in done.stdout
    assert len(repairs) > 5 and {"位置", "改前", "改后", "原因"} <= set(repairs)
    assert done.returncode == 1 and "south.xlsx: FAILED" in done.stderr
    assert (folder / "north.xlsx").read_bytes() == workbook.read_bytes()
    assert [path.name for path in (tmp_path / "out").glob("*.xlsx")] == ["north.xlsx"]


def test_own_tag_lexicon() -> None:
    lines = run("own_tag_lexicon.py").splitlines()
    assert lines[3:6] == ["想按套餐采购，一年结一次", "  shipped words: -", "  own words:     价格敏感型"]


def test_own_tier_rule(workbook: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    said = run("own_tier_rule.py", workbook, out, "--as-of", DAY)
    assert int(dict(line.split(": ") for line in said.splitlines())["战略"]) > 0
    rows = openpyxl.load_workbook(out, read_only=True)["客户分层"].iter_rows(values_only=True)
    assert any("战略" in row for row in rows)


def test_compare_rule_sets(workbook: Path) -> None:
    changes = ("--change", "rfm.recency_high_days=5", "--change", "rfm.monetary_high=1000000")
    said = run("compare_rule_sets.py", workbook, "--as-of", DAY, *changes)
    assert "rfm.recency_high_days" in said and "1000000" in said
    assert int(said.partition(" customers would move")[0].splitlines()[-1]) > 0
    assert "高价值 → " in said


def test_export_followups(workbook: Path, tmp_path: Path) -> None:
    said = run("export_followups.py", workbook, tmp_path / "out", "--as-of", DAY)
    lists = [pd.read_csv(path, dtype=str) for path in (tmp_path / "out").glob("*.csv")]
    assert sum(map(len, lists)) > 3 and len(said.splitlines()) == len(lists)
    assert all(part["依据"].notna().all() for part in lists)
    assert all(part["逾期工作日"].str.fullmatch(r"\d+").all() for part in lists)


def test_use_in_notebook() -> None:
    said = run("use_in_notebook.py")
    assert "high" in said
    assert "→ 高价值" in said
    assert "客户分层" in said


@pytest.mark.parametrize(
    "name", ["batch_cleanup", "compare_rule_sets", "export_followups", "own_tier_rule", "refresh_folder"]
)
def test_misuse_is_told_in_a_line_and_not_by_a_traceback(name: str, tmp_path: Path) -> None:
    given = ("nothing",) if name in ("compare_rule_sets", "refresh_folder") else ("nothing", "out")
    done = started(f"{name}.py", *given, at=tmp_path)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "nothing" in done.stderr


def test_headers_say_what_to_install_and_how_to_start() -> None:
    for path in EXAMPLES.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "    pip install ." in text, path
        assert f"    python examples/{path.name}" in text, path


def test_every_example_is_run_here() -> None:
    named = Path(__file__).read_text(encoding="utf-8")
    assert [path.name for path in sorted(EXAMPLES.glob("*.py")) if f'"{path.name}"' not in named] == []
