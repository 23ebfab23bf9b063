"""Throws damaged workbooks at the program: nothing but its own errors may come out.

    python -m tests.fuzz [--seconds 300] [--seed 1] [--keep FOLDER] [--write] [FOLDER ...]

Each case damages one workbook (of ``tests/corpus``, a small team's, and of the folders given), reads it, writes our
sheets and a single cell into it, and, where it has a customer table, refreshes it. A fault is: another exception than
:class:`CrmsheetError`, a process that dies, a changed input, a result that cannot be opened again or lost a part that
was not ours, more than 1 GB of memory, more than 60 seconds of processor time. Cases run in processes of their own, a
number of them each; ``--keep`` stores the workbooks at fault, ``--write`` puts the figures into
docs/reliability.md. The exit code is 1 when there was a fault.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import warnings
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.pages import write_section

HERE = Path(__file__).parent
DOCUMENT = HERE.parent / "docs" / "reliability.md"
SUFFIXES = (".xlsx", ".xlsm", ".xltx", ".xltm")
READ_ONLY = (".csv", ".xls", ".xlsb", ".ods")  # only for check and import
CASES_PER_PROCESS = 40
OWN = 4  # the first seeds are a team's
OTHERS = 0.75  # share of cases made from foreign workbooks; the others come from a team's
MOST_MEMORY_MB = 1024
MOST_SECONDS = 60


def case(seeds: list[Path], number: int) -> tuple[Path, bytes]:
    """The damaged workbook of that number, and what it was made from."""
    from tests.mutations import mutate

    chance = random.Random(number)
    seed = chance.choice(seeds if chance.random() < OTHERS else seeds[:OWN])
    return seed, mutate(seed.read_bytes(), chance)


def exercise(path: Path) -> str:
    """``refused``, ``written`` or ``refreshed``; raises whatever escapes."""
    sys.path.insert(0, str(HERE / "book"))
    from designs import rich_design
    from packages import lost_or_changed

    import crmsheet
    from crmsheet.book.workbook import Workbook
    from crmsheet.errors import CrmsheetError

    before, out = path.read_bytes(), path.with_stem("out")
    outcome = "refused"
    with contextlib.suppress(CrmsheetError):
        book = Workbook.open(path)
        book.put_sheet("fuzzed", next(iter(book.sheet_names), "一"), rich_design(12))
        with contextlib.suppress(CrmsheetError):
            book.update_cells(next(iter(book.sheet_names), "一"), {(3, 2): "=新", (900, 40): 7})
        book.save(out)
        Workbook.open(out)
        lost = [part for part in lost_or_changed(path, out) if "worksheets" not in part.lower()]
        assert not lost, f"lost {lost[:3]}"
        outcome = "written"
    with contextlib.suppress(CrmsheetError):
        crmsheet.refresh(path, out=out, as_of="2026-11-20")
        outcome = "refreshed"
        go_through_another_door(path, out)
    assert path.read_bytes() == before, "the input was touched"
    return outcome


def go_through_another_door(path: Path, refreshed: Path) -> None:
    """What a workbook that was refreshed meets next; which one, its content decides."""
    from crmsheet import exchange, teams
    from crmsheet.analysis import analyze_workbook
    from crmsheet.app import check, clean_workbook, undo_repairs
    from crmsheet.report.followup_files import followup_text
    from crmsheet.report.followups import select_followups
    from crmsheet.report.write import write_report

    with tempfile.TemporaryDirectory() as name:
        place, day = Path(name), "2026-11-20"
        doors = (
            lambda: check(path, as_of=day),
            lambda: clean_workbook(refreshed, place / f"clean{path.suffix}", accept="all", as_of=day),
            lambda: undo_repairs(refreshed, place / f"undone{path.suffix}", as_of=day),
            lambda: write_report(analyze_workbook(path, as_of=day), place / "report.html"),
            lambda: teams.split(path, place / "copies"),
            lambda: teams.merge([path, refreshed], place / f"merged{path.suffix}"),
            lambda: exchange.import_export(path, place / "imported.xlsx"),
            lambda: exchange.export_workbook(path, place / "tables", to="csv", as_of=day),
            lambda: _listed(analyze_workbook(path, as_of=day), select_followups, followup_text),
        )
        doors[zlib.crc32(path.read_bytes()) % len(doors)]()


def _listed(result: Any, select: Callable[..., Any], text: Callable[..., str]) -> None:
    lines = select(result, owner=None, days=7)
    for form in ("text", "json", "csv", "html"):
        text(result, lines, form, days=7)


def read_only(path: Path) -> str:
    """Text files and older formats: they can be checked and imported."""
    from crmsheet import exchange
    from crmsheet.app import check
    from crmsheet.errors import CrmsheetError

    before, outcome = path.read_bytes(), "refused"
    with contextlib.suppress(CrmsheetError):
        check(path, as_of="2026-11-20")
        outcome = "checked"
    with contextlib.suppress(CrmsheetError), tempfile.TemporaryDirectory() as place:
        exchange.import_export(path, Path(place) / "imported.xlsx")
        outcome = "checked"
    assert path.read_bytes() == before, "the input was touched"
    return outcome


def work(seeds: list[Path], first: int, count: int) -> None:
    """The cases ``first`` and following; one line before and one after each."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, first + count):
            print(json.dumps({"case": number}), flush=True)
            seed, data = case(seeds, number)
            path = Path(folder) / f"case{seed.suffix}"
            path.write_bytes(data)
            signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
            try:
                outcome = exercise(path) if path.suffix.lower() in SUFFIXES else read_only(path)
            except BaseException as error:
                where = error.__traceback__
                while where and where.tb_next:
                    where = where.tb_next
                place = f"{Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}" if where else ""
                outcome = f"{type(error).__name__} {str(error)[:160]} at {place}"
            signal.setitimer(signal.ITIMER_PROF, 0)
            memory = _peak_mb()
            print(
                json.dumps({"case": number, "seed": seed.name, "outcome": outcome, "memory": memory}),
                flush=True,
            )


