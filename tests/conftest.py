"""How examples are drawn, and what pytest prints at its end: how each list with known answers was read."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

from tests.golden import golden_workbook

# No property is judged by the clock. Developers draw new examples at each run; the verdict on a commit is the same
# whenever it is asked for.
hypothesis.settings.register_profile("verdict", derandomize=True, deadline=None)
hypothesis.settings.register_profile("anew", deadline=None)
hypothesis.settings.load_profile("verdict" if os.environ.get("CRMSHEET_REQUIRE_TOOLS") else "anew")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="accept what the golden files differ in")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    lines = sorted(
        text for report in reports for name, text in getattr(report, "user_properties", []) if name == "list"
    )
    if lines:
        terminalreporter.section("lists with known answers")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def worked_workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of a team of 36 that was refreshed on two days. Copy it before changing it."""
    return golden_workbook(tmp_path_factory.mktemp("worked") / "团队.xlsx")
