"""The pages of docs/ with measured figures: every section is closed, and a script of this repository writes it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.pages import write_section

ROOT = Path(__file__).parents[1]
PAGES = [page for page in sorted((ROOT / "docs").glob("*.md")) if "<!--" in page.read_text(encoding="utf-8")]
SCRIPTS = "\n".join(
    script.read_text(encoding="utf-8")
    for place in ("benchmarks", "tests", "crmsheet/excel")
    for script in (ROOT / place).glob("*.py")
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_measured_section_is_closed_and_has_a_script_that_writes_it(page: Path) -> None:
    marks = re.findall(r"<!-- (/?)(\S+) -->", page.read_text(encoding="utf-8"))
    opened = [name for closes, name in marks if not closes]
    assert [mark for name in opened for mark in (("", name), ("/", name))] == marks
    assert len(opened) == len(set(opened))
    assert [name for name in opened if f'"{name}"' not in SCRIPTS and f"<!-- {name} -->" not in SCRIPTS] == []


def test_a_section_is_replaced_and_the_rest_stays(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- speed -->\nold \\1\n<!-- /speed -->\nafter\n", encoding="utf-8")
    write_section(page, "speed", r"1 µs, \g<0>")
    assert page.read_text("utf-8") == "before\n<!-- speed -->\n1 µs, \\g<0>\n<!-- /speed -->\nafter\n"
    with pytest.raises(SystemExit, match="no markers"):
        write_section(page, "memory", "")