def _peak_mb() -> int:
    """Most memory this program held; getrusage would also count that of the process it was forked from."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


FINE = ("refused", "checked", "written", "refreshed")


def run(seeds: list[Path], seconds: float, first: int) -> tuple[Counter[str], dict[int, str], int]:
    """Outcomes, what was at fault by case, and the highest memory in MB."""
    outcomes: Counter[str] = Counter()
    faults: dict[int, str] = {}
    highest, end = 0, time.monotonic() + seconds

    def tell(number: int, fault: str) -> None:
        faults[number] = fault
        print(f"case {number}: {fault}", file=sys.stderr, flush=True)

    while time.monotonic() < end:
        command = [sys.executable, "-m", "tests.fuzz", "--work", str(first), str(CASES_PER_PROCESS)]
        done = subprocess.run(
            [*command, *map(str, seeds)], capture_output=True, text=True, check=False, cwd=HERE.parent
        )
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        finished = [line for line in lines if "outcome" in line]
        for line in finished:
            fine = line["outcome"] in FINE
            outcomes[line["outcome"] if fine else "fault"] += 1
            highest = max(highest, line["memory"])
            if not fine:
                tell(line["case"], f"{line['seed']}: {line['outcome']}")
            elif line["memory"] > MOST_MEMORY_MB:
                tell(line["case"], f"{line['seed']}: {line['memory']} MB")
        died = len(lines) != 2 * len(finished) or done.returncode
        if died and lines:
            tell(lines[-1]["case"], f"the process died: {done.returncode} {done.stderr[-200:]}")
            outcomes["fault"] += 1
        first = lines[-1]["case"] + 1 if lines else first + CASES_PER_PROCESS
    return outcomes, faults, highest


def find_seeds(folders: list[Path], folder: Path) -> list[Path]:
    """A team's small workbook, one refreshed before, a filled template, a text file; those of the tests; and all below
    ``folders``.
    """
    import crmsheet
    from crmsheet.book.template import template
    from crmsheet.labels import Labels
    from crmsheet.settings import setting_lines
    from tests.sheets import RECORD, RECORD_HEADERS, write_book

    rows = [RECORD_HEADERS, *[[f"C2024{n:03d}", *RECORD[1:]] for n in range(1, 6)]]
    team, refreshed = (
        write_book(folder / name, {"客户需求记录": rows}) for name in ("team.xlsx", "again.xlsx")
    )
    crmsheet.refresh(refreshed, as_of="2026-11-20", backup=False)
    filled, text = folder / "filled.xlsx", folder / "team.csv"
    filled.write_bytes(template(labels=Labels.load(), rules_rows=setting_lines(), tables=_frames(team)))
    text.write_text("\n".join(",".join(str(cell or "") for cell in row) for row in rows), encoding="utf-8")
    found = [path for place in (HERE / "corpus", *folders) for path in sorted(place.rglob("*"))]
    foreign = [
        path
        for path in found
        if path.suffix.lower() in SUFFIXES + READ_ONLY and path.stat().st_size < 2 << 20
    ]
    return [team, refreshed, filled, text, *foreign]


def _frames(team: Path) -> dict[str, Any]:
    from crmsheet.analysis import read_workbook

    return {code: table.raw for code, table in read_workbook(team).tables.items()}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=1, help="Number of the first case.")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--work", nargs=2, type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        work(asked.folders, *asked.work)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        seeds = find_seeds(asked.folders, Path(folder))
        outcomes, faults, memory = run(seeds, asked.seconds, asked.seed)
        for number in faults if asked.keep else ():
            seed, data = case(seeds, number)
            asked.keep.mkdir(parents=True, exist_ok=True)
            (asked.keep / f"case{number}{seed.suffix}").write_bytes(data)
    told = ", ".join(f"{what} {count:,}" for what, count in outcomes.most_common())
    figures = (
        f"{sum(outcomes.values()):,} damaged workbooks of {len(seeds)} in {asked.seconds / 60:g} minutes, "
        f"from number {asked.seed:,}: {told}; {len(faults)} faults; at most {memory} MB"
    )
    print(figures)
    if asked.write:
        write_section(DOCUMENT, "fuzzed", figures + ".")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
