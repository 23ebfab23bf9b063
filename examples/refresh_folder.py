"""Refresh every workbook of a folder; one bad file does not stop the others.

    pip install .            # in the folder of this repository; nothing else is needed
    crmsheet new team/north.xlsx --example      # only if you have no workbooks at hand
    python examples/refresh_folder.py team [--as-of 2026-11-20]

Each file is refreshed in place and its old state kept beside it (name.bak.xlsx). The exit code is 1 when a file failed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import crmsheet as crm
from crmsheet.watch import is_workbook


def refresh_folder(folder: Path, as_of: str | None = None) -> dict[str, str]:
    """File name → one line about what came out, or what was wrong."""
    outcome = {}
    for path in sorted(folder.iterdir()):
        if not is_workbook(path):  # locks of open workbooks, backups
            continue
        try:
            summary = crm.refresh(path, as_of=as_of).summary()
        except crm.CrmsheetError as error:
            outcome[path.name] = f"FAILED: {error}"
        else:
            outcome[path.name] = f"{summary['customers']} customers, {summary['overdue']} overdue"
    return outcome


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folder", type=Path)
    options.add_argument("--as-of", metavar="YYYY-MM-DD", help="judge as of this day; default today")
    given = options.parse_args()
    if not given.folder.is_dir():
        options.error(f"there is no folder {given.folder}")
    outcome = refresh_folder(given.folder, given.as_of)
    for name, line in outcome.items():
        print(f"{name}: {line}")
    return int(any(line.startswith("FAILED") for line in outcome.values()))


if __name__ == "__main__":
    sys.exit(main())
