"""How long a whole refresh takes, beside what openpyxl needs to read and write one sheet of that size.

    python benchmarks/refresh.py [ROWS ...]     # default: 1000 10000 100000; 1000000 needs 6 GB

A refresh reads, cleans and scores all records and writes every analysis sheet; openpyxl only reads 100,000 x 20
cells and writes them back as a second sheet. Each measurement runs in a process of its own.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from jobs import (
    AS_OF,
    IO_COLUMNS,
    IO_ROWS,
    OPENPYXL_IO,
    make_io_workbook,
    make_record_workbook,
    measure,
)

REFRESH = f"import crmsheet; crmsheet.refresh(path, out=out, as_of='{AS_OF}')"
SIZES = (1_000, 10_000, 100_000)


def main() -> None:
    sizes = [int(text) for text in sys.argv[1:]] or SIZES
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "records.xlsx", Path(folder) / "out.xlsx"
        spent = {}
        for rows in sizes:
            make_record_workbook(path, rows)
            cost = measure(REFRESH, path, out)
            assert cost is not None
            spent[rows] = cost.processor
            times = f"{cost.wall:7.1f} s  cpu {cost.processor:7.1f} s"
            each = cost.processor / rows * 1e6
            print(f"refresh {rows:>9,} records {times}{cost.memory:7.0f} MB {each:7.0f} µs per record")
        if IO_ROWS in spent:
            make_io_workbook(path)
            peer = measure(OPENPYXL_IO, path, out)
            if peer:
                ratio = peer.processor / spent[IO_ROWS]
                print(f"openpyxl {IO_ROWS:,} x {IO_COLUMNS} read and written back: cpu {peer.processor:.1f} s, "
                      f"{ratio:.1f} times a whole refresh of as many records (target 4)")  # fmt: skip


if __name__ == "__main__":
    main()
