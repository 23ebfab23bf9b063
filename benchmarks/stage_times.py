"""Processor time of each stage of a refresh, measured in a process of its own.

python benchmarks/stage_times.py [ROWS]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from jobs import AS_OF, keep_bytecode, make_record_workbook

_TIMED = f"""
import json, sys, time
from crmsheet import acceptance, analysis, app, judging
from crmsheet.book.workbook import Workbook

spent = {{}}

def add(stage, began):
    spent[stage] = spent.get(stage, 0.0) + time.process_time() - began

def timed(owner, name, stage):
    function = getattr(owner, name)
    def measured(*arguments, **named):
        began = time.process_time()
        try:
            return function(*arguments, **named)
        finally:
            add(stage, began)
    setattr(owner, name, measured)

def timed_views(function):
    def measured(result):
        views = iter(function(result))
        while True:
            began = time.process_time()
            view = next(views, None)
            add("analysis sheets as values", began)
            if view is None:
                return
            yield view
    return measured

spent["start Python and load the program"] = time.process_time()
timed(app, "read_book", "read the workbook")
timed(acceptance, "recognize", "find its tables")
timed(judging, "clean", "clean every cell, report what is wrong")
timed(analysis, "analyze", "scores, tags, tiers, priorities, due dates, with their reasons")
timed(app, "draw", "draw the sheets")
timed(Workbook, "put_sheet", "write and deflate their cells")
timed(Workbook, "save", "our own check, write, read back, replace")
app.views_of = timed_views(app.views_of)
app.refresh(sys.argv[1], out=sys.argv[2], as_of="{AS_OF}")
print(json.dumps(spent))
"""


def run(job: str, folder: Path, *arguments: str) -> str:
    """What the Python text ``job`` prints in a process of its own that can import the benchmarks."""
    keep_bytecode()
    here = str(Path(__file__).parent)
    known = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH", ""))))
    command = [sys.executable, "-c", job, *arguments]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": known},
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def measured(rows: int, repeats: int = 2) -> dict[str, float]:
    """Stage → processor seconds of a refresh of ``rows`` records, the least of some repeats."""
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "records.xlsx", Path(folder) / "out.xlsx"
        make_record_workbook(path, rows)
        found = [json.loads(run(_TIMED, Path(folder), str(path), str(out))) for _ in range(repeats)]
    return {stage: min(one[stage] for one in found) for stage in found[0]}


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    for stage, seconds in measured(rows).items():
        print(f"{seconds:8.2f} s  {stage}")


if __name__ == "__main__":
    main()
