"""What many workbooks and large order tables cost, beside one workbook and beside the obvious pandas script.

    python benchmarks/batch.py [--files 1000] [--rows 500] [--orders 1000000 10000000] [--parts workers orders ...]
                               [--folder WHERE] [--write docs/scale.md] [--section measured]

``--parts``: workers (one beside two), peer (the pandas script), orders, engines. ``--folder`` keeps what was made there
and finds it again; else everything goes to a temporary folder.

Every measurement runs in a process of its own; memory is the highest sum over that process and its children, a page
that several share counted once (proportional set size), looked at twice a second. ``--write`` puts the figures between
the two marks of that file.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from engine_tables import make_orders, sorted_hash
from jobs import AS_OF, make_record_workbook
from pages import write_section
from processes import Cost, measure

BATCH = """
import crmsheet as crm
if __name__ == "__main__":
    source, out = sys.argv[1:3]
    done = crm.batch(source, out=out, as_of="{as_of}", workers={workers}, engine="{engine}", orders={orders},
                    memory="{memory}MB", resume={resume})
    assert done.complete, done.accounts
"""
ONE_FILE = """
import crmsheet as crm
crm.analyze_workbook(sys.argv[1], as_of="{as_of}")
"""
# What somebody would write: read every file, put them together, join the orders, count and add up per customer.
PANDAS = """
import glob, pandas as pd
paths = sorted(glob.glob(sys.argv[1] + "/**/*.xlsx", recursive=True))
records = pd.concat([pd.read_excel(path, engine="openpyxl") for path in paths], ignore_index=True)
records["最近接触时间"] = pd.to_datetime(records["最近接触时间"], errors="coerce", format="mixed")
customers = records.sort_values("最近接触时间").groupby("客户编号").last()
customers["needs"] = records.groupby("客户编号")["显性需求"].apply(lambda texts: "、".join(map(str, texts)))
counts = records.groupby(["负责人", "需求优先级"]).size()
customers.to_excel(sys.argv[2] + ".xlsx")
"""
ONE_WORKBOOK_ROWS = 20_000
MEMORY = 1_500  # MB, given to every batch
PARTS = ("workers", "peer", "orders", "engines")
HASHED = ("customers", "requirements", "orders", "issues", "followups")


def make_files(folder: Path, files: int, rows: int) -> None:
    """``files`` workbooks of ``rows`` records each, no customer in two of them."""
    for number in range(files):
        path = folder / f"分公司{number // 50:03d}" / f"{number:05d}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        make_record_workbook(path, rows, first=number * rows + 1, shared_strings=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--rows", type=int, default=500)
    parser.add_argument("--orders", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--section", default="measured")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lines = report(asked.folder or Path(folder), asked)
    print("\n".join(lines))
    if asked.write:
        write_section(asked.write, asked.section, "\n".join(lines))


class Bench:
    """The runs of one report, each measured in a process of its own, by name."""

    def __init__(self, folder: Path, files: int, rows: int) -> None:
        self.folder, self.files, self.rows = folder, files, rows
        self.costs: dict[str, Cost] = {}
        self.highest = 0.0  # MB that any batch took
        if not (folder / "in").exists():
            make_files(folder / "in", files, rows)

    def batch(self, name: str, out: str, **options: object) -> Cost:
        usual = {
            "as_of": AS_OF,
            "memory": MEMORY,
            "workers": 2,
            "engine": "local",
            "orders": None,
            "resume": False,
        }
        settings = {**usual, **options}
        cost = self.job(name, BATCH.format(**settings), self.folder / "in", self.folder / out)
        self.highest = max(self.highest, cost.memory)
        return cost

    def alone(self, rows: int) -> Cost:
        """One workbook, analyzed by itself."""
        path = self.folder / f"alone{rows}.xlsx"
        make_record_workbook(path, rows, shared_strings=True)
        return self.job(f"one workbook of {rows:,} records", ONE_FILE.format(as_of=AS_OF), path)

    def orders(self, count: int) -> str:
        """Where so many orders of these customers are, as Python writes it."""
        place = self.folder / f"orders{count}"
        if not place.exists():
            ids = [f"C{2000 + row % 25}{row:06d}" for row in range(1, self.files * self.rows + 1)]
            make_orders(place, count, ids, AS_OF)
        return repr(str(place))

    def job(self, name: str, text: str, *arguments: object) -> Cost:
        self.costs[name] = measure(text, *arguments)
        print(f"{name}: {self.costs[name]}", file=sys.stderr)
        return self.costs[name]


def report(folder: Path, asked: argparse.Namespace) -> list[str]:
    """Everything measured, as tables of Markdown."""
    bench, parts = Bench(folder, asked.files, asked.rows), set(asked.parts)
    two = bench.batch("two workers", "two")
    later, speed = _orders(bench, asked.orders) if "orders" in parts else ([], 0.0)
    large = bench.alone(ONE_WORKBOOK_ROWS)
    bench.alone(asked.rows)
    each, single = two.processor / asked.files / asked.rows, large.processor / ONE_WORKBOOK_ROWS
    lines = [
        f"* One record costs {each * 1e6:,.0f} µs of processor, {each / single:.2f} times what it costs in a "
        f"workbook of {ONE_WORKBOOK_ROWS:,} (target 1.3)."
    ]
    if "workers" in parts:
        one = bench.batch("one worker", "one", workers=1)
        lines.append(f"* Two workers are {one.wall / two.wall:.2f} times as fast as one (target 1.7).")
    if "peer" in parts:
        peer = bench.job("pandas", PANDAS, folder / "in", folder / "peer")
        lines.append(
            f"* {peer.wall / two.wall:.1f} times as fast as the pandas script (target 4), with {two.memory:,.0f} MB "
            f"beside {peer.memory:,.0f} MB."
        )
    if "engines" in parts:
        later += _engines(bench, asked.orders)
    lines.append(f"* No batch took more than {bench.highest:,.0f} MB; `--memory {MEMORY}MB` was given.")
    later += _model(each, speed)
    head = f"{asked.files:,} workbooks of {asked.rows:,} records, {os.cpu_count()} cores, load "
    head += f"{os.getloadavg()[0]:.1f} at the end; workbooks alone are analyzed and not written:"
    table = ["| | clock | processor | memory |", "| --- | ---: | ---: | ---: |"]
    table += [_line(name, cost) for name, cost in bench.costs.items()]
    return [head, "", *table, "", *lines, *later]


def _orders(bench: Bench, counts: list[int]) -> tuple[list[str], float]:
    """What orders add to the same workbooks, which are not read again, and how many go in a second; by processor
    time, which other work disturbs less.
    """
    base, speeds = bench.batch("workbooks kept", "two", resume=True), []
    lines = ["", "| orders | clock | processor | memory | orders per processor second |"]
    lines += ["| ---: | ---: | ---: | ---: | ---: |", f"| none | {_spent(base)} | |"]
    for count in counts:
        cost = bench.batch(
            f"{count:,} orders, workbooks kept", "two", resume=True, orders=bench.orders(count)
        )
        speeds.append(count / max(cost.processor - base.processor, 1e-3))
        lines.append(f"| {count:,} | {_spent(cost)} | {speeds[-1]:,.0f} |")
    if len(speeds) > 1:
        told = f"The last is {speeds[-1] / speeds[0]:.2f} times the speed of the first (target 0.8 or more)."
        lines += ["", "The workbooks were read before, and kept (`--resume`). " + told]
    return (lines, speeds[-1]) if speeds else ([], 0.0)


def _engines(bench: Bench, counts: list[int]) -> list[str]:
    """Both engines on the first of the order tables: the same rows, by hashes of sorted rows."""
    if not counts:
        return []
    orders = bench.orders(counts[0])
    costs, hashes = {}, {}
    for engine in ("local", "dask"):
        costs[engine] = bench.batch(f"{engine}, orders", engine, engine=engine, orders=orders)
        hashes[engine] = {table: sorted_hash(bench.folder / engine / table) for table in HASHED}
    different = [table for table in HASHED if hashes["local"][table] != hashes["dask"][table]]
    if different:
        raise AssertionError(f"the engines gave other rows in {', '.join(different)}")
    return [
        "",
        f"Both engines read {bench.files:,} workbooks with {counts[0]:,} orders: hashes of the sorted rows are the "
        f"same in every table ({', '.join(HASHED)}). dask took "
        f"{costs['dask'].processor / costs['local'].processor:.2f} times the processor of local and "
        f"{costs['dask'].memory:,.0f} MB beside {costs['local'].memory:,.0f} MB.",
    ]


def _model(record: float, orders: float) -> list[str]:
    """What more rows cost, by the slopes of this run: seconds of processor per record, orders per second."""
    loads = {f"{n:,} million records": n * 1e6 * record for n in (1, 10)}
    if orders:
        loads |= {f"{n:,} million orders more": n * 1e6 / orders for n in (1, 10, 1_000)}
    lines = ["", "| by these slopes | processor | shared by 8 workers |", "| --- | ---: | ---: |"]
    return [*lines, *(f"| {name} | {_long(cost)} | {_long(cost / 8)} |" for name, cost in loads.items())]


def _long(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:,.0f} s"
    return f"{seconds / 60:,.0f} min" if seconds < 7_200 else f"{seconds / 3_600:,.1f} h"


def _spent(cost: Cost) -> str:
    return f"{cost.wall:,.0f} s | {cost.processor:,.0f} s | {cost.memory:,.0f} MB"


def _line(name: str, cost: Cost) -> str:
    return f"| {name} | {cost.wall:,.1f} s | {cost.processor:,.1f} s | {cost.memory:,.0f} MB |"


if __name__ == "__main__":
    main()
