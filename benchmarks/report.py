"""What a report costs, beside the refresh of the same workbook.

    python benchmarks/report.py

The sample team of 200 customers. Each job runs in a process of its own and is timed by the
processor, best of several; ratios are within one run. What loading Python and pandas alone takes is the floor
of every command: on a machine where it takes 0.3 s, a report of seven floors takes 2 s.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from jobs import AS_OF, keep_bytecode

REPEATS = 5
FLOOR = "import pandas"
PEER = "refresh (peer)"
COMMAND = "import sys; from crmsheet.cli import main; sys.argv[1:] = {arguments}; main()"


def command(*arguments: str) -> str:
    """A whole command, as somebody types it."""
    return COMMAND.format(arguments=[*arguments, "--as-of", AS_OF])


def jobs(path: Path, folder: Path) -> dict[str, str]:
    """What is measured: Python code by name."""
    read = f"import crmsheet as crm; result = crm.analyze_workbook({str(path)!r}, as_of={AS_OF!r})"
    return {
        "pandas alone (floor)": FLOOR,
        PEER: command("refresh", str(path), "-o", str(folder / "out.xlsx")),
        "read and analyze alone": read,
        "report, HTML": command("report", str(path), "-o", str(folder / "report.html")),
        "report, Word": command("report", str(path), "-o", str(folder / "report.docx")),
        "follow-up list": command("followups", str(path)),
        "follow-up calendars": command("followups", str(path), "--ics", str(folder / "calendars")),
    }


def measure(code: str) -> tuple[float, float]:
    """Seconds of processor time of a fresh process, interpreter and imports included, and its peak in MB."""
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"failed: {code}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    from crmsheet.templates import new_workbook

    keep_bytecode()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "team.xlsx"
        new_workbook(path, example=True, as_of=AS_OF)
        figures = {
            job: min(measure(code) for _ in range(REPEATS)) for job, code in jobs(path, folder).items()
        }
    floor, peer = figures["pandas alone (floor)"][0], figures[PEER][0]
    for job, (seconds, megabytes) in figures.items():
        print(
            f"{job:24} {seconds:6.2f} s  {megabytes:5.0f} MB  {seconds / floor:5.1f} x pandas  "
            f"{seconds / peer:5.2f} x refresh"
        )


if __name__ == "__main__":
    main()
