"""How fast, and where the time goes; written between the markers of docs/performance.md.

    python benchmarks/performance.py [--print] [--sections io,refresh] [--sizes 1000,10000,100000]

Each measurement runs in a process of its own. Ratios are of processor time within one run of this command; ``io``
and ``refresh`` measure openpyxl beside crmsheet. ``--sections million`` is apart: it takes some ten minutes and 6 GB.
"""

from __future__ import annotations

import argparse
import tempfile
from itertools import pairwise
from pathlib import Path

import io_jobs
import stage_times
from jobs import AS_OF, IO_ROWS, OPENPYXL_IO, Cost, best, make_io_workbook, make_record_workbook, measure
from pages import write_section

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
MILLION = 1_000_000
REFRESH = f"import crmsheet; crmsheet.refresh(path, out=out, as_of='{AS_OF}')"
SMALL_REPEATS = 5  # of what takes a second or two: the least of them was disturbed least
# What is loaded, each line with all before it.
LOADS = {
    "start Python, load pandas (floor)": "import pandas",
    "load the other libraries (floor)": "import pandas, xlsxwriter, lxml.etree, python_calamine, pydantic, pyarrow",
    "load the program": "import crmsheet; crmsheet.refresh",
}
# A later refresh in the same process, which has compiled and read everything.
AGAIN = f"""
import sys, time, crmsheet
spent = []
for _ in range(4):
    began = time.process_time()
    crmsheet.refresh(sys.argv[1], out=sys.argv[2], as_of="{AS_OF}")
    spent.append(time.process_time() - began)
print(min(spent))
"""
DATES = """
import time
from datetime import date, timedelta
from accuracy import DATE_FORMS
from crmsheet.clean.dates import parse_date
rows, base = 1_000_000, date(2024, 3, 18)
forms = [form if "{n}" in form else "{day} {h:02d}:{m:02d}:{s:02d}" for form in DATE_FORMS]
def cell(n):
    if n < 20_000 * len(DATE_FORMS):
        return DATE_FORMS[n % len(DATE_FORMS)].format(n=n, day=date(1990, 1, 1) + timedelta(n // len(DATE_FORMS)))
    day = date(1990, 1, 1) + timedelta(days=n % 20_000)
    return forms[n % len(forms)].format(n=n, day=day, h=n % 24, m=n // 24 % 60, s=n // 1440 % 60)
cells = [cell(n) for n in range(rows)]
print(len(set(cells)))
began = time.process_time()
found = sum(parse_date(cell, base=base) is not None for cell in cells)
print(found, time.process_time() - began)
"""


def io() -> str:
    """Reading and writing beside other libraries."""
    costs = io_jobs.measured()
    own = costs["crmsheet"]
    rows = ["| | processor time | memory | times crmsheet |", "| --- | ---: | ---: | ---: |"]
    for name, cost in costs.items():
        if isinstance(cost, str):
            rows.append(f"| {name} | {cost} | | |")
        else:
            ratio = cost.processor / own.processor
            rows.append(f"| {name} | {cost.processor:.1f} s | {cost.memory:,.0f} MB | {ratio:.1f} |")
    return "\n".join(rows)


def refresh(sizes: list[int]) -> str:
    """A whole refresh of growing size, and what openpyxl needs for reading and writing alone."""
    rows = [
        "| records | processor time | µs for each further record | memory | openpyxl's reading and writing |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "records.xlsx", Path(folder) / "out.xlsx"
        spent: dict[int, Cost] = {}
        for size in (1, *sizes):
            make_record_workbook(path, size)
            repeats = SMALL_REPEATS if size < IO_ROWS else 1
            spent[size] = best([cost for _ in range(repeats) if (cost := measure(REFRESH, path, out))])
        make_io_workbook(path)
        peer = measure(OPENPYXL_IO, path, out)
    for (before, less), (size, cost) in pairwise(spent.items()):
        each = (cost.processor - less.processor) / (size - before) * 1e6
        beside = f"{peer.processor / cost.processor:.1f} times as long" if peer and size == IO_ROWS else ""
        rows.append(f"| {size:,} | {cost.processor:.1f} s | {each:.0f} | {cost.memory:,.0f} MB | {beside} |")
    return "\n".join([*rows, "", f"A workbook of one record needs {spent[1].processor:.1f} s."])


def fixed() -> str:
    """What a refresh of one record spends, part by part: what every workbook pays."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.xlsx"
        make_record_workbook(path, 1)
        runs = {
            name: [cost for _ in range(SMALL_REPEATS) if (cost := measure(code, path, path))]
            for name, code in LOADS.items()
        }
        warm = float(stage_times.run(AGAIN, Path(folder), str(path), str(path.with_name("out.xlsx"))))
    loads = {name: best(costs).processor for name, costs in runs.items()}
    told = dict(zip(loads, (0.0, *loads.values()), strict=False))
    rows = ["| what every workbook pays | processor time |", "| --- | ---: |"]
    rows += [f"| {name} | {loads[name] - told[name]:.2f} s |" for name in loads]
    first, *later = stage_times.measured(1, SMALL_REPEATS).items()
    rows += [f"| {name} | {seconds:.2f} s |" for name, seconds in later]
    whole = first[1] + sum(seconds for _, seconds in later)
    floor = list(loads.values())[1]
    return "\n".join(
        [*rows, f"| **a workbook of one record** | **{whole:.2f} s** |", "",
         f"Of it {floor:.2f} s is loading what the program stands on, which it cannot do without; a second workbook "
         f"in the same process (the add-in, `watch`) takes {warm:.2f} s."]
    )  # fmt: skip


def million() -> str:
    """A whole refresh of a million records; only when asked for, because it takes long."""
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "records.xlsx", Path(folder) / "out.xlsx"
        make_record_workbook(path, MILLION)
        cost = measure(REFRESH, path, out)
    assert cost is not None
    each = cost.processor / MILLION * 1e6
    memory = f"{cost.memory / 1024:.1f} GB (target 6 GB)"
    return f"{cost.processor:.0f} s of processor time ({each:.0f} µs per record), {memory}."


def stages() -> str:
    """Where the time of a refresh of 100,000 records goes."""
    rows = ["| stage | processor time |", "| --- | ---: |"]
    rows += [f"| {name} | {seconds:.1f} s |" for name, seconds in stage_times.measured(IO_ROWS).items()]
    return "\n".join(rows)


def dates() -> str:
    """A million distinct dates, read one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        text = stage_times.run(DATES, Path(folder))
    distinct, result = text.splitlines()
    found, seconds = result.split()
    return (
        f"{int(distinct):,} distinct cells, eleven forms of dates, {int(found):,} of them read as"
        f" dates: {float(seconds):.1f} s of processor time on one core (target 20 s)."
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--print", action="store_true", help="to the screen, not into the page")
    options.add_argument("--sections", default="io,refresh,fixed,stages,dates")
    options.add_argument("--sizes", default="1000,10000,100000")
    chosen = options.parse_args()
    sizes = [int(size) for size in chosen.sizes.split(",")]
    made = {
        "io": io,
        "refresh": lambda: refresh(sizes),
        "fixed": fixed,
        "million": million,
        "stages": stages,
        "dates": dates,
    }
    for name in chosen.sections.split(","):
        body = made[name]()
        print(body if chosen.print else f"{name}: written")
        if not chosen.print:
            write_section(PAGE, name, body)


if __name__ == "__main__":
    main()
