"""Clean many workbooks into another folder, and list every repair of all of them in one table.

    python examples/batch_cleanup.py FOLDER OUT_FOLDER

Only repairs that merely tidy are applied ("safe"); the originals are not touched. ``repairs.csv`` says for each cell
what stood there, what stands there now, and why.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

import crmsheet as crm


def clean_folder(folder: Path, out: Path, as_of: str | None = None) -> pd.DataFrame:
    """Write a cleaned copy of each workbook of ``folder`` into ``out``; returns all repairs, one row per cell."""
    out.mkdir(parents=True, exist_ok=True)
    logs = []
    for path in sorted(folder.glob("*.xlsx")):
        result = crm.clean_workbook(path, out / path.name, accept="safe", as_of=as_of)
        logs.append(result.repairs.assign(file=path.name))
    repairs = pd.concat(logs, ignore_index=True) if logs else pd.DataFrame()
    repairs.to_csv(
        out / "repairs.csv", index=False, encoding="utf-8-sig"
    )  # Excel needs the mark to read Chinese
    return repairs


if __name__ == "__main__":
    done = clean_folder(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
    print(f"{len(done)} cells repaired")
    print(done.groupby("code").size().sort_values(ascending=False).to_string())
