"""What engines are compared by: an order table of any size, and a hash of the rows that an engine published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

_ROWS_PER_FILE = 1_000_000


def make_orders(folder: Path, count: int, customers: Sequence[str], as_of: str | date) -> None:
    """``count`` orders of three years, in files of a million rows: some customers buy often, most now and then."""
    random, day = np.random.default_rng(1), pd.Timestamp(as_of)
    share = np.cumsum(random.gamma(0.8, size=len(customers)))
    folder.mkdir()
    for start in range(0, count, _ROWS_PER_FILE):
        n = min(_ROWS_PER_FILE, count - start)
        buyers = np.minimum(np.searchsorted(share, random.random(n) * share[-1]), len(customers) - 1)
        pd.DataFrame(
            {
                "customer_id": np.array(customers)[buyers],
                "order_id": [f"D{number:09d}" for number in range(start, start + n)],
                "order_date": day - pd.to_timedelta(random.integers(0, 1100, n), unit="D"),
                "amount": random.integers(100, 9_000_000, n) / 100,
            }
        ).to_parquet(folder / f"{start:010d}.parquet")


def sorted_hash(folder: Path) -> str:
    """Hash of a published table's rows, whatever their order and files; a number counts with all its digits."""
    scan = f"read_parquet('{folder}/*.parquet', union_by_name=true)"
    with duckdb.connect() as connection:
        names = sorted(row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall())
        row = ", ".join(f'"{name}"' for name in names)
        lines = f"SELECT md5(CAST(struct_pack({row}) AS VARCHAR)) AS line FROM {scan}"
        found = connection.execute(
            f"SELECT md5(string_agg(line, '' ORDER BY line)) FROM ({lines})"
        ).fetchone()
    return str(found[0]) if found else ""
