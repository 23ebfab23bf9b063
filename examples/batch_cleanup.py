"""Clean many workbooks into another folder, and list every repair of all of them in one table.

    pip install .            # in the folder of this repository; nothing else is needed
    crmsheet new team/north.xlsx --example      # only if you have no workbooks at hand
    python examples/batch_cleanup.py team cleaned

Only repairs that merely tidy are applied ("safe"); the originals are not touched. ``repairs.csv`` says for each cell
what stood there, what stands there now, and why. A file that cannot be read is named and stops nothing; the exit code
is then 1.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

import crmsheet as crm
from crmsheet.watch import is_workbook


def clean_folder(folder: Path, out: Path, as_of: str | None = None) -> tuple[pd.DataFrame, dict[str, str]]:
    """Write a cleaned copy of each workbook of ``folder`` into ``out``; returns all repairs, one row per cell, and what
    was wrong with files that could not be cleaned.
    """
    out.mkdir(parents=True, exist_ok=True)
    logs, failed = [], {}
    for path in sorted(folder.iterdir()):
        if not is_workbook(path):  # locks of open workbooks, backups
            continue
        try:
            result = crm.clean_workbook(path, out / path.name, accept="safe", as_of=as_of)
        except crm.CrmsheetError as error:
            failed[path.name] = str(error)
        else:
            logs.append(result.repairs.assign(file=path.name))
    repairs = pd.concat(logs, ignore_index=True) if logs else pd.DataFrame(columns=["code", "file"])
    words = crm.label_table(repairs, everything=True)
    words.to_csv(
        out / "repairs.csv", index=False, encoding="utf-8-sig"
    )  # Excel needs the mark to read Chinese
    return repairs, failed


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folder", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--as-of", metavar="YYYY-MM-DD", help="judge as of this day; default today")
    given = options.parse_args()
    if not given.folder.is_dir():
        options.error(f"there is no folder {given.folder}")
    repairs, failed = clean_folder(given.folder, given.out, given.as_of)
    print(
        f"{len(repairs)} cells repaired in {repairs['file'].nunique()} workbooks, see {given.out / 'repairs.csv'}"
    )
    for code, count in repairs["code"].value_counts().items():
        print(f"{count:6} {code}")
    for name, problem in failed.items():
        print(f"{name}: FAILED: {problem}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
