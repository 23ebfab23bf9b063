"""The page of methods is true: its examples run, and no score is missing from it."""

from __future__ import annotations

import doctest
from pathlib import Path

from crmsheet import steps
from crmsheet.tables.rate_members import COUNTING

PAGE = Path(__file__).parent.parent / "docs" / "methods.md"


def test_every_example_comes_out_as_printed() -> None:
    result = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert result.attempted > 40
    assert result.failed == 0


def test_every_step_and_rate_has_its_line() -> None:
    text = PAGE.read_text(encoding="utf-8")
    missing = [name for name in (*steps.__all__, *COUNTING) if f"`{name}`" not in text]
    assert not missing
