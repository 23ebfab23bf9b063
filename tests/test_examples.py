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


def run(name: str, *arguments: object) -> str:
    command = [sys.executable, "-X", "utf8", str(EXAMPLES / name), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def folder_with(workbook: Path, folder: Path) -> Path:
    folder.mkdir()
    (folder / "north.xlsx").write_bytes(workbook.read_bytes())
    return folder


def test_refresh_folder(workbook: Path, tmp_path: Path) -> None:
    folder = folder_with(workbook, tmp_path / "in")
    assert "north.xlsx: " in run("refresh_folder.py", folder, "--as-of", DAY)
    assert "总览" in openpyxl.load_workbook(folder / "north.xlsx", read_only=True).sheetnames
    assert (folder / "north.bak.xlsx").exists()


def test_batch_cleanup(workbook: Path, tmp_path: Path) -> None:
    folder = folder_with(workbook, tmp_path / "in")
    said = run("batch_cleanup.py", folder, tmp_path / "out", DAY)
    repairs = pd.read_csv(tmp_path / "out" / "repairs.csv")
    assert f"{len(repairs)} cells repaired" in said
    assert len(repairs) > 5
    assert (folder / "north.xlsx").read_bytes() == workbook.read_bytes()


def test_own_tag_lexicon() -> None:
    said = run("own_tag_lexicon.py")
    assert "校准" in said
    assert "service" in said.splitlines()[1]


def test_own_tier_rule(workbook: Path, tmp_path: Path) -> None:
    said = run("own_tier_rule.py", workbook, tmp_path / "out.xlsx", DAY)
    counts = dict(line.split(": ") for line in said.split("\n") if line)
    assert int(counts["strategic"]) > 0


def test_compare_rule_sets(workbook: Path) -> None:
    said = run("compare_rule_sets.py", workbook, DAY)
    assert "rfm.recency_high_days" in said
    assert "customers would move" in said


def test_export_followups(workbook: Path, tmp_path: Path) -> None:
    run("export_followups.py", workbook, tmp_path / "out", DAY)
    lists = [pd.read_csv(path) for path in (tmp_path / "out").glob("*.csv")]
    assert sum(map(len, lists)) > 3
    assert all(part["due_reason"].notna().all() for part in lists)


def test_use_in_notebook() -> None:
    said = run("use_in_notebook.py")
    assert "high" in said
    assert "→ 高价值" in said


def test_every_example_is_run_here() -> None:
    named = Path(__file__).read_text(encoding="utf-8")
    assert [path.name for path in sorted(EXAMPLES.glob("*.py")) if f'"{path.name}"' not in named] == []
