"""What pytest prints at its end: how each list with known answers was read."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    lines = sorted(
        text for report in reports for name, text in getattr(report, "user_properties", []) if name == "list"
    )
    if lines:
        terminalreporter.section("lists with known answers")
        for line in lines:
            terminalreporter.write_line(line)
