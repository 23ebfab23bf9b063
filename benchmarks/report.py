"""What a report costs, beside the refresh of the same workbook.

    python benchmarks/report.py

The sample team of 200 customers. Each job runs in a process of its own and is timed by the
processor, best of three; ratios are within one run.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

AS_OF = "2026-11-20"
REPEATS = 3
START = "import crmsheet as crm, resource, time\n"
END = (
    "\nused = resource.getrusage(resource.RUSAGE_SELF); print(used.ru_utime + used.ru_stime, used.ru_maxrss)"
)
READ = f"result = crm.analyze_workbook(r'{{path}}', as_of='{AS_OF}')\n"
JOBS = {
    "refresh (peer)": f"crm.refresh(r'{{path}}', out=r'{{folder}}/out.xlsx', as_of='{AS_OF}')",
    "read and analyze alone": READ,
    "report, HTML": READ + "result.report(r'{folder}/report.html')",
    "report, Word": READ + "result.report(r'{folder}/report.docx')",
    "follow-up calendars": READ
    + "from pathlib import Path; from crmsheet.report.calendars import write_calendars\n"
    + "write_calendars(result, Path(r'{folder}') / 'calendars')",
}


def measure(job: str) -> tuple[float, float]:
    """Seconds of processor time of a fresh process, interpreter and imports included, and its peak in MB."""
    code = START + job + END
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, kilobytes = done.stdout.split()[-2:]
    return float(seconds), int(kilobytes) / 1024


def main() -> None:
    from crmsheet.templates import new_workbook

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "team.xlsx"
        new_workbook(path, example=True, as_of=AS_OF)
        figures = {}
        for name, job in JOBS.items():
            runs = [measure(job.format(path=path, folder=folder)) for _ in range(REPEATS)]
            figures[name] = min(runs)
        peer = figures["refresh (peer)"][0]
        for name, (seconds, megabytes) in figures.items():
            print(f"{name:24} {seconds:6.2f} s  {megabytes:5.0f} MB   {seconds / peer:5.2f} x of refresh")


if __name__ == "__main__":
    main()
