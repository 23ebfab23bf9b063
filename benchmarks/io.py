"""How fast a workbook is read and written: 100,000 rows x 20 columns, read, and written back as a second sheet.

    python benchmarks/io.py [REPEATS]

Every library does the same job in a process of its own: all cells of the one sheet become Python values, which
are written to a new sheet beside it. Ratios are within one run; of several repeats the least counts.
"""

from __future__ import annotations

import sys

from io_jobs import measured
from jobs import IO_COLUMNS, IO_ROWS, Cost


def main() -> None:
    print(f"{IO_ROWS:,} x {IO_COLUMNS} cells")
    report(measured(int(sys.argv[1]) if len(sys.argv) > 1 else 1))


def report(costs: dict[str, Cost | str]) -> None:
    own, slowest = costs["crmsheet"], costs["openpyxl"]
    print(f"{'':30}{'wall':>9}{'cpu':>9}{'memory':>10}{'x crmsheet':>12}")
    for name, cost in costs.items():
        if isinstance(cost, str) or isinstance(own, str):
            print(f"{name:30} {cost}")
            continue
        ratio = cost.processor / own.processor
        print(f"{name:30}{cost.wall:7.1f} s{cost.processor:7.1f} s{cost.memory:7.0f} MB{ratio:11.2f}x")
    if not isinstance(own, str) and not isinstance(slowest, str):
        ratio = slowest.processor / own.processor
        print(
            f"openpyxl needs {ratio:.1f} times as long as crmsheet (target 12), {own.memory:.0f} MB (target 520)"
        )


if __name__ == "__main__":
    main()
